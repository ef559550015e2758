//! Objects by their names through one `git cat-file --batch`.
//!
//! One request, one answer: nothing is asked ahead, so neither pipe can fill up, and a blob of
//! any size passes through a buffer of a fixed one.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Longer than every name that is asked for, which an answer may repeat.
const LONGEST_ANSWER: u64 = 16 * 1024;

/// The running program.
pub(super) struct Batch {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// What an answer begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) size: u64,
}

impl Batch {
    /// Starts it by a command of git that has no arguments of its own yet.
    pub(super) fn start(mut command: Command) -> io::Result<Self> {
        command
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn()?;
        let requests = child.stdin.take().expect("its stdin is a pipe");
        let answers = child.stdout.take().expect("its stdout is a pipe");
        Ok(Self {
            child,
            requests,
            answers: BufReader::with_capacity(64 * 1024, answers),
        })
    }

    /// Asks for an object; none where there is none of this name, or more than one. What it holds
    /// has to be read before the next request.
    pub(super) fn request(&mut self, name: &str) -> io::Result<Option<Header>> {
        if name.contains('\n') || name.len() as u64 > LONGEST_ANSWER / 2 {
            return Ok(None);
        }
        writeln!(self.requests, "{name}")?;
        self.requests.flush()?;
        let mut line = String::new();
        let answers = self.answers.by_ref();
        answers.take(LONGEST_ANSWER).read_line(&mut line)?;
        if !line.ends_with('\n') {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(header(line.trim_end()))
    }

    /// Hands on what an object of this size holds.
    pub(super) fn content(&mut self, size: u64, mut take: impl FnMut(&[u8])) -> io::Result<()> {
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

    /// What an object of this size holds, whole; none where that is more than `limit`.
    pub(super) fn whole(&mut self, size: u64, limit: u64) -> io::Result<Option<Vec<u8>>> {
        let mut whole = Vec::new();
        self.content(size, |bytes| {
            if size <= limit {
                whole.extend_from_slice(bytes);
            }
        })?;
        Ok((size <= limit).then_some(whole))
    }
}

/// Reads `<id> <kind> <size>`; anything else (`<name> missing`, `<name> ambiguous`) is no object.
fn header(line: &str) -> Option<Header> {
    let mut words = line.split(' ');
    let (id, kind, size) = (words.next()?, words.next()?, words.next()?);
    let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_id || words.next().is_some() {
        return None;
    }
    Some(Header {
        id: id.to_owned(),
        kind: kind.to_owned(),
        size: size.parse().ok()?,
    })
}

impl Drop for Batch {
    fn drop(&mut self) {
        // Both fail only where the child has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_an_object_or_none() {
        let there = Header {
            id: "12ab".to_owned(),
            kind: "blob".to_owned(),
            size: 5,
        };
        assert_eq!(header("12ab blob 5"), Some(there));
        for none in [
            "HEAD:a missing",
            "12ab missing",
            "12ab ambiguous",
            "HEAD:a blob 5",
            "HEAD:a blob 5 missing",
            "12ab blob 5 missing",
            "",
        ] {
            assert_eq!(header(none), None, "{none}");
        }
    }
}
