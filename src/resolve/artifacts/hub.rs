//! Repositories of the Hub: the errors of asking for them, and small files that are proven.

use crate::finding::{Code, Finding};
use crate::model::{FilePin, FilePins, GitOid, HubKind, HubRepo, HubSource, counts_as_data};
use crate::remote::{HubRevision, Ports, RemoteError};

/// The longest file that is read whole: the Hub keeps longer ones in LFS.
pub(super) const LONGEST_SMALL_FILE: u64 = 16 << 20;

/// A commit of a repository, and its files.
pub(super) struct Snapshot {
    pub(super) repo: HubRepo,
    pub(super) revision: HubRevision,
    pub(super) files: FilePins,
}

/// Why the Hub does not give something.
pub(super) fn failed(error: &RemoteError) -> Box<Finding> {
    let not_found = match error {
        RemoteError::NoRevision(_) => Code::HubRevisionNotFound,
        _ => Code::HubRepositoryNotFound,
    };
    Box::new(error.finding(not_found))
}

/// What a source means now.
pub(super) fn snapshot(
    source: &HubSource,
    kind: HubKind,
    ports: Ports<'_>,
) -> Result<Snapshot, Box<Finding>> {
    let repo = source.repo(kind);
    let revision = ports.hub.revision(&repo, source.revision.as_deref());
    let revision = revision.map_err(|error| failed(&error))?;
    snapshot_of(repo, revision, ports)
}

/// What a commit holds.
pub(super) fn snapshot_of(
    repo: HubRepo,
    revision: HubRevision,
    ports: Ports<'_>,
) -> Result<Snapshot, Box<Finding>> {
    let files = ports.hub.files(&repo, &revision.commit);
    let mut files = files.map_err(|error| failed(&error))?;
    files.retain(|path, _| counts_as_data(path));
    Ok(Snapshot {
        repo,
        revision,
        files,
    })
}

/// The bytes of a small file, which are those that the Hub lists.
pub(super) fn read_proven(
    repo: &HubRepo,
    commit: &GitOid,
    path: &str,
    listed: &FilePin,
    ports: Ports<'_>,
) -> Result<Vec<u8>, Box<Finding>> {
    let read = ports.hub.read(repo, commit, path, LONGEST_SMALL_FILE);
    let bytes = read.map_err(|error| failed(&error))?;
    let there = listed.digest.like(&bytes);
    if there == listed.digest && bytes.len() as u64 == listed.size {
        return Ok(bytes);
    }
    let commit = commit.short();
    let message = format!("`{path}` of `{repo}` at {commit} is not what the Hub lists");
    let finding = Finding::new(Code::HubFileUnproven, message);
    let shown = |digest, size| format!("{digest}, {size} bytes");
    Err(Box::new(finding.compare(
        shown(&listed.digest, listed.size),
        shown(&there, bytes.len() as u64),
    )))
}
