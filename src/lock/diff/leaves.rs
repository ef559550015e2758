//! What differs between two JSON values, leaf by leaf, and between two lists.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;
use serde_json::Value as Json;

use super::change::{Leaf, Value};

/// How lists are compared.
#[derive(Clone, Copy)]
enum Lists {
    /// Place by place; those of two lengths are one leaf each.
    ByPlace,
    /// Lists of words by what left and joined them.
    ByWord,
}

/// Every leaf that differs between two values, by path: `model.engine_params.seed`, `metrics[1]`.
///
/// Lists of two lengths are one leaf each: which element went is for who reads them to say.
pub fn leaves(old: &Json, new: &Json) -> Vec<Leaf> {
    let mut found = Vec::new();
    compare("", Some(old), Some(new), Lists::ByPlace, &mut found);
    found
}

/// The same below a path, for values that may be absent; of lists of words what left and joined
/// them.
pub(super) fn leaves_below(path: &str, old: Option<&Json>, new: Option<&Json>) -> Vec<Leaf> {
    let mut found = Vec::new();
    compare(path, old, new, Lists::ByWord, &mut found);
    found
}

/// The same for what is written as JSON; an absent thing has no leaves.
pub(super) fn leaves_of<T: Serialize>(path: &str, old: Option<&T>, new: Option<&T>) -> Vec<Leaf> {
    let json = |side: Option<&T>| match side {
        Some(thing) => serde_json::to_value(thing).expect("a part of a lock is JSON"),
        None => Json::Object(serde_json::Map::new()),
    };
    leaves_below(path, Some(&json(old)), Some(&json(new)))
}

fn compare(
    path: &str,
    old: Option<&Json>,
    new: Option<&Json>,
    lists: Lists,
    found: &mut Vec<Leaf>,
) {
    if old == new {
        return;
    }
    match (old, new) {
        (Some(Json::Object(one)), Some(Json::Object(two))) => {
            let keys: BTreeSet<_> = one.keys().chain(two.keys()).collect();
            for key in keys {
                let inner = match path {
                    "" => key.clone(),
                    path => format!("{path}.{key}"),
                };
                compare(&inner, one.get(key), two.get(key), lists, found);
            }
            return;
        }
        (Some(Json::Array(one)), Some(Json::Array(two))) => {
            if let (Lists::ByWord, Some(old), Some(new)) = (lists, words(one), words(two)) {
                found.extend(list_leaves(path, &old, &new));
                return;
            }
            if one.len() == two.len() {
                for (index, (one, two)) in one.iter().zip(two).enumerate() {
                    let inner = format!("{path}[{index}]");
                    compare(&inner, Some(one), Some(two), lists, found);
                }
                return;
            }
        }
        _ => {}
    }
    found.push(Leaf {
        field: path.to_owned(),
        old: old.cloned().map(Value::Json),
        new: new.cloned().map(Value::Json),
    });
}

fn words(list: &[Json]) -> Option<Vec<String>> {
    let words = list.iter().map(|word| word.as_str().map(str::to_owned));
    words.collect()
}

/// What left a list and what joined it; the whole list where what stayed is in another order.
pub(super) fn list_leaves<'a, T: Ord + fmt::Display + 'a>(
    field: &str,
    old: impl IntoIterator<Item = &'a T>,
    new: impl IntoIterator<Item = &'a T>,
) -> Vec<Leaf> {
    let (old, new): (Vec<_>, Vec<_>) = (old.into_iter().collect(), new.into_iter().collect());
    if old == new {
        return Vec::new();
    }
    let (before, after): (BTreeSet<_>, BTreeSet<_>) =
        (old.iter().copied().collect(), new.iter().copied().collect());
    let stayed_of_old = old.iter().filter(|element| after.contains(*element));
    let stayed_of_new = new.iter().filter(|element| before.contains(*element));
    if !stayed_of_old.eq(stayed_of_new) {
        let list = |side: &[&T]| Value::Json(side.iter().map(ToString::to_string).collect());
        return Leaf::of(field, list(&old), list(&new))
            .into_iter()
            .collect();
    }
    // In one order, whichever list is the old one.
    let one_sided = before.symmetric_difference(&after);
    let leaves = one_sided.map(|element| {
        let [old, new] = [&before, &after].map(|side| {
            let there = side.contains(element);
            there.then(|| Value::text(*element))
        });
        let field = field.to_owned();
        Leaf { field, old, new }
    });
    leaves.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(leaves: &[Leaf]) -> Vec<String> {
        let value = |side: &Option<Value>| side.as_ref().map_or("-".into(), Value::to_string);
        let line =
            |leaf: &Leaf| format!("{} {} {}", leaf.field, value(&leaf.old), value(&leaf.new));
        leaves.iter().map(line).collect()
    }

    #[test]
    fn leaves_are_named_by_their_path() {
        let old = json!({"model": {"engine_params": {"seed": 1, "t": 0}}, "metrics": ["a", "b"]});
        let new = json!({"model": {"engine_params": {"seed": 2, "n": 1}}, "metrics": ["a", "c"]});
        assert_eq!(
            shown(&leaves(&old, &new)),
            [
                "metrics[1] \"b\" \"c\"",
                "model.engine_params.n - 1",
                "model.engine_params.seed 1 2",
                "model.engine_params.t 0 -",
            ]
        );
    }

    #[test]
    fn lists_tell_what_left_and_joined_else_their_order() {
        let of = |old: &[&str], new: &[&str]| {
            let owned = |side: &[&str]| side.iter().map(ToString::to_string).collect::<Vec<_>>();
            shown(&list_leaves("m", &owned(old), &owned(new)))
        };
        assert_eq!(of(&["a", "b"], &["b", "c"]), ["m a -", "m - c"]);
        assert_eq!(of(&["a", "b"], &["b", "a"]), [r#"m ["a","b"] ["b","a"]"#]);
        assert_eq!(of(&["a"], &["a", "a"]), [r#"m ["a"] ["a","a"]"#]);
        let other_order = of(&["a", "b"], &["b", "a", "c"]);
        assert_eq!(other_order, [r#"m ["a","b"] ["b","a","c"]"#]);
        assert!(of(&["a"], &["a"]).is_empty());
    }
}
