//! JSON Schemas of the kinds, made of their shapes: what editors complete and explain by.
//!
//! Draft-07, which the YAML language server of editors knows best. Where a value has one of several
//! forms, a schema asks for them side by side (`type: [string, object]`) or by `if` and `then`, not
//! by `oneOf`: so a validator names the field that is wrong, and not all forms at once. A schema
//! holds what the decoder calls a wrong type, a missing or an unknown field, or a wrong word; what
//! texts mean, and whether what they name is there, `vhb check` alone can tell.

use serde_json::{Map, Value as Json, json};

use super::node::Value;
use super::scalar;
use super::shapes::{Absent, Field, Shape, Type, Union, shape};
use crate::model::Kind;

/// The JSON Schema of the entries of a kind.
pub fn schema(kind: Kind) -> Json {
    let shape = shape(kind);
    let mut schema = of_shape(shape, None);
    schema.insert("description".to_owned(), shape.doc.into());
    schema.into()
}

type Schema = Map<String, Json>;

/// A mapping; the deciding field of a union is described outside of its variants.
fn of_shape(shape: &Shape, tag: Option<&str>) -> Schema {
    let mut properties = Schema::new();
    if let Some(tag) = tag {
        properties.insert(tag.to_owned(), json!(true));
    }
    let named = shape
        .fields()
        .map(|field| (field.name.to_owned(), of_field(field)));
    properties.extend(named);
    let required = shape.fields().filter(|field| field.is_required());
    let required: Vec<_> = required.map(|field| field.name).collect();
    let mut schema = keywords([
        ("type", "object".into()),
        ("additionalProperties", shape.open.into()),
    ]);
    if !properties.is_empty() {
        schema.insert("properties".to_owned(), properties.into());
    }
    if !required.is_empty() {
        schema.insert("required".to_owned(), required.into());
    }
    schema
}

fn of_field(field: &Field) -> Json {
    let mut schema = of_type(&field.of);
    if !field.examples.is_empty() {
        // Of a list, they are examples of what it holds.
        match schema.get_mut("items").and_then(Json::as_object_mut) {
            Some(items) => items.insert("examples".to_owned(), field.examples.into()),
            None => schema.insert("examples".to_owned(), field.examples.into()),
        };
    }
    let quotes = if looks_like_no_text(field) {
        ", in quotes"
    } else {
        ""
    };
    let absent = told(field.absent);
    let description = format!("{}\n\n{}{quotes}; {absent}", field.doc, field.of);
    schema.insert("description".to_owned(), description.into());
    if let Some(value) = field.absent.value() {
        schema.insert("default".to_owned(), value);
    }
    if !field.is_required() {
        allow_null(&mut schema);
    }
    schema.into()
}

/// Whether YAML reads what a text of this field may well be as something else.
fn looks_like_no_text(field: &Field) -> bool {
    let is_text = |text: &&str| matches!(scalar::resolve(text), Value::String(_));
    matches!(field.of, Type::Text) && !field.examples.iter().all(is_text)
}

fn told(absent: Absent) -> String {
    match absent {
        Absent::Refused => "required".to_owned(),
        other => format!("default: {other}"),
    }
}

fn of_type(of: &Type) -> Schema {
    match of {
        Type::Text | Type::Id(_) | Type::Instant => keywords([("type", "string".into())]),
        Type::Choice(words) => choice(words.iter().map(|word| (word.word, word.doc))),
        Type::Count => keywords([("type", "integer".into()), ("minimum", 1.into())]),
        Type::Boolean => keywords([("type", "boolean".into())]),
        Type::Any => Schema::new(),
        Type::List(of) => keywords([("type", "array".into()), ("items", of_type(of).into())]),
        Type::Mapping(shape) => of_shape(shape, None),
        Type::Union(union) => of_union(union),
        Type::Either(one, other) => either(of_type(one), of_type(other)),
    }
}

/// One of some words, each with what it means.
fn choice(words: impl Iterator<Item = (&'static str, &'static str)>) -> Schema {
    let (words, docs): (Vec<_>, Vec<_>) = words.unzip();
    keywords([
        ("type", "string".into()),
        ("enum", words.into()),
        ("enumDescriptions", docs.into()),
    ])
}

/// The deciding field, and for each of its words what follows from it.
fn of_union(union: &Union) -> Schema {
    let variants = || union.variants.iter();
    let mut tag = choice(variants().map(|variant| (variant.word, variant.shape.doc)));
    let description = format!("{}\n\nrequired", union.doc);
    tag.insert("description".to_owned(), description.into());
    let forms = variants().map(|variant| {
        json!({
            "if": {
                "properties": { union.tag: { "const": variant.word } },
                "required": [union.tag],
            },
            "then": of_shape(&variant.shape, Some(union.tag)),
        })
    });
    keywords([
        ("type", "object".into()),
        ("required", json!([union.tag])),
        ("properties", json!({ union.tag: tag })),
        ("allOf", forms.collect()),
    ])
}

/// Two schemas of different types side by side: keywords for objects say nothing of texts.
fn either(mut one: Schema, other: Schema) -> Schema {
    let mut types = types(&one);
    types.extend(self::types(&other));
    one.extend(other);
    one.insert("type".to_owned(), types.into());
    one
}

fn allow_null(schema: &mut Schema) {
    let mut types = types(schema);
    // Without a type, all are allowed.
    if !types.is_empty() {
        types.push("null".into());
        schema.insert("type".to_owned(), types.into());
    }
    if let Some(words) = schema.get_mut("enum").and_then(Json::as_array_mut) {
        words.push(Json::Null);
    }
    if let Some(docs) = schema
        .get_mut("enumDescriptions")
        .and_then(Json::as_array_mut)
    {
        docs.push("The same as leaving it out.".into());
    }
}

fn types(schema: &Schema) -> Vec<Json> {
    match schema.get("type") {
        None => Vec::new(),
        Some(Json::Array(types)) => types.clone(),
        Some(only) => vec![only.clone()],
    }
}

fn keywords<const N: usize>(pairs: [(&str, Json); N]) -> Schema {
    let pairs = pairs.into_iter();
    pairs.map(|(key, value)| (key.to_owned(), value)).collect()
}
