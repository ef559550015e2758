//! Every field of every kind, with a value of every type.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use vhb::model::Kind;
use vhb::registry::{Written, shapes, to_yaml};

use crate::common::yaml::written;
use crate::faults::{Case, compare};
use crate::instances::{What, full, sites};

/// Entries with one value changed, and what was changed.
fn cases() -> Vec<(String, Case)> {
    let values = [
        json!(null),
        json!(true),
        json!(0),
        json!(7),
        json!("text"),
        json!([]),
        json!(["text", 7]),
        json!({ "key": "text" }),
    ];
    let mut out = Vec::new();
    for (kind, shape) in shapes() {
        let mut seen = BTreeSet::new();
        for entry in full(shape) {
            for site in sites(shape, &entry) {
                if !matches!(site.what, What::Value(_)) || !seen.insert(site.key()) {
                    continue;
                }
                for value in &values {
                    let mut entry = entry.clone();
                    *entry.pointer_mut(&site.pointer).unwrap() = value.clone();
                    let what = format!("{} with {} = {value}", kind.noun(), site.pointer);
                    out.push((what, case(kind, &entry)));
                }
            }
        }
    }
    out
}

fn case(kind: Kind, entry: &Json) -> Case {
    let Written::Mapping(fields) = written(entry) else {
        panic!("an entry is a mapping: {entry}");
    };
    Case::new(kind, &to_yaml(&fields))
}

#[test]
fn an_editor_shows_a_wrong_type_of_any_field_where_vhb_does() {
    let (names, cases): (Vec<_>, Vec<_>) = cases().into_iter().unzip();
    let mut wrong = 0;
    for ((name, case), (editor, vhb)) in names.iter().zip(&cases).zip(compare(&cases)) {
        assert_eq!(editor, vhb, "{name}:\n{}", case.text);
        wrong += usize::from(!vhb.is_empty());
    }
    assert!(wrong > 400, "only {wrong} of {} are wrong", cases.len());
}
