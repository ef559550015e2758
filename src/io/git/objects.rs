//! Objects of a repository of the cache; one that is not what it should be is damage.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::batch::Batch;
use super::store::{Repository, Trouble};
use crate::model::{GitOid, Sha256Digest};
use crate::remote::RemoteError;

/// The running program.
pub(super) struct Objects<'a> {
    repository: &'a Repository<'a>,
    batch: Batch,
}

impl<'a> Objects<'a> {
    pub(super) fn open(repository: &'a Repository<'a>) -> Result<Self, Trouble> {
        let batch = Batch::start(repository.program.local(Some(&repository.path)))
            .map_err(|error| Trouble::Certain(repository.program.not_run(&error)))?;
        Ok(Self { repository, batch })
    }

    /// The SHA-256 and the size of a blob.
    pub(super) fn digest(&mut self, object: &GitOid) -> Result<(Sha256Digest, u64), Trouble> {
        let mut hasher = Sha256::new();
        let read = self.request(object, "blob").and_then(|size| {
            self.batch.content(size, |bytes| hasher.update(bytes))?;
            Ok(size)
        });
        let size = read.map_err(|error| self.damaged(object, &error))?;
        Ok((Sha256Digest::from_hasher(hasher), size))
    }

    /// The same, and its bytes in a new file; the path was checked when it became part of a
    /// manifest, so it cannot lead out.
    pub(super) fn write(
        &mut self,
        object: &GitOid,
        path: &Path,
    ) -> Result<(Sha256Digest, u64), Trouble> {
        let mut file = create(path).map_err(|error| cannot_write(path, &error))?;
        let mut hasher = Sha256::new();
        let mut written = Ok(());
        let read = self.request(object, "blob").and_then(|size| {
            self.batch.content(size, |bytes| {
                hasher.update(bytes);
                if written.is_ok() {
                    written = file.write_all(bytes);
                }
            })?;
            Ok(size)
        });
        let size = read.map_err(|error| self.damaged(object, &error))?;
        written.map_err(|error| cannot_write(path, &error))?;
        Ok((Sha256Digest::from_hasher(hasher), size))
    }

    /// An object of the given kind, whole; none where it is larger than `limit`.
    pub(super) fn small(
        &mut self,
        object: &GitOid,
        kind: &str,
        limit: u64,
    ) -> Result<Option<Vec<u8>>, Trouble> {
        let read = self.request(object, kind);
        let whole = read.and_then(|size| self.batch.whole(size, limit));
        whole.map_err(|error| self.damaged(object, &error))
    }

    /// Asks for an object; says its size.
    fn request(&mut self, object: &GitOid, kind: &str) -> io::Result<u64> {
        match self.batch.request(object.as_str())? {
            Some(found) if found.kind == kind => Ok(found.size),
            _ => Err(io::Error::other(format!("it is not a {kind}"))),
        }
    }

    fn damaged(&self, object: &GitOid, error: &io::Error) -> Trouble {
        self.repository
            .damaged(&format!("object `{object}`: {error}"))
    }
}

fn create(path: &Path) -> io::Result<File> {
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory)?;
    }
    File::create(path)
}

fn cannot_write(path: &Path, error: &io::Error) -> Trouble {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Trouble::Certain(RemoteError::Unreachable(format!(
        "cannot write a copy of `{name}`: {error}"
    )))
}
