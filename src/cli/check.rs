//! `vhb check`: what is wrong with the registries.

use std::collections::BTreeSet;
use std::path::Path;

use super::Result;
use super::args::CheckArgs;
use super::error::CliError;
use super::output::{Output, findings_text, texts_below};
use super::project::{Named, Project, find_experiment, find_root};
use super::report_output::{Base, ReportOutput};
use crate::finding::{Finding, Report};
use crate::model::{EntryRef, Kind};
use crate::registry::{Plan, Registry};
use crate::render::{self, Ground, Of, Shown};

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
    let destination = ReportOutput::of(&args.report, &[root.join("registries")])?;
    let project = Project::read(root, args.mode.run_mode)?;
    let (entries, findings) = looked_at(&named, &project);
    let mut report = Report {
        findings,
        ..Report::default()
    };
    report.sort();
    if args.strict {
        report.make_strict();
    }
    let base = Base::around(&project.root);
    let ground = Ground {
        project: &base.project,
        lock: None,
        sbom: None,
        registry: Some(&project.registry),
        read: &texts_below(&project.root),
    };
    let of = Of::Registry { entries: &entries };
    let name = name(&named, &base);
    let shown = Shown::new(&report, of, &name, ground);
    destination.end(&shown, output, || {
        output.data(&findings_text(&report, &project.root));
        let (count, mode) = (entries.len(), project.registry.mode);
        let noun = if count == 1 { "entry" } else { "entries" };
        let summary = render::summary(&report);
        output.say(&format!(
            "checked {count} {noun} (RUN_MODE={mode}): {summary}\n"
        ));
    })?;
    Ok(report.outcome())
}

/// The entries that are looked at, and the findings about them.
fn looked_at(named: &[Named], project: &Project) -> (Vec<String>, Vec<Finding>) {
    let all = project.registry.entries();
    let mut entries: Vec<_> = all.iter().map(ToString::to_string).collect();
    let mut findings = project.findings.clone();
    if !named.is_empty() {
        let ids = named.iter().map(|named| named.id.as_str());
        let reached = reached(&project.registry, ids);
        entries.retain(|entry| reached.contains(entry));
        findings = about(&reached, findings);
    }
    (entries, findings)
}

/// What a report is called: the experiments, each below the project where a repository may have
/// several, or the project alone; nothing for all of a repository.
fn name(named: &[Named], base: &Base) -> String {
    if named.is_empty() {
        return base.project.to_string_lossy().into_owned();
    }
    let experiments = named.iter().map(|named| base.project.join(&named.id));
    let experiments = experiments.map(|it| it.to_string_lossy().into_owned());
    experiments.collect::<Vec<_>>().join(", ")
}

/// The entries that some experiments reach, as subjects name them.
pub(super) fn reached<'a>(
    registry: &Registry,
    ids: impl Iterator<Item = &'a str>,
) -> BTreeSet<String> {
    let mut subjects = BTreeSet::new();
    for id in ids {
        subjects.insert(EntryRef::new(Kind::Experiments, id).to_string());
        if let Some(entry) = registry.experiments.get(id)
            && let Some(plan) = Plan::of(registry, id, entry.body.targets.clone())
        {
            subjects.extend(plan.reached.iter().map(ToString::to_string));
        }
    }
    subjects
}

/// The findings about some entries.
pub(super) fn about(subjects: &BTreeSet<String>, findings: Vec<Finding>) -> Vec<Finding> {
    findings
        .into_iter()
        .filter(|finding| {
            let subject = finding.subject.as_ref();
            subject.is_some_and(|subject| subjects.contains(subject))
        })
        .collect()
}
