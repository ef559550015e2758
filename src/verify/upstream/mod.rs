//! Every pin against the place that it came from: does it still mean the same?

mod git;
mod pypi;

use std::fmt;

use crate::finding::{Finding, Layer, Report};
use crate::lock::{Distribution, Lock};
use crate::model::{GitPin, GitSource, Pin, PypiPin, Source};
use crate::remote::Ports;

/// One question to the outside.
enum Question<'a> {
    Git {
        key: &'a str,
        source: &'a GitSource,
        pin: &'a GitPin,
    },
    Pypi {
        pin: &'a PypiPin,
        release: &'a Distribution,
    },
}

impl fmt::Display for Question<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Git { key, .. } => write!(f, "packages/{key}"),
            Self::Pypi { pin, .. } => write!(f, "distributions/{}", pin.dist()),
        }
    }
}

pub(super) fn check(lock: &Lock, ports: Ports<'_>, report: &mut Report) {
    let mut questions: Vec<_> = lock
        .packages
        .iter()
        .filter_map(|(key, package)| match (&package.source, &package.pin) {
            (Source::Git(source), Pin::Git(pin)) => Some(Question::Git { key, source, pin }),
            (_, Pin::Pypi(pin)) => {
                let release = lock.distributions.get(&pin.dist())?;
                Some(Question::Pypi { pin, release })
            }
            _ => None,
        })
        .collect();
    // Two packages may be one release, with other extras: it is asked for once.
    questions.sort_by_key(ToString::to_string);
    questions.dedup_by_key(|question| question.to_string());
    let answers = ports.each(questions, |question: Question<'_>| {
        (question.to_string(), ask(&question, ports))
    });
    for (subject, findings) in answers {
        report.check(Layer::Upstream, subject, findings);
    }
}

fn ask(question: &Question<'_>, ports: Ports<'_>) -> Vec<Finding> {
    match question {
        Question::Git { source, pin, .. } => git::ask(source, pin, ports),
        Question::Pypi { pin, release } => pypi::ask(pin, release, ports),
    }
}
