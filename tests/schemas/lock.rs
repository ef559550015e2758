//! The schema of the lock against the reader of locks.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use vhb::lock::Lock;
use vhb::schema::Described;

use crate::common::sample::Sample;
use crate::validator::faults;

/// A lock in which every field that there is has a value.
const EVERY_FIELD: &str = include_str!("every_field.lock.json");

/// What may stand in a lock without vhb knowing it: entries as they are, and what is passed on.
const FREE: [&str; 3] = ["config", "engine_params", "env"];

fn reads(lock: &Json) -> bool {
    Lock::from_bytes(lock.to_string().as_bytes()).is_ok()
}

/// One change of one thing, told in words.
struct Changed {
    what: String,
    lock: Json,
}

impl Changed {
    /// serde also reads a list as the fields in order: none of a mapping that needs none.
    fn is_list_of_nothing(&self) -> bool {
        let needs_none = self.what.contains("/metadata ") || self.what.contains("/variants/");
        needs_none && self.what.ends_with(" becomes []")
    }
}

/// Takes a key away, adds one, or replaces a value by one of another type, everywhere.
fn changes(lock: &Json) -> Vec<Changed> {
    let mut out = Vec::new();
    for pointer in places(lock) {
        let value = lock.pointer(&pointer).unwrap();
        let mut change = |what: String, act: &dyn Fn(&mut Json)| {
            let mut lock = lock.clone();
            act(lock.pointer_mut(&pointer).unwrap());
            let what = format!("{pointer} {what}");
            out.push(Changed { what, lock });
        };
        if let Some(map) = value.as_object() {
            for key in map.keys() {
                change(format!("loses {key}"), &|at| {
                    at.as_object_mut().unwrap().remove(key);
                });
            }
            change("gains a key".to_owned(), &|at| at["unheard_of"] = json!(1));
        }
        let others = [json!(true), json!("sha256:0"), json!([]), json!({})];
        for other in others {
            // A text of another form is not for schemas to tell from one that names nothing.
            let same_type = std::mem::discriminant(&other) == std::mem::discriminant(value);
            if !same_type {
                change(format!("becomes {other}"), &|at| *at = other.clone());
            }
        }
    }
    out
}

/// The places of all values, but for those that are free.
fn places(lock: &Json) -> Vec<String> {
    fn walk(at: &str, value: &Json, out: &mut Vec<String>) {
        out.push(at.to_owned());
        let children: Vec<_> = match value {
            Json::Object(map) => map
                .iter()
                .map(|(key, value)| (key.clone(), value))
                .collect(),
            Json::Array(items) => items
                .iter()
                .enumerate()
                .map(|(index, value)| (index.to_string(), value))
                .collect(),
            _ => Vec::new(),
        };
        for (key, value) in children {
            let escaped = key.replace('~', "~0").replace('/', "~1");
            if !FREE.contains(&key.as_str()) {
                walk(&format!("{at}/{escaped}"), value, out);
            }
        }
    }
    let mut out = Vec::new();
    walk("", lock, &mut out);
    out
}

#[test]
fn locks_of_other_tests_follow_the_schema() {
    let example = include_str!("../../locks/receipts.lock.json");
    let sample = Sample::locked();
    let texts = [
        example,
        EVERY_FIELD,
        &String::from_utf8(sample.written().0).unwrap(),
    ];
    let locks: Vec<Json> = texts
        .iter()
        .map(|text| serde_json::from_str(text).unwrap())
        .collect();
    for (lock, faults) in locks.iter().zip(faults(&Described::Lock.schema(), &locks)) {
        assert_eq!(faults, Vec::<String>::new());
        assert!(reads(lock));
    }
}

#[test]
fn what_the_schema_refuses_the_reader_refuses_and_the_other_way_round() {
    let lock: Json = serde_json::from_str(EVERY_FIELD).unwrap();
    let changes = changes(&lock);
    let locks: Vec<_> = changes.iter().map(|changed| changed.lock.clone()).collect();
    let mut refused = 0;
    let by_schema = faults(&Described::Lock.schema(), &locks);
    let mut differ = Vec::new();
    for (changed, faults) in changes.iter().zip(by_schema) {
        let read = reads(&changed.lock) && !changed.is_list_of_nothing();
        refused += usize::from(!read);
        if read != faults.is_empty() {
            let by_reader = Lock::from_bytes(changed.lock.to_string().as_bytes()).err();
            differ.push(format!("{}: {faults:?}, {by_reader:?}", changed.what));
        }
    }
    assert!(differ.is_empty(), "{}\n{}", differ.len(), differ.join("\n"));
    assert!(refused > 1_000, "only {refused} of {}", changes.len());
}

/// The sample has every field that the schema has: nothing is left unchanged above.
#[test]
fn every_property_of_the_schema_stands_in_the_sample() {
    fn properties(schema: &Json, out: &mut BTreeSet<String>) {
        match schema {
            Json::Object(map) => {
                let named = map.get("properties").and_then(Json::as_object);
                out.extend(named.into_iter().flatten().map(|(name, _)| name.clone()));
                map.values().for_each(|value| properties(value, out));
            }
            Json::Array(items) => items.iter().for_each(|item| properties(item, out)),
            _ => {}
        }
    }
    let mut expected = BTreeSet::new();
    properties(&Described::Lock.schema(), &mut expected);
    let lock: Json = serde_json::from_str(EVERY_FIELD).unwrap();
    let places = places(&lock);
    let names: BTreeSet<_> = places
        .iter()
        .filter_map(|place| place.rsplit('/').next())
        .collect();
    let missing: Vec<_> = expected
        .iter()
        .filter(|name| !names.contains(name.as_str()) && !FREE.contains(&name.as_str()))
        .collect();
    assert!(expected.len() > 60, "{}", expected.len());
    assert_eq!(missing, Vec::<&String>::new());
}
