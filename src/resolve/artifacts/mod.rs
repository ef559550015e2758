//! Models, datasets and images of a plan: which immutable identity each means today.
//!
//! Whatever fails, fails the lock, all of it told together; where that is allowed, it is recorded
//! as unresolved instead. Pins whose source has not changed are kept as those of packages are;
//! files of this machine are read again each time.

mod datasets;
mod hub;
mod images;
mod models;
mod stored;

use std::collections::BTreeMap;

use super::{Request, Upgrade};
use crate::finding::{Code, Finding, Location};
use crate::lock::{Locked, LockedDataset, LockedImage, LockedModel};
use crate::model::{GitOid, GitRefName, HubSource, Manifest, Moving, Sha256Digest, Tokens};
use crate::remote::Ports;

/// The models, datasets and images of a plan, pinned.
#[derive(Default)]
pub(super) struct Artifacts {
    pub(super) models: BTreeMap<String, LockedModel>,
    pub(super) datasets: BTreeMap<String, LockedDataset>,
    pub(super) images: BTreeMap<String, LockedImage>,
    /// The manifests of the datasets, by their digest.
    pub(super) manifests: BTreeMap<Sha256Digest, Manifest>,
    /// What their places said of them, by its digest.
    pub(super) tokens: BTreeMap<Sha256Digest, Tokens>,
    /// What there is to say.
    pub(super) findings: Vec<Finding>,
    /// Whether anything is neither pinned nor allowed to be missing.
    pub(super) incomplete: bool,
}

/// One of them, pinned.
struct Pinned<P> {
    pin: P,
    findings: Vec<Finding>,
}

/// What came of one of them.
type Outcome<P> = Result<Pinned<P>, Box<Finding>>;

/// Pins all of them, in parallel.
pub(super) fn pin(request: Request<'_>, ports: Ports<'_>) -> Artifacts {
    let mut artifacts = Artifacts::default();
    models::pin(request, ports, &mut artifacts);
    datasets::pin(request, ports, &mut artifacts);
    images::pin(request, ports, &mut artifacts);
    artifacts
}

impl Artifacts {
    /// Takes the outcome for one thing: its subject, its place, and what was asked for. Gives what
    /// the lock is to say of it.
    fn take<S: PartialEq, P: Clone>(
        &mut self,
        request: Request<'_>,
        (subject, location, source): (&str, &Location, S),
        previous: Option<&Locked<S, P>>,
        outcome: Outcome<P>,
    ) -> Option<Locked<S, P>> {
        let place = |finding: Finding| finding.about(subject).at(location.clone());
        let pin = match outcome {
            Ok(pinned) => {
                self.findings.extend(pinned.findings.into_iter().map(place));
                Ok(pinned.pin)
            }
            Err(failure) if request.allow_unresolved && may_be_recorded(failure.code) => {
                let kept = kept(previous, &source).cloned();
                let finding = unresolved(&failure, kept.is_some());
                self.findings.push(place(finding));
                kept.ok_or(failure.code)
            }
            Err(failure) => {
                self.findings.push(place(*failure));
                self.incomplete = true;
                return None;
            }
        };
        Some(Locked { source, pin })
    }
}

/// What the former lock has of a thing, where that is to stand as it is: its pin, or that it has
/// none.
fn settled<'a, S: PartialEq, P>(
    request: Request<'_>,
    previous: Option<&'a Locked<S, P>>,
    source: &S,
) -> Option<&'a Locked<S, P>> {
    previous.filter(|previous| request.settled && previous.source == *source)
}

/// Whether a failure says that something could not be reached, and not that it is wrong.
fn may_be_recorded(code: Code) -> bool {
    matches!(
        code,
        Code::HubRepositoryNotFound
            | Code::HubRevisionNotFound
            | Code::HubGated
            | Code::DatasetNotFound
            | Code::ImageNotFound
            | Code::LocalMissing
            | Code::SourceUnreachable
            | Code::SourceDenied
            | Code::NotCached
            | Code::NotConfigured
    )
}

/// What is said of a failure that is recorded instead of stopping the lock.
fn unresolved(failure: &Finding, kept: bool) -> Finding {
    let what = if kept {
        "the former pin is kept"
    } else {
        "recorded as unresolved"
    };
    let message = format!("{what}: {}", failure.message);
    let finding = Finding::new(Code::UnresolvedRecorded, message);
    match (&failure.expected, &failure.actual) {
        (Some(expected), Some(actual)) => finding.compare(expected, actual),
        _ => finding,
    }
}

/// The former pin of a thing, where its source still asks for the same.
fn kept<'a, S: PartialEq, P>(previous: Option<&'a Locked<S, P>>, source: &S) -> Option<&'a P> {
    let previous = previous.filter(|previous| previous.source == *source)?;
    previous.pin.as_ref().ok()
}

/// Whether a thing is to move: by its key, or a model by its name without the revision.
fn is_upgraded(upgrade: &Upgrade, key: &str) -> bool {
    match upgrade {
        Upgrade::Nothing => false,
        Upgrade::Everything => true,
        Upgrade::Only(names) => names.iter().any(|name| names_key(name, key)),
    }
}

/// Whether a name that a user gives means this key.
pub(super) fn names_key(name: &str, key: &str) -> bool {
    name == key || key.split_once('@').is_some_and(|(model, _)| name == model)
}

/// That files which are pinned lie where nobody who has the project has them.
fn outside_project(path: &str) -> Finding {
    let message = format!("`{path}` lies outside of the project");
    let finding = Finding::new(Code::LocalOutsideProject, message);
    finding.hint("publish it, or move it into the project")
}

/// What there is to say of a revision that may mean something else tomorrow.
fn moving_revision(
    source: &HubSource,
    reference: Option<&GitRefName>,
    commit: &GitOid,
) -> Option<Finding> {
    let commit = commit.short();
    let (message, hint) = match source.moving(reference)? {
        Moving::Abbreviation(asked) => (
            format!("`{asked}` abbreviates commit {commit}"),
            "write the whole commit id",
        ),
        moving => (
            moving.pinned_to(&format!("commit {commit}")),
            "name a tag or a full commit as the revision",
        ),
    };
    Some(Finding::new(Code::MutableRef, message).hint(hint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Severity;

    #[test]
    fn what_is_recorded_as_unresolved_is_a_warning_that_says_why() {
        let failure = Finding::new(Code::HubGated, "`a/b` is gated").compare("a", "b");
        let recorded = unresolved(&failure, false);
        assert_eq!(recorded.severity, Severity::Warning);
        assert_eq!(recorded.message, "recorded as unresolved: `a/b` is gated");
        assert_eq!(recorded.actual.as_deref(), Some("b"));
    }
}
