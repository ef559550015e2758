//! `vhb check`: what is wrong with the registries.

use std::collections::BTreeSet;
use std::path::Path;

use super::Result;
use super::args::{CheckArgs, Format};
use super::error::CliError;
use super::output::{Output, findings_text};
use super::project::{Named, Project, find_experiment, find_root};
use crate::finding::{Finding, Report};
use crate::model::{EntryRef, Kind};
use crate::registry::{Plan, Registry};
use crate::render;

pub(super) fn run(args: &CheckArgs, output: &Output) -> Result {
    let registry = args.registry.registry.as_deref();
    let named: Vec<Named> = args
        .experiments
        .iter()
        .map(|argument| find_experiment(argument, registry))
        .collect::<Result<_>>()?;
    let root = match named.first() {
        Some(first) => first.root.clone(),
        None => find_root(registry, Path::new("."))?,
    };
    if let Some(other) = named.iter().find(|named| named.root != root) {
        let message = format!(
            "`{}` and `{}` are two projects",
            root.display(),
            other.root.display()
        );
        return Err(CliError::new(message).hint("check them one after the other"));
    }
    let project = Project::read(root, args.mode.run_mode)?;
    let findings = if named.is_empty() {
        project.findings
    } else {
        let ids = named.iter().map(|named| named.id.as_str());
        reached(&project.registry, ids, project.findings)
    };
    let mut report = Report {
        findings,
        ..Report::default()
    };
    report.sort();
    if args.strict {
        report.make_strict();
    }
    match args.format {
        Format::Json => output.data(&render::json_report(None, &report, &[])),
        Format::Text => {
            output.data(&findings_text(&report, &project.root));
            output.say(&format!(
                "{}: {}\n",
                counted(&project.registry),
                render::summary(&report)
            ));
        }
    }
    Ok(report.outcome())
}

/// The findings about the entries that some experiments reach.
pub(super) fn reached<'a>(
    registry: &Registry,
    ids: impl Iterator<Item = &'a str>,
    findings: Vec<Finding>,
) -> Vec<Finding> {
    let mut subjects = BTreeSet::new();
    for id in ids {
        subjects.insert(EntryRef::new(Kind::Experiments, id).to_string());
        if let Some(entry) = registry.experiments.get(id)
            && let Some(plan) = Plan::of(registry, id, entry.body.targets.clone())
        {
            subjects.extend(plan.reached.iter().map(ToString::to_string));
        }
    }
    findings
        .into_iter()
        .filter(|finding| {
            let subject = finding.subject.as_ref();
            subject.is_some_and(|subject| subjects.contains(subject))
        })
        .collect()
}

fn counted(registry: &Registry) -> String {
    let entries = registry.packages.len()
        + registry.tasks.len()
        + registry.metrics.len()
        + registry.reports.len()
        + registry.datasets.len()
        + registry.runs.len()
        + registry.experiments.len()
        + registry.frameworks.len()
        + registry.broken.len();
    let plural = if entries == 1 { "entry" } else { "entries" };
    format!("checked {entries} {plural} (RUN_MODE={})", registry.mode)
}
