//! The core metadata of a file, with as little asked for as the index allows.
//!
//! In this order: what is in the cache, the file that the index serves beside (PEP 658), of a wheel
//! its directory and one member by range requests, the whole file. A wheel that is read in pieces
//! is held against no digest, as none is of pieces; whatever is read whole is.

use std::fs::File;

use url::Url;

use super::answer::{Answer, Found};
use super::archive::{self, ArchiveError, LARGEST_METADATA, Packing};
use super::cache::Proof;
use super::file::RemoteFile;
use super::filename;
use super::ranges::{Ended, LAST, Piece, Pieces};
use crate::io::http::{Failure, Range, Span};
use crate::model::Sha256Digest;
use crate::remote::{MetadataBeside, RemoteError};

/// The bytes of core metadata, and whether they are from a file that was read to its end.
struct Received {
    bytes: Vec<u8>,
    whole_file: bool,
}

/// What a server gives to whoever asks for the end of a file.
enum Opened {
    Piece(Piece),
    Whole(File),
}

impl RemoteFile<'_> {
    pub(super) fn metadata(&self) -> Result<String, RemoteError> {
        if let Some(bytes) = self.cached() {
            return Ok(text(bytes));
        }
        if self.client.offline {
            return Err(RemoteError::NotCached(format!(
                "the metadata of `{}` on `{}` is not in the cache",
                self.file.filename, self.index
            )));
        }
        let read = match self.beside()? {
            Some(bytes) => Received {
                bytes,
                whole_file: false,
            },
            None => self.inside()?,
        };
        self.keep(&read);
        Ok(text(read.bytes))
    }

    fn stated(&self) -> Option<Sha256Digest> {
        match self.file.metadata {
            MetadataBeside::Digest(digest) => Some(digest),
            MetadataBeside::Yes | MetadataBeside::No => None,
        }
    }

    /// Only for a file whose digest is known: then its metadata can never change.
    fn cached(&self) -> Option<Vec<u8>> {
        let file = self.file.sha256?;
        let cached = |proof| self.client.cache.metadata(proof);
        match self.stated() {
            Some(stated) => cached(Proof::Stated(stated)),
            None => cached(Proof::Inside(file)).or_else(|| cached(Proof::Told(file, self.index))),
        }
    }

    fn keep(&self, read: &Received) {
        let Some(file) = self.file.sha256 else {
            return;
        };
        let proof = match self.stated() {
            Some(stated) => Proof::Stated(stated),
            None if read.whole_file => Proof::Inside(file),
            None => Proof::Told(file, self.index),
        };
        self.client.cache.keep_metadata(proof, &read.bytes);
    }

    /// From the file beside; none where the index says that there is none, or it is not there.
    fn beside(&self) -> Result<Option<Vec<u8>>, RemoteError> {
        if self.file.metadata == MetadataBeside::No {
            return Ok(None);
        }
        let address = beside(&self.address);
        self.attempt(&self.thing_of_metadata(), || {
            let found = match self.ask_whole(&address) {
                Err(Failure::Missing) => return Ok(None),
                answer => answer?,
            };
            let bytes = found.body(LARGEST_METADATA)?;
            match self.misfit(&bytes) {
                Some(message) => Err(Failure::Mismatch(message)),
                None => Ok(Some(bytes)),
            }
        })
    }

    /// From inside of the file.
    fn inside(&self) -> Result<Received, RemoteError> {
        let filename = &self.file.filename;
        let read = if filename::is_wheel(filename) {
            self.inside_wheel()?
        } else {
            let packing = Packing::of(filename).ok_or_else(|| {
                self.none("only `.tar.gz`, `.tgz` and `.zip` archives can be read")
            })?;
            self.in_whole(self.whole()?, |archive| {
                archive::of_sdist(archive, packing, self.file)
            })?
        };
        // The archive would hold the same if it were read again.
        match self.misfit(&read.bytes) {
            Some(message) => Err(RemoteError::Mismatch(message)),
            None => Ok(read),
        }
    }

    fn inside_wheel(&self) -> Result<Received, RemoteError> {
        let opened = self.attempt(&self.thing(), || self.open())?;
        let archive = match opened {
            Opened::Whole(archive) => archive,
            Opened::Piece(last) => match self.in_pieces(last)? {
                Some(bytes) => {
                    return Ok(Received {
                        bytes,
                        whole_file: false,
                    });
                }
                None => self.whole()?,
            },
        };
        self.in_whole(archive, |archive| archive::of_wheel(archive, self.file))
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
    fn in_pieces(&self, last: Piece) -> Result<Option<Vec<u8>>, RemoteError> {
        let thing = self.thing();
        let mut pieces = Pieces::new(last, |range| {
            self.attempt(&thing, || match self.ask(&self.address, Some(range))? {
                Answer::Piece(span, found) => receive(range, span, *found),
                Answer::Found(_) | Answer::NoPiece | Answer::NotModified(_) => Ok(None),
            })
        });
        let read = archive::of_wheel(&mut pieces, self.file);
        match (read, pieces.ended()) {
            (_, Some(Ended::Failed(error))) => Err(error),
            (Ok(bytes), _) => Ok(Some(bytes)),
            (Err(_), Some(Ended::Odd)) | (Err(ArchiveError::Damaged(_)), None) => Ok(None),
            (Err(error), None) => Err(self.unreadable(&error)),
        }
    }

    /// The whole file, on disk.
    fn whole(&self) -> Result<File, RemoteError> {
        self.attempt(&self.thing(), || {
            let found = self.ask_whole(&self.address)?;
            self.fetch(found)
        })
    }

    fn in_whole(
        &self,
        archive: File,
        read: impl FnOnce(File) -> Result<Vec<u8>, ArchiveError>,
    ) -> Result<Received, RemoteError> {
        let bytes = read(archive).map_err(|error| self.unreadable(&error))?;
        Ok(Received {
            bytes,
            whole_file: true,
        })
    }

    /// Why this is not the metadata that the index announces.
    fn misfit(&self, bytes: &[u8]) -> Option<String> {
        let came = Sha256Digest::of(bytes);
        let stated = self.stated().filter(|stated| *stated != came)?;
        Some(self.mismatch("the metadata of ", came, stated))
    }

    fn unreadable(&self, error: &ArchiveError) -> RemoteError {
        match error {
            ArchiveError::Missing(_) => self.none(&error.to_string()),
            _ => RemoteError::Unreachable(format!(
                "cannot read {} on `{}`: {error}",
                self.thing_of_metadata(),
                self.index
            )),
        }
    }

    fn none(&self, why: &str) -> RemoteError {
        let thing = self.thing_of_metadata();
        RemoteError::NotFound(format!("no {thing} on `{}`: {why}", self.index))
    }

    fn thing_of_metadata(&self) -> String {
        format!("metadata of `{}`", self.file.filename)
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

/// `<address>.metadata` (PEP 658), before what is no part of the path.
fn beside(address: &Url) -> Url {
    let mut beside = address.clone();
    beside.set_path(&format!("{}.metadata", address.path()));
    beside
}

/// The standard says UTF-8, and old files hold whatever their authors typed.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_beside_is_named_before_the_query() {
        for (address, expected) in [
            (
                "https://h.example/a.whl",
                "https://h.example/a.whl.metadata",
            ),
            (
                "https://h.example/a%2Bb.whl?sig=x/y#z",
                "https://h.example/a%2Bb.whl.metadata?sig=x/y#z",
            ),
        ] {
            assert_eq!(beside(&address.parse().unwrap()).as_str(), expected);
        }
    }

    #[test]
    fn text_that_is_not_unicode_is_read_all_the_same() {
        assert_eq!(text(b"Author: J\xf6rg".to_vec()), "Author: J\u{fffd}rg");
    }
}
