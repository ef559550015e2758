//! What a package exactly is: an immutable identity, one variant for each [`Source`](super::Source).

use std::collections::BTreeSet;

use pep440_rs::Version;
use pep508_rs::{ExtraName, PackageName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Dist, GitOid, GitRefName, IndexUrl, Instant, RemoteUrl, Sha256Digest};

/// The identity of a locked package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Pin {
    /// A directory by its content.
    Local(LocalPin),
    /// A commit and its content.
    Git(GitPin),
    /// A release of an index; its files stand among the lock's distributions.
    Pypi(PypiPin),
}

/// The content of a directory of this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LocalPin {
    /// Relative to the directory that holds `registries/`.
    pub path: String,
    /// The digest of the directory's Manifest.
    pub content: Sha256Digest,
    /// How many files the Manifest names.
    pub files: u64,
    /// Their size together, in bytes.
    pub bytes: u64,
    /// The commit that was checked out when it was pinned, in a git work tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<GitOid>,
    /// Whether the directory then differed from that commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dirty: Option<bool>,
    /// When that commit was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub committed: Option<Instant>,
}

/// A commit of a git repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GitPin {
    /// The repository, without credentials.
    pub url: RemoteUrl,
    /// The full name of the reference as it was found; none where a commit was asked for.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<GitRefName>,
    /// The tag object, where the reference is an annotated tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag_object: Option<GitOid>,
    /// The commit, peeled.
    pub commit: GitOid,
    /// When the commit was made (its committer date).
    pub committed: Instant,
    /// The commit's tree.
    pub tree: GitOid,
    /// The directory of the package inside the repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subdirectory: Option<String>,
    /// The tree of that directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subdirectory_tree: Option<GitOid>,
    /// The digest of the Manifest of the package's files.
    pub content: Sha256Digest,
    /// How many files the Manifest names.
    pub files: u64,
    /// Their size together, in bytes.
    pub bytes: u64,
    /// Submodules inside the package: recorded, their content is not part of `content`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub submodules: Vec<Submodule>,
}

/// A submodule as the pinned commit records it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Submodule {
    /// Relative to the repository's root.
    pub path: String,
    /// The address in `.gitmodules`, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<RemoteUrl>,
    /// The commit of the submodule's repository.
    pub commit: GitOid,
}

/// A release of a distribution on an index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PypiPin {
    /// The normalised name.
    #[schemars(with = "String")]
    pub name: PackageName,
    /// The version as the index writes it, normalised.
    #[schemars(with = "String")]
    pub version: Version,
    /// The extras asked for.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[schemars(with = "BTreeSet<String>")]
    pub extras: BTreeSet<ExtraName>,
    /// The index, where it is not the default one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<IndexUrl>,
}

impl PypiPin {
    /// The distribution that the pin names.
    pub fn dist(&self) -> Dist {
        Dist {
            name: self.name.clone(),
            version: Some(self.version.clone()),
        }
    }
}

impl GitPin {
    /// The version to tell builds that would ask git: the one that the tag names, else what
    /// `setuptools_scm` would say without a tag.
    pub fn told_version(&self) -> String {
        let tag = self.reference.as_ref().and_then(|name| name.tag());
        let version = tag.and_then(|tag| {
            let tag = tag.rsplit('/').next()?;
            let version: Version = tag.trim_start_matches('v').parse().ok()?;
            Some(version.to_string())
        });
        version.unwrap_or_else(|| format!("0.dev0+g{}", self.commit.short()))
    }
}

impl LocalPin {
    /// The version to tell builds that would ask git.
    pub fn told_version(&self) -> String {
        match &self.commit {
            Some(commit) => format!("0.dev0+g{}", commit.short()),
            None => "0.dev0".to_owned(),
        }
    }
}
