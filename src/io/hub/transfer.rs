//! The bytes of a file: small ones into memory, large ones through a digest.

use reqwest::StatusCode;
use reqwest::header::{self, HeaderMap};
use sha2::{Digest as _, Sha256};

use super::ask::{Answer, Repository, Thing};
use crate::io::http::{self, Failure, Range, Span, text};
use crate::model::{GitOid, Sha256Digest, check_path};
use crate::remote::{Progress, RemoteError, TreeError};

/// An attempt that brings so many bytes is not counted as one that failed: a large file takes as
/// many as its size asks for.
const WORTHWHILE: u64 = 16 * 1024 * 1024;

impl Repository<'_> {
    /// The bytes of a small file.
    pub(super) fn read(
        &self,
        commit: &GitOid,
        path: &str,
        limit: u64,
    ) -> Result<Vec<u8>, RemoteError> {
        check_path(path).map_err(TreeError::from)?;
        let thing = Thing::File(commit, path);
        self.attempt(thing, || {
            let answer = self.bytes(commit, path, None)?;
            if answer.response.status() != StatusCode::OK {
                return Err(Failure::transient(
                    "a piece came where the whole was asked for",
                ));
            }
            let announced = self.announced(thing, &answer, None)?;
            let body = http::read(answer.response, limit)?;
            let length = u64::try_from(body.len()).unwrap_or(u64::MAX);
            match announced {
                Some(announced) if announced != length => {
                    Err(self.of_other_length(thing, length, announced))
                }
                _ => Ok(body),
            }
        })
    }

    /// The digest and the size of a file, by reading all of it.
    pub(super) fn digest(
        &self,
        commit: &GitOid,
        path: &str,
        limit: u64,
        progress: &dyn Progress,
    ) -> Result<(Sha256Digest, u64), RemoteError> {
        check_path(path).map_err(TreeError::from)?;
        let mut transfer = Transfer::default();
        self.attempt(Thing::File(commit, path), || {
            loop {
                let before = transfer.read;
                match self.go_on(&mut transfer, (commit, path), limit, progress) {
                    Err(Failure::Transient { .. })
                        if transfer.read.saturating_sub(before) >= WORTHWHILE => {}
                    Err(failure @ Failure::Mismatch(_)) => {
                        transfer.begin_again();
                        transfer.total = None;
                        return Err(failure);
                    }
                    other => return other,
                }
            }
        })?;
        let digest = Sha256Digest::from_hasher(transfer.hasher);
        Ok((digest, transfer.read))
    }

    /// Reads on from where a transfer stopped.
    fn go_on(
        &self,
        transfer: &mut Transfer,
        (commit, path): (&GitOid, &str),
        limit: u64,
        progress: &dyn Progress,
    ) -> Result<(), Failure> {
        let thing = Thing::File(commit, path);
        let range = (transfer.read > 0).then_some(Range::From(transfer.read));
        let answer = self.bytes(commit, path, range)?;
        let span = match (answer.response.status(), range) {
            // The whole, whatever was asked for.
            (StatusCode::OK, _) => {
                transfer.begin_again();
                None
            }
            (_, asked) => {
                let span = piece(answer.response.headers(), asked);
                if span.is_none() {
                    transfer.begin_again();
                    return Err(Failure::transient("another piece came than was asked for"));
                }
                span
            }
        };
        let total = self.announced(thing, &answer, span)?;
        if let (Some(total), Some(known)) = (total, transfer.total)
            && total != known
        {
            return Err(self.of_other_length(thing, total, known));
        }
        transfer.total = total.or(transfer.total);
        let left = limit.saturating_sub(transfer.read);
        http::stream(answer.response, left, |piece| {
            transfer.take(piece, progress);
            match transfer.total {
                Some(total) if transfer.read > total => {
                    Err(self.of_other_length(thing, transfer.read, total))
                }
                _ => Ok(()),
            }
        })?;
        match transfer.total {
            Some(total) if transfer.read != total => {
                Err(self.of_other_length(thing, transfer.read, total))
            }
            _ => Ok(()),
        }
    }

    fn bytes(&self, commit: &GitOid, path: &str, range: Option<Range>) -> Result<Answer, Failure> {
        let endpoint = &self.access.endpoint;
        let address = endpoint.file(self.repo, commit.as_str(), path);
        let thing = Thing::File(commit, path);
        self.ask(&self.client.bytes, thing, &address, range)
    }

    /// How long the whole file is: by the Hub, and by whoever sends it.
    fn announced(
        &self,
        thing: Thing<'_>,
        answer: &Answer,
        span: Option<Span>,
    ) -> Result<Option<u64>, Failure> {
        let by_hub = answer
            .own("x-linked-size")
            .and_then(|size| size.trim().parse().ok());
        let sent = span.map_or_else(
            || content_length(answer.response.headers()),
            |span| Some(span.total),
        );
        match (by_hub, sent) {
            (Some(by_hub), Some(sent)) if by_hub != sent => {
                Err(self.of_other_length(thing, sent, by_hub))
            }
            (by_hub, sent) => Ok(by_hub.or(sent)),
        }
    }

    fn of_other_length(&self, thing: Thing<'_>, came: u64, announced: u64) -> Failure {
        let named = self.named(thing);
        Failure::Mismatch(format!(
            "{named} came with {came} bytes, but {announced} were announced"
        ))
    }
}

/// The piece that came, where it is the one that was asked for.
fn piece(headers: &HeaderMap, asked: Option<Range>) -> Option<Span> {
    let span = Span::read(&text(headers, header::CONTENT_RANGE)?)?;
    span.answers(asked?).then_some(span)
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    text(headers, header::CONTENT_LENGTH)?.trim().parse().ok()
}

/// How far a file was read.
#[derive(Default)]
struct Transfer {
    hasher: Sha256,
    read: u64,
    total: Option<u64>,
    /// How many bytes were told to the progress; none is told twice.
    told: u64,
}

impl Transfer {
    fn begin_again(&mut self) {
        self.hasher = Sha256::new();
        self.read = 0;
    }

    fn take(&mut self, piece: &[u8], progress: &dyn Progress) {
        self.hasher.update(piece);
        self.read += u64::try_from(piece.len()).unwrap_or_default();
        let new = self.read.saturating_sub(self.told);
        if new > 0 {
            progress.read(new);
            self.told = self.read;
        }
    }
}
