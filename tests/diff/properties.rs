//! What holds of every two locks: nothing is lost, nothing is told twice, and there is no old or
//! new in what is compared.

use proptest::prelude::*;
use serde_json::Value as Json;
use vhb::lock::Lock;
use vhb::lock::diff::Diff;
use vhb::render::diff::{Compared, json};

use crate::setting::{Step, Way, at, in_order, leaves, lock, mirrored, others, rich, shown, told};

/// Every value that a diff tells of one side, and the names of what it is about.
fn values(diff: &Diff, side: &str) -> Vec<Json> {
    let compared = Compared {
        names: ["a", "b"],
        experiments: ["x", "x"],
        diff,
    };
    let json: Json = serde_json::from_str(&json(&compared)).unwrap();
    let groups = json["groups"].as_array().unwrap().iter();
    let changes = groups.flat_map(|group| group["changes"].as_array().unwrap());
    let leaves = changes.flat_map(|change| {
        let also = change.get("also").and_then(Json::as_array);
        std::iter::once(change).chain(also.into_iter().flatten())
    });
    // A package with which an environment begins is told by its name alone.
    let names = leaves
        .clone()
        .filter_map(|leaf| leaf.get("subject").cloned());
    let values = leaves.filter_map(|leaf| leaf.get(side).cloned());
    names.chain(values).collect()
}

/// Whether a value is told: by itself, in a list, or within words.
fn is_told(values: &[Json], wanted: &Json) -> bool {
    let text = |value: &Json| match value {
        Json::String(text) => text.clone(),
        value => value.to_string(),
    };
    leaves(wanted).iter().all(|way| {
        let wanted = text(at(&mut wanted.clone(), way));
        values.iter().any(|value| text(value).contains(&wanted))
    })
}

/// A lock with one leaf changed, and what the leaf is then as a lock has it.
struct Altered {
    document: Json,
    lock: Lock,
    other: Json,
}

fn altered(document: &Json, original: &Lock, way: &Way) -> Option<Altered> {
    let mut changed = document.clone();
    let leaf = at(&mut changed, way).clone();
    let mut others = others(&leaf).into_iter();
    let (mut other, lock) = others.find_map(|other| {
        *at(&mut changed, way) = other.clone();
        let read = lock(&changed).filter(|read| read != original)?;
        Some((other, read))
    })?;
    // Versions have one form in a lock. Elements may have another place there.
    if let Some(Step::Key(_)) = way.last() {
        let mut written: Json = serde_json::from_slice(&lock.to_bytes()).unwrap();
        other = at(&mut written, way).clone();
    }
    Some(Altered {
        document: changed,
        lock,
        other,
    })
}

#[test]
fn every_leaf_that_is_altered_is_told_in_exactly_one_group() {
    let document = rich();
    let original = lock(&document).unwrap();
    let mut fixed = Vec::new();
    for way in leaves(&document) {
        let Some(Altered { lock, other, .. }) = altered(&document, &original, &way) else {
            fixed.push(shown(&way));
            continue;
        };
        let found = Diff::of(&original, &lock);
        let name = format!("{} to {other}: {:#?}", shown(&way), told(&found));
        // One package that takes the place of another may be of another rank.
        let packages = shown(&way).contains(" roots ");
        assert!(found.groups.len() == 1 || packages, "{name}");
        // What is false or absent by default is not written.
        assert!(
            other.is_null() || is_told(&values(&found, "new"), &other),
            "{name}"
        );
        assert_eq!(
            in_order(&Diff::of(&lock, &original)),
            mirrored(&found),
            "{name}"
        );
    }
    // Tags and versions of the format, which have no other value here.
    fixed.retain(|way| !way.ends_with(" type"));
    assert_eq!(fixed, ["lock_version"]);
}

#[test]
fn every_leaf_that_goes_is_told() {
    let document = rich();
    let original = lock(&document).unwrap();
    let mut gone = 0;
    for mut way in leaves(&document) {
        let last = way.pop().unwrap();
        let mut changed = document.clone();
        let leaf = match (at(&mut changed, &way), &last) {
            (Json::Object(map), Step::Key(key)) => map.remove(key),
            (Json::Array(items), Step::Index(index)) => Some(items.remove(*index)),
            _ => None,
        };
        let Some(lock) = lock(&changed).filter(|read| *read != original) else {
            continue;
        };
        gone += 1;
        let found = Diff::of(&original, &lock);
        let name = format!("{} {last:?}: {:#?}", shown(&way), told(&found));
        assert_eq!(found.groups.len(), 1, "{name}");
        assert!(is_told(&values(&found, "old"), &leaf.unwrap()), "{name}");
        assert_eq!(
            in_order(&Diff::of(&lock, &original)),
            mirrored(&found),
            "{name}"
        );
    }
    assert!(gone > 150, "only {gone} leaves could go");
}

#[test]
fn every_thing_that_goes_is_told() {
    let document = rich();
    let original = lock(&document).unwrap();
    for (section, things) in document.as_object().unwrap() {
        let keys = things
            .as_object()
            .into_iter()
            .flat_map(|things| things.keys());
        for key in keys.filter(|_| section != "experiment") {
            let mut changed = document.clone();
            changed[section].as_object_mut().unwrap().remove(key);
            let changed = lock(&changed).unwrap();
            let found = Diff::of(&original, &changed);
            let name = format!("{section}/{key}: {:#?}", told(&found));
            assert!(!found.is_empty(), "{name}");
            assert_eq!(
                in_order(&Diff::of(&changed, &original)),
                mirrored(&found),
                "{name}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// However many leaves are altered at once: none of them is lost, and the other way round is
    /// the same with old and new exchanged.
    #[test]
    fn nothing_is_lost_among_others(
        picks in prop::collection::vec(any::<prop::sample::Index>(), 1..8),
    ) {
        let (mut document, original) = (rich(), lock(&rich()).unwrap());
        let mut ways = leaves(&document);
        // By another id, the entry of the experiment is whole another one, and so is a run of its own
        // by another name; a path that became what the source became is told as the part of that.
        let indirect = [
            "experiment id",
            "config experiments/bench tasks 2 name",
            "config datasets/docvqa path",
        ];
        ways.retain(|way| !indirect.contains(&shown(way).as_str()));
        let mut last = original.clone();
        let mut wanted: Vec<(String, Json)> = Vec::new();
        for pick in picks {
            let way = pick.get(&ways);
            // What was altered already is not altered back.
            if wanted.iter().any(|(other, _)| *other == shown(way)) {
                continue;
            }
            if let Some(altered) = altered(&document, &last, way) {
                (document, last) = (altered.document, altered.lock);
                wanted.push((shown(way), altered.other));
            }
        }
        let found = Diff::of(&original, &last);
        let told_new = values(&found, "new");
        for (way, other) in wanted.iter().filter(|(_, other)| !other.is_null()) {
            prop_assert!(is_told(&told_new, other), "{way} to {other}: {:#?}", told(&found));
        }
        prop_assert_eq!(in_order(&Diff::of(&last, &original)), mirrored(&found));
        prop_assert!(Diff::of(&last, &last).is_empty());
    }
}
