//! Every model, dataset and image against the place that it came from.

use std::fmt;

use super::super::Evidence;
use super::{datasets, hub, images};
use crate::finding::{Finding, Layer, Report};
use crate::lock::{Lock, LockedDataset};
use crate::model::ModelPin;
use crate::model::{DatasetSource, HubKind, HubModelPin, HubRepo, ImagePin, ImageReference};
use crate::registry::Registry;
use crate::remote::Ports;

/// One question to the outside.
enum Question<'a> {
    Model(&'a str, &'a HubModelPin),
    Dataset(&'a str, &'a DatasetSource, &'a LockedDataset),
    Image(&'a ImageReference, &'a ImagePin),
}

impl fmt::Display for Question<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Model(key, _) => write!(f, "models/{key}"),
            Self::Dataset(id, ..) => write!(f, "datasets/{id}"),
            Self::Image(image, _) => write!(f, "images/{image}"),
        }
    }
}

pub(super) fn check(
    lock: &Lock,
    evidence: &Evidence<'_>,
    is_meant: &dyn Fn(&str) -> bool,
    ports: Ports<'_>,
    report: &mut Report,
) {
    let mut questions = questions(lock, evidence.registry.as_ref().ok().copied());
    questions.retain(|question| is_meant(&question.to_string()));
    let answers = ports.each(questions, |question: Question<'_>| {
        (question.to_string(), ask(&question, evidence, ports))
    });
    for (subject, findings) in answers {
        report.check(Layer::Upstream, subject, findings);
    }
}

/// Everything that is pinned and not of this machine.
fn questions<'a>(lock: &'a Lock, registry: Option<&'a Registry>) -> Vec<Question<'a>> {
    let mut questions = Vec::new();
    for (key, locked) in &lock.models {
        if let Ok(ModelPin::Huggingface(pin)) = &locked.pin {
            questions.push(Question::Model(key, pin));
        }
    }
    for (id, locked) in &lock.datasets {
        let is_local = matches!(locked.source, DatasetSource::Local(_));
        if locked.pin.is_ok() && !is_local {
            // The lock holds no credentials, the registry may.
            let entry = registry.and_then(|registry| registry.datasets.get(id));
            let source = entry.map(|entry| &entry.body.source);
            let source = source.filter(|source| **source == locked.source);
            questions.push(Question::Dataset(
                id,
                source.unwrap_or(&locked.source),
                locked,
            ));
        }
    }
    for locked in lock.images.values() {
        if let Ok(pin) = &locked.pin {
            questions.push(Question::Image(&locked.source, pin));
        }
    }
    questions
}

fn ask(question: &Question<'_>, evidence: &Evidence<'_>, ports: Ports<'_>) -> Vec<Finding> {
    match question {
        Question::Model(_, pin) => {
            let repo = HubRepo {
                kind: HubKind::Model,
                id: pin.repo.clone(),
            };
            let locked = hub::Locked {
                repo: repo.clone(),
                reference: pin.reference.as_ref(),
                commit: &pin.commit,
                meant: &|files| files,
                files: &pin.files,
                also: &|ports| hub::remote_code(&repo, pin, ports),
            };
            hub::ask(&locked, ports)
        }
        Question::Dataset(_, source, locked) => datasets::ask(source, locked, evidence, ports),
        Question::Image(image, pin) => images::ask(image, pin, ports),
    }
}
