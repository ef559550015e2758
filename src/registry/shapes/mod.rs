//! The fields of every kind of entry, as one table.
//!
//! The decoder reads by it: what it asks for and the table does not have is a bug that debug builds
//! tell, and so is a field of the table that nothing asks for. The JSON Schemas are made of it, and
//! so are the flags of `vhb add` and whatever explains a field to people.

mod components;
mod entry;
mod experiment;
mod explanation;
mod package;
mod run;

use std::fmt;

use serde_json::{Value as Json, json};

use crate::model::Kind;

pub(super) use components::ADAPTER;
pub(super) use experiment::INLINE_RUN;
pub(super) use experiment::TARGET;
pub use explanation::explanation;

/// A mapping and its fields.
#[derive(Debug)]
pub struct Shape {
    /// The word for it, as messages use it: `package`, `model`.
    pub noun: &'static str,
    /// What it is, in sentences.
    pub doc: &'static str,
    /// Its fields, in the order in which people write them.
    groups: &'static [&'static [Field]],
    /// Whether it may have other keys as well, whose values are free.
    pub open: bool,
}

/// A mapping whose fields depend on the word in one of them.
#[derive(Debug)]
pub struct Union {
    /// The word for it, as messages use it.
    pub noun: &'static str,
    /// What it is, in sentences.
    pub doc: &'static str,
    /// The field that decides; it is required.
    pub tag: &'static str,
    /// What each of its words makes of the mapping.
    pub variants: &'static [Variant],
}

/// A mapping whose deciding field has a certain word.
#[derive(Debug)]
pub struct Variant {
    /// The word.
    pub word: &'static str,
    /// The other fields.
    pub shape: Shape,
}

/// A field of a mapping.
#[derive(Debug)]
pub struct Field {
    /// Its key.
    pub name: &'static str,
    /// What it holds; `null` counts as absent everywhere but in lists.
    pub of: Type,
    /// What it means where it is left out.
    pub absent: Absent,
    /// What it says, in sentences.
    pub doc: &'static str,
    /// Values that it might have; not all of them.
    pub examples: &'static [&'static str],
}

/// What a field holds.
#[derive(Debug)]
pub enum Type {
    /// A text.
    Text,
    /// The id of an entry.
    Id(Kind),
    /// One of a few words.
    Choice(&'static [Word]),
    /// An instant: a text, or what YAML makes of one without quotes.
    Instant,
    /// An integer from 1.
    Count,
    /// A boolean.
    Boolean,
    /// Whatever YAML can say.
    Any,
    /// A list.
    List(&'static Type),
    /// A mapping.
    Mapping(&'static Shape),
    /// A mapping of one of several forms.
    Union(&'static Union),
    /// One or the other, which are told apart by what they are in YAML.
    Either(&'static Type, &'static Type),
}

/// A word that a field may have.
#[derive(Debug)]
pub struct Word {
    /// The word.
    pub word: &'static str,
    /// What it means.
    pub doc: &'static str,
}

/// What a field means that is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// It may not be left out.
    Refused,
    /// There is nothing of the kind.
    Nothing,
    /// No value that could be written, but what these words say.
    Meaning(&'static str),
    /// A text.
    Text(&'static str),
    /// These texts.
    Texts(&'static [&'static str]),
    /// A number.
    Count(u64),
    /// A boolean.
    Boolean(bool),
    /// An empty list.
    EmptyList,
    /// An empty mapping.
    EmptyMapping,
}

/// The shape of the entries of a kind.
pub fn shape(kind: Kind) -> &'static Shape {
    match kind {
        Kind::Datasets => &components::DATASET,
        Kind::Experiments => &experiment::EXPERIMENT,
        Kind::Frameworks => &components::FRAMEWORK,
        Kind::Metrics => &components::METRIC,
        Kind::Packages => &package::PACKAGE,
        Kind::Reports => &components::REPORT,
        Kind::Runs => &run::RUN,
        Kind::Tasks => &components::TASK,
    }
}

/// The shapes of all kinds.
pub fn shapes() -> impl Iterator<Item = (Kind, &'static Shape)> {
    Kind::ALL.into_iter().map(|kind| (kind, shape(kind)))
}

impl Shape {
    /// Its fields, in the order in which people write them.
    pub fn fields(&self) -> impl Iterator<Item = &'static Field> + use<> {
        self.groups.iter().copied().flatten()
    }

    /// A field by its name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields().find(|field| field.name == name)
    }

    const fn closed(
        noun: &'static str,
        doc: &'static str,
        groups: &'static [&'static [Field]],
    ) -> Self {
        Self {
            noun,
            doc,
            groups,
            open: false,
        }
    }

