//! Files of the repository around a directory as they were committed or staged: `REV:PATH`.
//!
//! Bytes come by `git cat-file blob`, so no filter, textconv or pager of anybody's configuration
//! touches them or is run. The name goes to git by standard input, never through a shell, and so
//! cannot be taken for an option; what is then read is named by its id alone. Where git looks for
//! the repository, and which index it reads, is what the directory and the `GIT_` variables say, as
//! in hooks. No server is asked: what a partial clone lacks is absent.

mod name;
mod near;
mod versions;

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::str;

pub use self::name::{BlobName, BlobNameError};
use self::near::near;
pub use self::versions::Looking;
use super::command::{NoOutput, Output, unwatched};
use crate::model::GitOid;
use crate::registry::nearest;

/// Why there are no bytes.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The program cannot be run.
    #[error("git cannot be run")]
    NoGit(#[source] io::Error),
    /// There is no repository around the directory.
    #[error("this is not inside of a git repository")]
    NoRepository,
    /// There is no such revision, or more than one.
    #[error("the repository has no revision `{revision}`")]
    NoRevision {
        /// As it was named.
        revision: String,
        /// The branch or tag that was probably meant.
        near: Option<String>,
    },
    /// The revision does not have the path.
    #[error("there is no file `{}` in {}", name.path(), place(name))]
    NoPath {
        /// As it was named.
        name: BlobName,
        /// The file of that revision that was probably meant.
        near: Option<BlobName>,
    },
    /// The path begins with `../`, and too often.
    #[error("the path leads out of the repository")]
    Outside,
    /// The path is a directory or a submodule.
    #[error("`{0}` is not a file")]
    NotAFile(BlobName),
    /// The file is listed, but its bytes were never fetched.
    #[error("`{0}` was not fetched into this clone")]
    NotFetched(BlobName),
    /// More bytes than the caller wants.
    #[error("`{name}` has {size} bytes, which is too large")]
    TooLarge {
        /// As it was named.
        name: BlobName,
        /// How many it has.
        size: u64,
    },
    /// The repository has no work tree.
    #[error("the repository has no work tree")]
    NoWorkTree,
    /// Whatever else git says.
    #[error("git fails: {0}")]
    Failed(String),
}

fn place(name: &BlobName) -> String {
    match name.revision() {
        "" => "the index".to_owned(),
        revision => match name.stage() {
            Some(stage) => format!("stage {stage} of the index"),
            None => format!("`{revision}`"),
        },
    }
}

/// The repository around a directory, read by revision.
#[derive(Clone, Debug)]
pub struct Revisions {
    /// Where to look for the repository, and where paths like `./x` start.
    pub directory: PathBuf,
    /// The name or the path of git.
    pub program: OsString,
    /// Variables set for git on top of the environment of this process.
    pub env: Vec<(OsString, OsString)>,
}

/// What git says of a name.
#[derive(Debug, PartialEq, Eq)]
enum Object {
    Blob { id: GitOid, size: u64 },
    Tree { id: GitOid },
    Other,
    Missing,
}

impl Object {
    /// Reads an answer of `git cat-file --batch-check`: `ID KIND SIZE`, or the name as it was asked
    /// for and a word on why it is none. Names have spaces if their authors like.
    fn of(answer: &str) -> Self {
        let words: Vec<_> = answer.split(' ').collect();
        let [id, kind, size] = words[..] else {
            return Self::Missing;
        };
        let (Ok(id), Ok(size)) = (id.parse(), size.parse()) else {
            return Self::Missing;
        };
        match kind {
            "blob" => Self::Blob { id, size },
            "tree" => Self::Tree { id },
            "commit" | "tag" => Self::Other,
            _ => Self::Missing,
        }
    }
}

