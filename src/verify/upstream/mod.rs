//! Every pin against the place that it came from: does it still mean the same?

mod content;
mod git;
mod pypi;

use std::fmt;

use crate::finding::{Finding, Layer, Report};
use crate::lock::{Distribution, Lock, LockedPackage};
use crate::model::{GitPin, GitSource, IndexUrl, Instant, Pin, PypiPin, Source};
use crate::registry::Registry;
use crate::remote::Ports;

/// One question to the outside.
enum Question<'a> {
    Git {
        key: &'a str,
        source: &'a GitSource,
        pin: &'a GitPin,
    },
    Pypi {
        index: Option<&'a IndexUrl>,
        pin: &'a PypiPin,
        release: &'a Distribution,
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
            Self::Pypi { pin, .. } => write!(f, "distributions/{}", pin.dist()),
        }
    }
}

pub(super) fn check(
    lock: &Lock,
    registry: Option<&Registry>,
    ports: Ports<'_>,
    report: &mut Report,
) {
    let mut questions: Vec<_> = lock
        .packages
        .iter()
        .filter_map(
            |(key, package)| match (source_to_ask(key, package, registry), &package.pin) {
                (Source::Git(source), Pin::Git(pin)) => Some(Question::Git { key, source, pin }),
                (Source::Pypi(source), Pin::Pypi(pin)) => {
                    let index = source.index.as_ref();
                    let release = lock.distributions.get(&pin.dist())?;
                    Some(Question::Pypi {
                        index,
                        pin,
                        release,
                        exclude_newer: lock.exclude_newer(),
                    })
                }
                _ => None,
            },
        )
        .collect();
    // Two packages may be one release, with other extras: it is asked for once.
    let order = |question: &Question<'_>| (question.to_string(), question.index().cloned());
    questions.sort_by_key(order);
    questions.dedup_by_key(|question| order(question));
    let answers = ports.each(questions, |question: Question<'_>| {
        (question.to_string(), ask(&question, ports))
    });
    for (subject, findings) in answers {
        report.check(Layer::Upstream, subject, findings);
    }
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
        Question::Git { source, pin, .. } => git::ask(source, pin, ports),
        Question::Pypi {
            index,
            pin,
            release,
            exclude_newer,
        } => pypi::ask(*index, pin, release, *exclude_newer, ports),
    }
}
