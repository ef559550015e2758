//! A commit of a repository of the Hub: is it still what was asked for, and still served whole?

use crate::finding::{Code, Finding};
use crate::model::{FilePins, GitOid, GitRefName, HubRepo, counts_as_data};
use crate::remote::{Ports, RemoteError};

use super::super::differences::Differences;

/// What was locked of a repository.
pub(super) struct Locked<'a> {
    pub(super) repo: HubRepo,
    pub(super) reference: Option<&'a GitRefName>,
    pub(super) commit: &'a GitOid,
    /// The files that are locked, of all those that a commit has.
    pub(super) meant: &'a dyn Fn(FilePins) -> FilePins,
    pub(super) files: &'a FilePins,
}

pub(super) fn ask(locked: &Locked<'_>, ports: Ports<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(reference) = locked.reference {
        match revision(locked, reference, ports) {
            Ok(finding) => findings.extend(finding),
            Err(finding) => return vec![*finding],
        }
    }
    findings.extend(content(locked, ports));
    findings
}

/// What became of the branch or the tag; an error where nothing more can be asked.
fn revision(
    locked: &Locked<'_>,
    reference: &GitRefName,
    ports: Ports<'_>,
) -> Result<Option<Finding>, Box<Finding>> {
    let repo = &locked.repo;
    let name = reference.branch().or(reference.tag());
    let name = name.unwrap_or(reference.as_str());
    let now = match ports.hub.revision(repo, Some(name)) {
        Ok(now) => now.commit,
        Err(RemoteError::NoRevision(_)) => {
            let message = format!("`{reference}` is gone from `{repo}`");
            let finding = Finding::new(Code::HubRefGone, message);
            return Ok(Some(finding.compare(locked.commit, "no such revision")));
        }
        Err(error) => return Err(Box::new(error.finding(Code::HubRepositoryGone))),
    };
    if now == *locked.commit {
        return Ok(None);
    }
    if reference.tag().is_some() {
        let message = format!("`{reference}` of `{repo}` moved to another commit");
        let finding = Finding::new(Code::HubRefMoved, message);
        return Ok(Some(finding.compare(locked.commit, now)));
    }
    let (code, message) = match ports.hub.leads_to(repo, reference, locked.commit) {
        Ok(true) => (Code::HubBranchAdvanced, advanced(locked, name, &now, ports)),
        Ok(false) => {
            let message = format!("`{name}` of `{repo}` was rewritten: it no longer leads there");
            (Code::HubCommitUnreachable, message)
        }
        Err(error) => return Err(Box::new(error.finding(Code::HubRepositoryGone))),
    };
    Ok(Some(
        Finding::new(code, message).compare(locked.commit, now),
    ))
}

/// That a branch has new commits, and what they changed.
fn advanced(locked: &Locked<'_>, name: &str, now: &GitOid, ports: Ports<'_>) -> String {
    let repo = &locked.repo;
    let moved = format!("`{name}` of `{repo}` has advanced");
    let Ok(files) = meant(locked, now, ports) else {
        return moved;
    };
    let differences = Differences::of_files(locked.files, &files);
    if differences.is_empty() {
        return format!("{moved}, with the same files");
    }
    format!("{moved}: {}", differences.by_role())
}

/// The files of a commit, as far as they are locked.
fn meant(locked: &Locked<'_>, commit: &GitOid, ports: Ports<'_>) -> Result<FilePins, RemoteError> {
    let mut files = ports.hub.files(&locked.repo, commit)?;
    files.retain(|path, _| counts_as_data(path));
    Ok((locked.meant)(files))
}

/// Whether the locked commit is served, with the locked files.
fn content(locked: &Locked<'_>, ports: Ports<'_>) -> Option<Finding> {
    let (repo, commit) = (&locked.repo, locked.commit);
    let files = match meant(locked, commit, ports) {
        Ok(files) => files,
        Err(RemoteError::NoRevision(_)) => {
            let message = format!("`{repo}` no longer gives commit {commit}");
            return Some(Finding::new(Code::HubCommitGone, message));
        }
        Err(error) => return Some(error.finding(Code::HubRepositoryGone)),
    };
    let differences = Differences::of_files(locked.files, &files);
    (!differences.is_empty()).then(|| {
        let message = format!(
            "commit {} of `{repo}` does not hold the locked files: {}",
            commit.short(),
            differences.by_role()
        );
        Finding::new(Code::HubFileChanged, message)
    })
}
