//! A YAML document as a tree in which every value knows its place.

use crate::finding::Code;

/// A place in one of the texts of an entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// The byte at which it begins.
    pub start: usize,
    /// The byte before which it ends.
    pub end: usize,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// Whether the text is the entry's overlay.
    pub in_overlay: bool,
}

/// A value and its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    /// The value.
    pub value: Value,
    /// Its place.
    pub mark: Mark,
}

impl Node {
    /// Whether it says that there is nothing.
    pub(super) fn is_null(&self) -> bool {
        self.value == Value::Null
    }
}

/// What YAML can say, as PyYAML's `safe_load` understands it.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    /// A date or time, kept as it is written.
    Timestamp(String),
    String(String),
    Sequence(Vec<Node>),
    Mapping(Vec<(Key, Node)>),
}

/// A key of a mapping and its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Key {
    /// The key as written.
    pub text: String,
    /// Its place.
    pub mark: Mark,
}

impl Value {
    /// The word for this kind of value.
    pub(super) fn noun(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "a boolean",
            Self::Int(_) => "an integer",
            Self::Float(_) => "a number",
            Self::Timestamp(_) => "a date",
            Self::String(_) => "a string",
            Self::Sequence(_) => "a list",
            Self::Mapping(_) => "a mapping",
        }
    }
}

/// Something wrong with a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Problem {
    /// The rule.
    pub code: Code,
    /// The place.
    pub mark: Mark,
    /// What is wrong.
    pub message: String,
    /// What was probably meant.
    pub hint: Option<String>,
}
