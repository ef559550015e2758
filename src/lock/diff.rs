//! What differs between two locks, or between two values, leaf by leaf.

use std::collections::BTreeMap;
use std::fmt;

use pep508_rs::PackageName;
use serde_json::Value as Json;

use super::Lock;
use crate::model::Dist;

/// One leaf that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The thing: `packages/vqa_dataset`, or a top-level field of the lock.
    pub subject: String,
    /// The path inside of it, with dots; empty where the whole thing came or went.
    pub field: String,
    /// The old value, where there was one.
    pub old: Option<String>,
    /// The new value, where there is one.
    pub new: Option<String>,
}

impl Change {
    /// A distribution by its name alone: the values are its versions.
    pub fn subject_is_a_name(&self) -> bool {
        self.field.is_empty() && !self.subject.contains('/') && self.subject != "resolved_at"
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.subject)?;
        if !self.field.is_empty() {
            write!(f, " {}", self.field)?;
        }
        match (&self.old, &self.new) {
            (Some(old), Some(new)) if self.subject_is_a_name() => write!(f, " {old} -> {new}"),
            (Some(old), Some(new)) => write!(f, ": {old} -> {new}"),
            (None, Some(new)) if new.is_empty() => f.write_str(": added"),
            (Some(old), None) if old.is_empty() => f.write_str(": removed"),
            (None, Some(new)) => write!(f, ": added {new}"),
            (Some(old), None) => write!(f, ": removed {old}"),
            (None, None) => Ok(()),
        }
    }
}

/// Every leaf that differs between two locks, by subject.
///
/// The program that wrote a lock, and what follows from values that are themselves compared
/// (digests, runs, environments, sources), are no difference of their own.
pub fn changes(before: &Lock, after: &Lock) -> Vec<Change> {
    let value = |lock: &Lock| -> Json {
        serde_json::from_slice(&lock.to_bytes()).expect("a lock's bytes are JSON")
    };
    let (old, new) = (value(before), value(after));
    let mut found = Vec::new();
    for section in ["experiment", "resolved_at"] {
        compare(section, "", old.get(section), new.get(section), &mut found);
    }
    let moved = moved(before, after);
    for section in [
        "config",
        "packages",
        "models",
        "datasets",
        "images",
        "environments",
        "distributions",
    ] {
        for key in keys(old.get(section), new.get(section)) {
            if section == "distributions" && moved.iter().any(|it| it.covers(&key)) {
                continue;
            }
            let subject = if section == "config" {
                key.clone()
            } else {
                format!("{section}/{key}")
            };
            let side = |lock: &Json| {
                let mut value = lock.get(section)?.get(&key)?.clone();
                match section {
                    "models" => {
                        drop(value.as_object_mut()?.remove("source"));
                        // The digests of its roles tell of the files, in fewer words.
                        let pin = value.get_mut("pin").and_then(Json::as_object_mut);
                        drop(pin.and_then(|pin| pin.remove("files")));
                    }
                    "packages" | "datasets" | "images" => {
                        drop(value.as_object_mut()?.remove("source"));
                    }
                    "environments" => leave_shared(&mut value, before, after),
                    _ => {}
                }
                Some(value)
            };
            compare_things(
                &subject,
                side(&old).as_ref(),
                side(&new).as_ref(),
                &mut found,
            );
        }
    }
    found.extend(moved.into_iter().map(Moved::change));
    found
}

/// Takes out of an environment the distributions that only one of the locks has: that they came
/// or went is told of themselves.
fn leave_shared(environment: &mut Json, before: &Lock, after: &Lock) {
    let distributions = environment.get_mut("distributions");
    let Some(distributions) = distributions.and_then(Json::as_object_mut) else {
        return;
    };
    distributions.retain(|key, _| {
        let dist: Option<Dist> = key.parse().ok();
        dist.is_some_and(|dist| {
            let there = |lock: &Lock| lock.distributions.contains_key(&dist);
            there(before) == there(after)
        })
    });
}

/// A distribution that is there in both locks, in one version each, but not in the same one.
struct Moved<'a> {
    old: &'a Dist,
    new: &'a Dist,
}