impl Revisions {
    /// The repository around a directory, by the `git` on the PATH.
    pub fn around(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
            program: "git".into(),
            env: Vec::new(),
        }
    }

    /// The bytes of a file, at most `limit` of them.
    pub fn blob(&self, name: &BlobName, limit: u64) -> Result<Vec<u8>, BlobError> {
        let (id, size) = match self.object(&name.to_string())? {
            Object::Blob { id, size } => (id, size),
            Object::Tree { .. } | Object::Other => return Err(BlobError::NotAFile(name.clone())),
            Object::Missing => return Err(self.missing(name).unwrap_or_else(|error| error)),
        };
        if size > limit {
            let name = name.clone();
            return Err(BlobError::TooLarge { name, size });
        }
        self.read(&["cat-file", "blob", id.as_str()])
    }

    /// Where the path lies in the work tree, whether it is there or not.
    pub fn in_work_tree(&self, name: &BlobName) -> Result<PathBuf, BlobError> {
        if name.is_relative() {
            return Ok(self.directory.join(name.path()));
        }
        let top = self.read(&["rev-parse", "--show-toplevel"])?;
        Ok(Path::new(&line(top)?).join(name.path()))
    }

    /// Why git knows no such file; fails where that cannot be found out.
    fn missing(&self, name: &BlobName) -> Result<BlobError, BlobError> {
        let files = match name.stage() {
            Some(_) => self.staged()?,
            None => self.committed(name)?,
        };
        let prefix = line(self.read(&["rev-parse", "--show-prefix"])?)?;
        let path = if name.is_relative() {
            from_top(&prefix, name.path())
        } else {
            name.path().to_owned()
        };
        let wanted = match name.stage() {
            Some(stage) => BlobName::staged(stage, path),
            None => name.with_path(path),
        };
        let name = name.clone();
        if files.contains(&wanted) {
            return Ok(BlobError::NotFetched(name));
        }
        let near = near(&wanted, &prefix, &files);
        Ok(BlobError::NoPath { name, near })
    }

    /// The files of the index, at every stage of a merge.
    fn staged(&self) -> Result<Vec<BlobName>, BlobError> {
        let listed = self.read(&["ls-files", "--stage", "-z", "--full-name", "--", ":/"])?;
        let files = entries(&listed).filter_map(|entry| {
            let (about, path) = entry.split_once('\t')?;
            Some(BlobName::staged(about.rsplit(' ').next()?, path))
        });
        Ok(files.collect())
    }

    /// The files of a revision.
    fn committed(&self, name: &BlobName) -> Result<Vec<BlobName>, BlobError> {
        let tree = self.object(&format!("{}^{{tree}}", name.revision()))?;
        let Object::Tree { id } = tree else {
            return Err(self.no_revision(name));
        };
        let tree = id.as_str();
        let listed = self.read(&["ls-tree", "-r", "-z", "--name-only", "--full-tree", tree])?;
        Ok(entries(&listed).map(|path| name.with_path(path)).collect())
    }

    fn no_revision(&self, name: &BlobName) -> BlobError {
        let revision = name.revision();
        let names = self.read(&["for-each-ref", "--format=%(refname:short)"]);
        let names = String::from_utf8(names.unwrap_or_default()).unwrap_or_default();
        // `HEAD~7` is no `HEAD` that was mistyped.
        let is_name = !revision.contains(['~', '^', '@', ':']);
        let near = nearest(revision, names.lines().chain(["HEAD"])).filter(|_| is_name);
        BlobError::NoRevision {
            near: near.map(str::to_owned),
            revision: revision.to_owned(),
        }
    }

    fn object(&self, name: &str) -> Result<Object, BlobError> {
        let (reader, mut writer) = io::pipe().map_err(BlobError::NoGit)?;
        // A pipe takes this much without a reader.
        writer
            .write_all(format!("{name}\n").as_bytes())
            .map_err(BlobError::NoGit)?;
        drop(writer);
        let mut command = self.command();
        command.args(["cat-file", "--batch-check"]).stdin(reader);
        let answer = line(finished(command)?)?;
        Ok(Object::of(&answer))
    }

    fn read(&self, arguments: &[&str]) -> Result<Vec<u8>, BlobError> {
        let mut command = self.command();
        command.args(arguments);
        finished(command)
    }

    /// A command in the directory, which reads what is there and runs no other program.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .current_dir(&self.directory)
            .args(["--no-pager", "--no-optional-locks"])
            // A program of the repository's own configuration, which reading the index may start.
            .args(["-c", "core.fsmonitor=false"])
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .env("LC_ALL", "C")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_NO_LAZY_FETCH", "1")
            .stdin(Stdio::null());
        command
    }
}

/// What a command writes, if it succeeds.
fn finished(command: Command) -> Result<Vec<u8>, BlobError> {
    match unwatched(command) {
        Ok(output) if output.success => Ok(output.stdout),
        Ok(output) => Err(failure(&output)),
        Err(nothing) => Err(not_run(nothing)),
    }
}

pub(super) fn not_run(nothing: NoOutput) -> BlobError {
    match nothing {
        NoOutput::Broken(error) => BlobError::NoGit(error),
        NoOutput::Silent(_) => BlobError::Failed("it does not answer".to_owned()),
    }
}

pub(super) fn failure(output: &Output) -> BlobError {
    let said = output.stderr.trim();
    if said.contains("not a git repository") {
        return BlobError::NoRepository;
    }
    if said.contains("outside repository") {
        return BlobError::Outside;
    }
    if said.contains("must be run in a work tree") {
        return BlobError::NoWorkTree;
    }
    let fatal = said.lines().find_map(|line| line.strip_prefix("fatal: "));
    let said = fatal.or(said.lines().next()).unwrap_or("without a word");
    BlobError::Failed(said.to_owned())
}

/// The one line that a command writes.
pub(super) fn line(bytes: Vec<u8>) -> Result<String, BlobError> {
    let mut text = String::from_utf8(bytes)
        .map_err(|_| BlobError::Failed("its answer is not UTF-8".to_owned()))?;
    if text.ends_with('\n') {
        text.pop();
    }
    Ok(text)
}

/// What a command lists with zero bytes between them; what is not UTF-8 nobody can name.
fn entries(listed: &[u8]) -> impl Iterator<Item = &str> {
    let entries = listed.split(|byte| *byte == 0);
    let entries = entries.filter_map(|entry| str::from_utf8(entry).ok());
    entries.filter(|entry| !entry.is_empty())
}

/// A path from the top of the repository, for one from a directory of it.
fn from_top(prefix: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in prefix.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_says_of_a_name_is_told_from_the_name() {
        let id: GitOid = "1".repeat(40).parse().unwrap();
        for (answer, object) in [
            (
                format!("{id} blob 5"),
                Object::Blob {
                    id: id.clone(),
                    size: 5,
                },
            ),
            (format!("{id} tree 5"), Object::Tree { id: id.clone() }),
            (format!("{id} tag 5"), Object::Other),
            (format!("{id} missing"), Object::Missing),
            ("HEAD:x blob 5 missing".to_owned(), Object::Missing),
            (
                "--batch-all-objects blob 1 missing".to_owned(),
                Object::Missing,
            ),
            ("--all blob 1".to_owned(), Object::Missing),
            (format!("{id} blob missing"), Object::Missing),
            (format!("{id} blob 5 missing"), Object::Missing),
            ("HEAD ambiguous".to_owned(), Object::Missing),
        ] {
            assert_eq!(Object::of(&answer), object, "{answer}");
        }
    }

    #[test]
    fn paths_from_a_directory_start_at_the_top() {
        assert_eq!(from_top("a/b/", "../x"), "a/x");
        assert_eq!(from_top("", "./x"), "x");
    }
}
