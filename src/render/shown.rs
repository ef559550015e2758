//! What every format takes: a report, what it is of, and where its findings are written.

use std::cell::OnceCell;

use super::places::{Finder, Ground, Place};
use crate::finding::{Finding, Layer, Outcome, Report, Severity, Verdict};
use crate::model::counted;

/// A layer that was left out of a verification: a match says nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Which one.
    pub layer: Layer,
    /// Why, in the words of who asked for it: `offline`.
    pub why: &'static str,
}

/// What was looked at.
#[derive(Clone, Copy, Debug)]
pub enum Of<'a> {
    /// The entries of the registries (`vhb check`).
    Registry {
        /// Every one, as subjects name them: `runs/q3_vllm`.
        entries: &'a [String],
    },
    /// A lock against the world (`vhb verify`).
    Lock {
        /// The lock as the user named it, or what it is attached to.
        lock: &'a str,
        /// What was left out.
        skipped: &'a [Skipped],
    },
    /// A lock against what locking now would give (`vhb lock --check`).
    Locking {
        /// The lock as the user named it.
        lock: &'a str,
        /// Every thing that is locked, as subjects name them; none where nothing could be locked
        /// now to compare them with.
        things: Option<&'a [String]>,
    },
}

/// A finding, and where it is written: the main place first.
#[derive(Debug)]
pub(super) struct Located<'a> {
    pub(super) finding: &'a Finding,
    pub(super) places: Vec<Place>,
}

/// A report as every format takes it.
pub struct Shown<'a> {
    pub(super) report: &'a Report,
    pub(super) of: Of<'a>,
    /// The lock, or what was asked for, without a path of this machine; empty for everything.
    pub(super) name: &'a str,
    pub(super) ground: Ground<'a>,
    /// Found once, and only for formats that show places.
    located: OnceCell<Vec<Located<'a>>>,
}

impl<'a> Shown<'a> {
    /// A report of something, called `name`, with places in the `ground`.
    pub fn new(report: &'a Report, of: Of<'a>, name: &'a str, ground: Ground<'a>) -> Self {
        Self {
            report,
            of,
            name,
            ground,
            located: OnceCell::new(),
        }
    }

    /// The findings in the order of the report.
    pub(super) fn findings(&self) -> &[Located<'a>] {
        self.located.get_or_init(|| {
            let mut finder = Finder::new(self.ground);
            let findings = self.report.findings.iter();
            let findings = findings.map(|finding| Located {
                places: finder.places(finding),
                finding,
            });
            findings.collect()
        })
    }

    /// The findings, those that matter most first: some readers take no more than a few.
    pub(super) fn by_severity(&self) -> Vec<&Located<'a>> {
        let mut findings: Vec<_> = self.findings().iter().collect();
        findings.sort_by_key(|located| std::cmp::Reverse(located.finding.severity));
        findings
    }

    /// The command that made the report.
    pub(super) fn command(&self) -> &'static str {
        match self.of {
            Of::Registry { .. } => "vhb check",
            Of::Lock { .. } => "vhb verify",
            Of::Locking { .. } => "vhb lock --check",
        }
    }

    /// How it ended, in a few words.
    pub(super) fn verdict(&self) -> String {
        let outcome = self.report.outcome();
        let words = match (self.of, outcome) {
            (Of::Lock { .. }, Outcome::Failed) if self.report.verdict() == Verdict::Match => {
                return format!("{}, but not clean", self.report.verdict());
            }
            (Of::Lock { .. }, _) => return self.report.verdict().to_string(),
            (Of::Registry { .. }, Outcome::Clean) => "valid",
            (Of::Registry { .. }, _) => "not valid",
            (Of::Locking { things: None, .. }, _) => "nothing could be locked",
            (Of::Locking { .. }, Outcome::Failed) => "the lock would change",
            (Of::Locking { .. }, _) => "the lock is up to date",
        };
        words.to_owned()
    }

    /// `2 errors, 1 warning`.
    pub(super) fn counted(&self) -> String {
        summary(self.report)
    }

    /// The layers that were left out.
    pub(super) fn skipped(&self) -> &'a [Skipped] {
        match self.of {
            Of::Lock { skipped, .. } => skipped,
            Of::Registry { .. } | Of::Locking { .. } => &[],
        }
    }
}

/// `2 errors, 1 warning`.
pub fn summary(report: &Report) -> String {
    let count = |severity, word: &str| {
        let count = report.count(severity);
        (count > 0).then(|| counted(count, word))
    };
    let parts: Vec<_> = [
        count(Severity::Error, "error"),
        count(Severity::Warning, "warning"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() {
        "no errors, no warnings".to_owned()
    } else {
        parts.join(", ")
    }
}
