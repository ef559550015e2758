//! `vhb lock --check`: what locking now would change, as findings.

use std::path::Path;

use super::super::lock_files::sbom_path;
use crate::finding::{Code, Finding};
use crate::io::write::FileToWrite;
use crate::lock::{Change, Lock, changes};

/// A finding for each thing that would change; where none would, for each file that would.
pub(super) fn would_change(
    path: &Path,
    previous: Option<&Lock>,
    lock: &Lock,
    stale: &[&FileToWrite],
) -> Vec<Finding> {
    let changes = previous.map_or_else(Vec::new, |previous| changes(previous, lock));
    if !changes.is_empty() {
        return changes.iter().map(of_change).collect();
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

fn of_change(change: &Change) -> Finding {
    let whole = |side: &Option<String>| side.as_deref().is_none_or(str::is_empty);
    let subject = match &change.old {
        Some(version) if change.subject_is_a_name() => {
            format!("distributions/{}=={version}", change.subject)
        }
        _ => change.subject.clone(),
    };
    let what = match (&change.old, &change.new) {
        (None, _) if whole(&change.new) => format!("locking now would add `{subject}`"),
        (_, None) if whole(&change.old) => format!("locking now would remove `{subject}`"),
        _ if change.field.is_empty() => format!("locking now would change `{subject}`"),
        _ => format!("locking now would change `{}` of `{subject}`", change.field),
    };
    let side = |side: &Option<String>| match side.as_deref() {
        None => "nothing".to_owned(),
        Some("") => subject.clone(),
        Some(value) => value.to_owned(),
    };
    let finding = Finding::new(Code::LockWouldChange, what)
        .compare(side(&change.old), side(&change.new))
        .about(&subject);
    if change.field.is_empty() {
        finding
    } else {
        finding.in_field(&change.field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(subject: &str, field: &str, old: Option<&str>, new: Option<&str>) -> [String; 4] {
        let finding = of_change(&Change {
            subject: subject.to_owned(),
            field: field.to_owned(),
            old: old.map(str::to_owned),
            new: new.map(str::to_owned),
        });
        let text = |part: Option<String>| part.unwrap_or_default();
        [
            text(finding.subject),
            finding.message,
            text(finding.expected),
            text(finding.actual),
        ]
    }

    #[test]
    fn every_change_says_what_is_locked_and_what_would_be() {
        for (told, expected) in [
            (
                told("packages/x", "pin.commit", Some("\"a\""), Some("\"b\"")),
                [
                    "packages/x",
                    "locking now would change `pin.commit` of `packages/x`",
                    "\"a\"",
                    "\"b\"",
                ],
            ),
            (
                told("numpy", "", Some("1.0"), Some("2.0")),
                [
                    "distributions/numpy==1.0",
                    "locking now would change `distributions/numpy==1.0`",
                    "1.0",
                    "2.0",
                ],
            ),
            (
                told("models/m", "", None, Some("")),
                [
                    "models/m",
                    "locking now would add `models/m`",
                    "nothing",
                    "models/m",
                ],
            ),
            (
                told("models/m", "", Some(""), None),
                [
                    "models/m",
                    "locking now would remove `models/m`",
                    "models/m",
                    "nothing",
                ],
            ),
            (
                told("runs/q", "seed", Some("1"), None),
                [
                    "runs/q",
                    "locking now would change `seed` of `runs/q`",
                    "1",
                    "nothing",
                ],
            ),
        ] {
            assert_eq!(told, expected);
        }
    }
}
