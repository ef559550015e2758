//! Whether the releases of a lock are those that it uses, with what their use takes.
//!
//! What an environment does with them is judged where closures are
//! ([`closure_findings`](crate::lock::closure_findings)); here the other side is: nothing is
//! recorded that nothing uses, since nobody would notice what is wrong with it.

use std::collections::{BTreeMap, BTreeSet};

use super::consistency::Contradiction;
use crate::lock::{Distribution, Lock, LockedPackage, Selected};
use crate::model::{Dist, Pin};

pub(super) fn check(lock: &Lock, contradiction: Contradiction<'_>) {
    let pinned: BTreeSet<&Dist> = lock
        .packages
        .values()
        .filter(|package| matches!(package.pin, Pin::Pypi(_)))
        .filter_map(|package| package.distribution.as_ref())
        .collect();
    let selected = selected_files(lock);
    for (dist, release) in &lock.distributions {
        let subject = format!("distributions/{dist}");
        let files = selected.get(dist);
        if files.is_none() && !pinned.contains(dist) {
            let message = format!("no package and no environment of the lock uses `{dist}`");
            contradiction(&subject, message);
            continue;
        }
        for message in faults(dist, release, files) {
            contradiction(&subject, message);
        }
    }
    for (key, package) in &lock.packages {
        if has_metadata_twice(package) {
            let message = "what a release says of itself stands among the distributions";
            contradiction(&format!("packages/{key}"), message.to_owned());
        }
    }
}

/// The files of each release that environments install.
fn selected_files(lock: &Lock) -> BTreeMap<&Dist, BTreeSet<&str>> {
    let closures = lock
        .environments
        .values()
        .filter_map(|environment| environment.closure.as_ref());
    let mut files: BTreeMap<&Dist, BTreeSet<&str>> = BTreeMap::new();
    for (dist, selected) in closures.flat_map(|closure| &closure.distributions) {
        if let Selected::File(name) = selected {
            files.entry(dist).or_default().insert(name);
        }
    }
    files
}

fn faults(dist: &Dist, release: &Distribution, files: Option<&BTreeSet<&str>>) -> Vec<String> {
    let mut faults = Vec::new();
    if dist.version.is_none() {
        faults.push(format!(
            "`{dist}` is a release of an index and has no version"
        ));
    }
    // A closure that uses a release without metadata is incomplete, which is told there.
    if files.is_none() && release.metadata.is_some() {
        faults.push(format!(
            "no environment of the lock uses `metadata` of `{dist}`"
        ));
    }
    if release.metadata.is_none() && !release.variants.is_empty() {
        faults.push(format!("`{dist}` has `variants` and no `metadata`"));
    }
    for (name, says) in &release.variants {
        if files.is_none_or(|files| !files.contains(name.as_str())) {
            faults.push(format!(
                "no environment of the lock installs the variant `{name}`"
            ));
        }
        if release.metadata.as_ref() == Some(says) {
            faults.push(format!("the variant `{name}` says what `metadata` says"));
        }
    }
    faults
}

fn has_metadata_twice(package: &LockedPackage) -> bool {
    matches!(package.pin, Pin::Pypi(_)) && package.metadata.is_some()
}
