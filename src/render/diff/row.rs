//! One change in the words that text and Markdown share.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::super::visible;
use crate::lock::diff::{Affected, Change, Direction, Leaf, Subject, Value};

/// How many names of runs or environments are told, and how many things that follow.
const NAMES: usize = 4;
/// How many digits of a digest are shown, unless more are needed to tell two apart.
const DIGITS: usize = 12;
/// How many characters of a value are shown.
const LONGEST: usize = 60;
/// How many columns a name takes.
const LONGEST_NAME: usize = 100;

/// One change, each part in one line and without what drives a terminal.
pub(super) struct Row {
    /// `models/NAME`, `numpy`; empty for a value of several runs.
    pub(super) name: String,
    pub(super) cell: Cell,
    pub(super) direction: Option<Direction>,
    /// `all runs: inference`; none where the name says it.
    pub(super) places: Option<Places>,
    /// What follows, and how much more of that there is.
    pub(super) also: Vec<Cell>,
    pub(super) more: usize,
}

/// A value that differs.
pub(super) struct Cell {
    /// `engine_params.seed`, `chat template`; empty where the whole thing came or went.
    pub(super) field: String,
    pub(super) old: Option<String>,
    pub(super) new: Option<String>,
    /// Whether the values are digests, which say only that something differs.
    pub(super) opaque: bool,
}

/// Where a change counts: names, and what is said of them.
pub(super) struct Places {
    /// `all runs`, or none where runs are named.
    pub(super) all: bool,
    /// The first runs by name, and how many more there are.
    pub(super) runs: (Vec<String>, usize),
    /// The stages, or where these would say too much, the environments.
    pub(super) inside: (Vec<String>, usize),
}

impl Row {
    pub(super) fn of(change: &Change) -> Self {
        let told: Vec<_> = change.also.iter().take(NAMES).map(Cell::of).collect();
        let name = match &change.subject {
            Subject::Runs if change.affected.runs.len() != 1 => String::new(),
            Subject::Environments if change.affected.environments.len() != 1 => {
                "environments".to_owned()
            }
            Subject::Distribution(name) => name.to_string(),
            Subject::Release(dist) => dist.to_string(),
            _ => change.about(),
        };
        Self {
            places: Places::of(&change.affected, &name),
            name: self::name(&name),
            cell: Cell::of(&change.leaf),
            direction: change.direction(),
            more: change.also.len() - told.len(),
            also: told,
        }
    }
}

impl Cell {
    fn of(leaf: &Leaf) -> Self {
        let [old, new] = shortened(leaf.old.as_ref(), leaf.new.as_ref());
        let digest = |value: &Option<Value>| matches!(value, None | Some(Value::Digest(_)));
        Self {
            field: field(&leaf.field),
            old,
            new,
            opaque: digest(&leaf.old) && digest(&leaf.new),
        }
    }
}

impl Places {
    /// None where the name of the thing says it.
    fn of(affected: &Affected, name: &str) -> Option<Self> {
        let only = affected.runs.first().filter(|_| affected.runs.len() == 1);
        if only.is_some_and(|run| name == format!("runs/{run}")) {
            return None;
        }
        let stages = affected.stages.iter().map(ToString::to_string).collect();
        let inside = if affected.partly {
            first(&affected.environments)
        } else {
            (stages, 0)
        };
        let named = name.strip_prefix("environments/");
        let said = named.is_some_and(|id| inside.0 == [id]);
        Some(Self {
            all: affected.all_runs,
            runs: first(&affected.runs),
            inside: if said { (Vec::new(), 0) } else { inside },
        })
    }

