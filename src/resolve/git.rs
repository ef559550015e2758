//! Git sources: which commit a ref means, and what that commit holds.

use super::{Resolved, pyproject};
use crate::finding::{Code, Finding};
use crate::model::{GitOid, GitPin, GitRefName, GitSource, Pin};
use crate::registry::nearest;
use crate::remote::{CommitWanted, Ports, RemoteError, RemoteRefs};

/// What a `ref` means on a remote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// A reference; `ambiguous` where a tag hides a branch of the same name.
    Ref {
        /// Its full name.
        name: GitRefName,
        /// Whether there is a branch of the same name too.
        ambiguous: bool,
    },
    /// A full commit id.
    Commit(GitOid),
    /// What may be the beginning of a commit id.
    Prefix(String),
    /// Nothing.
    Missing,
}

/// Finds what a `ref` means, in the order of `gitrevisions(7)`; none is the default branch.
pub fn choose(refs: &RemoteRefs, asked: Option<&str>) -> Choice {
    let plain = |name: GitRefName| Choice::Ref {
        name,
        ambiguous: false,
    };
    let Some(asked) = asked.filter(|asked| *asked != "HEAD") else {
        return refs.default_branch.clone().map_or(Choice::Missing, plain);
    };
    if let Ok(commit) = asked.parse::<GitOid>() {
        return Choice::Commit(commit);
    }
    let listed = |name: String| {
        GitRefName::try_from(name)
            .ok()
            .filter(|name| refs.by_name.contains_key(name))
    };
    let whole = asked.starts_with("refs/").then(|| asked.to_owned());
    if let Some(name) = whole
        .and_then(listed)
        .or_else(|| listed(format!("refs/{asked}")))
    {
        return plain(name);
    }
    let branch = listed(format!("refs/heads/{asked}"));
    if let Some(tag) = listed(format!("refs/tags/{asked}")) {
        return Choice::Ref {
            name: tag,
            ambiguous: branch.is_some(),
        };
    }
    if let Some(branch) = branch {
        return plain(branch);
    }
    let abbreviated =
        (7..40).contains(&asked.len()) && asked.bytes().all(|b| b.is_ascii_hexdigit());
    if abbreviated {
        Choice::Prefix(asked.to_ascii_lowercase())
    } else {
        Choice::Missing
    }
}

pub(super) fn resolve(source: &GitSource, ports: Ports<'_>) -> Result<Resolved, Box<Finding>> {
    let url = &source.url;
    let asked = source.reference.as_deref();
    let refs = ports
        .git
        .refs(url)
        .map_err(|error| Box::new(error.finding(Code::GitRepositoryGone)))?;
    let mut findings = Vec::new();
    let missing = |error: RemoteError| Box::new(error.finding(Code::GitRefNotFound));
    let (name, commit) = match choose(&refs, asked) {
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
        .snapshot(url, &wanted, subdirectory)
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
        release: None,
        manifest: None,
        findings,
    })
}

/// What is to be said of a pin whenever it is made or kept.
pub(super) fn warnings(source: &GitSource, pin: &GitPin) -> Option<Finding> {
    let branch = pin.reference.as_ref()?.branch()?;
    let what = if source.reference.is_some() {
        format!("`{branch}` is a branch")
    } else {
        format!("no `ref` is given, which means the branch `{branch}`")
    };
    let message = format!(
        "{what}; it is pinned to commit {} and may move on",
        pin.commit.short()
    );
    Some(Finding::new(Code::MutableRef, message).hint("name a tag or a full commit"))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::RemoteRef;

    fn refs(names: &[&str]) -> RemoteRefs {
        let object: GitOid = "a".repeat(40).parse().unwrap();
        RemoteRefs {
            by_name: names
                .iter()
                .map(|name| {
                    let there = RemoteRef {
                        object: object.clone(),
                        peeled: None,
                    };
                    (GitRefName::try_from((*name).to_owned()).unwrap(), there)
                })
                .collect(),
            default_branch: Some("refs/heads/main".to_owned().try_into().unwrap()),
        }
    }

    #[test]
    fn refs_mean_what_git_says() {
        let refs = refs(&[
            "refs/heads/main",
            "refs/heads/v1",
            "refs/tags/v1",
            "refs/tags/v2",
        ]);
        let named = |asked: Option<&str>| match choose(&refs, asked) {
            Choice::Ref { name, ambiguous } => format!("{name} {ambiguous}"),
            other => format!("{other:?}"),
        };
        assert_eq!(named(None), "refs/heads/main false");
        assert_eq!(named(Some("HEAD")), "refs/heads/main false");
        assert_eq!(named(Some("main")), "refs/heads/main false");
        assert_eq!(named(Some("v1")), "refs/tags/v1 true");
        assert_eq!(named(Some("heads/v1")), "refs/heads/v1 false");
        assert_eq!(named(Some("tags/v1")), "refs/tags/v1 false");
        assert_eq!(named(Some("refs/tags/v2")), "refs/tags/v2 false");
        assert_eq!(named(Some("abcdef0")), "Prefix(\"abcdef0\")");
        assert_eq!(named(Some("v3")), "Missing");
        assert!(matches!(
            choose(&refs, Some(&"B".repeat(40))),
            Choice::Commit(_)
        ));
    }
}
