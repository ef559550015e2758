//! Objects of a repository through one `git cat-file --batch`.
//!
//! One request, one answer: nothing is asked ahead, so neither pipe can fill up, and a blob of
//! any size passes through a buffer of a fixed one.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use sha2::{Digest as _, Sha256};

use super::store::{Repository, Trouble};
use crate::model::{GitOid, Sha256Digest};
use crate::remote::RemoteError;

/// The running program.
pub(super) struct Objects<'a> {
    repository: &'a Repository<'a>,
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl<'a> Objects<'a> {
    pub(super) fn open(repository: &'a Repository<'a>) -> Result<Self, Trouble> {
        let mut command = repository.program.local(Some(&repository.path));
        command
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command
            .spawn()
            .map_err(|error| Trouble::Certain(repository.program.not_run(&error)))?;
        let requests = child.stdin.take().expect("its stdin is a pipe");
        let answers = child.stdout.take().expect("its stdout is a pipe");
        Ok(Self {
            repository,
            child,
            requests,
            answers: BufReader::with_capacity(64 * 1024, answers),
        })
    }

    /// The SHA-256 and the size of a blob.
    pub(super) fn digest(&mut self, object: &GitOid) -> Result<(Sha256Digest, u64), Trouble> {
        let mut hasher = Sha256::new();
        let read = self.request(object, "blob").and_then(|size| {
            self.content(size, |bytes| hasher.update(bytes))?;
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
            self.content(size, |bytes| {
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
        let mut whole = Vec::new();
        let read = self.request(object, kind).and_then(|size| {
            self.content(size, |bytes| {
                if size <= limit {
                    whole.extend_from_slice(bytes);
                }
            })?;
            Ok(size)
        });
        let size = read.map_err(|error| self.damaged(object, &error))?;
        Ok((size <= limit).then_some(whole))
    }

    /// Asks for an object and reads the `<id> <kind> <size>` line of the answer.
    fn request(&mut self, object: &GitOid, kind: &str) -> io::Result<u64> {
        writeln!(self.requests, "{object}")?;
        self.requests.flush()?;
        let mut line = String::new();
        self.answers.by_ref().take(256).read_line(&mut line)?;
        let mut words = line.split_whitespace().skip(1);
        match (
            words.next(),
            words.next().and_then(|size| size.parse().ok()),
        ) {
            (Some(found), Some(size)) if found == kind => Ok(size),
            _ => Err(io::Error::other(format!("it is not a {kind}"))),
        }
    }

    fn content(&mut self, size: u64, mut take: impl FnMut(&[u8])) -> io::Result<()> {
        let mut left = size;
        while left > 0 {
            let bytes = self.answers.fill_buf()?;
            if bytes.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let now = usize::try_from(left).map_or(bytes.len(), |left| left.min(bytes.len()));
            take(&bytes[..now]);
            self.answers.consume(now);
            left -= now as u64;
        }
        let mut newline = [0];
        self.answers.read_exact(&mut newline)
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

impl Drop for Objects<'_> {
    fn drop(&mut self) {
        // Both fail only where the child has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