impl Moved<'_> {
    fn covers(&self, key: &str) -> bool {
        self.old.to_string() == key || self.new.to_string() == key
    }

    fn change(self) -> Change {
        let version = |dist: &Dist| dist.version.as_ref().map(ToString::to_string);
        Change {
            subject: self.new.name.to_string(),
            field: String::new(),
            old: version(self.old),
            new: version(self.new),
        }
    }
}

fn moved<'a>(old: &'a Lock, new: &'a Lock) -> Vec<Moved<'a>> {
    fn by_name(lock: &Lock) -> BTreeMap<&PackageName, Vec<&Dist>> {
        let mut names: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for dist in lock.distributions.keys() {
            names.entry(&dist.name).or_default().push(dist);
        }
        names
    }
    let (old, new) = (by_name(old), by_name(new));
    let pairs = old
        .iter()
        .filter_map(|(name, old)| Some((old, new.get(name)?)));
    pairs
        .filter_map(|(old, new)| match (&old[..], &new[..]) {
            ([old], [new]) if old != new => Some(Moved { old, new }),
            _ => None,
        })
        .collect()
}

/// Every leaf that differs between two values of one thing.
pub fn changes_between(subject: &str, old: &Json, new: &Json) -> Vec<Change> {
    let mut found = Vec::new();
    compare(subject, "", Some(old), Some(new), &mut found);
    found
}

/// A thing that came or went whole is one change, however many leaves it has.
fn compare_things(subject: &str, old: Option<&Json>, new: Option<&Json>, found: &mut Vec<Change>) {
    if old.is_some() && new.is_some() {
        compare(subject, "", old, new, found);
        return;
    }
    if old.is_some() || new.is_some() {
        let whole = |side: Option<&Json>| side.map(|_| String::new());
        found.push(Change {
            subject: subject.to_owned(),
            field: String::new(),
            old: whole(old),
            new: whole(new),
        });
    }
}

fn compare(
    subject: &str,
    field: &str,
    old: Option<&Json>,
    new: Option<&Json>,
    found: &mut Vec<Change>,
) {
    if old == new {
        return;
    }
    match (old, new) {
        (Some(Json::Object(_)), Some(Json::Object(_))) => {
            for key in keys(old, new) {
                let path = if field.is_empty() {
                    key.clone()
                } else {
                    format!("{field}.{key}")
                };
                let side = |value: Option<&Json>| value.and_then(|map| map.get(&key)).cloned();
                compare(
                    subject,
                    &path,
                    side(old).as_ref(),
                    side(new).as_ref(),
                    found,
                );
            }
        }
        (Some(Json::Array(one)), Some(Json::Array(two))) if one.len() == two.len() => {
            for (index, (one, two)) in one.iter().zip(two).enumerate() {
                let path = format!("{field}[{index}]");
                compare(subject, &path, Some(one), Some(two), found);
            }
        }
        _ => found.push(Change {
            subject: subject.to_owned(),
            field: field.to_owned(),
            old: old.map(Json::to_string),
            new: new.map(Json::to_string),
        }),
    }
}

fn keys(old: Option<&Json>, new: Option<&Json>) -> Vec<String> {
    let mut keys: Vec<_> = [old, new]
        .into_iter()
        .flatten()
        .filter_map(Json::as_object)
        .flat_map(|map| map.keys().cloned())
        .collect();
    keys.sort();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn leaves_are_named_by_their_path() {
        let old = json!({"model": {"engine_params": {"seed": 1, "t": 0}}, "metrics": ["a", "b"]});
        let new = json!({"model": {"engine_params": {"seed": 2, "n": 1}}, "metrics": ["a", "c"]});
        let found: Vec<_> = changes_between("runs/q", &old, &new)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            found,
            [
                "runs/q metrics[1]: \"b\" -> \"c\"",
                "runs/q model.engine_params.n: added 1",
                "runs/q model.engine_params.seed: 1 -> 2",
                "runs/q model.engine_params.t: removed 0",
            ]
        );
    }
}
