//! What an entry refers to, and where it does.

use std::ops::Range;

use super::node::{Node, Value};
use super::shapes::{Shape, Type, shape};
use super::yaml;
use crate::model::{EntryRef, Kind};

/// A place of an entry that names another entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The entry that it names, whether that is there or not.
    pub entry: EntryRef,
    /// The bytes of the text that name it.
    pub span: Range<usize>,
}

/// What the text of an entry refers to, by the shape of its kind.
pub fn references(kind: Kind, text: &str) -> Vec<Reference> {
    let mut out = Vec::new();
    if let Some(node) = yaml::read(text, false, &mut Vec::new()) {
        of_shape(shape(kind), &node, &mut out);
    }
    out
}

fn of_shape(shape: &Shape, node: &Node, out: &mut Vec<Reference>) {
    let Value::Mapping(entries) = &node.value else {
        return;
    };
    for (key, node) in entries {
        if let Some(field) = shape.field(&key.text) {
            of_type(&field.of, node, out);
        }
    }
}

fn of_type(of: &Type, node: &Node, out: &mut Vec<Reference>) {
    match (of, &node.value) {
        (Type::Id(kind), Value::String(id)) => out.push(Reference {
            entry: EntryRef::new(*kind, id),
            span: node.mark.start..node.mark.end,
        }),
        (Type::List(of), Value::Sequence(items)) => {
            for item in items {
                of_type(of, item, out);
            }
        }
        (Type::Mapping(shape), _) => of_shape(shape, node, out),
        (Type::Either(one, other), _) => {
            of_type(one, node, out);
            of_type(other, node, out);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_that_names_an_entry_is_found() {
        let text = "name: e\ntasks:\n  - q3\n  - name: in\n    ml_task: t\n    dataset: d\n    \
                    metrics: [a, b]\n    model: {name: m, framework: f}\nmetadata: {lock: {}}\n";
        let found = references(Kind::Experiments, text);
        let named: Vec<_> = found.iter().map(|found| found.entry.to_string()).collect();
        let expected = [
            "runs/q3",
            "tasks/t",
            "datasets/d",
            "metrics/a",
            "metrics/b",
            "frameworks/f",
        ];
        assert_eq!(named, expected);
        for found in found {
            assert_eq!(text[found.span], found.entry.id);
        }
        assert_eq!(references(Kind::Runs, "ml_task: 5\nmetrics: x\n[\n"), []);
    }
}
