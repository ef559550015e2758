//! Whether the releases of a lock are those that it uses, with what their use takes.
//!
//! What an environment does with them is judged where closures are
//! ([`closure_findings`](crate::lock::closure_findings)); here the other side is: nothing is
//! recorded that nothing uses, since nobody would notice what is wrong with it.

use std::collections::BTreeSet;

use super::consistency::Contradiction;
use crate::lock::{Distribution, Lock, LockedPackage};
use crate::model::{Dist, Instant, Pin};

pub(super) fn check(lock: &Lock, contradiction: Contradiction<'_>) {
    let pinned: BTreeSet<&Dist> = lock
        .packages
        .values()
        .filter(|package| matches!(package.pin, Pin::Pypi(_)))
        .filter_map(|package| package.distribution.as_ref())
        .collect();
    let selected = lock.selected_files();
    for (dist, release) in &lock.distributions {
        let subject = format!("distributions/{dist}");
        let files = selected.get(dist);
        if files.is_none() && !pinned.contains(dist) {
            let message = format!("no package and no environment of the lock uses `{dist}`");
            contradiction(&subject, message);
            continue;
        }
        let faults = faults(dist, release, files).into_iter();
        for message in faults.chain(too_new(dist, release, lock.exclude_newer())) {
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

fn too_new(dist: &Dist, release: &Distribution, limit: Option<Instant>) -> Option<String> {
    let (limit, uploaded) = limit.zip(release.uploaded)?;
    (uploaded >= limit).then(|| {
        format!("`{dist}` was uploaded at {uploaded}, not before `exclude_newer`, {limit}")
    })
}

fn has_metadata_twice(package: &LockedPackage) -> bool {
    matches!(package.pin, Pin::Pypi(_)) && package.metadata.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn what_is_uploaded_at_the_limit_is_too_new() {
        let dist: Dist = "demo==1.0".parse().unwrap();
        let instant = |text: &str| Some(text.parse::<Instant>().unwrap());
        let limit = instant("2024-06-01T00:00:00Z");
        let is_too_new = |uploaded, limit| {
            let release = Distribution {
                files: BTreeMap::new(),
                uploaded,
                yanked: None,
                metadata: None,
                variants: BTreeMap::new(),
            };
            too_new(&dist, &release, limit).is_some()
        };
        assert!(is_too_new(limit, limit));
        assert!(!is_too_new(instant("2024-05-31T23:59:59Z"), limit));
        assert!(!is_too_new(limit, None) && !is_too_new(None, limit));
    }
}