    const fn open(
        noun: &'static str,
        doc: &'static str,
        groups: &'static [&'static [Field]],
    ) -> Self {
        Self {
            noun,
            doc,
            groups,
            open: true,
        }
    }
}

impl Field {
    const fn required(name: &'static str, of: Type, doc: &'static str) -> Self {
        Self::optional(name, of, Absent::Refused, doc)
    }

    const fn optional(name: &'static str, of: Type, absent: Absent, doc: &'static str) -> Self {
        Self {
            name,
            of,
            absent,
            doc,
            examples: &[],
        }
    }

    const fn like(mut self, examples: &'static [&'static str]) -> Self {
        self.examples = examples;
        self
    }

    /// Whether it may not be left out.
    pub fn is_required(&self) -> bool {
        self.absent == Absent::Refused
    }
}

impl Type {
    /// The words that it is one of; none where it is no choice.
    pub fn words(&self) -> impl Iterator<Item = &'static str> + use<> {
        let words = match self {
            Self::Choice(words) => *words,
            _ => &[],
        };
        words.iter().map(|word| word.word)
    }
}

impl Absent {
    /// The value that counts where there is none; none where no value could be written.
    pub fn value(self) -> Option<Json> {
        match self {
            Self::Refused | Self::Nothing | Self::Meaning(_) => None,
            Self::Text(text) => Some(text.into()),
            Self::Texts(texts) => Some(texts.into()),
            Self::Count(count) => Some(count.into()),
            Self::Boolean(value) => Some(value.into()),
            Self::EmptyList => Some(json!([])),
            Self::EmptyMapping => Some(json!({})),
        }
    }
}

/// The default as people read it: `vllm`, `the default branch`.
impl fmt::Display for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused => f.write_str("required"),
            Self::Nothing => f.write_str("none"),
            Self::Meaning(words) => f.write_str(words),
            Self::Text(text) => f.write_str(text),
            Self::Texts(texts) => f.write_str(&texts.join(", ")),
            Self::Count(count) => count.fmt(f),
            Self::Boolean(value) => value.fmt(f),
            Self::EmptyList | Self::EmptyMapping => f.write_str("empty"),
        }
    }
}

/// The type as people read it: `list of metric ids`.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("text"),
            Self::Id(kind) => write!(f, "{} id", kind.noun()),
            Self::Choice(words) => {
                let words: Vec<_> = words.iter().map(|word| word.word).collect();
                match words.split_last() {
                    Some((last, before)) if !before.is_empty() => {
                        write!(f, "{} or {last}", before.join(", "))
                    }
                    _ => f.write_str(&words.join("")),
                }
            }
            Self::Instant => f.write_str("instant"),
            Self::Count => f.write_str("integer from 1"),
            Self::Boolean => f.write_str("boolean"),
            Self::Any => f.write_str("any value"),
            Self::List(of) => match of {
                Type::Either(one, other) => write!(f, "list, each {one} or {other}"),
                Type::Mapping(shape) => write!(f, "list of {}s", shape.noun),
                of => write!(f, "list of {of}s"),
            },
            Self::Mapping(_) | Self::Union(_) => f.write_str("mapping"),
            Self::Either(one, other) => write!(f, "{one} or {other}"),
        }
    }
}

#[cfg(test)]
mod tests;
