//! Whether the locked commit holds what the lock says: its tree and the content of its files.
//!
//! A commit cannot change, so a difference means that the lock is wrong: edited, or damaged.

use crate::finding::{Code, Finding};
use crate::model::{GitPin, GitRefName, RemoteUrl};
use crate::remote::{CommitWanted, GitSnapshot, Ports, RemoteError, RemoteRefs, TreeContent};

/// In what the files of the commit say otherwise of themselves than the lock.
pub(super) type AskStated<'a> = &'a dyn Fn(&TreeContent) -> Option<Finding>;

pub(super) fn ask(
    url: &RemoteUrl,
    pin: &GitPin,
    refs: &RemoteRefs,
    stated: AskStated<'_>,
    ports: Ports<'_>,
) -> Option<Finding> {
    let wanted = CommitWanted {
        commit: pin.commit.clone(),
        by: leading_to(pin, refs),
    };
    let subdirectory = pin.subdirectory.as_deref();
    match ports.git.snapshot(url, &wanted, subdirectory, None) {
        Ok(snapshot) => differs(pin, &snapshot).or_else(|| stated(&snapshot.content)),
        // The lock says that this commit has a content, so a tree without one is not that commit.
        Err(RemoteError::Tree(error)) => {
            Some(Finding::new(Code::GitContentDiffers, error.to_string()))
        }
        Err(error) => Some(error.finding(Code::GitCommitGone)),
    }
}

/// A reference that names the commit itself makes for a cheap fetch.
fn leading_to(pin: &GitPin, refs: &RemoteRefs) -> Option<GitRefName> {
    let mut leading = refs.by_name.iter();
    leading
        .find(|(_, there)| *there.commit() == pin.commit)
        .map(|(name, _)| name.clone())
}

fn differs(pin: &GitPin, there: &GitSnapshot) -> Option<Finding> {
    let content = there.content.manifest.digest();
    let files = there.content.manifest.files().len() as u64;
    let fields: [(&str, bool); 7] = [
        ("tree", pin.tree == there.tree),
        (
            "subdirectory_tree",
            pin.subdirectory_tree == there.subdirectory_tree,
        ),
        ("content", pin.content == content),
        ("files", pin.files == files),
        ("bytes", pin.bytes == there.content.bytes),
        ("committed", pin.committed == there.committed),
        ("submodules", pin.submodules == there.submodules),
    ];
    let wrong: Vec<_> = fields
        .iter()
        .filter(|(_, same)| !same)
        .map(|(field, _)| format!("`{field}`"))
        .collect();
    (!wrong.is_empty()).then(|| {
        let message = format!(
            "commit {} does not hold what the lock says: {}",
            pin.commit.short(),
            wrong.join(", ")
        );
        let finding = Finding::new(Code::GitContentDiffers, message);
        finding.compare(pin.content, content)
    })
}
