//! What a rerun ran on against the lock, and against another rerun or another machine.
//!
//! Another identity (lock, packages, versions, Python, mode, image) is another experiment, and an
//! error. Other hardware may give other last digits, and is a warning. What only one side knows is
//! not recorded, and never a match.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use crate::finding::{Code, Finding, Layer, Report, Severity};
use crate::lock::Lock;
use crate::model::{Machine, RecordedEnvironment, RuntimeManifest, Sha256Digest};

/// Holds a recording against the lock; `name` is how messages call it.
pub fn recording(
    lock: &Lock,
    lock_sha256: &Sha256Digest,
    name: &str,
    manifest: &RuntimeManifest,
) -> Report {
    let mut report = Report::default();
    let mut check = |subject: &str, code: Code, expected: &str, actual: &str| {
        let what = format!("`{name}` was recorded for something else than is locked");
        add(&mut report, subject, differs(code, what, expected, actual));
    };
    check(
        "lock",
        Code::RuntimeLockDiffers,
        &lock_sha256.to_string(),
        &manifest.lock_sha256.to_string(),
    );
    check(
        "experiment",
        Code::RuntimeLockDiffers,
        &lock.experiment.id,
        &manifest.experiment,
    );
    check(
        "run_mode",
        Code::RuntimeModeDiffers,
        &lock.experiment.run_mode.to_string(),
        &manifest.run_mode.to_string(),
    );
    let locked = lock.packages.iter();
    let locked = locked.map(|(key, package)| (key.as_str(), Cow::from(text(&package.pin))));
    each(
        &mut report,
        "packages",
        Code::RuntimePackageDiffers,
        name,
        &locked.collect(),
        &pins(manifest),
    );
    match &manifest.environment {
        Some(found) => environment(lock, name, found, &mut report),
        None => {
            let hint = "`vhb record --env DIR` records it";
            let finding = unknown(name, "what was installed").hint(hint);
            add(&mut report, "environment", Some(finding));
        }
    }
    image(
        lock,
        name,
        manifest.machine.image_digest.as_ref(),
        &mut report,
    );
    report.sort();
    report
}

/// Holds two recordings against each other; the first says what is expected.
pub fn recordings(
    (name, first): (&str, &RuntimeManifest),
    (other, second): (&str, &RuntimeManifest),
) -> Report {
    let mut report = machines((name, &first.machine), (other, &second.machine));
    let what = format!("`{other}` is not what `{name}` is");
    let mut check = |subject: &str, code: Code, expected: &str, actual: &str| {
        let finding = differs(code, what.clone(), expected, actual);
        add(&mut report, subject, finding);
    };
    let lock = |it: &RuntimeManifest| it.lock_sha256.to_string();
    check(
        "lock",
        Code::RuntimeLockDiffers,
        &lock(first),
        &lock(second),
    );
    let mode = |it: &RuntimeManifest| it.run_mode.to_string();
    check(
        "run_mode",
        Code::RuntimeModeDiffers,
        &mode(first),
        &mode(second),
    );
    let code = Code::RuntimePackageDiffers;
    let (a, b) = (pins(first), pins(second));
    each(&mut report, "packages", code, other, &a, &b);
    match (&first.environment, &second.environment) {
        (Some(first), Some(second)) => {
            known(
                &mut report,
                "python",
                Code::RuntimePythonDiffers,
                &what,
                (first.python.as_ref(), second.python.as_ref()),
            );
            let code = Code::RuntimeDistributionDiffers;
            let (a, b) = (versions(first), versions(second));
            each(&mut report, "distributions", code, other, &a, &b);
        }
        (None, None) => {}
        _ => add(&mut report, "environment", Some(one_side("environment"))),
    }
    let images = (
        first.machine.image_digest.as_ref(),
        second.machine.image_digest.as_ref(),
    );
    known(
        &mut report,
        "image",
        Code::RuntimeImageDiffers,
        &what,
        images,
    );
    report.sort();
    report
}

