//! Whether a lock agrees with itself, without asking anybody.
//!
//! A lock records the registry entries that it was made from, so everything that is derived from
//! them can be derived again and compared: runs, sources, environments, digests. What a pin is
//! made of cannot be derived; that is what the other layers of verify are for.

use std::collections::BTreeMap;

use super::{artifacts, distributions};
use crate::finding::{Code, Finding};
use crate::lock::Lock;
use crate::model::{
    Dist, EntryRef, Environment, GitPin, Kind, Pin, Source, VersionAsked, canonical_digest,
};
use crate::registry::Plan;

/// Everything in which a lock contradicts itself.
pub fn inconsistencies(lock: &Lock) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut contradiction = |subject: &dyn std::fmt::Display, message: String| {
        findings.push(Finding::new(Code::LockInconsistent, message).about(subject));
    };
    digests(lock, &mut contradiction);
    derived(lock, &mut contradiction);
    for (key, package) in &lock.packages {
        let subject = format!("packages/{key}");
        for message in package_faults(
            lock,
            &package.source,
            &package.pin,
            package.distribution.as_ref(),
        ) {
            contradiction(&subject, message);
        }
    }
    distributions::check(lock, &mut contradiction);
    if lock.resolved_at != lock.newest_instant() {
        contradiction(
            &"lock",
            "`resolved_at` is not the newest instant among the pins".to_owned(),
        );
    }
    findings
}

/// Takes what contradicts itself, and in what.
pub(super) type Contradiction<'a> = &'a mut dyn FnMut(&dyn std::fmt::Display, String);

fn digests(lock: &Lock, contradiction: Contradiction<'_>) {
    for (entry, value) in &lock.config {
        match lock.registry.get(entry) {
            None => contradiction(entry, format!("`registry` has no digest of `{entry}`")),
            Some(digest) if *digest != canonical_digest(value) => {
                contradiction(
                    entry,
                    format!("the recorded value of `{entry}` has another digest"),
                );
            }
            Some(_) => {}
        }
    }
    for entry in lock.registry.keys() {
        if !lock.config.contains_key(entry) {
            contradiction(entry, format!("`config` has no value of `{entry}`"));
        }
    }
}

/// Puts the plan together again from the recorded entries.
fn derived(lock: &Lock, contradiction: Contradiction<'_>) {
    let asked = &lock.experiment;
    let experiment = EntryRef::new(Kind::Experiments, &asked.id);
    let targets = asked.target.to_vec();
    let Some(plan) = Plan::from_values(&lock.config, &asked.id, asked.run_mode, targets) else {
        contradiction(
            &experiment,
            format!("the lock records no usable entry `{experiment}`"),
        );
        return;
    };
    if plan.name != lock.experiment.name {
        contradiction(
            &experiment,
            "the experiment's name is not the recorded one".to_owned(),
        );
    }
    if lock.experiment.file != format!("registries/{experiment}.yaml") {
        contradiction(
            &experiment,
            "`file` is not where the experiment's entry lies".to_owned(),
        );
    }
    let unused = lock
        .config
        .keys()
        .find(|entry| !plan.entries.contains_key(entry));
    if let Some(entry) = unused {
        contradiction(entry, format!("no run of the lock reaches `{entry}`"));
    }
    compare_maps("runs", &plan.runs, &lock.runs, contradiction);
    compare_maps(
        "environments",
        &plan.environments,
        &asked_environments(lock),
        contradiction,
    );
    for (key, planned) in &plan.packages {
        let subject = format!("packages/{key}");
        match lock.packages.get(key) {
            None => contradiction(
                &subject,
                format!("a run needs `{key}`, which is not locked"),
            ),
            Some(locked) if locked.source != planned.source => {
                contradiction(
                    &subject,
                    format!("the source of `{key}` is not the recorded one"),
                );
            }
            Some(_) => {}
        }
    }
    artifacts::check(lock, &plan, contradiction);
    for key in lock.packages.keys() {
        if !plan.packages.contains_key(key) {
            let subject = format!("packages/{key}");
            contradiction(&subject, format!("no run of the lock needs `{key}`"));
        }
    }
}

