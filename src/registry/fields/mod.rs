//! From a mapping to typed fields, by the shape of the mapping; every problem is collected.

mod read;

use super::decode::{Placed, nearest};
use super::node::{Key, Mark, Node, Problem, Value};
use super::shapes::{Absent, Shape, Type, Union};
use crate::finding::Code;

/// The fields of one mapping, read by its shape.
///
/// Asking for a field that the shape does not have, or as something else than it is there, is a bug
/// of the decoder, and so is asking for less than all: debug builds tell.
pub(super) struct Fields<'node, 'out> {
    shape: &'static Shape,
    /// The field that decided which shape it is, where there was a choice.
    tag: Option<&'static str>,
    mark: Mark,
    entries: &'node [(Key, Node)],
    #[cfg(debug_assertions)]
    asked: Vec<&'static str>,
    problems: &'out mut Vec<Problem>,
}

impl<'node, 'out> Fields<'node, 'out> {
    /// The fields of a mapping; none, with a problem, where the node is something else.
    pub(super) fn of(
        shape: &'static Shape,
        node: &'node Node,
        problems: &'out mut Vec<Problem>,
    ) -> Option<Self> {
        match &node.value {
            Value::Mapping(entries) => Some(Self {
                shape,
                tag: None,
                mark: node.mark,
                entries,
                #[cfg(debug_assertions)]
                asked: Vec::new(),
                problems,
            }),
            other => {
                let problem = wrong_type(shape.noun, "a mapping", other, node.mark);
                problems.push(problem);
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

    /// The fields of a mapping.
    pub(super) fn mapping(&mut self, field: &'static str) -> Option<Fields<'node, '_>> {
        self.ask(field, |of| matches!(of, Type::Mapping(_)));
        let node = self.given(field)?;
        match self.shape.field(field)?.of {
            Type::Mapping(shape) => Fields::of(shape, node, self.problems),
            _ => None,
        }
    }

    /// The fields of a mapping of one of several forms, and the word that tells which.
    pub(super) fn union(
        &mut self,
        field: &'static str,
    ) -> Option<(&'static str, Fields<'node, '_>)> {
        self.ask(field, |of| matches!(of, Type::Union(_)));
        let node = self.given(field)?;
        match self.shape.field(field)?.of {
            Type::Union(union) => Fields::of_union(union, node, self.problems),
            _ => None,
        }
    }

    fn of_union(
        union: &'static Union,
        node: &'node Node,
        problems: &'out mut Vec<Problem>,
    ) -> Option<(&'static str, Self)> {
        // Every form is a mapping with the deciding field.
        let first = &union.variants.first()?.shape;
        let mut fields = Self::of(first, node, problems)?;
        let words: Vec<_> = union.variants.iter().map(|variant| variant.word).collect();
        let Some(node) = fields.written(union.tag).filter(|node| !node.is_null()) else {
            let mark = fields.place_of(union.tag);
            let message = format!("{} lacks `{}`: {}", union.noun, union.tag, listed(&words));
            fields.problem(Code::MissingSourceType, mark, message);
            return None;
        };
        let text = fields.as_text(union.tag, node)?;
        let word = fields.one_of(union.tag, &text, &words)?;
        let variant = union.variants.iter().find(|variant| variant.word == word)?;
        fields.shape = &variant.shape;
        fields.tag = Some(union.tag);
        Some((word, fields))
    }

    fn one_of(
        &mut self,
        field: &'static str,
        text: &Placed<String>,
        words: &[&'static str],
    ) -> Option<&'static str> {
        let found = words.iter().copied().find(|word| *word == text.value);
        if found.is_none() {
            let words = listed(words);
            let message = format!("`{field}` must be {words}, not `{}`", text.value);
            self.problem(Code::InvalidValue, text.mark, message);
        }
        found
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

    /// Ends the mapping: every key that its shape does not have is unknown.
    pub(super) fn finish(self) {
        #[cfg(debug_assertions)]
        for field in self.shape.fields() {
            let (name, noun) = (field.name, self.shape.noun);
            assert!(
                self.asked.contains(&name),
                "nothing asks for `{name}` of {noun}"
            );
        }
        if self.shape.open {
            return;
        }
        for (key, _) in self.entries {
            let is_tag = self.tag == Some(key.text.as_str());
            if !is_tag && self.shape.field(&key.text).is_none() {
                let known = self.shape.fields().map(|field| field.name);
                let near = nearest(&key.text, known.chain(self.tag));
                self.problems.push(Problem {
                    code: Code::UnknownField,
                    mark: key.mark,
                    message: format!("{} has no field `{}`", self.shape.noun, key.text),
                    hint: near.map(|near| format!("did you mean `{near}`?")),
                });
            }
        }
    }

    /// Notes that a field is asked for, and as what.
    #[cfg_attr(not(debug_assertions), allow(unused_variables, clippy::unused_self))]
    fn ask(&mut self, field: &'static str, suits: impl FnOnce(&Type) -> bool) {
        #[cfg(debug_assertions)]
        {
            let (known, noun) = (self.shape.field(field), self.shape.noun);
            assert!(known.is_some(), "{noun} has no `{field}` in its shape");
            let suits = known.is_some_and(|known| suits(&known.of));
            assert!(suits, "`{field}` of {noun} is something else in its shape");
            self.asked.push(field);
        }
    }

    /// The node of a field; `null` counts as absent, as an optional field of upstream does. Reports
    /// that there is none where there must be one.
    fn given(&mut self, field: &'static str) -> Option<&'node Node> {
        let written = self.written(field);
        let given = written.filter(|node| !node.is_null());
        if given.is_none() && self.absent(field) == Absent::Refused {
            let mark = self.place_of(field);
            let message = format!("{} lacks the field `{field}`", self.shape.noun);
            self.problem(Code::MissingField, mark, message);
        }
        given
    }

    fn written(&self, field: &str) -> Option<&'node Node> {
        let mut entries = self.entries.iter();
        let found = entries.find(|(key, _)| key.text == field);
        found.map(|(_, node)| node)
    }

    /// Where the key of a field stands; the mapping itself where it does not.
    fn place_of(&self, field: &str) -> Mark {
        let mut keys = self.entries.iter().map(|(key, _)| key);
        let found = keys.find(|key| key.text == field);
        found.map_or(self.mark, |key| key.mark)
    }

    fn absent(&self, field: &str) -> Absent {
        let known = self.shape.field(field);
        known.map_or(Absent::Nothing, |known| known.absent)
    }

    fn as_text(&mut self, field: &'static str, node: &Node) -> Option<Placed<String>> {
        match &node.value {
            Value::String(text) => Some(Placed {
                value: text.clone(),
                mark: node.mark,
            }),
            _ => {
                self.wrong(field, "a string", node);
                None
            }
        }
    }

    fn wrong(&mut self, field: &'static str, expected: &str, found: &Node) {
        let what = format!("`{field}`");
        let problem = wrong_type(&what, expected, &found.value, found.mark);
        self.problems.push(problem);
    }
}

/// The words with `or` before the last.
fn listed(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} or {last}", before.join(", ")),
        _ => quoted.concat(),
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

#[cfg(all(test, debug_assertions))]
mod tests {
    use super::*;
    use crate::model::Kind;
    use crate::registry::shape;

    fn metric<T>(read: impl FnOnce(Fields<'_, '_>) -> T) -> T {
        let node = Node {
            value: Value::Mapping(Vec::new()),
            mark: Mark::default(),
        };
        let mut problems = Vec::new();
        let fields = Fields::of(shape(Kind::Metrics), &node, &mut problems);
        read(fields.expect("it is a mapping"))
    }

    #[test]
    #[should_panic(expected = "metric has no `clas_path` in its shape")]
    fn a_decoder_that_asks_for_another_field_is_told() {
        metric(|mut fields| fields.text("clas_path"));
    }

    #[test]
    #[should_panic(expected = "`params` of metric is something else in its shape")]
    fn a_decoder_that_asks_for_another_type_is_told() {
        metric(|mut fields| fields.text("params"));
    }

    #[test]
    #[should_panic(expected = "nothing asks for `params` of metric")]
    fn a_decoder_that_asks_for_too_little_is_told() {
        metric(|mut fields| {
            for name in ["name", "version", "description", "class_path", "package"] {
                fields.text(name);
            }
            fields.mapping("metadata");
            fields.finish();
        });
    }
}
