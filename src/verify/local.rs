//! Directories of this machine against the content that was locked.

use std::path::Path;

use super::{Evidence, stated};
use crate::finding::{Code, Finding, Layer, Report};
use crate::lock::Lock;
use crate::model::{LocalPin, Manifest, Pin};
use crate::remote::{Ports, RemoteError, TreeContent, TreeError};

/// How many files a message names before it only counts.
const NAMED: usize = 8;

pub(super) fn check(lock: &Lock, evidence: &Evidence<'_>, ports: Ports<'_>, report: &mut Report) {
    let pins: Vec<_> = lock
        .packages
        .iter()
        .filter_map(|(key, package)| match &package.pin {
            Pin::Local(pin) => Some((key, package, pin)),
            Pin::Git(_) | Pin::Pypi(_) => None,
        })
        .collect();
    for (key, package, pin) in pins {
        let subject = format!("packages/{key}");
        let stated = |content: &TreeContent| {
            stated::tree_differs(key, package, content.pyproject.as_deref())
        };
        let findings = match evidence.root {
            Some(root) => compare(root, pin, &stated, evidence, ports),
            None => {
                let message = "the project's directory is not known";
                vec![
                    Finding::new(Code::LocalUnreadable, message)
                        .hint("run verify inside the project"),
                ]
            }
        };
        report.check(Layer::Local, subject, findings);
    }
}

/// `stated` tells in what the same files say otherwise of themselves than the lock.
fn compare(
    root: &Path,
    pin: &LocalPin,
    stated: &dyn Fn(&TreeContent) -> Option<Finding>,
    evidence: &Evidence<'_>,
    ports: Ports<'_>,
) -> Vec<Finding> {
    let now = match ports.trees.content(&root.join(&pin.path), None) {
        Ok(content) => content,
        Err(RemoteError::NotFound(message)) => {
            return vec![Finding::new(Code::LocalMissing, message)];
        }
        // It had an identity when it was locked; now it has a link or a name that gives it none.
        Err(RemoteError::Tree(error)) if !matches!(error, TreeError::Unreadable { .. }) => {
            let message = format!("`{}` is not what was locked: {error}", pin.path);
            return vec![Finding::new(Code::LocalChanged, message)];
        }
        Err(error) => {
            let finding = Finding::new(Code::LocalUnreadable, error.to_string());
            return vec![finding];
        }
    };
    let digest = now.manifest.digest();
    if digest == pin.content {
        let counted = counted_otherwise(pin, &now);
        return counted.into_iter().chain(stated(&now)).collect();
    }
    let what = match (evidence.manifest)(&pin.content) {
        Some(then) => difference(&then, &now.manifest),
        None => "the list of the locked files is not beside the lock".to_owned(),
    };
    let message = format!("`{}` is not what was locked: {what}", pin.path);
    let finding = Finding::new(Code::LocalChanged, message);
    vec![finding.compare(pin.content, digest)]
}

/// The same files cannot be more or fewer, so it is the lock that is wrong.
fn counted_otherwise(pin: &LocalPin, now: &TreeContent) -> Option<Finding> {
    let files = now.manifest.files().len() as u64;
    if (files, now.bytes) == (pin.files, pin.bytes) {
        return None;
    }
    let message = format!(
        "`{}` is what was locked, but the lock counts its files or bytes otherwise",
        pin.path
    );
    let finding = Finding::new(Code::LockInconsistent, message).hint(Code::LockInconsistent.mend());
    let counted = |files, bytes| format!("{files} files, {bytes} bytes");
    Some(finding.compare(counted(pin.files, pin.bytes), counted(files, now.bytes)))
}

/// The files that differ, by name: `changed a.py; missing b.py; extra c.py`.
fn difference(then: &Manifest, now: &Manifest) -> String {
    let changed = then
        .files()
        .filter(|(path, digest)| now.get(path).is_some_and(|there| there != *digest));
    let missing = then.files().filter(|(path, _)| now.get(path).is_none());
    let extra = now.files().filter(|(path, _)| then.get(path).is_none());
    let parts = [
        ("changed", names(changed.map(|(path, _)| path))),
        ("missing", names(missing.map(|(path, _)| path))),
        ("extra", names(extra.map(|(path, _)| path))),
    ];
    let parts: Vec<_> = parts
        .into_iter()
        .filter_map(|(word, names)| Some(format!("{word} {}", names?)))
        .collect();
    parts.join("; ")
}

fn names<'a>(paths: impl Iterator<Item = &'a str>) -> Option<String> {
    let paths: Vec<_> = paths.map(|path| format!("`{path}`")).collect();
    let more = paths.len().saturating_sub(NAMED);
    let mut text = paths[..paths.len() - more].join(", ");
    if more > 0 {
        text = format!("{text} and {more} more");
    }
    (!paths.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Sha256Digest;

    #[test]
    fn differences_name_the_files() {
        let manifest = |files: &[(&str, &str)]| {
            let mut manifest = Manifest::default();
            for (path, text) in files {
                let digest = Sha256Digest::of(text.as_bytes());
                manifest.insert((*path).to_owned(), digest).unwrap();
            }
            manifest
        };
        let then = manifest(&[("a", "1"), ("b", "1"), ("c", "1")]);
        let now = manifest(&[("a", "1"), ("b", "2"), ("d", "1")]);
        assert_eq!(
            difference(&then, &now),
            "changed `b`; missing `c`; extra `d`"
        );
    }
}
