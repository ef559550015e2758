//! Repositories of the Hugging Face Hub by name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where models and datasets of the Hub are shown to people.
pub const HUB: &str = "https://huggingface.co";

/// The id of a repository on the Hub: `org/name`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HubId(Box<str>);

/// The text is no id of a repository.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not the id of a repository on the Hub, like `org/name`")]
pub struct HubIdError(String);

impl HubId {
    /// `org/name`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The user or organisation, and the name of its repository.
    pub fn parts(&self) -> (&str, &str) {
        self.0.split_once('/').expect("an id has two parts")
    }
}

impl fmt::Display for HubId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for HubId {
    type Err = HubIdError;

    /// The Hub's own rules: letters, digits, `-`, `_` and `.`; at most 96 of them in a part; none
    /// of `-` and `.` at either end, no `--` and no `..`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_part = |part: &str| {
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            !part.is_empty()
                && part.len() <= 96
                && part.chars().all(plain)
                && !part.starts_with(['-', '.'])
                && !part.ends_with(['-', '.'])
                && !part.contains("--")
                && !part.contains("..")
        };
        match text.split_once('/') {
            Some((owner, name)) if is_part(owner) && is_part(name) => Ok(Self(text.into())),
            _ => Err(HubIdError(text.to_owned())),
        }
    }
}

serde_as_text!(
    HubId,
    "A repository of the Hugging Face Hub.",
    "^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$"
);

/// What a repository of the Hub holds; each kind has names of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HubKind {
    /// A model.
    Model,
    /// A dataset.
    Dataset,
}

/// A repository of the Hub.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HubRepo {
    /// What it holds.
    pub kind: HubKind,
    /// Its id.
    pub id: HubId,
}

impl fmt::Display for HubRepo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            HubKind::Model => self.id.fmt(f),
            HubKind::Dataset => write!(f, "datasets/{}", self.id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_two_plain_parts() {
        for id in ["Qwen/Qwen2-VL-2B-Instruct", "a/b", "a_b/c.d-1"] {
            assert_eq!(id.parse::<HubId>().unwrap().as_str(), id);
        }
        for text in [
            "", "gpt2", "a/", "/b", "a/b/c", "./a", "../a", "a/.b", "a/b--c", "a/b c", "a/b..c",
            "-a/b",
        ] {
            assert!(text.parse::<HubId>().is_err(), "{text}");
        }
    }
}
