//! How likely a change moves a score.

use std::fmt;

use serde::{Serialize, Serializer};

/// How likely a change moves a score; the most likely first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    /// Runs that came or went: their scores have nothing to be compared with.
    Runs,
    /// What answers: weights, tokenizer, chat template, processor, configuration and code of a
    /// model.
    Model,
    /// Where it answers: the container image, and the Python and the platform of a target, which
    /// choose the interpreter and every binary file as an image does.
    Image,
    /// How it is asked to answer: engine parameters, variables, framework, package manager, how
    /// many runs at once, and `RUN_MODE`.
    Engine,
    /// What it is asked.
    Dataset,
    /// Whose bytes are the project's own: git and local packages, and what the registry says of
    /// tasks, metrics, reports and frameworks.
    Code,
    /// What was asked of a package index by name, with constraints and overrides, and environments
    /// that came or went.
    Direct,
    /// What these packages require in turn.
    Closure,
    /// What no score depends on: descriptions, dates, licences, who wrote the lock, files that
    /// nobody installs or reads.
    Metadata,
}

impl Rank {
    /// Every rank, the weightiest first.
    pub const ALL: [Self; 9] = [
        Self::Runs,
        Self::Model,
        Self::Image,
        Self::Engine,
        Self::Dataset,
        Self::Code,
        Self::Direct,
        Self::Closure,
        Self::Metadata,
    ];

    /// The word for programs, and for counts.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Runs => "runs",
            Self::Model => "model",
            Self::Image => "image",
            Self::Engine => "engine",
            Self::Dataset => "dataset",
            Self::Code => "code",
            Self::Direct => "direct",
            Self::Closure => "closure",
            Self::Metadata => "metadata",
        }
    }

    /// What stands above the changes of this rank.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Runs => "runs",
            Self::Model => "model and chat template",
            Self::Image => "container image, Python and platform",
            Self::Engine => "engine parameters",
            Self::Dataset => "dataset",
            Self::Code => "code",
            Self::Direct => "direct packages",
            Self::Closure => "closure",
            Self::Metadata => "metadata",
        }
    }

    /// Whether a change of this rank can move a score at all.
    pub const fn may_move_scores(self) -> bool {
        !matches!(self, Self::Metadata)
    }
}

impl fmt::Display for Rank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl Serialize for Rank {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}
