//! What a rerun ran on against the lock, and against another rerun or another machine.
//!
//! Another identity (lock, packages, versions, Python, mode, image) is another experiment, and an
//! error. Other hardware may give other last digits, and is a warning. What only one side knows is
//! not recorded, and never a match.

use std::collections::BTreeSet;
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
    let pins = lock.packages.iter();
    let expected = pins.map(|(key, package)| (key.as_str(), text(&package.pin)));
    let there = manifest.packages.iter();
    let there = there.map(|(key, package)| (key.as_str(), text(&package.pin)));
    each(
        &mut report,
        "packages",
        Code::RuntimePackageDiffers,
        name,
        &expected.collect(),
        &there.collect(),
    );
    if let Some(found) = &manifest.environment {
        environment(lock, name, found, &mut report);
    }
    if let Some(digest) = &manifest.machine.image_digest {
        image(lock, name, digest, &mut report);
    }
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
    let packages = |it: &RuntimeManifest| -> BTreeSet<(String, String)> {
        let pins = it.packages.iter();
        pins.map(|(key, package)| (key.clone(), text(&package.pin)))
            .collect()
    };
    let (a, b) = (packages(first), packages(second));
    let packages = (borrowed(&a), borrowed(&b));
    let code = Code::RuntimePackageDiffers;
    each(
        &mut report,
        "packages",
        code,
        other,
        &packages.0,
        &packages.1,
    );
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
    let gpus = |it: &Machine| match it.gpus.join(", ") {
        none if none.is_empty() => "none".to_owned(),
        some => some,
    };
    let finding = differs(
        Code::RuntimeGpuDiffers,
        what.clone(),
        &gpus(first),
        &gpus(second),
    );
    add(&mut report, "gpus", finding);
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
fn image(lock: &Lock, name: &str, digest: &Sha256Digest, report: &mut Report) {
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
    let finding = if known.is_empty() {
        Some(Finding::new(
            Code::NotRecorded,
            "the lock pins no container image",
        ))
    } else if known.contains(digest) {
        None
    } else {
        let message =
            format!("`{name}` was recorded in a container of an image that is not locked");
        let finding = Finding::new(Code::RuntimeImageDiffers, message);
        let known: Vec<_> = known.iter().map(ToString::to_string).collect();
        Some(finding.compare(known.join(", "), digest))
    };
    add(report, "image", finding);
}

type Pairs<'a> = BTreeSet<(&'a str, String)>;

fn borrowed(pairs: &BTreeSet<(String, String)>) -> Pairs<'_> {
    let pairs = pairs.iter();
    pairs
        .map(|(key, value)| (key.as_str(), value.clone()))
        .collect()
}

fn versions(environment: &RecordedEnvironment) -> Pairs<'_> {
    let held = environment.distributions.iter();
    held.map(|(name, version)| (name.as_str(), version.clone()))
        .collect()
}

/// Checks every key that either side has.
fn each(
    report: &mut Report,
    section: &str,
    code: Code,
    name: &str,
    expected: &Pairs<'_>,
    actual: &Pairs<'_>,
) {
    let keys: BTreeSet<_> = expected.iter().chain(actual).map(|(key, _)| *key).collect();
    let of = |pairs: &Pairs<'_>, key: &str| {
        let found = pairs.iter().find(|(known, _)| *known == key);
        found.map_or_else(|| "nothing".to_owned(), |(_, value)| value.clone())
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
