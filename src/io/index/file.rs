//! One file of a release: asked for whole or in pieces, and held against its digest.

use std::fs::File;
use std::io::{Seek as _, Write};
use std::path::Path;

use sha2::{Digest as _, Sha256};
use url::Url;

use super::answer::{Answer, Found};
use super::cache::CachedDigest;
use super::question::{self, Question};
use super::{IndexClient, whole};
use crate::io::http::{Failure, Range, Subject};
use crate::io::write::beside;
use crate::model::{IndexUrl, Sha256Digest};
use crate::remote::{IndexFile, RemoteError};

/// A file, and where and how to ask for it.
pub(super) struct RemoteFile<'a> {
    pub(super) client: &'a IndexClient,
    pub(super) index: &'a IndexUrl,
    pub(super) file: &'a IndexFile,
    pub(super) address: Url,
    root: Url,
}

impl<'a> RemoteFile<'a> {
    pub(super) fn new(
        client: &'a IndexClient,
        index: &'a IndexUrl,
        file: &'a IndexFile,
    ) -> Result<Self, RemoteError> {
        let root = whole(index);
        let address = address(&root, file).map_err(|reason| {
            RemoteError::Unreachable(format!(
                "cannot read file `{}` on `{index}`: {reason}",
                file.filename
            ))
        })?;
        Ok(Self {
            client,
            index,
            file,
            address,
            root,
        })
    }

    /// The file as the subject of a message: "file `x`".
    pub(super) fn thing(&self) -> String {
        format!("file `{}`", self.file.filename)
    }

    /// Attempts something until it succeeds or is given up.
    pub(super) fn attempt<T>(
        &self,
        thing: &str,
        attempt: impl FnMut() -> Result<T, Failure>,
    ) -> Result<T, RemoteError> {
        let subject = Subject {
            thing,
            place: self.index,
        };
        let done = self.client.retries.run(subject, attempt);
        done.map_err(|error| self.client.explain(error))
    }

    /// Asks for the bytes of an address beside the file's, or the file's own.
    pub(super) fn ask(&self, address: &Url, range: Option<Range>) -> Result<Answer, Failure> {
        let credentials = self.client.keyring.credentials(address, &self.root);
        let question = Question {
            address,
            accept: "*/*",
            credentials: credentials.as_ref(),
            // The bytes themselves are what is asked for: what a server says of them is no proof.
            validators: None,
            range,
        };
        question::ask(&self.client.files, &question)
    }

    /// Asks for all bytes of an address.
    pub(super) fn ask_whole(&self, address: &Url) -> Result<Found, Failure> {
        match self.ask(address, None)? {
            Answer::Found(found) => Ok(*found),
            Answer::NotModified(_) | Answer::Piece(..) | Answer::NoPiece => {
                Err(Failure::transient("an answer to no such question"))
            }
        }
    }

    /// What is in the cache when offline.
    pub(super) fn not_cached(&self) -> RemoteError {
        let filename = &self.file.filename;
        RemoteError::NotCached(format!(
            "`{filename}` on `{}` is not in the cache",
            self.index
        ))
    }

    /// The digest of the bytes that the address gives now.
    pub(super) fn digest(&self) -> Result<Sha256Digest, RemoteError> {
        let Self { client, file, .. } = self;
        if client.offline {
            let cached = client.cache.digest(&self.address, &file.filename);
            return cached
                .map(|digest| digest.sha256)
                .ok_or_else(|| self.not_cached());
        }
        self.attempt(&self.thing(), || {
            let found = self.ask_whole(&self.address)?;
            let validators = found.validators.clone();
            let mut hasher = Sha256::new();
            found.stream(u64::MAX, |piece| {
                hasher.update(piece);
                Ok(())
            })?;
            let sha256 = Sha256Digest::from_hasher(hasher);
            let digest = CachedDigest::new(validators, &file.filename, sha256);
            client.cache.keep_digest(&self.address, &digest);
            Ok(sha256)
        })
    }

    /// Writes the whole file to a path, or nothing.
    pub(super) fn download(&self, into: &Path) -> Result<(), RemoteError> {
        if self.client.offline {
            return Err(self.not_cached());
        }
        let directory = into.parent().unwrap_or(into);
        std::fs::create_dir_all(directory).map_err(|error| self.unwritten(into, &error))?;
        let mut temporary = beside(into).map_err(|error| self.unwritten(into, &error))?;
        self.attempt(&self.thing(), || {
            let found = self.ask_whole(&self.address)?;
            self.receive(found, self.client.largest_archive, temporary.as_file_mut())
        })?;
        let persisted = temporary.persist(into);
        persisted.map_err(|error| self.unwritten(into, &error.error))?;
        Ok(())
    }

    /// The whole file on disk, with the digest that the index states.
    pub(super) fn fetch(&self, found: Found) -> Result<File, Failure> {
        let mut scratch = self
            .client
            .cache
            .scratch()
            .map_err(|error| unwritable(&error))?;
        self.receive(found, self.client.largest_archive, &mut scratch)?;
        scratch.rewind().map_err(|error| unwritable(&error))?;
        Ok(scratch)
    }

    /// Writes a body over what an attempt before it left.
    fn receive(&self, found: Found, largest: u64, into: &mut File) -> Result<(), Failure> {
        let emptied = into.set_len(0).and_then(|()| into.rewind());
        emptied.map_err(|error| unwritable(&error))?;
        let mut hasher = Sha256::new();
        found.stream(largest, |piece| {
            hasher.update(piece);
            into.write_all(piece).map_err(|error| unwritable(&error))
        })?;
        self.check(Sha256Digest::from_hasher(hasher))
    }

    fn check(&self, sha256: Sha256Digest) -> Result<(), Failure> {
        match self.file.sha256 {
            Some(stated) if stated != sha256 => {
                Err(Failure::Mismatch(self.mismatch("", sha256, stated)))
            }
            _ => Ok(()),
        }
    }

    /// What came is not what the index states; `part` says of what, as in "the metadata of ".
    pub(super) fn mismatch(&self, part: &str, came: Sha256Digest, stated: Sha256Digest) -> String {
        format!(
            "{part}`{}` on `{}` has SHA-256 {}, but the index states {}",
            self.file.filename,
            self.index,
            came.hex(),
            stated.hex()
        )
    }

    fn unwritten(&self, path: &Path, error: &std::io::Error) -> RemoteError {
        RemoteError::Unreachable(format!(
            "cannot write file `{}` of `{}` to `{}`: {error}",
            self.file.filename,
            self.index,
            path.display()
        ))
    }
}

fn unwritable(error: &std::io::Error) -> Failure {
    Failure::Permanent(format!("it cannot be written to disk: {error}"))
}

/// Where the file is, by what its page says.
fn address(root: &Url, file: &IndexFile) -> Result<Url, &'static str> {
    let address = Url::parse(&file.address).map_err(|_| "its address makes no sense")?;
    match (root.scheme(), address.scheme()) {
        (_, "https") | ("http", "http") => Ok(address),
        (_, "http") => Err("its address is not encrypted, but that of the index is"),
        _ => Err("its address is not on the web"),
    }
}
