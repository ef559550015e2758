//! Conflicts in words: what it is about, what it was, and what each side has.

use std::collections::BTreeSet;
use std::fmt::Display;

use serde_json::Value as Json;

use super::three::Three;
use crate::finding::{Code, Finding};
use crate::model::{DatasetOrigin, DatasetPin, ImagePin, ModelPin, Pin, Sha256Digest};

/// What is said of a side that does not have something any more.
const GONE: &str = "gone";

/// Everything that both sides changed, each another way.
#[derive(Debug, Default)]
pub(super) struct Conflicts {
    pub(super) findings: Vec<Finding>,
    /// Things whose pins follow from what clashes already: that these clash too is no news.
    pub(super) decided: BTreeSet<String>,
}

impl Conflicts {
    /// Adds one of a thing; `done` is what sides did to it, `what` is what they did it to.
    pub(super) fn clash(
        &mut self,
        subject: impl Display,
        (done, what): (&str, &str),
        versions: Three<String>,
    ) {
        let subject = subject.to_string();
        let Three { base, ours, theirs } = versions;
        let was = base.map(|base| format!(", which was {base}"));
        let was = was.unwrap_or_default();
        let message = match (&ours, &theirs) {
            (Some(_), Some(_)) if was.is_empty() => {
                format!("both sides added {what}, and not the same")
            }
            (Some(ours), Some(theirs)) if ours == theirs => {
                format!("both sides {done} {what}{was}, and differ in what they record of it")
            }
            (Some(_), Some(_)) => format!("both sides {done} {what}{was}"),
            _ => format!("one side {done} {what}{was}; the other has it no more"),
        };
        let is_known = |finding: &Finding| {
            finding.subject.as_deref() == Some(&subject) && finding.message == message
        };
        let decided = done == MOVED && self.decided.contains(&subject);
        if decided || self.findings.iter().any(is_known) {
            return;
        }
        let side = |side: Option<String>| side.unwrap_or_else(|| GONE.to_owned());
        let mut finding = conflict(&subject, message).compare(side(ours), side(theirs));
        finding.hint = (done == MOVED).then(|| moves_on(&subject));
        self.findings.push(finding);
    }

    /// Adds one in words of its own, with what each side has.
    pub(super) fn differ(
        &mut self,
        subject: impl Display,
        message: impl Into<String>,
        ours: String,
        theirs: String,
    ) {
        let finding = conflict(subject, message).compare(ours, theirs);
        self.findings.push(finding);
    }

    /// Adds one that is no clash of two values.
    pub(super) fn say(&mut self, subject: impl Display, message: impl Into<String>) {
        self.findings.push(conflict(subject, message));
    }
}

/// What is to be done is told once, for all conflicts.
fn conflict(subject: impl Display, message: impl Into<String>) -> Finding {
    let finding = Finding::new(Code::MergeConflict, message).about(subject);
    Finding {
        hint: None,
        ..finding
    }
}

/// How a pin gets to what it means today.
fn moves_on(subject: &str) -> String {
    let name = subject.split_once('/').map_or(subject, |(_, name)| name);
    format!("`vhb lock --upgrade-package {name}` moves it on, once a side is kept")
}

/// What sides do to pins.
pub(super) const MOVED: &str = "moved";
/// What sides do to entries.
pub(super) const CHANGED: &str = "changed";

/// What is shown of a side that does not have a value.
pub(super) fn none() -> String {
    "none".to_owned()
}

/// A value of an entry in one line.
pub(super) fn value(value: &Json) -> String {
    value.to_string()
}

/// A package's identity in a few words.
pub(super) fn package(pin: &Pin) -> String {
    match pin {
        Pin::Pypi(pin) => pin.version.to_string(),
        Pin::Git(pin) => commit(pin.commit.short(), pin.reference.as_ref()),
        Pin::Local(pin) => content(pin.content),
    }
}

/// A model's identity in a few words.
pub(super) fn model(pin: &ModelPin) -> String {
    match pin {
        ModelPin::Huggingface(pin) => commit(pin.commit.short(), pin.reference.as_ref()),
        ModelPin::Local(pin) => content(pin.content),
    }
}

/// A dataset's identity in a few words.
pub(super) fn dataset(pin: &DatasetPin) -> String {
    match &pin.origin {
        DatasetOrigin::Huggingface {
            commit: id,
            reference,
            ..
        } => commit(id.short(), reference.as_ref()),
        _ => content(pin.content),
    }
}

/// An image's identity in a few words.
pub(super) fn image(pin: &ImagePin) -> String {
    match pin.top() {
        Some(top) => short(top.digest),
        None => "no platform".to_owned(),
    }
}

fn commit(short: &str, reference: Option<&impl Display>) -> String {
    match reference {
        Some(name) => format!("commit {short} ({name})"),
        None => format!("commit {short}"),
    }
}

fn content(digest: Sha256Digest) -> String {
    format!("content {}", short(digest))
}

fn short(digest: Sha256Digest) -> String {
    format!("sha256:{}", digest.short())
}
