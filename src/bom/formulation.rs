//! How the result is made: each run as a workflow, each of its stages as a task.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::artifacts::ArtifactRefs;
use super::cyclonedx::{Formula, Input, Parameter, Property, Reference, Task, Workflow};
use super::{Members, property};
use crate::lock::Lock;
use crate::model::PlannedRun;

pub(super) fn of(lock: &Lock, members: &Members<'_>, artifacts: &ArtifactRefs) -> Vec<Formula> {
    if lock.runs.is_empty() {
        return Vec::new();
    }
    let workflows = lock
        .runs
        .iter()
        .map(|(id, run)| workflow(id, run, members, artifacts))
        .collect();
    vec![Formula {
        bom_ref: "formulation",
        workflows,
    }]
}

fn workflow(
    id: &str,
    run: &PlannedRun,
    members: &Members<'_>,
    artifacts: &ArtifactRefs,
) -> Workflow {
    let used = used(run, artifacts);
    let uid = format!("runs/{id}");
    let tasks: Vec<Task> = run
        .environments
        .iter()
        .map(|(stage, environments)| {
            let task_uid = format!("{uid}/{stage}");
            let held = environments
                .iter()
                .filter_map(|id| members.get(id.as_str()))
                .flatten();
            Task {
                bom_ref: task_uid.clone(),
                uid: task_uid,
                name: stage.to_string(),
                resource_references: references(held.copied()),
                task_types: vec!["test"],
            }
        })
        .collect();
    let all = tasks
        .iter()
        .flat_map(|task| &task.resource_references)
        .map(|reference| reference.reference.as_str());
    Workflow {
        resource_references: references(all.chain(used.iter().copied())),
        bom_ref: uid.clone(),
        uid,
        name: id.to_owned(),
        tasks,
        task_types: vec!["test"],
        inputs: inputs(run, &used),
        properties: properties(run),
    }
}

/// The model, the dataset and the image of a run, as far as they are pinned.
fn used<'a>(run: &PlannedRun, artifacts: &'a ArtifactRefs) -> Vec<&'a str> {
    let model = artifacts.models.get(&run.model);
    let dataset = artifacts.datasets.get(&run.dataset);
    let image = run.image.as_ref().and_then(|key| artifacts.images.get(key));
    let used = model
        .into_iter()
        .chain(dataset)
        .chain(image.into_iter().flatten());
    used.map(String::as_str).collect()
}

fn references<'a>(refs: impl Iterator<Item = &'a str>) -> Vec<Reference> {
    let refs: BTreeSet<_> = refs.collect();
    let reference = |reference: &str| Reference {
        reference: reference.to_owned(),
    };
    refs.into_iter().map(reference).collect()
}

fn inputs(run: &PlannedRun, used: &[&str]) -> Vec<Input> {
    let mut parameters = Vec::new();
    for (name, value) in &run.engine_params {
        flatten(format!("engine_params.{name}"), value, &mut parameters);
    }
    let variables: Vec<Property> = run
        .env
        .iter()
        .map(|(name, value)| property(name, plain(value)))
        .collect();
    let mut inputs: Vec<_> = references(used.iter().copied())
        .into_iter()
        .map(Input::Resource)
        .collect();
    if !parameters.is_empty() {
        inputs.push(Input::Parameters(parameters));
    }
    if !variables.is_empty() {
        inputs.push(Input::EnvironmentVars(variables));
    }
    inputs
}

/// Parameters are flat in CycloneDX: inner ones are named by their path.
fn flatten(name: String, value: &Json, out: &mut Vec<Parameter>) {
    let data_type = match value {
        Json::Object(map) => {
            for (key, inner) in map {
                flatten(format!("{name}.{key}"), inner, out);
            }
            return;
        }
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(number) if number.is_f64() => "number",
        Json::Number(_) => "integer",
        Json::String(_) => "string",
        Json::Array(_) => "array",
    };
    out.push(Parameter {
        name,
        value: plain(value),
        data_type,
    });
}

fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn properties(run: &PlannedRun) -> Vec<Property> {
    let mut named = BTreeMap::from([
        ("vhb:dataset", vec![run.dataset.clone()]),
        ("vhb:entry-point", vec![run.entry_point.clone()]),
        ("vhb:framework", vec![run.framework.clone()]),
        ("vhb:metric", run.metrics.clone()),
        ("vhb:model", vec![run.model.clone()]),
        ("vhb:package-manager", vec![run.package_manager.clone()]),
        ("vhb:report", run.reports.clone()),
        ("vhb:task", vec![run.task.clone()]),
    ]);
    named.insert("vhb:image", run.image.iter().cloned().collect());
    named
        .into_iter()
        .flat_map(|(name, values)| values.into_iter().map(move |value| property(name, value)))
        .collect()
}
