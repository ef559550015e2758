//! The references of a git remote, and what a `ref` of a source means among them.

use std::collections::BTreeMap;

use crate::model::{GitOid, GitRefName};

/// A reference as the remote lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteRef {
    /// What the reference names: a commit, or the tag object of an annotated tag.
    pub object: GitOid,
    /// The commit, where `object` is a tag object.
    pub peeled: Option<GitOid>,
}

impl RemoteRef {
    /// The commit that the reference leads to.
    pub fn commit(&self) -> &GitOid {
        self.peeled.as_ref().unwrap_or(&self.object)
    }
}

/// All references of a remote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemoteRefs {
    /// By full name, without `HEAD`.
    pub by_name: BTreeMap<GitRefName, RemoteRef>,
    /// The full name of the default branch.
    pub default_branch: Option<GitRefName>,
}

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

impl RemoteRefs {
    /// Finds what a `ref` means, in the order of `gitrevisions(7)`; none is the default branch.
    pub fn choose(&self, asked: Option<&str>) -> Choice {
        let plain = |name: GitRefName| Choice::Ref {
            name,
            ambiguous: false,
        };
        let Some(asked) = asked.filter(|asked| *asked != "HEAD") else {
            // A server may announce a default branch and hide it.
            let listed = |name: &GitRefName| self.by_name.contains_key(name);
            let default = self.default_branch.clone().filter(listed);
            return default.map_or(Choice::Missing, plain);
        };
        if let Ok(commit) = asked.parse::<GitOid>() {
            return Choice::Commit(commit);
        }
        let listed = |name: String| {
            GitRefName::try_from(name)
                .ok()
                .filter(|name| self.by_name.contains_key(name))
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
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let named = |asked: Option<&str>| match refs.choose(asked) {
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
        let hidden = RemoteRefs {
            default_branch: refs.default_branch.clone(),
            ..RemoteRefs::default()
        };
        assert_eq!(hidden.choose(None), Choice::Missing);
        assert!(matches!(
            refs.choose(Some(&"B".repeat(40))),
            Choice::Commit(_)
        ));
    }
}
