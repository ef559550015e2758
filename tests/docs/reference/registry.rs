//! `registry.md`, from the shapes of the registry.

use std::fmt::Write as _;

use vhb::model::Kind;
use vhb::registry::{Absent, Field, Shape, Type, Union, shape};
use vhb::schema::Described;

use super::markdown::{anchor, code, head, listed, table};

const ABOUT: &str = "\
Every kind of entry and every field. [The registry format](../registries.md) tells how entries refer to
each other, what sources, models and datasets may be, and how YAML is read; `vhb schema KIND` prints
the same fields as a JSON Schema.

A field with a default may be left out, and `null` counts as left out. An unknown field is a warning,
except in a mapping of which it is said that other keys are free.";

pub(super) fn page() -> String {
    let mut page = Page {
        text: head("Fields of the registry", ABOUT),
        told: Vec::new(),
    };
    page.text.push('\n');
    let kinds = Described::ALL.into_iter().filter_map(|it| match it {
        Described::Entry(kind) => Some(kind),
        Described::Lock => None,
    });
    let kinds: Vec<_> = kinds.collect();
    page.text.push_str(&table(
        ["kind", "is"],
        kinds
            .iter()
            .map(|kind| [link(*kind), shape(*kind).doc.to_owned()]),
    ));
    for kind in kinds {
        let shape = shape(kind);
        let title = kind.directory();
        let _ = write!(
            page.text,
            "\n## {title}\n\n{}\n\nIn `registries/{title}/ID.yaml`:\n\n",
            shape.doc
        );
        page.mapping(kind, "", shape);
    }
    page.text
}

fn link(kind: Kind) -> String {
    let title = kind.directory();
    format!("[{}](#{})", code(title), anchor(title))
}

/// The page as far as it is written.
struct Page {
    text: String,
    /// The mappings that it tells of, and where.
    told: Vec<(&'static Shape, Kind, String)>,
}

impl Page {
    /// The fields of a mapping, and then what stands below each.
    fn mapping(&mut self, kind: Kind, path: &str, shape: &'static Shape) {
        self.told.push((shape, kind, path.to_owned()));
        self.text.push_str(&table(
            ["field", "type", "default", "what it says"],
            shape.fields().map(|field| {
                [
                    code(field.name),
                    type_of(&field.of),
                    absent(field),
                    doc(field),
                ]
            }),
        ));
        for field in shape.fields() {
            self.below(kind, &join(path, field.name), &field.of);
        }
    }

    /// What stands below a field.
    fn below(&mut self, kind: Kind, path: &str, of: &'static Type) {
        match of {
            Type::Mapping(shape) if shape.fields().next().is_some() => {
                let _ = write!(self.text, "\n`{path}`");
                let mut told = self.told.iter();
                if let Some((_, kind, at)) = told.find(|(there, ..)| std::ptr::eq(*there, *shape)) {
                    let link = link(*kind);
                    let _ = writeln!(self.text, " has the same fields as `{at}` of {link}.");
                    return;
                }
                self.text.push_str(if shape.open {
                    " may have any keys; vhb knows what these mean:\n\n"
                } else {
                    ":\n\n"
                });
                self.mapping(kind, path, shape);
            }
            Type::Union(union) => self.forms(kind, path, union),
            Type::List(of) => self.below(kind, &format!("{path}[]"), of),
            Type::Either(one, other) => {
                self.below(kind, path, one);
                if !is_list_of(other, one) {
                    self.below(kind, path, other);
                }
            }
            _ => {}
        }
    }

    fn forms(&mut self, kind: Kind, path: &str, union: &'static Union) {
        let words = union.variants.iter().map(|variant| code(variant.word));
        let words = listed(&words.collect::<Vec<_>>(), "or");
        let tag = union.tag;
        let _ = write!(
            self.text,
            "\n`{path}` has a field `{tag}`, which is {words}; its other fields follow from that.\n"
        );
        for variant in union.variants {
            let _ = write!(
                self.text,
                "\n`{path}` with `{tag}: {}`: {}\n\n",
                variant.word, variant.shape.doc
            );
            self.mapping(kind, path, &variant.shape);
        }
    }
}

/// Whether one is a list of the mapping that the other is.
fn is_list_of(list: &Type, one: &Type) -> bool {
    match (list, one) {
        (Type::List(Type::Mapping(of)), Type::Mapping(shape)) => std::ptr::eq(*of, *shape),
        _ => false,
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn type_of(of: &Type) -> String {
    match of {
        Type::Id(kind) => format!("id in {}", link(*kind)),
        Type::List(Type::Id(kind)) => format!("list of ids in {}", link(*kind)),
        Type::List(Type::Either(Type::Id(kind), _)) => {
            format!("list, each an id in {}, a path or a mapping", link(*kind))
        }
        Type::Choice(words) => {
            let words: Vec<_> = words.iter().map(|word| code(word.word)).collect();
            listed(&words, "or")
        }
        Type::Mapping(shape) if shape.open && shape.fields().next().is_none() => {
            "mapping, free".to_owned()
        }
        Type::Either(one, list) if is_list_of(list, one) => format!("{one}, or a list of such"),
        other => other.to_string(),
    }
}

fn absent(field: &Field) -> String {
    match field.absent {
        Absent::Refused => "**required**".to_owned(),
        Absent::Nothing | Absent::Meaning(_) | Absent::EmptyList | Absent::EmptyMapping => {
            field.absent.to_string()
        }
        Absent::Text(_) | Absent::Texts(_) | Absent::Count(_) | Absent::Boolean(_) => {
            let value = field.absent.to_string();
            let values: Vec<_> = value.split(", ").map(code).collect();
            values.join(", ")
        }
    }
}

fn doc(field: &Field) -> String {
    if field.examples.is_empty() {
        return field.doc.to_owned();
    }
    let examples: Vec<_> = field.examples.iter().map(|text| code(text)).collect();
    format!("{} Such as {}.", field.doc, listed(&examples, "or"))
}
