//! What was checked, how it ended, and what that means for the whole.

use std::fmt;
use std::mem::take;

use serde::Serialize;

use super::{Code, Finding, Severity, Verdict};

/// The part of the world that a check looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
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
    /// An installed Python environment, and the machine that it runs on.
    Environment,
    /// Published results, and what is attested of them.
    Results,
}

impl Layer {
    /// Every layer, in the order in which they are reported.
    pub const ALL: [Self; 6] = [
        Self::Integrity,
        Self::Config,
        Self::Upstream,
        Self::Local,
        Self::Environment,
        Self::Results,
    ];
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Integrity => "integrity",
            Self::Config => "config",
            Self::Upstream => "upstream",
            Self::Local => "local",
            Self::Environment => "environment",
            Self::Results => "results",
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

/// The name of a check.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Checked {
    /// As in [`Check::layer`].
    pub layer: Layer,
    /// As in [`Check::subject`].
    pub subject: String,
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

impl FromIterator<Verdict> for Counts {
    fn from_iter<I: IntoIterator<Item = Verdict>>(verdicts: I) -> Self {
        let mut counts = Self::default();
        for verdict in verdicts {
            *match verdict {
                Verdict::Match => &mut counts.matching,
                Verdict::Drift => &mut counts.drift,
                Verdict::Unverifiable => &mut counts.unverifiable,
                Verdict::NotRecorded => &mut counts.not_recorded,
            } += 1;
        }
        counts
    }
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

impl Outcome {
    /// What two of them come to together: the worse.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Failed, _) | (_, Self::Failed) => Self::Failed,
            (Self::Unchecked, _) | (_, Self::Unchecked) => Self::Unchecked,
            (Self::Clean, Self::Clean) => Self::Clean,
        }
    }
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
        self.findings
            .extend(findings.into_iter().map(|mut finding| {
                finding.subject.get_or_insert_with(|| subject.clone());
                finding.checks.push(Checked {
                    layer,
                    subject: subject.clone(),
                });
                finding
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
        self.findings.dedup_by(|again, first| {
            // One thing that two checks came upon is told once.
            let (others, own) = (take(&mut again.checks), take(&mut first.checks));
            let same = again == first;
            first.checks = own;
            if same {
                first.checks.extend(others);
            } else {
                again.checks = others;
            }
            same
        });
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
        self.checks.iter().map(|check| check.verdict).collect()
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

    /// Whether something could not be checked.
    pub fn has_gaps(&self) -> bool {
        let unchecked = |verdict| verdict == Verdict::Unverifiable;
        let mut findings = self.findings.iter();
        self.checks.iter().any(|check| unchecked(check.verdict))
            || findings.any(|finding| finding.verdict.is_some_and(unchecked))
    }

    /// What the command ends with.
    pub fn outcome(&self) -> Outcome {
        if self.has_errors() {
            Outcome::Failed
        } else if self.has_gaps() {
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
    fn what_two_checks_came_upon_is_told_once() {
        let mut report = Report::default();
        for layer in [Layer::Local, Layer::Upstream] {
            let same = Finding::new(Code::LocalMissing, "gone");
            report.check(layer, "packages/a", vec![same]);
        }
        report.check(
            Layer::Local,
            "packages/b",
            vec![Finding::new(Code::LocalMissing, "gone")],
        );
        report.sort();
        let layers = |finding: &Finding| {
            let layers = finding.checks.iter().map(|check| check.layer);
            layers.collect::<Vec<_>>()
        };
        let told: Vec<_> = report.findings.iter().map(layers).collect();
        assert_eq!(
            told,
            [vec![Layer::Local, Layer::Upstream], vec![Layer::Local]]
        );
    }

    #[test]
    fn strict_turns_warnings_and_gaps_into_errors() {
        let mut report = Report::default();
        report.push(Finding::new(Code::NotRecorded, "nothing"));
        assert_eq!(report.outcome(), Outcome::Clean);
        report.make_strict();
        assert_eq!(report.outcome(), Outcome::Failed);
    }

    #[test]
    fn what_was_unresolved_is_no_match_of_the_whole() {
        let mut report = Report::default();
        report.check(Layer::Integrity, "lock", vec![]);
        let gap = Finding::new(Code::NotRecorded, "no image");
        report.check(Layer::Integrity, "runs/a", vec![gap]);
        assert_eq!(report.verdict(), Verdict::Match);
        let unresolved = Finding::new(Code::Unresolved, "no model");
        report.check(Layer::Integrity, "models/a", vec![unresolved]);
        assert_eq!(report.verdict(), Verdict::NotRecorded);
        assert_eq!(report.outcome(), Outcome::Clean);
    }
}
