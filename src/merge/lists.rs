//! Lists in three versions: what a side inserted and took out, by the place in the list.
//!
//! Where git would merge the lines of a block of YAML, the elements come in the same order.

use std::ops::Range;

use serde_json::Value as Json;
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// A part of the old list, and what a side has instead.
#[derive(Clone, Debug, PartialEq)]
struct Hunk {
    old: Range<usize>,
    new: Vec<Json>,
}

impl Hunk {
    /// Whether it is not told in which order two changes apply, or they change the same element.
    fn meets(&self, other: &Self) -> bool {
        let (one, two) = (&self.old, &other.old);
        let overlap = one.start < two.end && two.start < one.end;
        let touch = one.end == two.start || two.end == one.start;
        overlap || (touch && !self.new.is_empty() && !other.new.is_empty())
    }
}

/// What three versions of a list come to; none where both sides changed the same place.
pub(super) fn merged(base: &[Json], ours: &[Json], theirs: &[Json]) -> Option<Vec<Json>> {
    let (ours, mut theirs) = (hunks(base, ours), hunks(base, theirs));
    theirs.retain(|hunk| !ours.contains(hunk));
    let meeting = |one: &Hunk| theirs.iter().any(|two| one.meets(two));
    if ours.iter().any(meeting) {
        return None;
    }
    let mut all: Vec<Hunk> = ours.into_iter().chain(theirs).collect();
    // What is inserted at a place goes before what was taken out there.
    all.sort_by_key(|hunk| (hunk.old.start, hunk.old.end));
    let mut merged = Vec::new();
    let mut at = 0;
    for hunk in all {
        merged.extend_from_slice(&base[at..hunk.old.start]);
        merged.extend(hunk.new);
        at = hunk.old.end;
    }
    merged.extend_from_slice(&base[at..]);
    Some(merged)
}

fn hunks(old: &[Json], new: &[Json]) -> Vec<Hunk> {
    let texts = |list: &[Json]| list.iter().map(Json::to_string).collect::<Vec<_>>();
    let operations = capture_diff_slices(Algorithm::Myers, &texts(old), &texts(new));
    let changed = operations.iter().filter_map(|operation| match operation {
        DiffOp::Equal { .. } => None,
        other => Some(Hunk {
            old: other.old_range(),
            new: new[other.new_range()].to_vec(),
        }),
    });
    changed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Vec<Json> {
        text.chars().map(|c| Json::from(c.to_string())).collect()
    }

    fn both(base: &str, ours: &str, theirs: &str) -> Option<String> {
        let merge = |one: &str, two: &str| {
            let merged = merged(&list(base), &list(one), &list(two))?;
            let text = merged.iter().map(|it| it.as_str().unwrap()).collect();
            Some(text)
        };
        let there: Option<String> = merge(ours, theirs);
        assert_eq!(there, merge(theirs, ours), "{base} {ours} {theirs}");
        there
    }

    #[test]
    fn changes_at_different_places_go_together_whoever_made_them() {
        for (base, ours, theirs, expected) in [
            ("abc", "abcd", "bc", "bcd"),
            ("abc", "abcd", "abcd", "abcd"),
            ("abc", "ac", "ac", "ac"),
            ("abcd", "xbcd", "abcy", "xbcy"),
            ("ab", "abc", "a", "ac"),
            ("ab", "cab", "b", "cb"),
            ("abcde", "bcdef", "abxcde", "bxcdef"),
        ] {
            assert_eq!(both(base, ours, theirs).as_deref(), Some(expected));
        }
    }

    #[test]
    fn changes_of_one_place_clash() {
        for (base, ours, theirs) in [
            ("abc", "abcd", "abce"),
            ("abc", "axc", "ayc"),
            ("abc", "axc", "ac"),
            ("ab", "abc", "ax"),
            ("", "a", "b"),
        ] {
            assert_eq!(both(base, ours, theirs), None, "{base} {ours} {theirs}");
        }
    }
}
