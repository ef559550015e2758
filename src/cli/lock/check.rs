//! `vhb lock --check`: what locking now would change, as findings.

use std::path::Path;

use super::super::lock_files::sbom_path;
use crate::finding::{Code, Finding};
use crate::io::write::FileToWrite;
use crate::lock::diff::{Change, Leaf, Subject, Value, entry_field};
use crate::lock::{Diff, Lock};
use crate::model::Pin;

/// A finding for each thing that would change; where none would, for each file that would.
pub(super) fn would_change(
    path: &Path,
    previous: Option<&Lock>,
    lock: &Lock,
    stale: &[&FileToWrite],
) -> Vec<Finding> {
    let findings = previous.map(|previous| {
        let groups = Diff::of(previous, lock).groups.into_iter();
        let changes = groups.flat_map(|group| group.changes);
        let findings = changes.flat_map(|change| of_change(&change, previous));
        findings.collect::<Vec<_>>()
    });
    if let Some(findings) = findings.filter(|findings| !findings.is_empty()) {
        return findings;
    }
    let of_file = |file: &&FileToWrite| {
        let (subject, what) = match &file.path {
            it if it == path && previous.is_none() => ("lock", "there is no lock yet"),
            it if it == path => ("lock", "locking now would write the lock otherwise"),
            it if *it == sbom_path(path) => ("sbom", "locking now would write another SBOM"),
            _ => ("lists", "locking now would write another list of files"),
        };
        Finding::new(Code::LockWouldChange, what).about(subject)
    };
    stale.iter().map(of_file).collect()
}

fn of_change(change: &Change, previous: &Lock) -> Vec<Finding> {
    let side = |side: &Option<Value>| match side {
        None => "nothing".to_owned(),
        Some(value) => value.to_string(),
    };
    let Leaf { field, old, new } = &change.leaf;
    let one = |(subject, field): (String, Option<String>)| {
        let what = match (old, new, &field) {
            (_, _, Some(field)) => format!("locking now would change `{field}` of `{subject}`"),
            (None, _, None) => format!("locking now would add `{subject}`"),
            (_, None, None) => format!("locking now would remove `{subject}`"),
            (Some(_), Some(_), None) => format!("locking now would change `{subject}`"),
        };
        let finding = Finding::new(Code::LockWouldChange, what)
            .compare(side(old), side(new))
            .about(&subject);
        match field {
            Some(field) => finding.in_field(&field),
            None => finding,
        }
    };
    let field = Some(field.clone()).filter(|field| !field.is_empty());
    written(change, field, previous)
        .into_iter()
        .map(one)
        .collect()
}

/// Where a change is written: the things that have a place in the lock or in the registry, each
/// with the field that differs.
fn written(
    change: &Change,
    field: Option<String>,
    previous: &Lock,
) -> Vec<(String, Option<String>)> {
    let affected = &change.affected;
    let places: Vec<_> = match &change.subject {
        Subject::Runs => {
            let field = field.as_deref().map(entry_field);
            let runs = affected.runs.iter();
            runs.map(|id| (format!("runs/{id}"), field.clone()))
                .collect()
        }
        Subject::Environments => {
            let ids = affected.environments.iter();
            let there = ids.filter(|id| previous.environments.contains_key(*id));
            there
                .map(|id| (format!("environments/{id}"), field.clone()))
                .collect()
        }
        Subject::Distribution(name) => {
            // What was asked for has a line in the registry.
            let mut more = change.also.iter().chain(&change.implied);
            let asked = more.any(|leaf| leaf.field == "source.version");
            let version = if asked {
                "source.version"
            } else {
                "pin.version"
            };
            let packages = previous
                .packages
                .iter()
                .filter(|(_, package)| matches!(&package.pin, Pin::Pypi(pin) if pin.name == *name));
            let field = field.as_ref().map(|_| version.to_owned());
            packages
                .map(|(key, _)| (format!("packages/{key}"), field.clone()))
                .collect()
        }
        _ => vec![(change.about(), field.clone())],
    };
    match (&change.subject, &change.leaf.old, &change.leaf.new) {
        _ if !places.is_empty() => places,
        (Subject::Distribution(name), Some(version), _)
        | (Subject::Distribution(name), None, Some(version)) => {
            vec![(format!("distributions/{name}=={version}"), None)]
        }
        _ => vec![(change.about(), field)],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A lock of one run, by its seed and by the versions of what is asked for and of what that
    /// requires.
    fn lock(seed: u64, asked: &str, required: &str) -> Lock {
        let target = json!({"python": "3.11", "platform": "x86_64-manylinux_2_28"});
        let source = json!({"type": "pypi", "name": "a", "version": asked});
        let file = format!("b-{required}.whl");
        let digest = format!("sha256:{}", "0".repeat(64));
        let run = json!({
            "task": "t", "entry_point": "e", "model": "m", "image": null, "dataset": "d",
            "framework": "f", "package_manager": "pip", "engine_params": {"seed": seed}, "env": {},
            "metrics": [], "reports": [], "environments": {"inference": "i"},
        });
        let document = json!({
            "lock_version": 1,
            "generator": "vhb 0.0.0",
            "experiment": {
                "id": "x", "name": "x", "file": "x.yaml", "run_mode": "prod", "target": target,
            },
            "registry": {}, "config": {}, "models": {}, "datasets": {}, "images": {},
            "runs": {"q": run},
            "packages": {"p": {"source": source, "pin": source}},
            "environments": {"i": {
                "stage": "inference", "target": target, "roots": ["p"], "resolver": "uv 0.0.0",
                "distributions": {format!("b=={required}"): file},
            }},
            "distributions": {format!("b=={required}"): {"files": {file: digest}}},
        });
        Lock::from_bytes(document.to_string().as_bytes()).expect("a lock")
    }

    #[test]
    fn every_change_says_where_it_is_written_what_is_locked_and_what_would_be() {
        let previous = lock(7, "1.0", "2.0");
        let findings = would_change(
            Path::new("x.lock.json"),
            Some(&previous),
            &lock(8, "1.1", "2.1"),
            &[],
        );
        let told = findings.into_iter().map(|finding| {
            let part = |part: Option<String>| part.unwrap_or_default();
            [
                finding.message,
                part(finding.subject),
                part(finding.field),
                part(finding.expected),
                part(finding.actual),
            ]
        });
        let expected = [
            [
                "locking now would change `model.engine_params.seed` of `runs/q`",
                "runs/q",
                "model.engine_params.seed",
                "7",
                "8",
            ],
            [
                "locking now would change `source.version` of `packages/p`",
                "packages/p",
                "source.version",
                "1.0",
                "1.1",
            ],
            [
                "locking now would change `distributions/b==2.0`",
                "distributions/b==2.0",
                "",
                "2.0",
                "2.1",
            ],
        ];
        assert_eq!(told.collect::<Vec<_>>(), expected);
    }
}
