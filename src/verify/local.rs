//! Directories of this machine against the content that was locked.

use std::path::Path;

use super::differences::Differences;
use super::{Evidence, stated};
use crate::finding::{Code, Finding, Layer, Report};
use crate::lock::Lock;
use crate::model::{LocalPin, Pin};
use crate::remote::{Ports, RemoteError, TreeContent, TreeError};

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
        Some(then) => Differences::of_manifests(&then, &now.manifest).named(),
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
