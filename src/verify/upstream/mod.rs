//! Every pin against the place that it came from: does it still mean the same?

mod artifacts;
mod content;
mod datasets;
mod git;
mod hub;
mod images;
mod metadata;
mod pypi;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{Evidence, stated};
use crate::finding::{Finding, Layer, Report};
use crate::lock::{Distribution, Lock, LockedPackage};
use crate::model::{Dist, GitPin, GitSource, IndexUrl, Instant, Pin, Source, is_wheel};
use crate::registry::Registry;
use crate::remote::{Ports, TreeContent};

/// One question to the outside.
enum Question<'a> {
    Git {
        key: &'a str,
        package: &'a LockedPackage,
        source: &'a GitSource,
        pin: &'a GitPin,
    },
    Pypi {
        index: Option<&'a IndexUrl>,
        dist: &'a Dist,
        release: &'a Distribution,
        /// The wheels that environments install: these say of themselves what is locked.
        wheels: BTreeSet<&'a str>,
        exclude_newer: Option<Instant>,
    },
}

impl Question<'_> {
    fn index(&self) -> Option<&IndexUrl> {
        match self {
            Self::Git { .. } => None,
            Self::Pypi { index, .. } => *index,
        }
    }
}

impl fmt::Display for Question<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Git { key, .. } => write!(f, "packages/{key}"),
            Self::Pypi { dist, .. } => write!(f, "distributions/{dist}"),
        }
    }
}

/// Asks about the pins whose subjects are meant.
pub(super) fn check(
    lock: &Lock,
    evidence: &Evidence<'_>,
    is_meant: &dyn Fn(&str) -> bool,
    ports: Ports<'_>,
    report: &mut Report,
) {
    let registry = evidence.registry.as_ref().ok().copied();
    let mut questions = questions(lock, registry);
    questions.retain(|question| is_meant(&question.to_string()));
    let answers = ports.each(questions, |question: Question<'_>| {
        (question.to_string(), ask(&question, ports))
    });
    for (subject, findings) in answers {
        report.check(Layer::Upstream, subject, findings);
    }
    artifacts::check(lock, evidence, is_meant, ports, report);
}

/// Every package of a repository and every release, each once.
fn questions<'a>(lock: &'a Lock, registry: Option<&'a Registry>) -> Vec<Question<'a>> {
    let mut questions = Vec::new();
    let mut indexes: BTreeMap<Dist, Vec<Option<&IndexUrl>>> = BTreeMap::new();
    for (key, package) in &lock.packages {
        match (source_to_ask(key, package, registry), &package.pin) {
            (Source::Git(source), Pin::Git(pin)) => {
                questions.push(Question::Git {
                    key,
                    package,
                    source,
                    pin,
                });
            }
            (Source::Pypi(source), Pin::Pypi(pin)) => {
                let index = source.index.as_ref();
                indexes.entry(pin.dist()).or_default().push(index);
            }
            _ => {}
        }
    }
    let selected = lock.selected_files();
    for (dist, release) in &lock.distributions {
        let files = selected.get(dist).into_iter().flatten().copied();
        let wheels: BTreeSet<_> = files.filter(|name| is_wheel(name)).collect();
        // What nobody pinned was found on the default index.
        let indexes = indexes.remove(dist).unwrap_or_else(|| vec![None]);
        questions.extend(indexes.into_iter().map(|index| Question::Pypi {
            index,
            dist,
            release,
            wheels: wheels.clone(),
            exclude_newer: lock.exclude_newer(),
        }));
    }
    // Two packages may be one release, with other extras: it is asked for once.
    let order = |question: &Question<'_>| (question.to_string(), question.index().cloned());
    questions.sort_by_key(order);
    questions.dedup_by_key(|question| order(question));
    questions
}

/// The locked source, as the registry has it: the lock holds no credentials, the registry may.
fn source_to_ask<'a>(
    key: &str,
    package: &'a LockedPackage,
    registry: Option<&'a Registry>,
) -> &'a Source {
    let entry = registry.and_then(|registry| registry.packages.get(key));
    let source = entry.map(|entry| &entry.body.source);
    // Addresses are equal without their credentials.
    let same = source.filter(|source| **source == package.source);
    same.unwrap_or(&package.source)
}

fn ask(question: &Question<'_>, ports: Ports<'_>) -> Vec<Finding> {
    match question {
        Question::Git {
            key,
            package,
            source,
            pin,
        } => {
            let stated = |content: &TreeContent| {
                stated::tree_differs(key, package, content.pyproject.as_deref())
            };
            git::ask(source, pin, &stated, ports)
        }
        Question::Pypi {
            index,
            dist,
            release,
            wheels,
            exclude_newer,
        } => {
            let mut findings = pypi::ask(*index, dist, release, *exclude_newer, ports);
            findings.extend(metadata::of_wheels(*index, dist, release, wheels, ports));
            findings
        }
    }
}
