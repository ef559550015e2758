//! Reading fields as what their shapes say: texts, lists, choices.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::super::decode::{Placed, to_json};
use super::super::node::{Node, Value};
use super::super::shapes::{Absent, Type};
use super::Fields;
use crate::finding::Code;

impl<'node> Fields<'node, '_> {
    /// A text.
    pub(in crate::registry) fn text(&mut self, field: &'static str) -> Option<Placed<String>> {
        self.ask(field, |of| {
            matches!(of, Type::Text | Type::Id(_) | Type::Choice(_))
        });
        let read = match self.given(field) {
            Some(node) => self.as_text(field, node),
            None => None,
        };
        read.or_else(|| match self.absent(field) {
            Absent::Text(text) => Some(self.placed(text)),
            _ => None,
        })
    }

    /// A boolean that has a default.
    pub(in crate::registry) fn boolean(&mut self, field: &'static str) -> bool {
        self.ask(field, |of| matches!(of, Type::Boolean));
        match self.given(field) {
            Some(Node {
                value: Value::Bool(value),
                ..
            }) => return *value,
            Some(node) => self.wrong(field, "a boolean", node),
            None => {}
        }
        self.absent(field) == Absent::Boolean(true)
    }

    /// An integer from 1 that has a default.
    pub(in crate::registry) fn count(&mut self, field: &'static str) -> u64 {
        self.ask(field, |of| matches!(of, Type::Count));
        if let Some(node) = self.given(field) {
            match node.value {
                Value::Int(value) if value > 0 => {
                    if let Ok(value) = u64::try_from(value) {
                        return value;
                    }
                }
                Value::Int(value) => {
                    let message = format!("`{field}` must be at least 1, not {value}");
                    self.problem(Code::InvalidValue, node.mark, message);
                }
                _ => self.wrong(field, "an integer", node),
            }
        }
        match self.absent(field) {
            Absent::Count(count) => count,
            _ => 1,
        }
    }

    /// A list of texts.
    pub(in crate::registry) fn texts(&mut self, field: &'static str) -> Vec<Placed<String>> {
        self.ask(field, |of| {
            matches!(of, Type::List(Type::Text | Type::Id(_)))
        });
        match self.given(field) {
            Some(Node {
                value: Value::Sequence(items),
                ..
            }) => {
                let texts = items.iter().filter_map(|item| self.as_text(field, item));
                return texts.collect();
            }
            Some(node) => self.wrong(field, "a list of strings", node),
            None => {}
        }
        match self.absent(field) {
            Absent::Texts(texts) => texts.iter().map(|text| self.placed(text)).collect(),
            _ => Vec::new(),
        }
    }

    /// The nodes of a list.
    pub(in crate::registry) fn nodes(&mut self, field: &'static str) -> &'node [Node] {
        self.ask(field, |of| {
            matches!(of, Type::List(Type::Mapping(_) | Type::Either(..)))
        });
        match self.given(field) {
            Some(Node {
                value: Value::Sequence(items),
                ..
            }) => items,
            Some(node) => {
                self.wrong(field, "a list", node);
                &[]
            }
            None => &[],
        }
    }

    /// A node that the caller tells apart.
    pub(in crate::registry) fn node(&mut self, field: &'static str) -> Option<&'node Node> {
        self.ask(field, |of| matches!(of, Type::Either(..) | Type::Instant));
        self.given(field)
    }

    /// A free-form mapping. Its known texts are held to be texts, since they name revisions: `1.0`
    /// is a number, and would name none.
    pub(in crate::registry) fn free_form(&mut self, field: &'static str) -> BTreeMap<String, Json> {
        self.ask(field, |of| matches!(of, Type::Mapping(shape) if shape.open));
        let Some(node) = self.given(field) else {
            return BTreeMap::new();
        };
        match to_json(node, self.problems) {
            Json::Object(map) => {
                self.known_texts(field, node);
                map.into_iter().collect()
            }
            _ => {
                self.wrong(field, "a mapping", node);
                BTreeMap::new()
            }
        }
    }

    fn known_texts(&mut self, field: &'static str, node: &Node) {
        let known = self.shape.field(field);
        let (Some(Type::Mapping(shape)), Value::Mapping(entries)) =
            (known.map(|known| &known.of), &node.value)
        else {
            return;
        };
        for (key, node) in entries {
            let is_text = matches!(node.value, Value::String(_) | Value::Null);
            let known = shape.field(&key.text);
            if known.is_some_and(|known| matches!(known.of, Type::Text)) && !is_text {
                let name = &key.text;
                let message = format!("`{field}.{name}` is no text; write it in quotes");
                self.problem(Code::InvalidValue, node.mark, message);
            }
        }
    }

    /// One of a few words.
    pub(in crate::registry) fn choice(&mut self, field: &'static str) -> Option<&'static str> {
        let text = self.text(field)?;
        let words: Vec<_> = self.shape.field(field)?.of.words().collect();
        let found = self.one_of(field, &text, &words);
        found.or_else(|| match self.absent(field) {
            Absent::Text(text) => Some(text),
            _ => None,
        })
    }

    /// Parses a string further; a failure is an `invalid-value` at its place.
    pub(in crate::registry) fn parse<T, E: std::fmt::Display>(
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

    /// A default, which stands nowhere but in the mapping.
    fn placed(&self, text: &str) -> Placed<String> {
        Placed {
            value: text.to_owned(),
            mark: self.mark,
        }
    }
}
