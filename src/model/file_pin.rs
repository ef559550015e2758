//! One file of a model or a dataset by its bytes: how long it is, and their digest.
//!
//! A digest says by which algorithm it was made, and only like is compared with like. Large files
//! have a SHA-256 where they come from (Git LFS); small ones have the name that git gives them,
//! which everybody can work out from the bytes. Such a name is written as a gitoid
//! (`gitoid:blob:sha1:...`), the form that CycloneDX 1.6 `omniborId` takes.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{GitOid, Sha256Digest};

const GITOID: &str = "gitoid:blob:sha1:";

/// The digest of a file's bytes, tagged by its algorithm.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileDigest {
    /// SHA-256 of the bytes.
    Sha256(Sha256Digest),
    /// What git calls the bytes: SHA-1 of `blob <length>\0` and the bytes.
    GitBlob(GitOid),
}

/// The text is no digest of a file.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is neither `sha256:` with 64 nor `{GITOID}` with 40 lower-case hexadecimal digits")]
pub struct FileDigestError(String);

impl FileDigest {
    /// The SHA-256, where it is one.
    pub fn sha256(&self) -> Option<Sha256Digest> {
        match self {
            Self::Sha256(digest) => Some(*digest),
            Self::GitBlob(_) => None,
        }
    }

    /// Whether both were made by the same algorithm, so that they can be compared.
    pub fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

impl fmt::Display for FileDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sha256(digest) => digest.fmt(f),
            Self::GitBlob(oid) => write!(f, "{GITOID}{oid}"),
        }
    }
}

impl FromStr for FileDigest {
    type Err = FileDigestError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || FileDigestError(text.to_owned());
        match text.strip_prefix(GITOID) {
            Some(hex) if hex.len() == 40 => hex.parse().map(Self::GitBlob).map_err(|_| error()),
            Some(_) => Err(error()),
            None => text.parse().map(Self::Sha256).map_err(|_| error()),
        }
    }
}

serde_as_text!(FileDigest);

/// A file by its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilePin {
    /// How many bytes it has.
    pub size: u64,
    /// Their digest.
    pub digest: FileDigest,
}

/// Files by their path, with `/` between the parts.
pub type FilePins = BTreeMap<String, FilePin>;

/// The digest of some files with their names: of sorted lines `digest  path`.
///
/// Where all digests are SHA-256 these are not the lines of a Manifest, which has no tags.
pub(super) fn files_digest<'a>(
    files: impl Iterator<Item = (&'a String, &'a FilePin)>,
) -> Sha256Digest {
    let files: BTreeMap<_, _> = files.collect();
    let mut text = String::new();
    for (path, file) in files {
        let _ = writeln!(text, "{}  {path}", file.digest);
    }
    Sha256Digest::of(text.as_bytes())
}
