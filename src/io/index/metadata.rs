//! The core metadata of a file, with as little asked for as the index allows.
//!
//! In this order: what is in the cache, the file that the index serves beside (PEP 658), of a wheel
//! its directory and one member by range requests, the whole file. A wheel that is read in pieces
//! is held against no digest, as none is of pieces; whatever is read whole is.

use url::Url;

use super::archive::{self, LARGEST_METADATA, Packing};
use super::cache::Proof;
use super::file::RemoteFile;
use super::filename;
use super::wheel::{Member, Received};
use crate::io::http::Failure;
use crate::model::Sha256Digest;
use crate::remote::{MetadataBeside, RemoteError};

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
        self.attempt(&self.thing_of(Member::Metadata), || {
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
            self.inside_wheel(Member::Metadata)?
        } else {
            let packing = Packing::of(filename).ok_or_else(|| {
                self.none(
                    Member::Metadata,
                    "only `.tar.gz`, `.tgz` and `.zip` archives can be read",
                )
            })?;
            self.in_whole(self.whole()?, Member::Metadata, |archive| {
                archive::of_sdist(archive, packing, self.file)
            })?
        };
        // The archive would hold the same if it were read again.
        match self.misfit(&read.bytes) {
            Some(message) => Err(RemoteError::Mismatch(message)),
            None => Ok(read),
        }
    }

    /// Why this is not the metadata that the index announces.
    fn misfit(&self, bytes: &[u8]) -> Option<String> {
        let came = Sha256Digest::of(bytes);
        let stated = self.stated().filter(|stated| *stated != came)?;
        Some(self.mismatch("the metadata of ", came, stated))
    }
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
