//! What one side alone brings to a merged lock, and what of that did not come to stay.

use std::collections::{BTreeMap, BTreeSet};

use pep508_rs::PackageName;

use super::Sides;
use crate::finding::{Code, Finding};
use crate::lock::{Lock, Locked};
use crate::model::Dist;

/// The subjects of a lock whose pins only one of the sides has.
pub fn brought_by_one(lock: &Lock, sides: Sides<'_>) -> BTreeSet<String> {
    let one = |has: &dyn Fn(&Lock) -> bool| has(sides.ours) != has(sides.theirs);
    let mut subjects = BTreeSet::new();
    for (key, package) in &lock.packages {
        let has = |side: &Lock| side.packages.get(key).map(|it| &it.pin) == Some(&package.pin);
        subjects.extend(one(&has).then(|| format!("packages/{key}")));
    }
    for (dist, release) in &lock.distributions {
        let has = |side: &Lock| {
            let there = side.distributions.get(dist);
            there.is_some_and(|there| there.files == release.files)
        };
        subjects.extend(one(&has).then(|| format!("distributions/{dist}")));
    }
    let mut add = |section: &str, keys: Vec<&String>| {
        subjects.extend(keys.into_iter().map(|key| format!("{section}/{key}")));
    };
    add(
        "models",
        by_one(&lock.models, &sides.ours.models, &sides.theirs.models),
    );
    add(
        "datasets",
        by_one(&lock.datasets, &sides.ours.datasets, &sides.theirs.datasets),
    );
    add(
        "images",
        by_one(&lock.images, &sides.ours.images, &sides.theirs.images),
    );
    subjects
}

type Section<S, P> = BTreeMap<String, Locked<S, P>>;

fn by_one<'a, S: PartialEq, P: PartialEq>(
    merged: &'a Section<S, P>,
    ours: &Section<S, P>,
    theirs: &Section<S, P>,
) -> Vec<&'a String> {
    let has = |side: &Section<S, P>, key: &String| side.get(key) == merged.get(key);
    let keys = merged.keys();
    keys.filter(|key| has(ours, key) != has(theirs, key))
        .collect()
}

/// A warning for each version that a side moved to, and that the merged lock has not: where both
/// sides do not go together, the resolver chose another.
pub fn undone(lock: &Lock, sides: Sides<'_>) -> Vec<Finding> {
    let none = BTreeSet::new();
    let there = by_name(lock);
    let before = sides.base.map(by_name).unwrap_or_default();
    let mut findings = BTreeMap::new();
    for side in [sides.ours, sides.theirs] {
        for (name, dists) in by_name(side) {
            let (Some(now), old) = (there.get(name), before.get(name).unwrap_or(&none)) else {
                continue;
            };
            for dist in dists.difference(old).filter(|dist| !now.contains(*dist)) {
                let now: Vec<_> = now.iter().map(ToString::to_string).collect();
                let now = now.join(", ");
                let message = format!(
                    "one side moved to `{dist}`, which does not go together with the other; \
                     the merged lock has `{now}`"
                );
                let finding = Finding::new(Code::MergeUndone, message);
                findings.insert(*dist, finding.about(format!("distributions/{dist}")));
            }
        }
    }
    findings.into_values().collect()
}

fn by_name(lock: &Lock) -> BTreeMap<&PackageName, BTreeSet<&Dist>> {
    let mut names: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for dist in lock.distributions.keys() {
        names.entry(&dist.name).or_default().insert(dist);
    }
    names
}
