//! Git sources: which commit a ref means, and what that commit holds.

use super::packages::Resolved;

use crate::finding::{Code, Finding};
use crate::model::{GitPin, GitSource, Moving, Pin};
use crate::registry::nearest;
use crate::remote::{Choice, CommitWanted, Ports, RemoteError, RemoteRefs, pyproject};

pub(super) fn resolve(source: &GitSource, ports: Ports<'_>) -> Result<Resolved, Box<Finding>> {
    let url = &source.url;
    let asked = source.reference.as_deref();
    let refs = ports
        .git
        .refs(url)
        .map_err(|error| Box::new(error.finding(Code::GitRepositoryGone)))?;
    let mut findings = Vec::new();
    let missing = |error: RemoteError| Box::new(error.finding(Code::GitRefNotFound));
    let (name, commit) = match refs.choose(asked) {
        Choice::Ref { name, ambiguous } => {
            if ambiguous {
                findings.push(ambiguous_ref(asked.unwrap_or_default()));
            }
            let commit = refs.by_name[&name].commit().clone();
            (Some(name), commit)
        }
        Choice::Commit(commit) => (None, commit),
        Choice::Prefix(prefix) => (None, ports.git.expand(url, &prefix).map_err(missing)?),
        Choice::Missing => return Err(Box::new(ref_not_found(source, &refs))),
    };
    // Any reference that leads straight to the commit makes for a cheap fetch.
    let by = name.clone().or_else(|| {
        let mut leading = refs.by_name.iter();
        leading
            .find(|(_, there)| *there.commit() == commit)
            .map(|(name, _)| name.clone())
    });
    let wanted = CommitWanted {
        commit: commit.clone(),
        by,
    };
    let subdirectory = source.subdirectory.as_deref();
    let snapshot = ports
        .git
        .snapshot(url, &wanted, subdirectory, None)
        .map_err(missing)?;
    let (distribution, warning) = pyproject::distribution(snapshot.content.pyproject.as_deref());
    findings.extend(warning);
    let tag_object = name
        .as_ref()
        .and_then(|name| refs.by_name.get(name))
        .and_then(|there| there.peeled.as_ref().map(|_| there.object.clone()));
    let pin = GitPin {
        url: url.clone(),
        reference: name,
        tag_object,
        commit,
        committed: snapshot.committed,
        tree: snapshot.tree,
        subdirectory: source.subdirectory.clone(),
        subdirectory_tree: snapshot.subdirectory_tree,
        content: snapshot.content.manifest.digest(),
        files: snapshot.content.manifest.files().len() as u64,
        bytes: snapshot.content.bytes,
        submodules: snapshot.submodules,
    };
    findings.extend(warnings(source, &pin));
    Ok(Resolved {
        pin: Pin::Git(pin),
        distribution,
        metadata: None,
        release: None,
        manifest: None,
        findings,
    })
}

/// What is to be said of a pin whenever it is made or kept.
pub(super) fn warnings(source: &GitSource, pin: &GitPin) -> Option<Finding> {
    let commit = &pin.commit;
    let (message, hint) = match source.moving(pin)? {
        Moving::Abbreviation(asked) => (
            format!("`{asked}` abbreviates commit {commit}"),
            "write the whole commit id",
        ),
        moving => (
            moving.pinned_to(&format!("commit {}", commit.short())),
            "name a tag or a full commit",
        ),
    };
    Some(Finding::new(Code::MutableRef, message).hint(hint))
}

fn ambiguous_ref(asked: &str) -> Finding {
    let message = format!("`{asked}` is both a tag and a branch; the tag is taken, as git does");
    let hint = format!("write `refs/tags/{asked}` or `refs/heads/{asked}`");
    Finding::new(Code::AmbiguousRef, message).hint(hint)
}

fn ref_not_found(source: &GitSource, refs: &RemoteRefs) -> Finding {
    let Some(asked) = source.reference.as_deref() else {
        let message = format!("`{}` has no default branch; is it empty?", source.url);
        return Finding::new(Code::GitRefNotFound, message).hint("name a `ref`");
    };
    let message = format!("`{}` has no tag, branch or commit `{asked}`", source.url);
    let short = refs
        .by_name
        .keys()
        .filter_map(|name| name.tag().or_else(|| name.branch()));
    let finding = Finding::new(Code::GitRefNotFound, message);
    match nearest(asked, short) {
        Some(near) => finding.hint(format!("did you mean `{near}`?")),
        None => finding,
    }
}
