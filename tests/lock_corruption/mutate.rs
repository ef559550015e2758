//! Every way to change one thing in a JSON document.

use std::fmt;

use serde_json::{Value as Json, json};

/// A step from a value to one inside of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Key(String),
    Index(usize),
}

/// What happens to the value at a place.
#[derive(Clone, Debug)]
pub(crate) enum Edit {
    Replace(Json),
    Remove,
    Rename,
    AddKey,
    /// The same key once more, with the same value.
    Repeat,
    Reverse,
}

/// One change of one thing.
#[derive(Clone, Debug)]
pub(crate) struct Mutation {
    pub(crate) place: Vec<Step>,
    pub(crate) edit: Edit,
}

impl fmt::Display for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place())?;
        match &self.edit {
            Edit::Replace(value) => write!(f, "becomes {value}"),
            Edit::Remove => f.write_str("removed"),
            Edit::Rename => f.write_str("renamed"),
            Edit::AddKey => f.write_str("gains a key"),
            Edit::Repeat => f.write_str("stands twice"),
            Edit::Reverse => f.write_str("reversed"),
        }
    }
}

impl Mutation {
    /// The place, for people.
    pub(crate) fn place(&self) -> String {
        let parts: Vec<_> = self
            .place
            .iter()
            .map(|step| match step {
                Step::Key(key) => key.clone(),
                Step::Index(index) => index.to_string(),
            })
            .collect();
        if parts.is_empty() {
            "the lock".to_owned()
        } else {
            parts.join(" ")
        }
    }

    /// The keys on the way, without the indices.
    pub(crate) fn keys(&self) -> Vec<&str> {
        let keys = self.place.iter().filter_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Index(_) => None,
        });
        keys.collect()
    }

    /// The document after the change, as text.
    pub(crate) fn apply(&self, document: &Json) -> String {
        self.try_apply(document)
            .expect("places come from the document")
    }

    /// The same for another document; none where it has no such place.
    pub(crate) fn try_apply(&self, document: &Json) -> Option<String> {
        const REPEATED: &str = "-once-more";
        let mut changed = document.clone();
        let renamed = |key: &str, end: &str| format!("{key}{end}");
        match (&self.edit, self.place.split_last()) {
            (Edit::Replace(value), _) => *at(&mut changed, &self.place)? = value.clone(),
            (Edit::Reverse, _) => at(&mut changed, &self.place)?.as_array_mut()?.reverse(),
            (Edit::AddKey, _) => {
                let object = at(&mut changed, &self.place)?.as_object_mut()?;
                object.insert("zzz".to_owned(), json!(1));
            }
            (edit, Some((Step::Key(key), holder))) => {
                let object = at(&mut changed, holder)?.as_object_mut()?;
                let old = object.remove(key)?;
                match edit {
                    Edit::Rename => drop(object.insert(renamed(key, "x"), old)),
                    Edit::Repeat => {
                        object.insert(renamed(key, REPEATED), old.clone());
                        object.insert(key.clone(), old);
                    }
                    _ => {}
                }
            }
            (edit, Some((Step::Index(index), holder))) => {
                let array = at(&mut changed, holder)?.as_array_mut()?;
                let old = array.get(*index)?.clone();
                array.remove(*index);
                if matches!(edit, Edit::Repeat) {
                    array.insert(*index, old.clone());
                    array.insert(*index, old);
                }
            }
            (_, None) => {}
        }
        let mut text = serde_json::to_string_pretty(&changed).expect("it is JSON");
        text.push('\n');
        Some(text.replace(&format!("{REPEATED}\":"), "\":"))
    }
}

fn at<'a>(value: &'a mut Json, place: &[Step]) -> Option<&'a mut Json> {
    place.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get_mut(key),
        Step::Index(index) => value.get_mut(index),
    })
}

/// Every change of every value, key and list of a document.
pub(crate) fn all(document: &Json) -> Vec<Mutation> {
    let mut values = Vec::new();
    walk(document, &mut Vec::new(), &mut values);
    let leaves: Vec<_> = values
        .iter()
        .filter(|(_, value)| !value.is_object() && !value.is_array())
        .collect();
    let mut out = Vec::new();
    for (place, value) in &values {
        let mut add = |edit| {
            out.push(Mutation {
                place: place.clone(),
                edit,
            });
        };
        match value {
            Json::Object(_) => add(Edit::AddKey),
            Json::Array(items) if items.len() > 1 => add(Edit::Reverse),
            Json::Array(_) => {}
            leaf => replacements(leaf)
                .into_iter()
                .for_each(|new| add(Edit::Replace(new))),
        }
        match place.last() {
            None => {}
            Some(Step::Key(_)) => [Edit::Remove, Edit::Rename, Edit::Repeat]
                .into_iter()
                .for_each(&mut add),
            Some(Step::Index(_)) => [Edit::Remove, Edit::Repeat].into_iter().for_each(&mut add),
        }
        if !place.is_empty() && (value.is_object() || value.is_array()) {
            add(Edit::Replace(Json::Null));
            add(Edit::Replace(if value.is_object() {
                json!([])
            } else {
                json!({})
            }));
        }
    }
    // Each leaf gets the value of the next one that differs.
    for (index, (place, value)) in leaves.iter().enumerate() {
        let other = leaves[index..].iter().find(|(_, other)| other != value);
        if let Some((_, other)) = other {
            out.push(Mutation {
                place: place.clone(),
                edit: Edit::Replace(other.clone()),
            });
        }
    }
    out
}

/// Values that a leaf does not have: like it, and unlike it.
fn replacements(leaf: &Json) -> Vec<Json> {
    let mut out = vec![Json::Null, json!([])];
    match leaf {
        Json::String(text) => {
            out.extend([
                json!(format!("{text}x")),
                json!(text.to_uppercase()),
                json!(""),
                json!(7),
            ]);
            out.extend(other_digit(text).map(Json::String));
        }
        Json::Bool(value) => out.extend([json!(!value), json!("x")]),
        Json::Number(number) => {
            out.extend([json!(format!("{number}")), json!(true)]);
            out.extend(number.as_i64().map(|number| json!(number + 1)));
            out.extend(number.as_f64().map(|number| json!(number + 0.5)));
        }
        _ => out.extend([json!(false), json!({})]),
    }
    out.retain(|value| value != leaf);
    out
}

/// The text with one digit changed, which keeps digests, ids, versions and instants what they are.
fn other_digit(text: &str) -> Option<String> {
    let (at, digit) = text.char_indices().rfind(|(_, c)| c.is_ascii_digit())?;
    let other = if digit == '0' { '1' } else { '0' };
    Some(format!("{}{other}{}", &text[..at], &text[at + 1..]))
}

fn walk(value: &Json, place: &mut Vec<Step>, out: &mut Vec<(Vec<Step>, Json)>) {
    out.push((place.clone(), value.clone()));
    let inner: Vec<(Step, &Json)> = match value {
        Json::Object(map) => map
            .iter()
            .map(|(key, value)| (Step::Key(key.clone()), value))
            .collect(),
        Json::Array(items) => items
            .iter()
            .enumerate()
            .map(|(at, value)| (Step::Index(at), value))
            .collect(),
        _ => Vec::new(),
    };
    for (step, value) in inner {
        place.push(step);
        walk(value, place, out);
        place.pop();
    }
}
