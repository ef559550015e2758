//! What to do about a reference that leads nowhere, and what to do next.

use crate::cli::args::{AddArgs, usage};
use crate::finding::{Code, Finding};
use crate::model::{EntryRef, Kind, NewId, looks_secret, without_credentials};
use crate::registry::{Entries, Experiment, Member, Registry, Task, Written, references};

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
        Written::Mapping(entries) => {
            for (key, value) in entries {
                secrets(key, value, out);
            }
        }
        Written::Text(_) | Written::Scalar(_) | Written::List(_) => {}
    }
}

/// Where an entry is to be named before it counts.
pub(super) fn next(registry: &Registry, entry: &EntryRef) -> String {
    let id = entry.id.as_str();
    match entry.kind {
        Kind::Runs => {
            let names_it = |experiment: &Experiment| {
                let mut members = experiment.tasks.iter();
                members.any(|member| matches!(member, Member::Reference(text) if text.value == id))
            };
            if registry.experiments.is_empty() {
                return format!("next: vhb add experiment ID --run {id}\n");
            }
            listed(
                id,
                "tasks",
                Kind::Experiments,
                &registry.experiments,
                names_it,
            )
        }
        Kind::Metrics => listed(
            id,
            "supported_metrics",
            Kind::Tasks,
            &registry.tasks,
            |task| task.supported_metrics.iter().any(|text| text.value == id),
        ),
        Kind::Reports => listed(
            id,
            "supported_reports",
            Kind::Tasks,
            &registry.tasks,
            |task| task.supported_reports.iter().any(|text| text.value == id),
        ),
        Kind::Frameworks => {
            let names_it = |task: &Task| task.supported_frameworks.iter().any(|text| text == id);
            listed(
                id,
                "supported_frameworks",
                Kind::Tasks,
                &registry.tasks,
                names_it,
            )
        }
        Kind::Experiments => format!("next: vhb lock {id}\n"),
        Kind::Packages | Kind::Tasks | Kind::Datasets => String::new(),
    }
}

/// Where to list an id; nothing where it is listed.
fn listed<T>(
    id: &str,
    list: &str,
    kind: Kind,
    entries: &Entries<T>,
    names_it: impl Fn(&T) -> bool,
) -> String {
    if entries.values().any(|entry| names_it(&entry.body)) {
        return String::new();
    }
    let (noun, directory) = (kind.noun(), kind.directory());
    let mut ids = entries.keys();
    let place = match (ids.next(), ids.next()) {
        (Some(only), None) => format!("in registries/{directory}/{only}.yaml"),
        _ => format!("of a {noun} in registries/{directory}/"),
    };
    format!("next: add `- {id}` to `{list}` {place}\n")
}
