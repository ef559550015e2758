//! Everything that was looked at as cases, gathered into suites: a suite for each layer of a
//! verification, for each kind of registry entries, for each section of a lock.

use std::collections::{BTreeMap, HashMap};

use super::shown::{Located, Of, Shown};
use crate::finding::{Checked, Layer, Severity, Verdict};

/// Cases that belong together.
#[derive(Debug)]
pub(super) struct Suite<'a> {
    pub(super) name: String,
    pub(super) cases: Vec<Case<'a>>,
}

/// One thing that was looked at.
#[derive(Debug)]
pub(super) struct Case<'a> {
    pub(super) name: String,
    pub(super) end: End,
    /// What there is to say of it.
    pub(super) findings: Vec<&'a Located<'a>>,
}

/// How a case ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It is what it should be.
    Passed,
    /// It is not.
    Failed,
    /// It could not be checked.
    Unchecked,
    /// There was nothing to check, and why.
    Skipped(String),
}

impl Suite<'_> {
    pub(super) fn count(&self, is: fn(&End) -> bool) -> usize {
        self.cases.iter().filter(|case| is(&case.end)).count()
    }
}

impl End {
    fn of(verdict: Verdict, findings: &[&Located<'_>]) -> Self {
        let mut severities = findings.iter().map(|located| located.finding.severity);
        let failed = severities.any(|severity| severity == Severity::Error);
        match verdict {
            Verdict::Unverifiable => Self::Unchecked,
            Verdict::Drift => Self::Failed,
            // With `--strict`, warnings and what is not recorded fail.
            Verdict::NotRecorded | Verdict::Match if failed => Self::Failed,
            Verdict::NotRecorded => {
                let messages = findings.iter().map(|located| &*located.finding.message);
                Self::Skipped(messages.collect::<Vec<_>>().join("\n"))
            }
            Verdict::Match => Self::Passed,
        }
    }
}

/// Every case of a report.
pub(super) fn suites<'a>(shown: &'a Shown<'_>) -> Vec<Suite<'a>> {
    match shown.of {
        Of::Lock { .. } => layers(shown),
        Of::Registry { entries } => by_section(shown, entries, "registries"),
        Of::Locking { things, .. } => by_section(shown, things.unwrap_or_default(), "lock"),
    }
}

fn layers<'a>(shown: &'a Shown<'_>) -> Vec<Suite<'a>> {
    let mut told: HashMap<&Checked, Vec<&Located<'_>>> = HashMap::new();
    for located in shown.findings() {
        for check in &located.finding.checks {
            told.entry(check).or_default().push(located);
        }
    }
    let mut verdicts: BTreeMap<Checked, Verdict> = BTreeMap::new();
    for check in &shown.report.checks {
        let name = Checked {
            layer: check.layer,
            subject: check.subject.clone(),
        };
        // What is checked twice in one layer is as bad as the worse of the two.
        let verdict = verdicts.entry(name).or_insert(check.verdict);
        *verdict = check.verdict.max(*verdict);
    }
    let mut suites: BTreeMap<Layer, Vec<Case<'a>>> = BTreeMap::new();
    for skipped in shown.skipped() {
        suites.entry(skipped.layer).or_default().push(Case {
            name: skipped.layer.to_string(),
            end: End::Skipped(format!("not asked ({})", skipped.why)),
            findings: Vec::new(),
        });
    }
    for (check, verdict) in verdicts {
        let findings = told.remove(&check).unwrap_or_default();
        suites.entry(check.layer).or_default().push(Case {
            end: End::of(verdict, &findings),
            name: check.subject,
            findings,
        });
    }
    let suites = suites.into_iter();
    suites
        .map(|(layer, cases)| Suite {
            name: layer.to_string(),
            cases,
        })
        .collect()
}

/// Cases by the section of what they are about; `rest` takes what is about no thing of a section.
fn by_section<'a>(shown: &'a Shown<'_>, looked_at: &[String], rest: &str) -> Vec<Suite<'a>> {
    let section = |thing: &str| {
        let parts = thing.split_once('/');
        parts.map_or(rest, |(section, _)| section).to_owned()
    };
    let mut cases: BTreeMap<(String, String), Vec<&Located<'_>>> = BTreeMap::new();
    for thing in looked_at {
        cases.entry((section(thing), thing.clone())).or_default();
    }
    for located in shown.findings() {
        let finding = located.finding;
        let file = || Some(located.places.first()?.file.to_string_lossy().into_owned());
        let case = match &finding.subject {
            Some(thing) => (section(thing), thing.clone()),
            None => (
                rest.to_owned(),
                file().unwrap_or_else(|| finding.code.to_string()),
            ),
        };
        cases.entry(case).or_default().push(located);
    }
    let mut suites: BTreeMap<String, Vec<Case<'a>>> = BTreeMap::new();
    for ((section, name), findings) in cases {
        let verdicts = findings.iter();
        let verdicts = verdicts.filter_map(|located| located.finding.verdict);
        let verdict = verdicts.max().unwrap_or(Verdict::Match);
        suites.entry(section).or_default().push(Case {
            end: End::of(verdict, &findings),
            name,
            findings,
        });
    }
    let suites = suites.into_iter();
    suites.map(|(name, cases)| Suite { name, cases }).collect()
}
