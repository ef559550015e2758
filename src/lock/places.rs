//! Where the things of a lock stand in its text, however that is laid out.
//!
//! It reads JSON, not locks: a text that is no lock has places as well, and what is not there has
//! none.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::finding::Location;

/// The places of everything on the first two levels of a lock.
#[derive(Clone, Debug)]
pub struct Places {
    start: Location,
    /// By name: `packages`, `packages/x`, `config/runs/y`.
    named: BTreeMap<String, Location>,
}

impl Places {
    /// Finds everything in one walk through the text; in none where it is no JSON object.
    pub fn of(file: impl Into<PathBuf>, text: &str) -> Self {
        let start = Location::start_of(file);
        let mut named = BTreeMap::new();
        let mut sweep = Sweep::new(text);
        for (name, section) in members(text) {
            let Some(key) = decoded(name) else { continue };
            named
                .entry(key.clone())
                .or_insert_with(|| sweep.location(&start, name));
            for (name, _) in members(section.get()) {
                if let Some(inner) = decoded(name) {
                    named
                        .entry(format!("{key}/{inner}"))
                        .or_insert_with(|| sweep.location(&start, name));
                }
            }
        }
        Self { start, named }
    }

    /// The place of the subject of a finding: of the thing itself, or of what it is part of.
    pub fn subject(&self, subject: &str) -> Option<&Location> {
        if subject == "lock" {
            return Some(&self.start);
        }
        let mut part = subject;
        loop {
            if let Some(place) = self.named.get(part) {
                return Some(place);
            }
            part = part.rsplit_once('/')?.0;
        }
    }

    /// The place where the lock records a registry entry such as `runs/y`.
    pub fn entry(&self, entry: &str) -> Option<&Location> {
        self.named.get(&format!("config/{entry}"))
    }

    /// The beginning of the lock.
    pub fn start(&self) -> &Location {
        &self.start
    }
}

/// The keys and values of an object, each as it is written.
struct Members<'a>(Vec<(&'a RawValue, &'a RawValue)>);

fn members(text: &str) -> Vec<(&RawValue, &RawValue)> {
    serde_json::from_str::<Members<'_>>(text).map_or_else(|_| Vec::new(), |members| members.0)
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AsWritten;

        impl<'de> Visitor<'de> for AsWritten {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = access.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(AsWritten)
    }
}

fn decoded(key: &RawValue) -> Option<String> {
    serde_json::from_str(key.get()).ok()
}

/// Counts lines and characters once, from the beginning to the end.
struct Sweep<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    column: usize,
}

impl<'a> Sweep<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            line: 1,
            column: 1,
        }
    }

    /// The place of a part of the text that lies behind all that were asked for before.
    fn location(&mut self, start: &Location, part: &RawValue) -> Location {
        let span = self.span(part.get());
        let passed = &self.text[self.at..span.start];
        self.line += passed.matches('\n').count();
        self.column = match passed.rsplit_once('\n') {
            Some((_, last)) => 1 + last.chars().count(),
            None => self.column + passed.chars().count(),
        };
        self.at = span.start;
        Location {
            file: start.file.clone(),
            line: self.line,
            column: self.column,
            span,
        }
    }

    /// Where in the text a part of it lies, which borrows from it.
    fn span(&self, part: &str) -> Range<usize> {
        let from = part.as_ptr().addr() - self.text.as_ptr().addr();
        from..from + part.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRETTY: &str = r#"{
  "lock_version": 1,
  "config": {
    "runs/y": {"name": "é", "runs/y": 1}
  },
  "packages": {
    "x": {},
    "a/b": {}
  },
  "distributions": {
    "numpy==1.26.4": {"files": {}}
  }
}
"#;

    fn place(places: &Places, text: &str, subject: &str) -> (usize, usize, String) {
        let place = places.subject(subject).expect("it stands there");
        (
            place.line,
            place.column,
            text[place.span.clone()].to_owned(),
        )
    }

    #[test]
    fn things_stand_at_their_keys() {
        let places = Places::of("locks/x.lock.json", PRETTY);
        let place = |subject| place(&places, PRETTY, subject);
        assert_eq!(place("packages/x"), (7, 5, "\"x\"".to_owned()));
        assert_eq!(place("packages/a/b"), (8, 5, "\"a/b\"".to_owned()));
        let numpy = (11, 5, "\"numpy==1.26.4\"".to_owned());
        assert_eq!(place("distributions/numpy==1.26.4"), numpy);
        assert_eq!(place("distributions/numpy==1.26.4/python"), numpy);
        assert_eq!(place("packages/other"), (6, 3, "\"packages\"".to_owned()));
        assert_eq!(place("lock"), (1, 1, String::new()));
        assert_eq!(places.entry("runs/y").map(|place| place.line), Some(4));
        assert_eq!(places.subject("runs/y"), None);
        assert_eq!(places.subject("results/metrics.csv"), None);
    }

    #[test]
    fn the_layout_does_not_matter() {
        let value: serde_json::Value = serde_json::from_str(PRETTY).unwrap();
        let one_line = value.to_string();
        let windows = PRETTY.replace('\n', "\r\n");
        let spelled = PRETTY.replace("\"x\"", "\"\\u0078\"");
        for text in [one_line, windows, spelled] {
            let places = Places::of("x", &text);
            for subject in ["packages/x", "packages/a/b", "distributions/numpy==1.26.4"] {
                let place = places.subject(subject).expect("it stands there");
                let before = &text[..place.span.start];
                let column = before.lines().last().unwrap_or_default().chars().count();
                let on_new_line = before.ends_with('\n');
                assert_eq!(place.line, before.matches('\n').count() + 1);
                assert_eq!(place.column, if on_new_line { 1 } else { column + 1 });
            }
        }
    }

    #[test]
    fn a_text_that_is_no_lock_has_only_its_beginning() {
        for text in ["", "[1]", "{\"packages\": 1", "\"lock\""] {
            let places = Places::of("x", text);
            assert_eq!(places.subject("packages/x"), None, "{text}");
            assert!(places.subject("lock").is_some());
        }
    }

    /// Counting each column from the beginning of the line would take hours.
    #[test]
    fn a_huge_lock_on_one_line_takes_no_time() {
        let keys: Vec<_> = (0..100_000).map(|n| format!("\"p{n}\":{{}}")).collect();
        let text = format!("{{\"packages\":{{{}}}}}", keys.join(","));
        let places = Places::of("x", &text);
        let last = places.subject("packages/p99999").expect("it stands there");
        assert_eq!(last.column, last.span.start + 1);
    }
}