/// Holds two machines against each other; the first says what is expected.
pub fn machines((name, first): (&str, &Machine), (other, second): (&str, &Machine)) -> Report {
    let mut report = Report::default();
    let what = format!("`{other}` is another machine than `{name}`");
    let architecture = |it: &Machine| format!("{} on {}", it.architecture, it.system);
    let code = Code::RuntimeCpuDiffers;
    let finding = differs(
        code,
        what.clone(),
        &architecture(first),
        &architecture(second),
    );
    add(&mut report, "architecture", finding);
    let flags = |it: &Machine| it.cpu_flags.iter().cloned().collect::<Vec<_>>().join(" ");
    let finding = differs(code, what.clone(), &flags(first), &flags(second));
    add(&mut report, "cpu_flags", finding);
    let gpus = |it: &Machine| {
        let models = it.gpus.as_ref()?.join(", ");
        Some(if models.is_empty() {
            "none".to_owned()
        } else {
            models
        })
    };
    match (gpus(first), gpus(second)) {
        (None, None) => {
            let message = format!("neither `{name}` nor `{other}` says which GPUs there are");
            let finding = Finding::new(Code::NotRecorded, message);
            add(&mut report, "gpus", Some(finding));
        }
        sides => known(&mut report, "gpus", Code::RuntimeGpuDiffers, &what, sides),
    }
    let mut texts = |subject: &str, code: Code, field: fn(&Machine) -> Option<&String>| {
        known(
            &mut report,
            subject,
            code,
            &what,
            (field(first), field(second)),
        );
    };
    texts("cpu_model", code, |it| it.cpu_model.as_ref());
    texts("kernel", Code::RuntimeSystemDiffers, |it| {
        it.kernel.as_ref()
    });
    texts("distribution", Code::RuntimeSystemDiffers, |it| {
        it.distribution.as_ref()
    });
    texts("gpu_driver", Code::RuntimeDriverDiffers, |it| {
        it.gpu_driver.as_ref()
    });
    texts("cuda", Code::RuntimeDriverDiffers, |it| it.cuda.as_ref());
    let counts = (first.cpu_count, second.cpu_count);
    known(&mut report, "cpu_count", code, &what, counts);
    let memory = (first.memory, second.memory);
    known(
        &mut report,
        "memory",
        Code::RuntimeMemoryDiffers,
        &what,
        memory,
    );
    report.sort();
    report
}

/// What was installed against the environment of the lock.
fn environment(lock: &Lock, name: &str, found: &RecordedEnvironment, report: &mut Report) {
    let locked = lock.environments.get(&found.id);
    let Some((locked, closure)) = locked.and_then(|it| Some((it, it.closure.as_ref()?))) else {
        let message = format!(
            "the lock does not say what environment `{}` holds",
            found.id
        );
        let finding = Finding::new(Code::RuntimeLockDiffers, message);
        return add(report, "environment", Some(finding));
    };
    let wanted = locked.asked.target.python();
    let same = |python: &&String| {
        let mut parts = wanted.split('.').zip(python.split('.'));
        !parts.all(|(a, b)| a == b)
    };
    let other = found.python.as_ref().filter(same);
    let what = format!("`{name}` was recorded with another Python than is locked");
    let finding =
        other.map(|it| Finding::new(Code::RuntimePythonDiffers, what).compare(wanted, it));
    add(report, "python", finding);
    let expected: BTreeSet<_> = closure
        .distributions
        .keys()
        .map(|dist| {
            let version = dist.version.as_ref().map(ToString::to_string);
            (dist.name.to_string(), version)
        })
        .collect();
    for (dist, version) in &expected {
        let there = found.distributions.get(dist);
        let same = there.is_some_and(|there| version.as_ref().is_none_or(|it| it == there));
        let finding = (!same).then(|| {
            let message = format!("`{name}` was recorded without the locked version of `{dist}`");
            let finding = Finding::new(Code::RuntimeDistributionDiffers, message);
            let locked = version.as_deref().unwrap_or("any version");
            finding.compare(locked, there.map_or("not installed", String::as_str))
        });
        add(report, &format!("distributions/{dist}"), finding);
    }
    let names: BTreeSet<_> = expected.iter().map(|(name, _)| name).collect();
    for (dist, version) in &found.distributions {
        if !names.contains(dist) {
            let message = format!("`{name}` was recorded with `{dist}`, which is not locked");
            let finding = Finding::new(Code::RuntimeDistributionDiffers, message)
                .with_severity(Severity::Warning)
                .compare("not installed", version);
            add(report, &format!("distributions/{dist}"), Some(finding));
        }
    }
}

