//! One file from inside of an archive: of a wheel by pieces, where the server gives them.
//!
//! A wheel that is read in pieces is held against no digest, as none is of pieces; whatever is read
//! whole is.

use std::fs::File;

use super::answer::{Answer, Found};
use super::archive::{self, ArchiveError};
use super::file::RemoteFile;
use super::ranges::{Ended, LAST, Piece, Pieces};
use crate::io::http::{Failure, Range, Span};
use crate::remote::RemoteError;

/// A file of `.dist-info`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Member {
    /// What the distribution says of itself.
    Metadata,
    /// The files that it lists.
    Record,
}

impl Member {
    fn name(self) -> &'static str {
        match self {
            Self::Metadata => "METADATA",
            Self::Record => "RECORD",
        }
    }
}

/// The bytes of a file, and whether they are from a file that was read to its end.
pub(super) struct Received {
    pub(super) bytes: Vec<u8>,
    pub(super) whole_file: bool,
}

/// What a server gives to whoever asks for the end of a file.
enum Opened {
    Piece(Piece),
    Whole(File),
}

impl RemoteFile<'_> {
    /// The text of `RECORD` inside of a wheel; what is in the cache does not count, because the
    /// server is what installed files are held against.
    pub(super) fn record(&self) -> Result<String, RemoteError> {
        if self.client.offline {
            return Err(RemoteError::NotCached(format!(
                "{} on `{}` is not asked for when offline",
                self.thing_of(Member::Record),
                self.index
            )));
        }
        let read = self.inside_wheel(Member::Record)?;
        String::from_utf8(read.bytes).map_err(|_| {
            let thing = self.thing_of(Member::Record);
            RemoteError::Unreachable(format!(
                "cannot read {thing} on `{}`: it is not UTF-8",
                self.index
            ))
        })
    }

    pub(super) fn inside_wheel(&self, member: Member) -> Result<Received, RemoteError> {
        let opened = self.attempt(&self.thing(), || self.open())?;
        let archive = match opened {
            Opened::Whole(archive) => archive,
            Opened::Piece(last) => match self.in_pieces(last, member)? {
                Some(bytes) => {
                    return Ok(Received {
                        bytes,
                        whole_file: false,
                    });
                }
                None => self.whole()?,
            },
        };
        self.in_whole(archive, member, |archive| {
            archive::of_wheel(archive, member.name(), self.file)
        })
    }

    /// The end of the file, or all of it where the server does not know of pieces.
    fn open(&self) -> Result<Opened, Failure> {
        match self.ask(&self.address, Some(LAST))? {
            Answer::Piece(span, found) => {
                if let Some(piece) = receive(LAST, span, *found)? {
                    return Ok(Opened::Piece(piece));
                }
            }
            Answer::Found(found) => return self.fetch(*found).map(Opened::Whole),
            Answer::NoPiece | Answer::NotModified(_) => {}
        }
        let found = self.ask_whole(&self.address)?;
        self.fetch(found).map(Opened::Whole)
    }

    /// None where the pieces do not make an archive: only the whole file can tell why.
    fn in_pieces(&self, last: Piece, member: Member) -> Result<Option<Vec<u8>>, RemoteError> {
        let thing = self.thing();
        let mut pieces = Pieces::new(last, |range| {
            self.attempt(&thing, || match self.ask(&self.address, Some(range))? {
                Answer::Piece(span, found) => receive(range, span, *found),
                Answer::Found(_) | Answer::NoPiece | Answer::NotModified(_) => Ok(None),
            })
        });
        let read = archive::of_wheel(&mut pieces, member.name(), self.file);
        match (read, pieces.ended()) {
            (_, Some(Ended::Failed(error))) => Err(error),
            (Ok(bytes), _) => Ok(Some(bytes)),
            (Err(_), Some(Ended::Odd)) | (Err(ArchiveError::Damaged(_)), None) => Ok(None),
            (Err(error), None) => Err(self.unreadable(member, &error)),
        }
    }

    /// The whole file, on disk.
    pub(super) fn whole(&self) -> Result<File, RemoteError> {
        self.attempt(&self.thing(), || {
            let found = self.ask_whole(&self.address)?;
            self.fetch(found)
        })
    }

    pub(super) fn in_whole(
        &self,
        archive: File,
        member: Member,
        read: impl FnOnce(File) -> Result<Vec<u8>, ArchiveError>,
    ) -> Result<Received, RemoteError> {
        let bytes = read(archive).map_err(|error| self.unreadable(member, &error))?;
        Ok(Received {
            bytes,
            whole_file: true,
        })
    }

    fn unreadable(&self, member: Member, error: &ArchiveError) -> RemoteError {
        match error {
            ArchiveError::Missing(_) => self.none(member, &error.to_string()),
            _ => RemoteError::Unreachable(format!(
                "cannot read {} on `{}`: {error}",
                self.thing_of(member),
                self.index
            )),
        }
    }

    pub(super) fn none(&self, member: Member, why: &str) -> RemoteError {
        let thing = self.thing_of(member);
        RemoteError::NotFound(format!("no {thing} on `{}`: {why}", self.index))
    }

    pub(super) fn thing_of(&self, member: Member) -> String {
        let what = match member {
            Member::Metadata => "metadata",
            Member::Record => "`RECORD`",
        };
        format!("{what} of `{}`", self.file.filename)
    }
}

/// A piece as it came; none where it is not the one that was asked for.
fn receive(range: Range, span: Span, found: Found) -> Result<Option<Piece>, Failure> {
    // What was not asked for is not read either: it may be of any size.
    if !span.answers(range) {
        return Ok(None);
    }
    let etag = found.validators.etag.clone();
    let bytes = found.body(span.length())?;
    Ok(Piece::new(range, span, etag, bytes))
}