    /// In words, with names as they are to be shown.
    pub(super) fn words(&self, name: impl Fn(&str) -> String) -> String {
        let list = |(names, more): &(Vec<String>, usize)| {
            let mut words: Vec<_> = names.iter().map(|text| name(text)).collect();
            if *more > 0 {
                words.push(format!("{more} more"));
            }
            words.join(", ")
        };
        let runs = match (self.all, self.runs.0.is_empty()) {
            (true, _) => "all runs".to_owned(),
            (false, true) => "no run".to_owned(),
            (false, false) => list(&self.runs),
        };
        match list(&self.inside) {
            inside if inside.is_empty() => runs,
            inside => format!("{runs}: {inside}"),
        }
    }
}

fn first(names: &BTreeSet<String>) -> (Vec<String>, usize) {
    let told: Vec<_> = names.iter().take(NAMES).map(|it| name(it)).collect();
    let more = names.len() - told.len();
    (told, more)
}

/// The path of a value without the sections that only the file has: `pin.roles.chat_template` is
/// `chat template`.
fn field(path: &str) -> String {
    let words = match path.strip_prefix("pin.roles.") {
        Some("other") => "other files".to_owned(),
        Some(role) => role.replace('_', " "),
        None => {
            let mut sections = ["pin.platforms.", "pin.", "target."].iter();
            let inner = sections.find_map(|section| path.strip_prefix(section));
            inner.unwrap_or(path).to_owned()
        }
    };
    name(&words)
}

/// A name on one line; one that is too long is no name.
pub(super) fn name(text: &str) -> String {
    visible::name(text, LONGEST_NAME)
}

/// A text on one line, without what drives a terminal.
fn line(text: &str) -> String {
    visible::name(text, usize::MAX)
}

/// Two values as far as they need to be shown to see that they differ.
fn shortened(old: Option<&Value>, new: Option<&Value>) -> [Option<String>; 2] {
    digests([old, new]).unwrap_or_else(|| {
        let sides = [old, new].map(|value| value.map(plain));
        let same = alike(&sides);
        sides.map(|side| side.map(|text| around(&text, same, LONGEST)))
    })
}

/// As many digits of digests as tell them apart; none where these are no digests, or what differs
/// is not the digits.
fn digests(sides: [Option<&Value>; 2]) -> Option<[Option<String>; 2]> {
    let mut algorithms = Vec::new();
    let mut digits = [None, None];
    for (side, value) in digits.iter_mut().zip(sides) {
        if let Some(value) = value {
            let (algorithm, hex) = digest(value)?;
            algorithms.push(algorithm);
            *side = Some(hex);
        }
    }
    if let [one, two] = &algorithms[..]
        && (one != two || digits[0] == digits[1])
    {
        return None;
    }
    let same = alike(&digits);
    let most = if same < DIGITS { DIGITS } else { same + 4 };
    Some(digits.map(|side| side.map(|hex| hex.chars().take(most).collect())))
}

/// How many characters two texts begin with that are the same.
fn alike(sides: &[Option<String>; 2]) -> usize {
    let [Some(old), Some(new)] = sides else {
        return 0;
    };
    let pairs = old.chars().zip(new.chars());
    pairs.take_while(|(a, b)| a == b).count()
}

/// The algorithm, if it is named, and the digits of a digest or a commit.
///
/// An image by its digest is none: its registry may be what differs.
fn digest(value: &Value) -> Option<(String, String)> {
    let text = match value {
        Value::Digest(text) | Value::Json(Json::String(text)) => text.clone(),
        Value::Commit(commit) => commit.to_string(),
        _ => return None,
    };
    let (algorithm, digits) = text.rsplit_once(':').unwrap_or(("", &text));
    let named = |c: char| c.is_ascii_alphanumeric() || ":-+".contains(c);
    let is_digest = matches!(digits.len(), 40 | 64)
        && digits.bytes().all(|b| b.is_ascii_hexdigit())
        && algorithm.chars().all(named);
    is_digest.then(|| (algorithm.to_owned(), digits.to_owned()))
}

/// A value that is no digest.
fn plain(value: &Value) -> String {
    match value {
        Value::Text(text) if text.is_empty() => "\"\"".to_owned(),
        value => line(&value.to_string()),
    }
}

