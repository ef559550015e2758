//! Values that know their place, and trees as JSON and back.

use serde_json::Value as Json;

use super::node::{Key, Mark, Node, Problem, Value};
use crate::finding::Code;

/// A value that knows where it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub mark: Mark,
}

/// The word that was most probably meant, if any is near enough.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// What is longer was not typed, and takes long to compare.
    const LONGEST: usize = 200;
    let length = word.chars().count();
    if length > LONGEST {
        return None;
    }
    let allowed = (length / 3).clamp(1, 3);
    known
        .into_iter()
        // What differs so much in length is never near; comparing it could take long.
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= allowed)
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(
                &word.to_lowercase().replace('-', "_"),
                &candidate.to_lowercase().replace('-', "_"),
            );
            (distance, candidate)
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// The JSON value of a tree; what JSON cannot say is a problem.
pub(super) fn to_json(node: &Node, problems: &mut Vec<Problem>) -> Json {
    let mut refuse = |message: &str| {
        problems.push(Problem {
            code: Code::InvalidValue,
            mark: node.mark,
            message: message.to_owned(),
            hint: None,
        });
        Json::Null
    };
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Int(value) => match (i64::try_from(*value), u64::try_from(*value)) {
            (Ok(value), _) => value.into(),
            (_, Ok(value)) => value.into(),
            _ => refuse("this integer does not fit into 64 bits; quote it"),
        },
        Value::Float(value) => serde_json::Number::from_f64(*value).map_or_else(
            || refuse("JSON has no infinity and no not-a-number; quote it"),
            Json::Number,
        ),
        Value::Timestamp(text) | Value::String(text) => Json::String(text.clone()),
        Value::Sequence(items) => items.iter().map(|item| to_json(item, problems)).collect(),
        Value::Mapping(entries) => entries
            .iter()
            .map(|(key, value)| (key.text.clone(), to_json(value, problems)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}

/// The tree of a JSON value, without places: how a lock's own record of an entry is read again.
pub(super) fn from_json(json: &Json) -> Node {
    let mark = Mark::default();
    let value = match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(value), _) => Value::Int(value.into()),
            (_, Some(value)) => Value::Int(value.into()),
            _ => Value::Float(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => Value::String(text.clone()),
        Json::Array(items) => Value::Sequence(items.iter().map(from_json).collect()),
        Json::Object(map) => Value::Mapping(
            map.iter()
                .map(|(key, value)| {
                    let key = Key {
                        text: key.clone(),
                        mark,
                    };
                    (key, from_json(value))
                })
                .collect(),
        ),
    };
    Node { value, mark }
}
