//! What vhb has to say: coded, located findings, and the verdicts of what was checked.
//!
//! A rule violation is a [`Finding`], never a Rust error. Every finding has a [`Code`] from one
//! table, which also feeds `vhb explain`. A [`Report`] collects findings and checks, and is the
//! only thing that decides between the exit codes 0, 1 and 3.

mod codes;

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

pub use codes::{Code, UnknownCode};

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
        }
    }

    /// Names the thing that the finding is about.
    #[must_use]
    pub fn about(mut self, subject: impl fmt::Display) -> Self {
        self.subject = Some(subject.to_string());
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

/// The part of the world that a check looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// The lock by itself, and its SBOM.
    Integrity,
    /// The registries of today against the lock.
    Config,
    /// Every pin against the place that it came from.
    Upstream,
    /// Files on disk.
    Local,
}

impl Layer {
    /// Every layer, in the order in which they are reported.
    pub const ALL: [Self; 4] = [Self::Integrity, Self::Config, Self::Upstream, Self::Local];
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Integrity => "integrity",
            Self::Config => "config",
            Self::Upstream => "upstream",
            Self::Local => "local",
        })
    }
}

/// One thing that was verified.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Check {
    /// Which part of the world was looked at.
    pub layer: Layer,
    /// The thing, as in [`Finding::subject`].
    pub subject: String,
    /// What became of it.
    pub verdict: Verdict,
}

/// How many checks ended in each verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub struct Counts {
    #[serde(rename = "match")]
    pub matching: usize,
    pub drift: usize,
    pub unverifiable: usize,
    pub not_recorded: usize,
}

/// The outcome of a command, in the words of the exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing to complain about: exit code 0.
    Clean,
    /// A finding of severity error: exit code 1.
    Failed,
    /// No error, but something could not be checked: exit code 3.
    Unchecked,
}

/// Everything that a command found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The checks that were made.
    pub checks: Vec<Check>,
    /// What there is to say.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Adds a finding.
    pub fn push(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Adds the check of one thing with its findings; the verdict is the worst among them.
    pub fn check(&mut self, layer: Layer, subject: impl fmt::Display, findings: Vec<Finding>) {
        let subject = subject.to_string();
        let verdict = findings
            .iter()
            .filter_map(|finding| match finding.severity {
                // What fails the command is never a match.
                Severity::Error => Some(finding.verdict.unwrap_or(Verdict::Drift)),
                _ => finding.verdict,
            })
            .max()
            .unwrap_or(Verdict::Match);
        self.findings.extend(findings.into_iter().map(|finding| {
            if finding.subject.is_some() {
                finding
            } else {
                finding.about(&subject)
            }
        }));
        self.checks.push(Check {
            layer,
            subject,
            verdict,
        });
    }

    /// Adds all of another report.
    pub fn extend(&mut self, other: Self) {
        self.checks.extend(other.checks);
        self.findings.extend(other.findings);
    }

    /// Puts checks and findings into their stable order and drops repetitions.
    pub fn sort(&mut self) {
        self.checks.sort();
        self.checks.dedup();
        self.findings.sort_by(|a, b| {
            let place = |finding: &Finding| {
                finding
                    .location
                    .as_ref()
                    .map(|at| (at.file.clone(), at.line, at.column))
            };
            (place(a), &a.subject, a.code, &a.message).cmp(&(
                place(b),
                &b.subject,
                b.code,
                &b.message,
            ))
        });
        self.findings.dedup();
    }

    /// With `--strict`, warnings and what is not recorded count as errors.
    pub fn make_strict(&mut self) {
        for finding in &mut self.findings {
            let unrecorded = finding.verdict == Some(Verdict::NotRecorded);
            if finding.severity == Severity::Warning || unrecorded {
                finding.severity = Severity::Error;
            }
        }
    }

    /// How many findings have this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    }

    /// How many checks ended in each verdict.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for check in &self.checks {
            *match check.verdict {
                Verdict::Match => &mut counts.matching,
                Verdict::Drift => &mut counts.drift,
                Verdict::Unverifiable => &mut counts.unverifiable,
                Verdict::NotRecorded => &mut counts.not_recorded,
            } += 1;
        }
        counts
    }

    /// The worst verdict among the checks; a report without checks has nothing recorded. What could
    /// not be resolved when it was locked is never a match of the whole.
    pub fn verdict(&self) -> Verdict {
        let counts = self.counts();
        let mut codes = self.findings.iter().map(|finding| finding.code);
        let unresolved = codes.any(|code| code == Code::Unresolved);
        if counts.drift > 0 {
            Verdict::Drift
        } else if counts.unverifiable > 0 {
            Verdict::Unverifiable
        } else if counts.matching > 0 && !unresolved {
            Verdict::Match
        } else {
            Verdict::NotRecorded
        }
    }

    /// Whether there is a finding of severity error.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// What the command ends with.
    pub fn outcome(&self) -> Outcome {
        let unchecked = |verdict| verdict == Verdict::Unverifiable;
        if self.has_errors() {
            Outcome::Failed
        } else if self.checks.iter().any(|check| unchecked(check.verdict))
            || self
                .findings
                .iter()
                .any(|finding| finding.verdict.is_some_and(unchecked))
        {
            Outcome::Unchecked
        } else {
            Outcome::Clean
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_outweighs_what_could_not_be_checked() {
        let mut report = Report::default();
        report.check(Layer::Upstream, "packages/a", vec![]);
        assert_eq!(report.outcome(), Outcome::Clean);
        let unreachable = Finding::new(Code::SourceUnreachable, "no answer");
        report.check(Layer::Upstream, "packages/b", vec![unreachable]);
        assert_eq!(report.outcome(), Outcome::Unchecked);
        let moved = Finding::new(Code::GitRefMoved, "moved");
        report.check(Layer::Upstream, "packages/c", vec![moved]);
        assert_eq!(report.outcome(), Outcome::Failed);
        assert_eq!(report.verdict(), Verdict::Drift);
        assert_eq!(report.findings[1].subject.as_deref(), Some("packages/c"));
    }

    #[test]
    fn strict_turns_warnings_and_gaps_into_errors() {
        let mut report = Report::default();
        report.push(Finding::new(Code::NotRecorded, "nothing"));
        assert_eq!(report.outcome(), Outcome::Clean);
        report.make_strict();
        assert_eq!(report.outcome(), Outcome::Failed);
    }
}
