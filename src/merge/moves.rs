//! What one side alone brings to a merged lock, and what of that did not come to stay.

use std::collections::{BTreeMap, BTreeSet};

use super::Sides;
use super::environments::moved_to;
use crate::finding::{Code, Finding};
use crate::lock::{Lock, Locked};
use crate::model::Dist;
use crate::registry::Plan;

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

/// A warning for each version that a side moved to, and that the merged lock has not in the same
/// environment, or nowhere: where both sides do not go together, the resolver chose another.
pub fn undone(lock: &Lock, plan: &Plan, sides: Sides<'_>) -> Vec<Finding> {
    let mut findings = BTreeMap::new();
    let mut add = |dist: &Dist, now: &Dist, place: String| {
        let message = format!(
            "one side moved to `{dist}`, which does not go together with the other; the merged \
             lock has `{now}`{place}"
        );
        let finding = Finding::new(Code::MergeUndone, message);
        let finding = finding.about(format!("distributions/{dist}"));
        findings.entry(dist.clone()).or_insert(finding);
    };
    for (id, environment) in &lock.environments {
        let held = environment.closure.iter();
        let held = held.flat_map(|closure| closure.distributions.keys());
        let held: BTreeMap<_, _> = held.map(|dist| (&dist.name, dist)).collect();
        for dist in moved_to(id, &environment.asked, plan, sides) {
            if let Some(now) = held.get(&dist.name).filter(|now| **now != dist) {
                add(dist, now, format!(" in `{id}`"));
            }
        }
    }
    let before = |dist: &&Dist| {
        sides
            .base
            .is_some_and(|base| base.distributions.contains_key(*dist))
    };
    let sides = [sides.ours, sides.theirs].into_iter();
    let moved = sides.flat_map(|side| side.distributions.keys().filter(|dist| !before(dist)));
    for dist in moved.filter(|dist| !lock.distributions.contains_key(*dist)) {
        let mut now = lock.distributions.keys();
        if let Some(now) = now.find(|now| now.name == dist.name) {
            add(dist, now, String::new());
        }
    }
    findings.into_values().collect()
}
