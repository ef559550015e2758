//! What came back from one question, and how its body is read.

use std::error::Error as _;
use std::io::Read as _;

use reqwest::blocking::Response;
use reqwest::header::{self, HeaderName};

use super::cache::Validators;
use super::fresh::Freshness;
use super::ranges::Span;
use super::retry::Failure;

/// What was answered.
pub(super) enum Answer {
    /// 304, and for how long nobody need ask again.
    NotModified(Option<Freshness>),
    /// 200.
    Found(Box<Found>),
    /// 206: these bytes of the whole.
    Piece(Span, Box<Found>),
    /// A piece was asked for, and the server does not give it, or not in a way that makes sense.
    NoPiece,
}

/// A body that has yet to be read.
pub(super) struct Found {
    pub(super) validators: Validators,
    pub(super) content_type: String,
    pub(super) fresh: Option<Freshness>,
    response: Response,
}

impl Found {
    pub(super) fn new(from: String, response: Response) -> Self {
        Self {
            validators: Validators {
                from,
                etag: text(&response, header::ETAG),
                last_modified: text(&response, header::LAST_MODIFIED),
            },
            content_type: text(&response, header::CONTENT_TYPE).unwrap_or_default(),
            fresh: Freshness::of(response.headers()),
            response,
        }
    }

    /// Reads the body into memory, up to a limit.
    pub(super) fn body(self, largest: u64) -> Result<Vec<u8>, Failure> {
        let mut body = Vec::new();
        self.response
            .take(largest.saturating_add(1))
            .read_to_end(&mut body)
            .map_err(|error| broken_off(&error))?;
        if u64::try_from(body.len()).is_ok_and(|length| length <= largest) {
            Ok(body)
        } else {
            Err(too_large(largest))
        }
    }

    /// Reads the body piece by piece, up to a limit.
    pub(super) fn stream(
        mut self,
        largest: u64,
        mut piece: impl FnMut(&[u8]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut buffer = vec![0; 64 * 1024];
        let mut left = largest;
        loop {
            match self.response.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(length) => {
                    left = u64::try_from(length)
                        .ok()
                        .and_then(|length| left.checked_sub(length))
                        .ok_or_else(|| too_large(largest))?;
                    piece(&buffer[..length])?;
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(broken_off(&error)),
            }
        }
    }
}

fn too_large(largest: u64) -> Failure {
    Failure::Permanent(format!("the answer is larger than {largest} bytes"))
}

fn broken_off(error: &std::io::Error) -> Failure {
    // The HTTP library's error inside would show the address.
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<reqwest::Error>());
    let reason = match inner {
        Some(inner) if inner.is_timeout() => "timed out".to_owned(),
        Some(inner) => chain(inner.source()),
        None => error.to_string(),
    };
    Failure::transient(format!("the answer broke off: {reason}"))
}

/// The text of a header.
pub(super) fn text(response: &Response, name: HeaderName) -> Option<String> {
    Some(response.headers().get(name)?.to_str().ok()?.to_owned())
}

/// An error and its causes in one line.
pub(super) fn chain(mut next: Option<&(dyn std::error::Error + 'static)>) -> String {
    let mut reasons: Vec<String> = Vec::new();
    while let Some(error) = next {
        let reason = error.to_string();
        // Wrappers like to repeat what they wrap.
        if !reasons.last().is_some_and(|last| last.ends_with(&reason)) {
            reasons.push(reason);
        }
        next = error.source();
    }
    reasons.join(": ")
}
