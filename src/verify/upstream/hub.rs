//! A commit of a repository of the Hub: is it still what was asked for, and still served whole?

use std::collections::BTreeSet;

use crate::finding::{Code, Finding};
use crate::model::{
    FilePins, GitOid, GitRefName, HubId, HubModelPin, HubRepo, NAMING_CODE, counts_as_data,
    named_code,
};
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
    /// What else is to be held against the commit, once its files are the locked ones.
    pub(super) also: &'a dyn Fn(Ports<'_>) -> Option<Finding>,
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
    let now = match ports.hub.revision(repo, Some(reference.as_str())) {
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
    let name = reference.branch().unwrap_or(reference.as_str());
    let (code, message) = match ports.hub.leads_to(repo, reference, locked.commit) {
        Ok(true) => (Code::HubBranchAdvanced, advanced(locked, name, &now, ports)),
        Ok(false) => {
            let message = format!("`{name}` of `{repo}` was rewritten: it no longer leads there");
            (Code::HubCommitUnreachable, message)
        }
        Err(RemoteError::NotFound(message) | RemoteError::NoRevision(message)) => {
            return Ok(Some(Finding::new(Code::SourceUnreachable, message)));
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
    if differences.is_empty() {
        return (locked.also)(ports);
    }
    Some({
        let message = format!(
            "commit {} of `{repo}` does not hold the locked files: {}",
            commit.short(),
            differences.by_role()
        );
        Finding::new(Code::HubFileChanged, message)
    })
}

/// Whether the configuration of a model names the locked repositories of code.
pub(super) fn remote_code(repo: &HubRepo, pin: &HubModelPin, ports: Ports<'_>) -> Option<Finding> {
    let mut named = BTreeSet::new();
    for (path, file) in NAMING_CODE
        .iter()
        .filter_map(|name| pin.files.get_key_value(*name))
    {
        let bytes = match ports.hub.read(repo, &pin.commit, path, file.size) {
            Ok(bytes) => bytes,
            Err(error) => return Some(error.finding(Code::HubCommitGone)),
        };
        if file.digest.like(&bytes) != file.digest {
            let message = format!("`{path}` of `{repo}` is not what the Hub lists");
            return Some(Finding::new(Code::HubFileChanged, message));
        }
        named.extend(named_code(&bytes).unwrap_or_default());
    }
    named.remove(&pin.repo);
    (named != pin.remote_code).then(|| {
        let shown = |repos: &BTreeSet<HubId>| {
            let repos: Vec<_> = repos.iter().map(ToString::to_string).collect();
            if repos.is_empty() {
                "none".to_owned()
            } else {
                repos.join(", ")
            }
        };
        let message = "the configuration names other repositories of code than are locked";
        let finding = Finding::new(Code::MetadataDiffers, message);
        finding.compare(shown(&pin.remote_code), shown(&named))
    })
}
