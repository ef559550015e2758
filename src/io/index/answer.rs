//! What came back from one question, and how its body is read.

use reqwest::blocking::Response;
use reqwest::header;

use super::cache::Validators;
use super::fresh::Freshness;
use crate::io::http::{self, Failure, Span, text};

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
                etag: text(response.headers(), header::ETAG),
                last_modified: text(response.headers(), header::LAST_MODIFIED),
            },
            content_type: text(response.headers(), header::CONTENT_TYPE).unwrap_or_default(),
            fresh: Freshness::of(response.headers()),
            response,
        }
    }

    /// Reads the body into memory, up to a limit.
    pub(super) fn body(self, largest: u64) -> Result<Vec<u8>, Failure> {
        http::read(self.response, largest)
    }

    /// Reads the body piece by piece, up to a limit.
    pub(super) fn stream(
        self,
        largest: u64,
        piece: impl FnMut(&[u8]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        http::stream(self.response, largest, piece)
    }
}
