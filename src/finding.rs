//! What vhb has to say: coded, located findings, and the verdicts of what was checked.
//!
//! A rule violation is a [`Finding`], never a Rust error. Every finding has a [`Code`] from one
//! table, which also feeds `vhb explain`. A [`Report`] collects findings and checks, and is the
//! only thing that decides between the exit codes 0, 1 and 3.

mod codes;
mod report;
mod topic;

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

pub use codes::{Code, UnknownCode};
pub use report::{Check, Checked, Counts, Layer, Outcome, Report};
pub use topic::Topic;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Probably not what was meant; does not fail a command.
    Warning,
    /// Fails the command.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// What became of one thing that was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It is what the lock says.
    Match,
    /// The lock has nothing to compare it with.
    NotRecorded,
    /// It could not be checked; this is never a pass.
    Unverifiable,
    /// It is not what the lock says.
    Drift,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Match => "match",
            Self::NotRecorded => "not-recorded",
            Self::Unverifiable => "unverifiable",
            Self::Drift => "drift",
        })
    }
}

/// A place in a text file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Location {
    /// Relative to the project root, or as the user named it.
    pub file: PathBuf,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// The bytes of the file that are meant, for the excerpt.
    #[serde(skip)]
    pub span: std::ops::Range<usize>,
}

impl Location {
    /// The beginning of a file.
    pub fn start_of(file: impl Into<PathBuf>) -> Self {
        Self {
            file: file.into(),
            line: 1,
            column: 1,
            span: 0..0,
        }
    }
}

/// One thing to tell the user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which rule it is about.
    pub code: Code,
    /// How much it matters; the code's own severity unless a flag raised it.
    pub severity: Severity,
    /// What it means for the thing it is about, where something was verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// The thing: `packages/vqa_dataset`, `runs/q3_vllm`, `distributions/numpy==1.26.4`, `lock`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What is wrong, first of all.
    pub message: String,
    /// What the lock or the rule has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What was found instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Where it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// The part of the subject that is meant, with dots: `model.engine_params.seed`.
    #[serde(skip)]
    pub field: Option<String>,
    /// The checks that it came of; [`Report::check`] knows them.
    #[serde(skip)]
    pub checks: Vec<Checked>,
}

impl Finding {
    /// A finding of the code's own severity, verdict and hint.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            verdict: code.verdict(),
            subject: None,
            message: message.into(),
            expected: None,
            actual: None,
            hint: Some(code.hint()),
            location: None,
            field: None,
            checks: Vec::new(),
        }
    }

    /// Names the thing that the finding is about.
    #[must_use]
    pub fn about(mut self, subject: impl fmt::Display) -> Self {
        self.subject = Some(subject.to_string());
        self
    }

    /// Names the part of the thing, with dots.
    #[must_use]
    pub fn in_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Says where it is written.
    #[must_use]
    pub fn at(mut self, location: impl Into<Option<Location>>) -> Self {
        self.location = location.into();
        self
    }

    /// Says what to do, better than the code's own hint does.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Sets what was expected against what was found.
    #[must_use]
    pub fn compare(mut self, expected: impl fmt::Display, actual: impl fmt::Display) -> Self {
        self.expected = Some(expected.to_string());
        self.actual = Some(actual.to_string());
        self
    }

    /// Overrides the code's severity, where a flag or the situation asks for it.
    #[must_use]
    pub fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }
}
