//! For how long a server says that its answer holds (RFC 9111 §4.2), and whether it still does.
//!
//! Only `max-age` is understood. Whatever else forbids to use an answer unasked wins over it, and
//! so does any doubt.

use jiff::Timestamp;
use reqwest::header::{self, HeaderMap};
use serde::{Deserialize, Serialize};

/// An answer holds for some time after it was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Freshness {
    /// In seconds since 1970.
    received: i64,
    seconds: i64,
}

impl Freshness {
    /// What the headers of an answer that was received now say.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let control: Vec<_> = headers
            .get_all(header::CACHE_CONTROL)
            .iter()
            .map(|value| value.to_str().ok())
            // What cannot be read may forbid it.
            .collect::<Option<_>>()?;
        let age = match headers.get(header::AGE) {
            Some(age) => age.to_str().ok()?,
            None => "0",
        };
        Self::read(&control.join(","), age, Timestamp::now())
    }

    fn read(control: &str, age: &str, now: Timestamp) -> Option<Self> {
        let mut seconds: Option<i64> = None;
        for directive in control.split(',') {
            let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
            match name.trim().to_ascii_lowercase().as_str() {
                "no-cache" | "no-store" => return None,
                "max-age" => {
                    let stated = count(value.trim().trim_matches('"'))?;
                    seconds = Some(seconds.map_or(stated, |other| other.min(stated)));
                }
                _ => {}
            }
        }
        // Another cache on the way had it for so long already.
        let seconds = seconds?.saturating_sub(count(age.trim())?);
        (seconds > 0).then(|| Self {
            received: now.as_second(),
            seconds,
        })
    }

    /// Whether nobody need ask at this time; never by a clock that went backwards.
    pub(super) fn holds(self, now: Timestamp) -> bool {
        let age = now.as_second().saturating_sub(self.received);
        (0..self.seconds).contains(&age)
    }
}

/// Only digits: a sign makes no sense here.
fn count(text: &str) -> Option<i64> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn seconds(control: &str, age: &str) -> Option<i64> {
        Freshness::read(control, age, at(0)).map(|fresh| fresh.seconds)
    }

    #[test]
    fn only_an_undisputed_max_age_counts() {
        for (control, age, expected) in [
            ("max-age=600, public", "0", Some(600)),
            ("public,Max-Age=\"60\"", "0", Some(60)),
            ("max-age=600", "200", Some(400)),
            ("max-age=600", "600", None),
            ("max-age=600", "old", None),
            ("max-age=600,max-age=5", "0", Some(5)),
            ("max-age=600, no-cache", "0", None),
            ("No-Store,max-age=600", "0", None),
            ("no-cache=\"set-cookie\", max-age=600", "0", None),
            ("max-age=0", "0", None),
            ("max-age=-1", "0", None),
            ("max-age=soon", "0", None),
            ("max-age", "0", None),
            ("s-maxage=600", "0", None),
            ("", "0", None),
        ] {
            assert_eq!(seconds(control, age), expected, "{control}; {age}");
        }
    }

    #[test]
    fn it_ends_and_never_holds_before_it_began() {
        let fresh = Freshness::read("max-age=600", "0", at(1000)).unwrap();
        assert!(fresh.holds(at(1000)) && fresh.holds(at(1599)));
        assert!(!fresh.holds(at(1600)) && !fresh.holds(at(999)));
    }
}
