//! Git's own names: object ids and full reference names.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A full git object id: 40 (SHA-1) or 64 (SHA-256) lower-case hexadecimal digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GitOid(Box<str>);

/// The text is no full object id.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a full git object id (40 or 64 hexadecimal digits)")]
pub struct GitOidError(String);

impl GitOid {
    /// The hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first 12 digits, for messages.
    pub fn short(&self) -> &str {
        &self.0[..12]
    }
}

impl fmt::Display for GitOid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for GitOid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for GitOid {
    type Err = GitOidError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let lower = text.to_ascii_lowercase();
        let hex = lower.bytes().all(|byte| byte.is_ascii_hexdigit());
        if hex && matches!(lower.len(), 40 | 64) {
            Ok(Self(lower.into_boxed_str()))
        } else {
            Err(GitOidError(text.to_owned()))
        }
    }
}

serde_as_text!(
    GitOid,
    "A full git object id.",
    "^([0-9a-f]{40}|[0-9a-f]{64})$"
);

/// A full reference name as a remote lists it: `HEAD` or `refs/...`.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
pub struct GitRefName(String);

impl GitRefName {
    /// The name as git writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tag's own name, where this names a tag.
    pub fn tag(&self) -> Option<&str> {
        self.0.strip_prefix("refs/tags/")
    }

    /// The branch's own name, where this names a branch.
    pub fn branch(&self) -> Option<&str> {
        self.0.strip_prefix("refs/heads/")
    }
}

impl fmt::Display for GitRefName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for GitRefName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let plain = !text.chars().any(|c| c.is_control() || c == ' ');
        if plain && (text == "HEAD" || (text.starts_with("refs/") && text.len() > 5)) {
            Ok(Self(text))
        } else {
            Err(format!("`{text}` is not `HEAD` or a name below `refs/`"))
        }
    }
}

impl From<GitRefName> for String {
    fn from(name: GitRefName) -> Self {
        name.0
    }
}
