//! What to do about a reference that leads nowhere, and what to do next.

use crate::cli::args::{AddArgs, usage};
use crate::finding::{Code, Finding};
use crate::model::{EntryRef, Kind, NewId, looks_secret, without_credentials};
use crate::registry::{Entries, Experiment, Member, Placed, Registry, Task, Written, references};

/// Says how to add the entry that a finding misses.
pub(super) fn add_hint(finding: &mut Finding, kind: Kind, text: &str) {
    if !matches!(
        finding.code,
        Code::DanglingReference | Code::FrameworkUndefined
    ) {
        return;
    }
    let Some(location) = &finding.location else {
        return;
    };
    let references = references(kind, text);
    let missing = references
        .iter()
        .find(|reference| reference.span.start == location.span.start);
    let Some(entry) = missing.map(|reference| &reference.entry) else {
        return;
    };
    // What no id can be is misspelt, and no command would add it.
    let Ok(id) = entry.id.parse::<NewId>() else {
        return;
    };
    let usage = usage(entry.kind, &id);
    let near = finding
        .hint
        .take()
        .filter(|hint| hint.starts_with("did you mean"));
    finding.hint = Some(match near {
        Some(near) => format!("{near} Else {usage} adds it"),
        None => format!("{usage} adds it"),
    });
}

/// Says that the file holds what looks like a secret.
pub(super) fn exposed(args: &AddArgs) -> String {
    let mut out = Vec::new();
    for (key, value) in &args.fields {
        secrets(key, value, &mut out);
    }
    // Each value of a list is one.
    out.dedup();
    let told = out
        .iter()
        .map(|key| format!("note: the file holds a secret (`{key}`): do not commit it\n"));
    told.collect()
}

fn secrets<'a>(key: &'a str, value: &'a Written, out: &mut Vec<&'a str>) {
    match value {
        Written::Text(text) if looks_secret(key) || without_credentials(text) != *text => {
            out.push(key);
        }
        Written::Scalar(scalar) if looks_secret(key) && scalar.is_number() => out.push(key),
        Written::List(items) => {
            for item in items {
                secrets(key, item, out);
            }
        }
        Written::Mapping(entries) => {
            for (key, value) in entries {
                secrets(key, value, out);
            }
        }
        Written::Text(_) | Written::Scalar(_) => {}
    }
}

/// Where an entry is to be named before it counts.
pub(super) fn next(registry: &Registry, entry: &EntryRef) -> String {
    let id = entry.id.as_str();
    let task = |list: &str, ids: &dyn Fn(&Task) -> Vec<&str>| {
        listed(id, list, Kind::Tasks, &registry.tasks, ids)
    };
    match entry.kind {
        Kind::Metrics => task("supported_metrics", &|task| texts(&task.supported_metrics)),
        Kind::Reports => task("supported_reports", &|task| texts(&task.supported_reports)),
        Kind::Frameworks => task("supported_frameworks", &|task| {
            let ids = task.supported_frameworks.iter();
            ids.map(String::as_str).collect()
        }),
        Kind::Runs if registry.experiments.is_empty() => {
            format!("next: vhb add experiment ID --run {id}\n")
        }
        Kind::Runs => {
            let experiments = &registry.experiments;
            listed(id, "tasks", Kind::Experiments, experiments, &references_of)
        }
        Kind::Experiments => format!("next: vhb lock {id}\n"),
        Kind::Packages | Kind::Tasks | Kind::Datasets => String::new(),
    }
}

fn texts(placed: &[Placed<String>]) -> Vec<&str> {
    placed.iter().map(|text| text.value.as_str()).collect()
}

fn references_of(experiment: &Experiment) -> Vec<&str> {
    let mut ids = Vec::new();
    for member in &experiment.tasks {
        if let Member::Reference(text) = member {
            ids.push(text.value.as_str());
        }
    }
    ids
}

/// Where to list an id; nothing where it is listed.
fn listed<T>(
    id: &str,
    list: &str,
    kind: Kind,
    entries: &Entries<T>,
    ids: &dyn Fn(&T) -> Vec<&str>,
) -> String {
    let mut bodies = entries.values().map(|entry| &entry.body);
    if bodies.any(|body| ids(body).contains(&id)) {
        return String::new();
    }
    let (noun, directory) = (kind.noun(), kind.directory());
    let mut files = entries.keys();
    let place = match (files.next(), files.next()) {
        (Some(only), None) => format!("in registries/{directory}/{only}.yaml"),
        _ => format!("of a {noun} in registries/{directory}/"),
    };
    format!("next: add `- {id}` to `{list}` {place}\n")
}
