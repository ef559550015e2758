//! One file of a model or a dataset by its bytes: how long it is, and their digest.
//!
//! A digest says by which algorithm it was made, and only like is compared with like. Large files
//! have a SHA-256 where they come from (Git LFS); small ones have the name that git gives them,
//! which everybody can work out from the bytes. Such a name is written as a gitoid
//! (`gitoid:blob:sha1:...`), the form that CycloneDX 1.6 `omniborId` takes.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha1::{Digest as _, Sha1};

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
    /// What git calls some bytes.
    pub fn of_git_blob(bytes: &[u8]) -> Self {
        let mut hasher = Sha1::new_with_prefix(format!("blob {}\0", bytes.len()));
        hasher.update(bytes);
        let mut hex = String::with_capacity(40);
        for byte in hasher.finalize() {
            let _ = write!(hex, "{byte:02x}");
        }
        Self::GitBlob(hex.parse().expect("a SHA-1 is 40 hexadecimal digits"))
    }

    /// The digest of some bytes by the algorithm of another one.
    #[must_use]
    pub fn like(&self, bytes: &[u8]) -> Self {
        match self {
            Self::Sha256(_) => Self::Sha256(Sha256Digest::of(bytes)),
            Self::GitBlob(_) => Self::of_git_blob(bytes),
        }
    }

    /// The SHA-256, where it is one.
    pub fn sha256(&self) -> Option<Sha256Digest> {
        match self {
            Self::Sha256(digest) => Some(*digest),
            Self::GitBlob(_) => None,
        }
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

serde_as_text!(
    FileDigest,
    "The digest of a file: SHA-256, or what git calls its bytes.",
    "^(sha256:[0-9a-f]{64}|gitoid:blob:sha1:[0-9a-f]{40})$"
);

/// A file by its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FilePin {
    /// How many bytes it has.
    pub size: u64,
    /// Their digest.
    pub digest: FileDigest,
}

/// Files by their path, with `/` between the parts.
pub type FilePins = BTreeMap<String, FilePin>;

/// The digest of some files with their names: of lines `digest  path`, sorted bytewise by path.
///
/// These are not the lines of a Manifest, whose digests have no tags because all are SHA-256.
pub fn files_digest<'a>(
    files: impl IntoIterator<Item = (&'a String, &'a FilePin)>,
) -> Sha256Digest {
    let files: BTreeMap<_, _> = files.into_iter().collect();
    let mut text = String::new();
    for (path, file) in files {
        let _ = writeln!(text, "{}  {path}", file.digest);
    }
    Sha256Digest::of(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_names_bytes_as_git_does() {
        // `printf 'hello\n' | git hash-object --stdin`
        let expected = "gitoid:blob:sha1:ce013625030ba8dba906f756967f9e9ca394464a";
        let digest = FileDigest::of_git_blob(b"hello\n");
        assert_eq!(digest.to_string(), expected);
        assert_eq!(expected.parse::<FileDigest>().unwrap(), digest);
        assert_eq!(digest.like(b"hello\n"), digest);
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "sha256:00",
            "gitoid:blob:sha1:00",
            "gitoid:blob:sha256:00",
        ] {
            assert!(text.parse::<FileDigest>().is_err(), "{text}");
        }
    }
}
