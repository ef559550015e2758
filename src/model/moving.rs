//! Names that may mean something else tomorrow: branches, tags of images, versions left open.
//!
//! What a directory, a bucket or a server has may change at any time and is not meant here.

use std::fmt;

use pep440_rs::VersionSpecifiers;
use serde::{Serialize, Serializer};

use super::{
    GitOid, GitPin, GitRefName, GitSource, HubSource, ImageReference, PypiSource, VersionAsked,
};

/// Why what was asked for may mean something else tomorrow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moving {
    /// The beginning of a commit's id, which others may come to share.
    Abbreviation(String),
    /// A branch.
    Branch(String),
    /// The default branch, since nothing was asked for.
    DefaultBranch {
        /// What was not given: `` `ref` ``, `revision`.
        field: &'static str,
        /// The branch.
        branch: String,
    },
    /// The newest version, since none was asked for.
    Newest,
    /// More than one version.
    Range(VersionSpecifiers),
    /// A tag of an image, which whoever owns it moves at will.
    Tag(String),
}

impl Moving {
    /// The same, with what it was pinned to.
    pub fn pinned_to(&self, what: &str) -> String {
        format!("{self}; it is pinned to {what} and may move on")
    }
}

impl fmt::Display for Moving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Abbreviation(asked) => write!(f, "`{asked}` abbreviates a commit"),
            Self::Branch(name) => write!(f, "`{name}` is a branch"),
            Self::DefaultBranch { field, branch } => {
                write!(f, "no {field} is given, which means the branch `{branch}`")
            }
            Self::Newest => f.write_str("no `version` is given"),
            Self::Range(specifiers) => write!(f, "`{specifiers}` admits more than one version"),
            Self::Tag(tag) => write!(f, "`{tag}` is a tag"),
        }
    }
}

impl Serialize for Moving {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl GitSource {
    /// Whether it may mean something else than this pin of it tomorrow. A tag may not: that one has
    /// moved is drift.
    pub fn moving(&self, pin: &GitPin) -> Option<Moving> {
        let asked = self.reference.as_deref();
        match &pin.reference {
            None => abbreviation(asked),
            Some(name) => Some(of_branch(asked, "`ref`", name.branch()?)),
        }
    }
}

impl HubSource {
    /// Whether it may mean something else than the commit that it was pinned to, by the full name
    /// of what was found; none where a commit was.
    pub fn moving(&self, found: Option<&GitRefName>) -> Option<Moving> {
        let asked = self.revision.as_deref();
        match found {
            None => abbreviation(asked),
            Some(name) if name.tag().is_some() => None,
            Some(name) => {
                let name = name.branch().unwrap_or(name.as_str());
                Some(of_branch(asked, "revision", name))
            }
        }
    }
}

impl PypiSource {
    /// Whether it may mean another version tomorrow.
    pub fn moving(&self) -> Option<Moving> {
        match &self.version {
            VersionAsked::Exact(_) => None,
            VersionAsked::Latest => Some(Moving::Newest),
            VersionAsked::Range(specifiers) => Some(Moving::Range(specifiers.clone())),
        }
    }
}

impl ImageReference {
    /// Whether it may mean another image tomorrow.
    pub fn moving(&self) -> Option<Moving> {
        let tag = self.tag().unwrap_or("latest");
        self.digest().is_none().then(|| Moving::Tag(tag.to_owned()))
    }
}

fn abbreviation(asked: Option<&str>) -> Option<Moving> {
    let asked = asked.filter(|asked| asked.parse::<GitOid>().is_err())?;
    Some(Moving::Abbreviation(asked.to_owned()))
}

fn of_branch(asked: Option<&str>, field: &'static str, branch: &str) -> Moving {
    let branch = branch.to_owned();
    match asked {
        Some(_) => Moving::Branch(branch),
        None => Moving::DefaultBranch { field, branch },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_revision_of_the_hub_means_may_move() {
        let commit = "0".repeat(40);
        let moving = |asked: Option<&str>, found: Option<&str>| {
            let source = HubSource {
                repo: "a/b".parse().unwrap(),
                revision: asked.map(str::to_owned),
                path: None,
            };
            let found = found.map(|name| GitRefName::try_from(name.to_owned()).unwrap());
            source.moving(found.as_ref()).map(|why| why.to_string())
        };
        for (asked, found, why) in [
            (
                None,
                Some("refs/heads/main"),
                Some("no revision is given, which means the branch `main`"),
            ),
            (Some("x"), Some("refs/heads/x"), Some("`x` is a branch")),
            (
                Some("refs/pr/1"),
                Some("refs/pr/1"),
                Some("`refs/pr/1` is a branch"),
            ),
            (Some("v1"), Some("refs/tags/v1"), None),
            (Some(&*commit), None, None),
            (Some("00000"), None, Some("`00000` abbreviates a commit")),
        ] {
            assert_eq!(moving(asked, found).as_deref(), why, "{asked:?}");
        }
    }

    #[test]
    fn only_a_digest_fixes_an_image() {
        let moving = |text: &str| text.parse::<ImageReference>().unwrap().moving();
        assert_eq!(moving("python"), Some(Moving::Tag("latest".to_owned())));
        assert_eq!(moving("a/b:1"), Some(Moving::Tag("1".to_owned())));
        let digest = super::super::Sha256Digest::of(b"");
        assert_eq!(moving(&format!("a/b:1@{digest}")), None);
    }
}
