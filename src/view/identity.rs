//! What a thing of a lock exactly is, in a word.

use std::fmt;

use pep440_rs::Version;
use serde::Serialize;

use crate::finding::Code;
use crate::lock::{LockedDataset, LockedImage, LockedModel, LockedPackage};
use crate::model::{GitOid, ModelPin, Pin, Sha256Digest};

/// The identity of a package, a model, a dataset or an image.
///
/// As JSON: `{"commit": "..."}`, `{"content": "sha256:..."}` and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Identity<'a> {
    /// The commit of a repository.
    Commit(&'a GitOid),
    /// The digest of the Manifest of its files.
    Content(Sha256Digest),
    /// The digest of an image: of its index where it has one, else of its manifest.
    Digest(Sha256Digest),
    /// The version of a release.
    Version(&'a Version),
    /// Why it could not be found out when the lock was made.
    Unresolved(Code),
}

impl<'a> Identity<'a> {
    /// What a package was pinned to.
    pub fn of_package(package: &'a LockedPackage) -> Self {
        match &package.pin {
            Pin::Git(pin) => Self::Commit(&pin.commit),
            Pin::Local(pin) => Self::Content(pin.content),
            Pin::Pypi(pin) => Self::Version(&pin.version),
        }
    }

    /// What a model was pinned to.
    pub fn of_model(model: &'a LockedModel) -> Self {
        match &model.pin {
            Ok(ModelPin::Huggingface(pin)) => Self::Commit(&pin.commit),
            Ok(ModelPin::Local(pin)) => Self::Content(pin.content),
            Err(code) => Self::Unresolved(*code),
        }
    }

    /// What a dataset was pinned to: its bytes, wherever they come from.
    pub fn of_dataset(dataset: &'a LockedDataset) -> Self {
        match &dataset.pin {
            Ok(pin) => Self::Content(pin.content),
            Err(code) => Self::Unresolved(*code),
        }
    }

    /// What an image was pinned to; none where its pin names no image at all.
    pub fn of_image(image: &'a LockedImage) -> Option<Self> {
        match &image.pin {
            Ok(pin) => Some(Self::Digest(pin.top()?.digest)),
            Err(code) => Some(Self::Unresolved(*code)),
        }
    }
}

/// Commits and digests by their first 12 digits, as git shows them.
impl fmt::Display for Identity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Commit(commit) => write!(f, "commit {}", commit.short()),
            Self::Content(digest) => write!(f, "content {}", digest.short()),
            Self::Digest(digest) => write!(f, "digest {}", digest.short()),
            Self::Version(version) => write!(f, "version {version}"),
            Self::Unresolved(code) => write!(f, "unresolved: {code}"),
        }
    }
}

/// Something that a run names, and what that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Named<'a> {
    /// Its key in the lock.
    pub name: &'a str,
    /// What it is; none where the lock does not record it.
    pub identity: Option<Identity<'a>>,
}
