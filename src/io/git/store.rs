//! The cache: one directory for each remote, with bare repositories that only vhb writes.
//!
//! Invariants:
//! - whoever changes a repository holds its exclusive lock, whoever reads it at least the shared
//!   one; the locks are the operating system's, so they end with their process;
//! - a repository whose trouble may be its own is made anew at its side, once, and replaced only
//!   if that succeeds: neither a torn file nor an odd server can spoil the cache for good.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::GitProgram;
use super::command::{NoOutput, Output, REMOTE, unwatched};
use super::failure::{Failure, classify, summary};
use crate::model::{GitOid, RemoteUrl, Sha256Digest};
use crate::remote::RemoteError;

impl GitProgram {
    /// The cache of a remote; a relative one means another repository in another project.
    pub(super) fn store(&self, url: &RemoteUrl) -> Store {
        let address = match url.local_path() {
            Some(path) => self
                .options
                .project
                .join(path)
                .to_string_lossy()
                .into_owned(),
            None => url.as_str().to_owned(),
        };
        Store::new(&self.options.cache, &address)
    }
}

/// The part of the cache that belongs to one remote.
pub(super) struct Store {
    directory: PathBuf,
}

impl Store {
    /// The shown address names the directory: what two users may see differs by their
    /// credentials, but what a commit id means does not.
    fn new(cache: &Path, address: &str) -> Self {
        let name = Sha256Digest::of(address.as_bytes()).hex();
        Self {
            directory: cache.join("git").join(name),
        }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    pub(super) fn create(&self) -> io::Result<()> {
        fs_err::create_dir_all(&self.directory)
    }

    /// Waits for the lock of a repository; it is held until the file is dropped.
    pub(super) fn lock(&self, name: &str, exclusive: bool) -> io::Result<File> {
        self.create()?;
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(self.path(&format!("{name}.lock")))?;
        if exclusive {
            file.lock()?;
        } else {
            file.lock_shared()?;
        }
        Ok(file)
    }

    /// An empty directory at the repositories' side, removed when dropped.
    pub(super) fn scratch(&self) -> io::Result<tempfile::TempDir> {
        self.create()?;
        tempfile::Builder::new()
            .prefix("new-")
            .tempdir_in(&self.directory)
    }
}

/// Writes a file so that it is either old or new, never torn.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// Why work in a repository of the cache did not succeed.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Trying again in a new repository would end the same way.
    Certain(RemoteError),
    /// The server answered that it does not give what was asked for.
    Refused(RemoteError),
    /// The transport cannot fetch without history.
    NoShallow(RemoteError),
    /// The repository itself may be to blame.
    Unsure(RemoteError),
}

impl Trouble {
    pub(super) fn into_error(self) -> RemoteError {
        match self {
            Self::Certain(error)
            | Self::Refused(error)
            | Self::NoShallow(error)
            | Self::Unsure(error) => error,
        }
    }
}

impl From<RemoteError> for Trouble {
    fn from(error: RemoteError) -> Self {
        Self::Certain(error)
    }
}

/// A bare repository of the cache.
pub(super) struct Repository<'a> {
    pub(super) program: &'a GitProgram,
    pub(super) url: &'a RemoteUrl,
    pub(super) path: PathBuf,
}

impl<'a> Repository<'a> {
    /// Makes the repository where there is none, for whoever may change it; `id_length` tells SHA-1 (40) from SHA-256 (64).
    pub(super) fn init(
        program: &'a GitProgram,
        url: &'a RemoteUrl,
        path: PathBuf,
        id_length: usize,
    ) -> Result<Self, Trouble> {
        let repository = Self { program, url, path };
        // Left by a git that was stopped; the caller's lock says that none is at work. Without
        // this the repository would be made anew, and lose what it holds of other commits.
        let _ = fs_err::remove_file(repository.path.join("shallow.lock"));
        if !repository.path.join("HEAD").exists() {
            let mut command = program.local(Some(&repository.path));
            // No template: hooks and excludes of the user have no business in a cache.
            command.args(["init", "--quiet", "--bare", "--template="]);
            if id_length == 64 {
                command.arg("--object-format=sha256");
            }
            repository.finish(command)?;
        }
        Ok(repository)
    }

    /// What a local command writes; its failure throws doubt on the repository.
    pub(super) fn read<const N: usize>(&self, arguments: [&str; N]) -> Result<Vec<u8>, Trouble> {
        let mut command = self.program.local(Some(&self.path));
        command.args(arguments);
        self.finish(command)
    }

    fn finish(&self, command: std::process::Command) -> Result<Vec<u8>, Trouble> {
        match unwatched(command) {
            Ok(output) if output.success => Ok(output.stdout),
            Ok(output) => Err(self.damaged(&summary(&output.stderr, self.url))),
            Err(NoOutput::Broken(error)) => Err(self.program.not_run(&error).into()),
            Err(NoOutput::Silent(_)) => Err(self.damaged("git does not answer")),
        }
    }

    /// The doubt that a failed reading throws on the repository.
    pub(super) fn damaged(&self, reason: &str) -> Trouble {
        let url = self.url;
        Trouble::Unsure(RemoteError::Unreachable(format!(
            "cannot read the cached repository of `{url}`: {reason}"
        )))
    }

