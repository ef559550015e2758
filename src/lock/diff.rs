//! What differs between two locks, or between two values, leaf by leaf.

use std::fmt;

use serde_json::Value as Json;

use super::Lock;

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

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.subject)?;
        if !self.field.is_empty() {
            write!(f, " {}", self.field)?;
        }
        match (&self.old, &self.new) {
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
pub fn changes(old: &Lock, new: &Lock) -> Vec<Change> {
    let value = |lock: &Lock| -> Json {
        serde_json::from_slice(&lock.to_bytes()).expect("a lock's bytes are JSON")
    };
    let (old, new) = (value(old), value(new));
    let mut found = Vec::new();
    for section in ["experiment", "resolved_at"] {
        compare(section, "", old.get(section), new.get(section), &mut found);
    }
    for section in ["config", "packages", "distributions"] {
        for key in keys(old.get(section), new.get(section)) {
            let subject = if section == "config" {
                key.clone()
            } else {
                format!("{section}/{key}")
            };
            let side = |lock: &Json| {
                let mut value = lock.get(section)?.get(&key)?.clone();
                if let Some(package) = value.as_object_mut().filter(|_| section == "packages") {
                    package.remove("source");
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
    found
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