/// The digest of the image against those of the lock: who names an image may mean its index, its
/// manifest or its configuration.
fn image(lock: &Lock, name: &str, digest: Option<&Sha256Digest>, report: &mut Report) {
    let pins = lock
        .images
        .values()
        .filter_map(|image| image.pin.as_ref().ok());
    let known: Vec<_> = pins
        .flat_map(|pin| {
            let platforms = pin.platforms.values();
            let platforms = platforms.flat_map(|it| [it.manifest.digest, it.config.digest]);
            platforms.chain(pin.index.as_ref().map(|index| index.digest))
        })
        .collect();
    let finding = match digest {
        None if known.is_empty() => return,
        None => {
            let hint = "set VHB_IMAGE_DIGEST when the container is started";
            Some(unknown(name, "the image of its container").hint(hint))
        }
        Some(_) if known.is_empty() => {
            let message = "the lock pins no container image";
            Some(Finding::new(Code::NotRecorded, message))
        }
        Some(digest) if known.contains(digest) => None,
        Some(digest) => {
            let message =
                format!("`{name}` was recorded in a container of an image that is not locked");
            let finding = Finding::new(Code::RuntimeImageDiffers, message);
            let known: Vec<_> = known.iter().map(ToString::to_string).collect();
            Some(finding.compare(known.join(", "), digest))
        }
    };
    add(report, "image", finding);
}

type Texts<'a> = BTreeMap<&'a str, Cow<'a, str>>;

fn pins(manifest: &RuntimeManifest) -> Texts<'_> {
    let packages = manifest.packages.iter();
    packages
        .map(|(key, package)| (key.as_str(), text(&package.pin).into()))
        .collect()
}

fn versions(environment: &RecordedEnvironment) -> Texts<'_> {
    let held = environment.distributions.iter();
    held.map(|(name, version)| (name.as_str(), version.as_str().into()))
        .collect()
}

/// Checks every key that either side has.
fn each(
    report: &mut Report,
    section: &str,
    code: Code,
    name: &str,
    expected: &Texts<'_>,
    actual: &Texts<'_>,
) {
    let keys: BTreeSet<_> = expected.keys().chain(actual.keys()).collect();
    let of = |texts: &'_ Texts<'_>, key: &str| {
        let found = texts.get(key);
        found.map_or_else(|| "nothing".to_owned(), ToString::to_string)
    };
    for key in keys {
        let message = format!("`{name}` has `{key}` otherwise");
        let finding = differs(code, message, &of(expected, key), &of(actual, key));
        add(report, &format!("{section}/{key}"), finding);
    }
}

/// Compares what may be unknown on either side.
fn known<T: PartialEq + Display>(
    report: &mut Report,
    subject: &str,
    code: Code,
    what: &str,
    sides: (Option<T>, Option<T>),
) {
    match sides {
        (None, None) => {}
        (Some(first), Some(second)) => {
            let finding = (first != second)
                .then(|| Finding::new(code, what.to_owned()).compare(first, second));
            add(report, subject, finding);
        }
        _ => add(report, subject, Some(one_side(subject))),
    }
}

fn unknown(name: &str, what: &str) -> Finding {
    Finding::new(Code::NotRecorded, format!("`{name}` does not say {what}"))
}

fn one_side(subject: &str) -> Finding {
    let message = format!("only one of the two recordings knows `{subject}`");
    Finding::new(Code::NotRecorded, message)
}

fn differs(code: Code, message: String, expected: &str, actual: &str) -> Option<Finding> {
    (expected != actual).then(|| Finding::new(code, message).compare(expected, actual))
}

fn add(report: &mut Report, subject: &str, finding: Option<Finding>) {
    let findings = finding.into_iter().collect();
    report.check(Layer::Environment, format!("runtime/{subject}"), findings);
}

/// A pin as one line.
fn text(pin: &crate::model::Pin) -> String {
    serde_json::to_string(pin).expect("a pin is JSON")
}

#[cfg(test)]
mod tests;
