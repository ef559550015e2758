//! Registry entries by name: the kinds of the registry, `kind/id` references and the run mode.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A kind of registry entry; its name is the directory below `registries/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Kind {
    Datasets,
    Experiments,
    Frameworks,
    Metrics,
    Packages,
    Reports,
    Runs,
    Tasks,
}

impl Kind {
    /// Every kind, in the order of their directory names.
    pub const ALL: [Self; 8] = [
        Self::Datasets,
        Self::Experiments,
        Self::Frameworks,
        Self::Metrics,
        Self::Packages,
        Self::Reports,
        Self::Runs,
        Self::Tasks,
    ];

    /// The directory below `registries/`.
    pub const fn directory(self) -> &'static str {
        match self {
            Self::Datasets => "datasets",
            Self::Experiments => "experiments",
            Self::Frameworks => "frameworks",
            Self::Metrics => "metrics",
            Self::Packages => "packages",
            Self::Reports => "reports",
            Self::Runs => "runs",
            Self::Tasks => "tasks",
        }
    }

    /// The word for one entry of this kind, as messages use it.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Datasets => "dataset",
            Self::Experiments => "experiment",
            Self::Frameworks => "framework",
            Self::Metrics => "metric",
            Self::Packages => "package",
            Self::Reports => "report",
            Self::Runs => "run",
            Self::Tasks => "task",
        }
    }

    /// The kind whose directory has this name.
    pub fn from_directory(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.directory() == name)
    }
}

/// One registry entry by name, written `datasets/docvqa_ru`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryRef {
    /// What the entry is.
    pub kind: Kind,
    /// The stem of the entry's file.
    pub id: String,
}

/// The text is no `kind/id`.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a registry entry like `datasets/docvqa_ru`")]
pub struct EntryRefError(String);

impl EntryRef {
    /// Names an entry.
    pub fn new(kind: Kind, id: impl Into<String>) -> Self {
        Self {
            kind,
            id: id.into(),
        }
    }
}

impl fmt::Display for EntryRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.directory(), self.id)
    }
}

impl FromStr for EntryRef {
    type Err = EntryRefError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split_once('/')
            .filter(|(_, id)| !id.is_empty())
            .and_then(|(directory, id)| Some(Self::new(Kind::from_directory(directory)?, id)))
            .ok_or_else(|| EntryRefError(text.to_owned()))
    }
}

serde_as_text!(
    EntryRef,
    "An entry of the registry: its kind and its id.",
    "^(datasets|experiments|frameworks|metrics|packages|reports|runs|tasks)/.+$"
);

/// The id of an entry that is to be made: one that every file system can have in a file's name, and
/// that is no path, no overlay and no option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewId(String);

/// The text is no id for a new entry.
#[derive(Debug, thiserror::Error)]
#[error("no entry can have it as its id: {0}")]
pub struct NewIdError(&'static str);

/// What Windows opens instead of a file of that name.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

impl NewId {
    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn fault(text: &str) -> Option<&'static str> {
        let lower = text.to_ascii_lowercase();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let end = lower.rsplit_once('.').map(|(_, end)| end);
        let stem = lower.split('.').next().unwrap_or_default();
        let device = stem.trim_end_matches(|c: char| c.is_ascii_digit());
        if text.is_empty() {
            Some("it is empty")
        } else if text.contains(['/', '\\']) {
            Some("it is a path")
        } else if end == Some("dev") {
            Some("it ends in `.dev`, as overlays do")
        } else if matches!(end, Some("yaml" | "yml")) {
            Some("it ends as the name of its file does")
        } else if !text.chars().all(plain) {
            Some("it has more than letters from a to z, digits, `_`, `-` and `.`")
        } else if !text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
            Some("it does not begin with a letter, a digit or `_`")
        } else if text.ends_with('.') {
            Some("it ends with `.`")
        } else if DEVICES.contains(&device) && stem.len() - device.len() <= 1 {
            Some("it is the name of a device on Windows")
        } else {
            None
        }
    }
}

impl FromStr for NewId {
    type Err = NewIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match Self::fault(text) {
            None => Ok(Self(text.to_owned())),
            Some(reason) => Err(NewIdError(reason)),
        }
    }
}

/// `RUN_MODE`: whether `<id>.dev.yaml` overlays are merged over the entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RunMode {
    /// Base files alone.
    #[default]
    Prod,
    /// Overlays are merged; what is locked so is not publishable.
    Dev,
}

impl fmt::Display for RunMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Prod => "prod",
            Self::Dev => "dev",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_ids_are_names_of_files_everywhere() {
        for id in [
            "q3",
            "docvqa_ru",
            "Qwen2-VL.2B",
            "_x",
            "3d",
            "console",
            "com12",
        ] {
            assert_eq!(id.parse::<NewId>().unwrap().as_str(), id);
        }
        for text in [
            "", "../x", "a/b", "a\\b", ".dev", "x.dev", "x.DEV", "x.yaml", "x.yml", ".x", "-x",
            "x.", "a b", "ключ", "a\n", "con", "NUL.x", "com1",
        ] {
            let error = text.parse::<NewId>().unwrap_err();
            assert!(error.to_string().contains("as its id: "), "{text}");
        }
    }
}