    /// The object that an expression leads to; none where it leads nowhere.
    pub(super) fn resolve(&self, expression: &str) -> Option<GitOid> {
        let answer = self
            .read([
                "rev-parse",
                "--verify",
                "--quiet",
                "--end-of-options",
                expression,
            ])
            .ok()?;
        str::from_utf8(&answer).ok()?.trim_end().parse().ok()
    }

    /// The references below some prefixes whose history holds the commit.
    pub(super) fn containing(
        &self,
        commit: &GitOid,
        prefixes: [&str; 2],
    ) -> Result<Vec<String>, Trouble> {
        // git takes a commit that it does not have for an error.
        if self.resolve(&format!("{commit}^{{commit}}")).is_none() {
            return Ok(Vec::new());
        }
        let format = "--format=%(refname)";
        let commit = commit.as_str();
        let [one, two] = prefixes;
        let answer = self.read(["for-each-ref", format, "--contains", commit, "--", one, two])?;
        Ok(answer
            .split(|byte| *byte == b'\n')
            .filter_map(|line| String::from_utf8(line.to_vec()).ok())
            .filter(|line| !line.is_empty())
            .collect())
    }

    /// Fetches by these reference specifications.
    pub(super) fn fetch(&self, options: &[&str], specs: &[&str]) -> Result<(), Trouble> {
        let mut command = self.program.network(Some(&self.path), self.url);
        command
            .args(["fetch", "--progress", "--no-tags", "--no-write-fetch-head"])
            .args(["--no-recurse-submodules", "--no-auto-maintenance"])
            .args(options)
            .arg("--")
            .arg(REMOTE)
            .args(specs);
        self.program
            .attempt(command, self.url, "cannot fetch from")?;
        Ok(())
    }
}

impl GitProgram {
    /// Works in a repository of the cache under its exclusive lock; where the repository may be
    /// to blame for a failure, once more in a new one, which then takes its place.
    ///
    /// The work is told whether this is its second attempt.
    pub(super) fn with_repair<T>(
        &self,
        url: &RemoteUrl,
        name: &str,
        id_length: usize,
        work: impl Fn(&Repository<'_>, bool) -> Result<T, Trouble>,
    ) -> Result<T, RemoteError> {
        let store = self.store(url);
        let _lock = store
            .lock(name, true)
            .map_err(|error| self.cache_error(&error))?;
        let path = store.path(name);
        let first = Repository::init(self, url, path.clone(), id_length)
            .and_then(|repository| work(&repository, false));
        match first {
            Ok(done) => return Ok(done),
            Err(Trouble::Unsure(_)) => {}
            Err(known) => return Err(known.into_error()),
        }
        let scratch = store.scratch().map_err(|error| self.cache_error(&error))?;
        let fresh = scratch.path().join("repository.git");
        let done = Repository::init(self, url, fresh.clone(), id_length)
            .and_then(|repository| work(&repository, true))
            .map_err(Trouble::into_error)?;
        replace(&fresh, &path, scratch.path()).map_err(|error| self.cache_error(&error))?;
        Ok(done)
    }

    /// Runs a command that asks the remote and gives what it writes.
    pub(super) fn ask(
        &self,
        command: std::process::Command,
        url: &RemoteUrl,
        failed: &str,
    ) -> Result<Vec<u8>, RemoteError> {
        self.attempt(command, url, failed)
            .map_err(Trouble::into_error)
    }

    pub(super) fn attempt(
        &self,
        command: std::process::Command,
        url: &RemoteUrl,
        failed: &str,
    ) -> Result<Vec<u8>, Trouble> {
        match self.watched(command) {
            Ok(output) if output.success => Ok(output.stdout),
            Ok(output) => Err(explain(&output, url, failed)),
            Err(NoOutput::Silent(patience)) => Err(RemoteError::Unreachable(format!(
                "{failed} `{url}`: no answer from `{url}` for {} s",
                patience.as_secs_f32()
            ))
            .into()),
            Err(NoOutput::Broken(error)) => Err(self.not_run(&error).into()),
        }
    }

    /// The error of a cache that cannot be used.
    pub(super) fn cache_error(&self, error: &io::Error) -> RemoteError {
        let cache = self.options.cache.display();
        RemoteError::NotConfigured(format!("cannot use the cache `{cache}`: {error}"))
    }
}

fn explain(output: &Output, url: &RemoteUrl, failed: &str) -> Trouble {
    let message = format!("{failed} `{url}`: {}", summary(&output.stderr, url));
    match classify(&output.stderr) {
        Failure::Refused => Trouble::Refused(RemoteError::NotFound(message)),
        Failure::NoShallow => Trouble::NoShallow(RemoteError::Unreachable(message)),
        Failure::NoRepository => Trouble::Certain(RemoteError::NotFound(message)),
        Failure::Denied => Trouble::Certain(RemoteError::Denied(message)),
        Failure::NoAnswer => Trouble::Certain(RemoteError::Unreachable(message)),
        Failure::TooOld => Trouble::Certain(RemoteError::NotConfigured(format!(
            "{message} (git 2.31 or later is needed)"
        ))),
        Failure::Unsure => Trouble::Unsure(RemoteError::Unreachable(message)),
    }
}

/// Puts a new repository in the place of the old one, which leaves with the scratch directory.
fn replace(fresh: &Path, place: &Path, scratch: &Path) -> io::Result<()> {
    match fs_err::rename(place, scratch.join("old")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs_err::rename(fresh, place)
}
