//! What the table calls the default of a field is what the decoder takes where there is none.

use serde_json::{Map, Value as Json};
use vhb::model::{EntryRef, Kind};
use vhb::registry::{Field, Registry, Shape, Type, shapes};

use crate::instances::full;

/// An entry with what is required alone, and the same with every default written out.
fn without_and_with(shape: &'static Shape, entry: &Json) -> (Json, Json) {
    let mut without = Map::new();
    let mut with = Map::new();
    for field in shape.fields() {
        let name = || field.name.to_owned();
        if field.is_required() {
            let (one, other) = required(field, &entry[field.name]);
            without.insert(name(), one);
            with.insert(name(), other);
        } else if let Some(value) = field.absent.value() {
            with.insert(name(), value);
        }
    }
    (without.into(), with.into())
}

fn required(field: &Field, value: &Json) -> (Json, Json) {
    match field.of {
        Type::Mapping(shape) => without_and_with(shape, value),
        Type::Union(union) => {
            let word = &value[union.tag];
            let mut variants = union.variants.iter();
            let variant = variants.find(|variant| *word == variant.word).unwrap();
            let (mut without, mut with) = without_and_with(&variant.shape, value);
            for form in [&mut without, &mut with] {
                form[union.tag] = word.clone();
            }
            (without, with)
        }
        _ => (value.clone(), value.clone()),
    }
}

#[test]
fn a_default_that_is_written_out_changes_nothing() {
    let mut written = 0;
    for (kind, shape) in shapes() {
        for entry in full(shape) {
            let (without, with) = without_and_with(shape, &entry);
            written += usize::from(without != with);
            assert_eq!(meaning(kind, &without), meaning(kind, &with), "{with:#}");
        }
    }
    assert!(written > 15, "{written}");
}

/// What is read of an entry, without its text and its places.
fn meaning(kind: Kind, entry: &Json) -> Registry {
    let reference = EntryRef::new(kind, "x");
    let mut registry = Registry::from_values([(&reference, entry)]);
    assert!(registry.broken.is_empty(), "{entry:#}");
    macro_rules! forget_values {
        ($($kind:ident)*) => {
            $(registry.$kind.values_mut().for_each(|entry| entry.value = Json::Null);)*
        };
    }
    forget_values!(packages tasks metrics reports datasets runs experiments frameworks);
    registry
}
