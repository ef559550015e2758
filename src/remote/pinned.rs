//! What was pinned, fetched again: nothing is handed on that is not what the pin says.

use std::path::Path;

use super::{CommitWanted, Ports, TreeContent};
use crate::finding::{Code, Finding};
use crate::model::{GitPin, RemoteUrl};

/// The files of a pinned commit, written below `into`. The address is that of the pin, and may have
/// the credentials that the pin lacks.
pub fn pinned_commit(
    url: &RemoteUrl,
    pin: &GitPin,
    into: &Path,
    ports: Ports<'_>,
) -> Result<TreeContent, Box<Finding>> {
    let wanted = CommitWanted {
        commit: pin.commit.clone(),
        by: pin.reference.clone(),
    };
    let subdirectory = pin.subdirectory.as_deref();
    let snapshot = ports
        .git
        .snapshot(url, &wanted, subdirectory, Some(into))
        .map_err(|error| error.finding(Code::GitCommitGone))?;
    let content = snapshot.content;
    let now = content.manifest.digest();
    if now != pin.content {
        let message = format!(
            "commit {} does not hold what was pinned",
            pin.commit.short()
        );
        return Err(Box::new(
            Finding::new(Code::GitContentDiffers, message).compare(pin.content, now),
        ));
    }
    Ok(content)
}
