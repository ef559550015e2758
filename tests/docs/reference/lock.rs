//! `lock.md`, from the JSON Schema of the lock.

use std::collections::VecDeque;
use std::fmt::Write as _;

use serde_json::{Map, Value as Json};
use vhb::schema::Described;

use super::markdown::{anchor, code, head, listed, table};

const ABOUT: &str = "\
The format of `locks/ID.lock.json`: JSON with sorted keys in its maps, two blanks of indent and a
final newline, so that the same lock has the same bytes. `vhb schema lock` prints the JSON Schema that
this page follows from; that a lock agrees with itself, `vhb verify` says.

[Identities](../identities.md) tells what the digests cover. A field that is not required may be left
out, and `null` counts as left out. Unknown fields are errors: an older vhb must not overlook what a
newer one wrote.";

type Object = Map<String, Json>;

pub(super) fn page() -> String {
    let schema = Described::Lock.schema();
    let definitions = schema["definitions"].as_object().unwrap();
    let mut page = head("The lock format", ABOUT);
    page.push_str("\n## The whole\n\n");
    let root = schema.as_object().unwrap();
    page.push_str(&Names(definitions).fields(root));
    let mut texts = Vec::new();
    for (name, place) in in_order(root, definitions) {
        let definition = definitions[&name].as_object().unwrap();
        if is_text(definition) {
            texts.push(name);
            continue;
        }
        let (title, about) = (title(&name), description(definition));
        let _ = write!(page, "\n## {title}\n\n{about} At `{place}`.\n");
        page.push_str(&Names(definitions).body(definition));
    }
    page.push_str("\n## Texts\n\nTexts that mean something of their own.\n\n");
    texts.sort();
    page.push_str(&table(
        ["name", "is", "form"],
        texts.iter().map(|name| {
            let definition = definitions[name].as_object().unwrap();
            let form = definition.get("pattern").and_then(Json::as_str);
            [
                title(name),
                description(definition),
                form.map(code).unwrap_or_default(),
            ]
        }),
    ));
    page
}

/// The names of what a schema refers to, in the order in which a reader comes upon them, each with
/// the place where that is first: `packages.*.pin`.
fn in_order<'a>(root: &'a Object, definitions: &'a Object) -> Vec<(String, String)> {
    let mut order: Vec<(String, String)> = Vec::new();
    let mut left = VecDeque::from([(String::new(), root)]);
    while let Some((place, object)) = left.pop_front() {
        if let Some(name) = object.get("$ref").and_then(Json::as_str).map(name_of)
            && !order.iter().any(|(there, _)| there == name)
        {
            order.push((name.to_owned(), place.clone()));
            left.push_back((place.clone(), definitions[name].as_object().unwrap()));
        }
        for (step, below) in steps(object) {
            let dot = if place.is_empty() || step.is_empty() || step == "[]" {
                ""
            } else {
                "."
            };
            left.push_back((format!("{place}{dot}{step}"), below));
        }
    }
    order
}

/// The schemas right inside of one, each with the step that leads to what it describes.
fn steps(object: &Object) -> Vec<(&str, &Object)> {
    let map = |key: &str| object.get(key).and_then(Json::as_object);
    let list = |key: &str| {
        object
            .get(key)
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
    };
    let properties = map("properties");
    let of = |name| properties.and_then(|it| it.get(name)?.as_object());
    let named = names(object)
        .into_iter()
        .filter_map(|name| Some((name, of(name)?)));
    let patterns = map("patternProperties").into_iter().flat_map(Map::values);
    let patterns = patterns.filter_map(Json::as_object);
    let values = patterns
        .chain(map("additionalProperties"))
        .map(|it| ("*", it));
    let items = map("items").map(|it| ("[]", it));
    let keys = map("propertyNames").map(|it| ("", it));
    let forms = ["allOf", "anyOf", "oneOf"].into_iter().flat_map(list);
    let forms = forms.filter_map(Json::as_object).map(|it| ("", it));
    named
        .chain(values)
        .chain(items)
        .chain(keys)
        .chain(forms)
        .collect()
}

/// The names of its fields: those that are required first.
fn names(object: &Object) -> Vec<&str> {
    let required = required(object);
    let all = object.get("properties").and_then(Json::as_object);
    let all = all.into_iter().flat_map(Map::keys).map(String::as_str);
    let others = all.filter(|name| !required.contains(name));
    required.iter().copied().chain(others).collect()
}

fn name_of(reference: &str) -> &str {
    reference.strip_prefix("#/definitions/").unwrap()
}

