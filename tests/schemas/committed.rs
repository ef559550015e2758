//! `schemas/` of the repository is what the program would write.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value as Json, json};
use vhb::schema::Described;

#[test]
fn the_committed_schemas_are_those_of_the_code() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    let there: BTreeSet<_> = std::fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let expected: BTreeSet<_> = Described::ALL.map(Described::file_name).into();
    assert_eq!(there, expected);
    for described in Described::ALL {
        let file = described.file_name();
        let text = std::fs::read_to_string(directory.join(&file)).unwrap();
        let made = String::from_utf8(described.to_bytes()).unwrap();
        assert!(
            text == made,
            "`schemas/{file}` is not what the code says; `vhb schema --all schemas` writes it"
        );
    }
}

#[test]
fn every_property_is_explained_and_nothing_is_fetched() {
    for described in Described::ALL {
        let schema = described.schema();
        let mut explained = 0;
        each(&schema, &mut |at, value| {
            let properties = value.get("properties").and_then(Json::as_object);
            for (name, property) in properties.into_iter().flatten() {
                // What decides on the form of a mapping is explained beside the forms, or by them.
                let deciding = *property == Json::Bool(true) || property.get("const").is_some();
                let only = at.contains("/oneOf") && value["required"] == json!([name]);
                let elsewhere = at.contains("/if") || deciding || only;
                let text = property.get("description").and_then(Json::as_str);
                assert!(elsewhere || text.is_some(), "{described:?}{at}: `{name}`");
                explained += usize::from(text.is_some());
            }
            if let Some(target) = value.get("$ref") {
                assert!(target.as_str().unwrap().starts_with("#/"), "{target}");
            }
        });
        assert!(explained > 5, "{described:?}");
        assert_eq!(
            schema["$id"],
            format!("urn:vhb:schema:{}", described.noun())
        );
    }
}

/// Calls for every value inside of a document, with its place.
fn each(document: &Json, act: &mut impl FnMut(&str, &Json)) {
    fn walk(at: &str, value: &Json, act: &mut impl FnMut(&str, &Json)) {
        act(at, value);
        match value {
            Json::Object(map) => {
                for (key, value) in map {
                    walk(&format!("{at}/{key}"), value, act);
                }
            }
            Json::Array(items) => items.iter().for_each(|item| walk(at, item, act)),
            _ => {}
        }
    }
    walk("", document, act);
}
