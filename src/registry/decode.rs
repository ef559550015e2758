//! From a YAML tree to typed fields, collecting every problem on the way.

use std::collections::BTreeMap;

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

/// The fields of one mapping; each is taken once, and what is left over is unknown.
pub(super) struct Fields<'node, 'out> {
    /// What the mapping is, for messages: `package`, `model`.
    noun: &'static str,
    mark: Mark,
    entries: &'node [(Key, Node)],
    known: Vec<&'static str>,
    problems: &'out mut Vec<Problem>,
}

impl<'node, 'out> Fields<'node, 'out> {
    /// The fields of a mapping; none, with a problem, where the node is something else.
    pub(super) fn of(
        noun: &'static str,
        node: &'node Node,
        problems: &'out mut Vec<Problem>,
    ) -> Option<Self> {
        match &node.value {
            Value::Mapping(entries) => Some(Self {
                noun,
                mark: node.mark,
                entries,
                known: Vec::new(),
                problems,
            }),
            other => {
                problems.push(wrong_type(noun, "a mapping", other, node.mark));
                None
            }
        }
    }

    /// Where the mapping stands.
    pub(super) fn mark(&self) -> Mark {
        self.mark
    }

    /// Where to report problems that concern more than one field.
    pub(super) fn problems(&mut self) -> &mut Vec<Problem> {
        self.problems
    }

    /// The node of a field; `null` counts as absent, as an optional field of upstream does.
    pub(super) fn node(&mut self, field: &'static str) -> Option<&'node Node> {
        self.known.push(field);
        self.entries
            .iter()
            .find(|(key, _)| key.text == field)
            .map(|(_, node)| node)
            .filter(|node| node.value != Value::Null)
    }

    pub(super) fn string(&mut self, field: &'static str) -> Option<Placed<String>> {
        let node = self.node(field)?;
        self.as_string(field, node)
    }

    pub(super) fn required_string(&mut self, field: &'static str) -> Option<Placed<String>> {
        if self.node(field).is_none() {
            self.missing(field);
        }
        self.string(field)
    }

    /// Reports that a required field is absent.
    pub(super) fn missing(&mut self, field: &'static str) {
        let message = format!("{} lacks the field `{field}`", self.noun);
        self.problem(Code::MissingField, self.mark, message);
    }

    pub(super) fn boolean(&mut self, field: &'static str) -> Option<bool> {
        let node = self.node(field)?;
        match node.value {
            Value::Bool(value) => Some(value),
            ref other => self.wrong(field, "a boolean", other, node.mark),
        }
    }

    pub(super) fn positive(&mut self, field: &'static str) -> Option<u64> {
        let node = self.node(field)?;
        match node.value {
            Value::Int(value) if value > 0 => u64::try_from(value).ok(),
            Value::Int(value) => {
                let message = format!("`{field}` must be at least 1, not {value}");
                self.problem(Code::InvalidValue, node.mark, message);
                None
            }
            ref other => self.wrong(field, "an integer", other, node.mark),
        }
    }

    pub(super) fn strings(&mut self, field: &'static str) -> Option<Vec<Placed<String>>> {
        let node = self.node(field)?;
        match &node.value {
            Value::Sequence(items) => Some(
                items
                    .iter()
                    .filter_map(|item| self.as_string(field, item))
                    .collect(),
            ),
            other => self.wrong(field, "a list of strings", other, node.mark),
        }
    }

    pub(super) fn nodes(&mut self, field: &'static str) -> Option<&'node [Node]> {
        let node = self.node(field)?;
        match &node.value {
            Value::Sequence(items) => Some(items),
            other => self.wrong(field, "a list", other, node.mark),
        }
    }

    /// A free-form mapping.
    pub(super) fn free_form(&mut self, field: &'static str) -> BTreeMap<String, Json> {
        let Some(node) = self.node(field) else {
            return BTreeMap::new();
        };
        match to_json(node, self.problems) {
            Json::Object(map) => map.into_iter().collect(),
            _ => {
                self.wrong::<()>(field, "a mapping", &node.value, node.mark);
                BTreeMap::new()
            }
        }
    }

    /// Reports what is no text of some parameters that must be one, since they name a revision:
    /// `1.0` is a number, and would name none.
    pub(super) fn texts_within(&mut self, field: &'static str, names: &[&str]) {
        let Some(node) = self.node(field) else { return };
        let Value::Mapping(entries) = &node.value else {
            return;
        };
        for (key, node) in entries {
            let is_text = matches!(node.value, Value::String(_) | Value::Null);
            if names.contains(&key.text.as_str()) && !is_text {
                let name = &key.text;
                let message = format!("`{field}.{name}` is no text; write it in quotes");
                self.problem(Code::InvalidValue, node.mark, message);
            }
        }
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(
        &mut self,
        field: &'static str,
        choices: &[(&'static str, T)],
    ) -> Option<T> {
        let text = self.string(field)?;
        let found = choices.iter().find(|(word, _)| *word == text.value);
        if found.is_none() {
            let words: Vec<_> = choices
                .iter()
                .map(|(word, _)| format!("`{word}`"))
                .collect();
            let message = format!(
                "`{field}` must be {}, not `{}`",
                words.join(" or "),
                text.value
            );
            self.problem(Code::InvalidValue, text.mark, message);
        }
        found.map(|(_, choice)| *choice)
    }

    /// Parses a string further; a failure is an `invalid-value` at its place.
    pub(super) fn parse<T, E: std::fmt::Display>(
        &mut self,
        field: &'static str,
        text: &Placed<String>,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        match parse(&text.value) {
            Ok(value) => Some(value),
            Err(error) => {
                let reason = error.to_string();
                let reason = reason.lines().next().unwrap_or_default();
                let message = format!("`{field}` is not usable: {reason}");
                self.problem(Code::InvalidValue, text.mark, message);
                None
            }
        }
    }

    /// Reports a problem.
    pub(super) fn problem(&mut self, code: Code, mark: Mark, message: String) {
        self.problems.push(Problem {
            code,
            mark,
            message,
            hint: None,
        });
    }

    /// Ends the mapping: every field that nobody asked for is unknown.
    pub(super) fn finish(self) {
        for (key, _) in self.entries {
            if !self.known.contains(&key.text.as_str()) {
                let near = nearest(&key.text, self.known.iter().copied());
                self.problems.push(Problem {
                    code: Code::UnknownField,
                    mark: key.mark,
                    message: format!("{} has no field `{}`", self.noun, key.text),
                    hint: near.map(|near| format!("did you mean `{near}`?")),
                });
            }
        }
    }

    fn as_string(&mut self, field: &'static str, node: &Node) -> Option<Placed<String>> {
        match &node.value {
            Value::String(text) => Some(Placed {
                value: text.clone(),
                mark: node.mark,
            }),
            other => self.wrong(field, "a string", other, node.mark),
        }
    }

    fn wrong<T>(
        &mut self,
        field: &'static str,
        expected: &str,
        found: &Value,
        mark: Mark,
    ) -> Option<T> {
        let problem = wrong_type(&format!("`{field}`"), expected, found, mark);
        self.problems.push(problem);
        None
    }
}

fn wrong_type(what: &str, expected: &str, found: &Value, mark: Mark) -> Problem {
    Problem {
        code: Code::WrongType,
        mark,
        message: format!("{what} must be {expected}, not {}", found.noun()),
        hint: None,
    }
}

/// The word that was most probably meant, if any is near enough.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
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
