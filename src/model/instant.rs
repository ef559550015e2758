//! Instants, written in RFC 3339 in UTC to the second (`2026-11-22T07:00:00Z`).

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
/// An absolute instant with the precision of a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(Timestamp);

/// The text is no absolute instant.
#[derive(Debug, thiserror::Error)]
#[error("`{text}` is not an absolute instant like `2026-11-22T07:00:00Z`")]
pub struct InstantError {
    text: String,
    source: jiff::Error,
}

impl Instant {
    /// Seconds since 1970-01-01T00:00:00Z, as git writes commit times.
    pub fn from_unix_seconds(seconds: i64) -> Option<Self> {
        Timestamp::from_second(seconds).ok().map(Self)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0}", self.0)
    }
}

impl FromStr for Instant {
    type Err = InstantError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed: Timestamp = text.parse().map_err(|source| InstantError {
            text: text.to_owned(),
            source,
        })?;
        // Whole seconds, downwards: the same instant from two clients compares equal.
        let whole = Timestamp::from_second(parsed.as_second()).map_err(|source| InstantError {
            text: text.to_owned(),
            source,
        })?;
        Ok(Self(whole))
    }
}

serde_as_text!(
    Instant,
    "An instant in UTC, to the second (RFC 3339).",
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_and_fractions_become_utc_seconds() {
        let instant: Instant = "2026-11-22T10:00:00.75+03:00".parse().unwrap();
        assert_eq!(instant.to_string(), "2026-11-22T07:00:00Z");
    }

    #[test]
    fn a_date_alone_is_no_instant() {
        assert!("2026-11-22".parse::<Instant>().is_err());
    }
}
