//! When a question is asked again, and when it is given up.
//!
//! Failures that may pass (no connection, a cut off body, 429, 5xx) are retried after a wait that
//! doubles each time; a server's `Retry-After` (RFC 9110 §10.2.3) or spent `RateLimit` overrides
//! the wait.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{self, HeaderMap};

use super::text;
use crate::model::without_credentials;
use crate::remote::RemoteError;

/// How often and how patiently to ask again.
#[derive(Clone, Copy, Debug)]
pub struct Retries {
    /// How many times after the first.
    pub count: u32,
    /// The wait before the second attempt; each further one is twice as long.
    pub first_wait: Duration,
    /// No wait is longer, whatever the server asks for.
    pub longest_wait: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            count: 3,
            first_wait: Duration::from_millis(250),
            longest_wait: Duration::from_mins(1),
        }
    }
}

/// Why one attempt failed.
#[derive(Debug)]
pub(in crate::io) enum Failure {
    /// 404 and 410.
    Missing,
    /// 401 and 403.
    Denied(String),
    /// Asking again would not help.
    Permanent(String),
    /// Asking again would not help, and whoever asked knows what that means.
    Refused(RemoteError),
    /// The bytes are not those that were announced; asking again, once, may help.
    Mismatch(String),
    /// Asking again may help, perhaps not before some time.
    Transient {
        reason: String,
        wait: Option<Duration>,
    },
}

impl Failure {
    pub(in crate::io) fn transient(reason: impl Into<String>) -> Self {
        Self::Transient {
            reason: reason.into(),
            wait: None,
        }
    }
}

/// What is asked for, as messages name it.
#[derive(Clone, Copy)]
pub(in crate::io) struct Subject<'a> {
    /// "project `x`" or "file `y`".
    pub(in crate::io) thing: &'a str,
    /// Who is asked.
    pub(in crate::io) place: &'a dyn fmt::Display,
}

impl Subject<'_> {
    pub(in crate::io) fn error(&self, failure: Failure, attempts: u32) -> RemoteError {
        let Self { thing, place } = self;
        match failure {
            Failure::Missing => RemoteError::NotFound(format!("no {thing} on `{place}`")),
            Failure::Denied(reason) => RemoteError::Denied(format!(
                "access to {thing} on `{place}` was denied: {}",
                without_credentials(&reason)
            )),
            Failure::Mismatch(message) => RemoteError::Mismatch(message),
            Failure::Refused(error) => error,
            Failure::Permanent(reason) | Failure::Transient { reason, .. } => {
                let tried = if attempts > 1 {
                    format!(" ({attempts} attempts)")
                } else {
                    String::new()
                };
                RemoteError::Unreachable(format!(
                    "cannot read {thing} on `{place}`: {}{tried}",
                    without_credentials(&reason)
                ))
            }
        }
    }
}

impl Retries {
    /// Attempts until it succeeds, fails for good, or has been tried often enough.
    pub(in crate::io) fn run<T>(
        &self,
        subject: Subject<'_>,
        attempt: impl FnMut() -> Result<T, Failure>,
    ) -> Result<T, RemoteError> {
        self.run_as(
            |failure, attempts| subject.error(failure, attempts),
            attempt,
        )
    }

    /// The same; `error` tells what the last failure is after so many attempts.
    pub(in crate::io) fn run_as<T>(
        &self,
        error: impl Fn(Failure, u32) -> RemoteError,
        mut attempt: impl FnMut() -> Result<T, Failure>,
    ) -> Result<T, RemoteError> {
        let mut mismatched = false;
        for done in 0.. {
            match attempt() {
                Ok(value) => return Ok(value),
                Err(Failure::Transient { wait, .. }) if done < self.count => {
                    std::thread::sleep(self.wait(done, wait));
                }
                Err(Failure::Mismatch(_)) if done < self.count && !mismatched => {
                    mismatched = true;
                    std::thread::sleep(self.wait(done, None));
                }
                Err(failure) => return Err(error(failure, done + 1)),
            }
        }
        unreachable!("the last attempt returns")
    }

    pub(in crate::io) fn wait(&self, done: u32, asked: Option<Duration>) -> Duration {
        let doubled = || self.first_wait.saturating_mul(2_u32.saturating_pow(done));
        asked.unwrap_or_else(doubled).min(self.longest_wait)
    }
}

/// The wait that a server asks for: in `Retry-After`, else in `RateLimit`, as the Hub does
/// (draft-ietf-httpapi-ratelimit-headers).
pub(in crate::io) fn wait_asked(headers: &HeaderMap) -> Option<Duration> {
    let asked = text(headers, header::RETRY_AFTER);
    let asked = asked.and_then(|value| retry_after(&value, Timestamp::now()));
    asked.or_else(|| spent(&text(headers, "ratelimit")?))
}

/// When there will be requests left again: `"api";r=0;t=55` says in 55 s. None where some are left.
fn spent(value: &str) -> Option<Duration> {
    let parameter = |name: &str| -> Option<u64> {
        let mut parameters = value.split(';').filter_map(|part| part.split_once('='));
        let (_, number) = parameters.find(|(key, _)| key.trim() == name)?;
        number.trim().parse().ok()
    };
    let seconds = parameter("t")?;
    (parameter("r")? == 0).then(|| Duration::from_secs(seconds))
}

/// What a `Retry-After` header says: seconds, or a date.
fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    // A wrong weekday does not make the instant a doubtful one.
    let parser = rfc2822::DateTimeParser::new().relaxed_weekday(true);
    let date = parser.parse_timestamp(value).ok()?;
    Some(Duration::try_from(date.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "1994-11-06T08:49:07Z".parse().unwrap();
        let seconds = |text: &str| retry_after(text, now).map(|wait| wait.as_secs());
        assert_eq!(seconds("120"), Some(120));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:37 GMT"), Some(30));
        assert_eq!(seconds("Mon, 06 Nov 1994 08:49:37 GMT"), Some(30));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:00:00 GMT"), Some(0));
        assert_eq!(seconds("soon"), None);
        assert_eq!(seconds("-1"), None);
    }

    #[test]
    fn a_limit_that_is_spent_says_when_it_is_renewed() {
        assert_eq!(spent("\"api\";r=0;t=55"), Some(Duration::from_secs(55)));
        assert_eq!(spent("\"api\"; r=0; t=5"), Some(Duration::from_secs(5)));
        for value in [
            "\"api\";r=489;t=189",
            "\"api\";t=55",
            "\"api\";r=0;t=soon",
            "",
        ] {
            assert_eq!(spent(value), None, "{value}");
        }
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        let retries = Retries::default();
        let waits: Vec<_> = (0..4).map(|n| retries.wait(n, None).as_millis()).collect();
        assert_eq!(waits, [250, 500, 1000, 2000]);
        let longest = retries.longest_wait;
        assert_eq!(retries.wait(40, None), longest);
        assert_eq!(retries.wait(0, Some(Duration::from_hours(1))), longest);
        let asked = Duration::from_secs(2);
        assert_eq!(retries.wait(0, Some(asked)), asked);
    }
}
