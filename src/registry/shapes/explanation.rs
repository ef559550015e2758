//! What the table says of a field, by the way to it.

use super::{Shape, Type, shape};
use crate::model::Kind;

/// What a kind or a field is, in sentences: of `run`, `run.model.name`, `package.source.git` or
/// `package.source.git.url`. None where the table has no such field.
pub fn explanation(path: &str) -> Option<&'static str> {
    let steps: Vec<_> = path.split('.').collect();
    let (noun, steps) = steps.split_first()?;
    let mut kinds = Kind::ALL.into_iter();
    let kind = kinds.find(|kind| kind.noun() == *noun)?;
    in_shape(shape(kind), steps)
}

fn in_shape(shape: &'static Shape, steps: &[&str]) -> Option<&'static str> {
    let Some((first, rest)) = steps.split_first() else {
        return Some(shape.doc);
    };
    let field = shape.field(first)?;
    if rest.is_empty() {
        Some(field.doc)
    } else {
        in_type(&field.of, rest)
    }
}

fn in_type(of: &'static Type, steps: &[&str]) -> Option<&'static str> {
    match of {
        Type::Mapping(shape) => in_shape(shape, steps),
        Type::List(of) => in_type(of, steps),
        Type::Either(one, other) => in_type(one, steps).or_else(|| in_type(other, steps)),
        Type::Union(union) => {
            let (word, rest) = steps.split_first()?;
            let mut variants = union.variants.iter();
            let variant = variants.find(|variant| variant.word == *word)?;
            in_shape(&variant.shape, rest)
        }
        _ => None,
    }
}
