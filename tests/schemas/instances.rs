//! Valid entries made of their shapes, and everything that can be wrong with the form of one.

use serde_json::{Map, Value as Json, json};
use vhb::registry::{Field, Shape, Type};

/// A place in an entry, and what stands there.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// The place (RFC 6901).
    pub(crate) pointer: String,
    /// The nearest field around it, or the word for the mapping.
    pub(crate) name: &'static str,
    /// What the table says of it.
    pub(crate) what: What,
}

impl Site {
    /// The same for the same place and the same part of the table.
    pub(crate) fn key(&self) -> (String, usize) {
        let part = match self.what {
            What::Value(of) => std::ptr::from_ref(of).addr(),
            What::Mapping(shape) => std::ptr::from_ref(shape).addr(),
        };
        (self.pointer.clone(), part)
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum What {
    /// A value of a type.
    Value(&'static Type),
    /// A mapping, and whether it may have any key.
    Mapping(&'static Shape),
}

/// Entries in which every field of a shape has a value; together they have every form that a value
/// may have.
pub(crate) fn full(shape: &'static Shape) -> Vec<Json> {
    (0..3).map(|form| of_shape(shape, form)).collect()
}

fn of_shape(shape: &'static Shape, form: usize) -> Json {
    let fields = shape.fields();
    let fields = fields.map(|field| (field.name.to_owned(), of_field(field, form)));
    fields.collect::<Map<_, _>>().into()
}

fn of_field(field: &'static Field, form: usize) -> Json {
    let example = match field.name {
        "index" | "index_url" => "https://index.example/simple",
        _ => field.examples.first().copied().unwrap_or("x"),
    };
    of_type(&field.of, example, form)
}

fn of_type(of: &'static Type, example: &str, form: usize) -> Json {
    match of {
        Type::Text | Type::Id(_) | Type::Instant => example.into(),
        Type::Choice(words) => words[form % words.len()].word.into(),
        Type::Count => json!(form + 1),
        Type::Boolean => form.is_multiple_of(2).into(),
        Type::Any => [json!(true), json!([1]), json!({ "a": null })][form].clone(),
        Type::List(Type::Either(one, other)) => {
            json!([of_type(one, example, form), of_type(other, example, form)])
        }
        Type::List(of) => json!([of_type(of, example, form)]),
        Type::Mapping(shape) => of_shape(shape, form),
        Type::Union(union) => {
            let variant = &union.variants[form % union.variants.len()];
            let mut value = of_shape(&variant.shape, form);
            value[union.tag] = variant.word.into();
            value
        }
        Type::Either(one, other) => of_type(if form == 0 { one } else { other }, example, form),
    }
}

/// Every place of an entry that the table says something of.
pub(crate) fn sites(shape: &'static Shape, entry: &Json) -> Vec<Site> {
    let mut out = Vec::new();
    in_shape(shape, "", entry, &mut out);
    out
}

fn in_shape(shape: &'static Shape, at: &str, value: &Json, out: &mut Vec<Site>) {
    out.push(Site {
        pointer: at.to_owned(),
        name: shape.noun,
        what: What::Mapping(shape),
    });
    for field in shape.fields() {
        let value = &value[field.name];
        in_type(
            &field.of,
            &format!("{at}/{}", field.name),
            field.name,
            value,
            out,
        );
    }
}

fn in_type(of: &'static Type, at: &str, name: &'static str, value: &Json, out: &mut Vec<Site>) {
    out.push(Site {
        pointer: at.to_owned(),
        name,
        what: What::Value(of),
    });
    match (of, value) {
        (Type::List(of), Json::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                in_type(of, &format!("{at}/{index}"), name, item, out);
            }
        }
        (Type::Mapping(shape), Json::Object(_)) => in_shape(shape, at, value, out),
        (Type::Union(union), Json::Object(_)) => {
            let variants = union.variants.iter();
            let mut variants = variants.filter(|variant| value[union.tag] == variant.word);
            in_shape(&variants.next().unwrap().shape, at, value, out);
        }
        (Type::Either(one, other), _) => {
            let fits = |of: &Type| match of {
                Type::Mapping(_) => value.is_object(),
                Type::List(_) => value.is_array(),
                _ => value.is_string(),
            };
            for of in [one, other].into_iter().filter(|of| fits(of)) {
                in_type(of, at, name, value, out);
            }
        }
        _ => {}
    }
}
