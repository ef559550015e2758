//! What the decoder finds wrong with the form of an entry, its schema does, and the other way round.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use vhb::finding::{Code, Finding};
use vhb::model::{Kind, RunMode};
use vhb::registry::{Registry, RegistryFile, Type, shape, shapes};
use vhb::schema::Described;

use crate::instances::{Site, What, full, sites};
use crate::validator::faults;

/// An entry with one change, and what was changed.
struct Changed {
    what: String,
    /// The field, or the mapping: findings have to name one of these.
    names: Vec<&'static str>,
    entry: Json,
}

/// What the decoder finds wrong with the form of an entry. Whether texts mean anything is another
/// question, as is whether what they name is there.
fn found(kind: Kind, entry: &Json) -> Vec<Finding> {
    let file = RegistryFile {
        path: format!("registries/{}/x.yaml", kind.directory()),
        content: Ok(format!("{entry:#}").into_bytes()),
    };
    let (_, findings) = Registry::read(vec![file], RunMode::Prod, &|_| None);
    let is_form = |finding: &Finding| match finding.code {
        Code::WrongType | Code::MissingField | Code::MissingSourceType | Code::UnknownField => true,
        // A word that is none of the few, a number below 1, a number that names a revision.
        Code::InvalidValue => {
            let told = &finding.message;
            told.contains("must be ") || told.contains(" is no text;")
        }
        _ => false,
    };
    let mut findings = findings;
    findings.retain(is_form);
    findings
}

/// Every value that might stand at a place.
fn values() -> Vec<Json> {
    vec![
        json!(null),
        json!(true),
        json!(7),
        json!(0),
        json!(-1),
        json!(1.5),
        json!("text"),
        json!([]),
        json!(["text"]),
        json!([7]),
        json!([{}]),
        json!({}),
        json!({ "key": "text" }),
    ]
}

fn changes(entry: &Json, site: &Site) -> Vec<Changed> {
    let changed = |what: String, names: Vec<&'static str>, change: &dyn Fn(&mut Json)| {
        let mut entry = entry.clone();
        change(entry.pointer_mut(&site.pointer).unwrap());
        let what = format!("{} {what}", site.pointer);
        Changed { what, names, entry }
    };
    match site.what {
        What::Value(of) => values()
            .into_iter()
            .map(|value| {
                let mut names = vec![site.name];
                nouns(of, &mut names);
                changed(format!("becomes {value}"), names, &|at| *at = value.clone())
            })
            .collect(),
        What::Mapping(shape) => {
            let left_out = shape.fields().map(|field| {
                let what = format!("loses {}", field.name);
                changed(what, vec![field.name], &|at| {
                    at.as_object_mut().unwrap().remove(field.name);
                })
            });
            let misspelt = ["unheard_of", "nmae", ""].map(|key| {
                let what = format!("gains `{key}`");
                changed(what, vec![key], &|at| at[key] = json!("text"))
            });
            left_out.chain(misspelt).collect()
        }
    }
}

/// The words for the mappings that a value may hold.
fn nouns(of: &'static Type, out: &mut Vec<&'static str>) {
    match of {
        Type::Mapping(shape) => out.push(shape.noun),
        Type::Union(union) => out.push(union.noun),
        Type::List(of) => nouns(of, out),
        Type::Either(one, other) => [one, other].into_iter().for_each(|of| nouns(of, out)),
        _ => {}
    }
}

#[test]
fn schemas_refuse_what_the_decoder_refuses_and_nothing_else() {
    let mut refused = 0;
    let mut accepted = 0;
    for (kind, shape) in shapes() {
        let mut all = Vec::new();
        let mut seen = BTreeSet::new();
        for (number, entry) in full(shape).into_iter().enumerate() {
            // A place that has the same type in another form is one.
            let sites = sites(shape, &entry).into_iter();
            for site in sites.filter(|site| seen.insert(site.key())) {
                all.extend(changes(&entry, &site));
            }
            all.push(Changed {
                what: format!("form {number} as it is"),
                names: Vec::new(),
                entry,
            });
        }
        let entries: Vec<_> = all.iter().map(|changed| changed.entry.clone()).collect();
        let by_schema = faults(&Described::Entry(kind).schema(), &entries);
        for (changed, faults) in all.iter().zip(by_schema) {
            let found = found(kind, &changed.entry);
            let what = format!("{} with {}", kind.noun(), changed.what);
            assert_eq!(
                faults.is_empty(),
                found.is_empty(),
                "{what}: {faults:?}, {found:#?}"
            );
            let names = |finding: &Finding| {
                let mut names = changed.names.iter();
                names.any(|name| finding.message.contains(name))
            };
            assert!(
                found.is_empty() || found.iter().any(names),
                "{what}: none of {:?} in {found:#?}",
                changed.names
            );
            if found.is_empty() {
                accepted += 1;
            } else {
                refused += 1;
            }
        }
    }
    assert!(
        refused > 1_500 && accepted > 400,
        "{refused} and {accepted}"
    );
}

/// Whatever is no mapping is no entry.
#[test]
fn an_entry_is_a_mapping() {
    let entries: Vec<_> = values()
        .into_iter()
        .filter(|value| !value.is_object())
        .collect();
    for kind in Kind::ALL {
        let by_schema = faults(&Described::Entry(kind).schema(), &entries);
        for (entry, faults) in entries.iter().zip(by_schema) {
            assert!(!faults.is_empty(), "{kind:?}: {entry}");
        }
        // As the decoder has it, but for `null`: a file without anything has a code of its own.
        let text = entries.iter().filter(|entry| !entry.is_null());
        for entry in text {
            assert_eq!(found(kind, entry).len(), 1, "{kind:?}: {entry}");
        }
        assert_eq!(shape(kind).noun, kind.noun());
    }
}