fn asked_environments(lock: &Lock) -> BTreeMap<String, Environment> {
    let environments = lock.environments.iter();
    environments
        .map(|(id, environment)| (id.clone(), environment.asked.clone()))
        .collect()
}

fn compare_maps<T: PartialEq>(
    section: &str,
    derived: &BTreeMap<String, T>,
    locked: &BTreeMap<String, T>,
    contradiction: Contradiction<'_>,
) {
    for key in derived.keys().chain(locked.keys()) {
        if derived.get(key) != locked.get(key) {
            let subject = format!("{section}/{key}");
            contradiction(
                &subject,
                format!("`{subject}` does not follow from the recorded entries"),
            );
        }
    }
}

/// The shortest form of a path below the project; none where it leads out, since what it is called
/// from there depends on where the project lies.
pub(super) fn inner_path(path: &str) -> Option<String> {
    let parts: Vec<_> = path
        .split('/')
        .filter(|part| !matches!(*part, "" | "."))
        .collect();
    let inside = !path.starts_with('/') && !parts.contains(&"..");
    inside.then(|| match parts.join("/") {
        root if root.is_empty() => ".".to_owned(),
        path => path,
    })
}

/// Whether a pin can be what a `ref` meant: the commit itself, its beginning, or a name.
fn suits_ref(asked: Option<&str>, pin: &GitPin) -> bool {
    let Some(asked) = asked.filter(|asked| *asked != "HEAD") else {
        return pin
            .reference
            .as_ref()
            .is_some_and(|name| name.branch().is_some());
    };
    match &pin.reference {
        None => pin.commit.as_str().starts_with(&asked.to_ascii_lowercase()),
        Some(name) => ["", "refs/", "refs/tags/", "refs/heads/"]
            .iter()
            .any(|prefix| name.as_str() == format!("{prefix}{asked}")),
    }
}

/// In what a pin does not suit its source, or its distribution.
fn package_faults(lock: &Lock, source: &Source, pin: &Pin, dist: Option<&Dist>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut expect = |holds: bool, what: &str| {
        if !holds {
            faults.push(what.to_owned());
        }
    };
    match (source, pin) {
        (Source::Local(source), Pin::Local(pin)) => {
            expect(
                inner_path(&source.path).is_none_or(|path| path == pin.path),
                "the pin has another `path` than the source",
            );
            expect(
                pin.commit.is_some() == pin.dirty.is_some(),
                "`commit` and `dirty` go together",
            );
            expect(
                pin.commit.is_some() == pin.committed.is_some(),
                "`commit` and `committed` go together",
            );
        }
        (Source::Git(source), Pin::Git(pin)) => {
            expect(
                suits_ref(source.reference.as_deref(), pin),
                "the pin is not of the `ref` that the source asks for",
            );
            expect(
                source.url == pin.url,
                "the pin has another `url` than the source",
            );
            expect(
                source.subdirectory == pin.subdirectory,
                "the pin has another `subdirectory` than the source",
            );
            expect(
                pin.subdirectory.is_some() == pin.subdirectory_tree.is_some(),
                "`subdirectory` and `subdirectory_tree` go together",
            );
        }
        (Source::Pypi(source), Pin::Pypi(pin)) => {
            expect(
                source.name == pin.name,
                "the pin has another `name` than the source",
            );
            expect(
                source.extras == pin.extras,
                "the pin has other `extras` than the source",
            );
            expect(
                source.index == pin.index,
                "the pin has another `index` than the source",
            );
            expect(
                match &source.version {
                    VersionAsked::Latest => true,
                    VersionAsked::Exact(version) => *version == pin.version,
                    VersionAsked::Range(specifiers) => specifiers.contains(&pin.version),
                },
                "the pin's version is not what the source asks for",
            );
            expect(
                dist == Some(&pin.dist()),
                "`distribution` is not the pinned release",
            );
            expect(
                lock.distributions
                    .get(&pin.dist())
                    .is_some_and(|dist| !dist.files.is_empty()),
                "the files of the pinned release are not recorded",
            );
        }
        _ => expect(false, "the pin is of another type than the source"),
    }
    faults
}