/// So many characters around a place of a text.
fn around(text: &str, place: usize, longest: usize) -> String {
    let length = text.chars().count();
    if length <= longest {
        return text.to_owned();
    }
    let begin = place.saturating_sub(longest / 3).min(length - longest);
    let begin = if place < longest / 2 { 0 } else { begin };
    let before = if begin > 0 { "…" } else { "" };
    let after = if begin + longest < length { "…" } else { "" };
    let shown: String = text.chars().skip(begin).take(longest).collect();
    format!("{before}{shown}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(old: &str, new: &str) -> (String, String) {
        let value = |text: &str| Value::Text(text.to_owned());
        let [old, new] = shortened(Some(&value(old)), Some(&value(new)));
        (old.unwrap(), new.unwrap())
    }

    #[test]
    fn digests_are_as_long_as_they_must_be_to_differ() {
        let digest = |digits: &str| Value::Digest(format!("sha256:{digits:0<64}"));
        let of = |old, new| shortened(Some(&digest(old)), Some(&digest(new)));
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(of("1", "2"), [some("100000000000"), some("200000000000")]);
        let alike = of("1234567890123451", "1234567890123452");
        assert_eq!(
            alike,
            [some("1234567890123451000"), some("1234567890123452000")]
        );
        let alone = shortened(None, Some(&digest("1")));
        assert_eq!(alone, [None, some("100000000000")]);
    }

    #[test]
    fn what_differs_beside_the_digits_is_shown() {
        let hex = "0123456789abcdef".repeat(4);
        for (old, new) in [
            (
                "registry.good.example/base@sha256:",
                "registry.evil.example/base@sha256:",
            ),
            ("good:", "evil:"),
            ("sha256:", "gitoid:blob:sha256:"),
            ("", "sha256:"),
        ] {
            let value = |beginning: &str| Value::Json(format!("{beginning}{hex}").into());
            let shown = shortened(Some(&value(old)), Some(&value(new)));
            for (shown, beginning) in shown.into_iter().zip([old, new]) {
                let whole = format!("\"{beginning}0123");
                assert!(shown.as_ref().unwrap().starts_with(&whole), "{shown:?}");
            }
        }
        // Nor is it left out where there is nothing to compare it with.
        let named = Value::Json(format!("registry.example/base@sha256:{hex}").into());
        let [_, shown] = shortened(None, Some(&named));
        assert!(shown.unwrap().starts_with("\"registry.example/base@"));
    }

    #[test]
    fn long_values_are_shown_around_what_differs() {
        let common = "x".repeat(100);
        let (old, new) = of(&format!("{common}a{common}"), &format!("{common}b{common}"));
        assert!(
            old.contains('a') && old.starts_with('…') && old.ends_with('…'),
            "{old}"
        );
        assert!(
            new.contains('b') && new.chars().count() == LONGEST + 2,
            "{new}"
        );
        let (old, _) = of(&common, "y");
        assert_eq!(old, format!("{}…", "x".repeat(LONGEST)));
        assert_eq!(
            of("a\nb", "\u{1b}[2J"),
            ("a␊b".to_owned(), "␛[2J".to_owned())
        );
    }

    #[test]
    fn fields_are_told_in_the_words_of_the_field() {
        assert_eq!(field("pin.roles.chat_template"), "chat template");
        assert_eq!(field("pin.commit"), "commit");
        assert_eq!(field("engine_params.roles.a_b"), "engine_params.roles.a_b");
        // What an entry calls so is no role of a model.
        assert_eq!(field("roles.a_b"), "roles.a_b");
    }

    #[test]
    fn fields_drive_no_terminal() {
        for path in ["roles.", "pin.roles.", "pin.", "target.", ""] {
            let shown = field(&format!("{path}\u{1b}]0;evil\u{7}"));
            assert!(shown.ends_with("␛]0;evil␇"), "{path}: {shown:?}");
        }
    }
}