fn is_text(definition: &Object) -> bool {
    definition.get("type") == Some(&"string".into())
}

fn required(object: &Object) -> Vec<&str> {
    let required = object.get("required").and_then(Json::as_array);
    let names = required.into_iter().flatten();
    names.filter_map(Json::as_str).collect()
}

fn description(schema: &Object) -> String {
    let text = schema.get("description").and_then(Json::as_str);
    text.unwrap_or_default()
        .replace("\n\n", " ")
        .replace('\n', " ")
}

/// The name of a definition in words: `LockedDatasetSource` is `Locked dataset source`.
fn title(name: &str) -> String {
    let mut title = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !title.is_empty() {
            title.push(' ');
            title.extend(letter.to_lowercase());
        } else {
            title.push(letter);
        }
    }
    title
}

/// What definitions are called, for links to them.
struct Names<'a>(&'a Object);

impl Names<'_> {
    fn link(&self, reference: &str) -> String {
        let name = name_of(reference);
        let title = title(name);
        let texts = is_text(self.0[name].as_object().unwrap());
        let place = if texts {
            "texts".to_owned()
        } else {
            anchor(&title)
        };
        format!("[{}](#{place})", title.to_lowercase())
    }

    /// What a definition holds: fields, one of several forms, or one of some words.
    fn body(&self, definition: &Object) -> String {
        let forms = definition.get("oneOf").and_then(Json::as_array);
        let forms: Vec<_> = forms
            .into_iter()
            .flatten()
            .filter_map(Json::as_object)
            .collect();
        let mut out = String::new();
        if definition.contains_key("properties") {
            let _ = write!(out, "\n{}", self.fields(definition));
            let either: Vec<_> = forms
                .iter()
                .flat_map(|form| required(form))
                .map(code)
                .collect();
            if !either.is_empty() {
                let _ = write!(
                    out,
                    "\nExactly one of {} is there.\n",
                    listed(&either, "and")
                );
            }
            return out;
        }
        if forms.iter().all(|form| form.contains_key("const")) {
            let words = forms
                .iter()
                .map(|form| [code(form["const"].as_str().unwrap()), description(form)]);
            let _ = write!(out, "\n{}", table(["word", "means"], words));
            return out;
        }
        for form in forms {
            let _ = write!(out, "\n{}\n\n{}", description(form), self.fields(form));
        }
        out
    }

    fn fields(&self, object: &Object) -> String {
        let properties = object["properties"].as_object().unwrap();
        let required = required(object);
        table(
            ["field", "type", "required", "what it says"],
            names(object).into_iter().map(|name| {
                let property = properties[name].as_object().unwrap();
                let required = if required.contains(&name) {
                    "yes"
                } else {
                    "no"
                };
                [
                    code(name),
                    self.type_of(&properties[name]),
                    required.to_owned(),
                    description(property),
                ]
            }),
        )
    }

    fn type_of(&self, schema: &Json) -> String {
        let Some(object) = schema.as_object() else {
            return "any value".to_owned();
        };
        if let Some(value) = object.get("const") {
            return code(&value.to_string());
        }
        if let Some(reference) = object.get("$ref").and_then(Json::as_str) {
            return self.link(reference);
        }
        if let Some(all) = object.get("allOf").and_then(Json::as_array) {
            assert_eq!(all.len(), 1, "{schema}");
            return self.type_of(&all[0]);
        }
        if let Some(any) = object.get("anyOf").and_then(Json::as_array) {
            let any = any
                .iter()
                .filter(|it| it.get("type") != Some(&"null".into()));
            let types: Vec<_> = any.map(|it| self.type_of(it)).collect();
            return listed(&types, "or");
        }
        let types = match &object["type"] {
            Json::Array(types) => types.iter().find(|it| **it != "null").unwrap(),
            only => only,
        };
        match types.as_str().unwrap() {
            "string" => "text".to_owned(),
            "array" => format!("list of {}", self.type_of(&object["items"])),
            "object" => self.map(object),
            other => other.to_owned(),
        }
    }

    /// A mapping whose keys are names of things.
    fn map(&self, object: &Object) -> String {
        let patterns = object.get("patternProperties").and_then(Json::as_object);
        let by_pattern = patterns.and_then(|patterns| patterns.values().next());
        let values = by_pattern.unwrap_or(&object["additionalProperties"]);
        let keys = object.get("propertyNames").map(|keys| self.type_of(keys));
        let keys = keys.unwrap_or_else(|| "text".to_owned());
        format!("map of {keys} to {}", self.type_of(values))
    }
}
