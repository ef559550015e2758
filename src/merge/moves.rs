//! What one side alone brings to a merged lock, and what of that did not come to stay.

use std::collections::{BTreeMap, BTreeSet};

use super::Sides;
use super::environments::moved_to;
use crate::finding::{Code, Finding};
use crate::lock::{Lock, Locked};
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
/// environment: where both sides do not go together, the resolver chose another.
pub fn undone(lock: &Lock, plan: &Plan, sides: Sides<'_>) -> Vec<Finding> {
    let mut findings = BTreeMap::new();
    for (id, environment) in &lock.environments {
        let held = environment.closure.iter();
        let held = held.flat_map(|closure| closure.distributions.keys());
        let held: BTreeMap<_, _> = held.map(|dist| (&dist.name, dist)).collect();
        for dist in moved_to(id, &environment.asked, plan, sides) {
            let Some(now) = held.get(&dist.name).filter(|now| **now != dist) else {
                continue;
            };
            let message = format!(
                "one side moved to `{dist}`, which does not go together with the other; the \
                 merged lock has `{now}` in `{id}`"
            );
            let finding = Finding::new(Code::MergeUndone, message);
            let subject = format!("distributions/{dist}");
            findings
                .entry((dist, *now))
                .or_insert(finding.about(subject));
        }
    }
    findings.into_values().collect()
}
