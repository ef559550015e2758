//! Git repositories through the user's own `git` program (the port [`GitRemote`]).
//!
//! The program brings what the user has set up for it: credential helpers, ssh keys and agents,
//! `insteadOf`, proxies, certificates. vhb adds only what makes it safe to run unattended: it
//! never prompts, it never waits for a silent server beyond the time-out, and it runs no
//! transport beyond `file`, `git`, `http`, `https` and `ssh` unless the user allows more.
//!
//! The cache holds, for each remote, a list of references, a bare repository of commits without
//! their history (`snapshots.git`) and one of history without files (`history.git`).
//!
//! The user's own repository is only read: [`Revisions`] gives files of it as they were committed.
//! Its configuration is changed where the user asks for it ([`WorkTree`]).

mod batch;
mod command;
mod failure;
mod history;
mod links;
mod objects;
mod refs;
mod revisions;
mod snapshot;
mod store;
mod tree;
mod work_tree;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

pub use self::revisions::{BlobError, BlobName, BlobNameError, Looking, Revisions};
use self::tree::Reading;
pub use self::work_tree::WorkTree;
use crate::model::{GitOid, RemoteUrl};
use crate::remote::{CommitWanted, GitRemote, GitSnapshot, Reach, RemoteError, RemoteRefs};

/// How git is run.
#[derive(Clone, Debug)]
pub struct GitOptions {
    /// The cache of vhb; git's part of it is the directory `git` inside.
    pub cache: PathBuf,
    /// Where relative remotes (`../x.git`) start from.
    pub project: PathBuf,
    /// Ask no server; only the cache answers.
    pub offline: bool,
    /// How long a server may be silent.
    pub timeout: Duration,
    /// The program's name or path.
    pub program: OsString,
    /// Variables set for git on top of the environment of this process.
    pub env: Vec<(OsString, OsString)>,
}

impl GitOptions {
    /// The `git` on the PATH, online, with a time-out of one minute.
    pub fn new(cache: impl Into<PathBuf>, project: impl Into<PathBuf>) -> Self {
        Self {
            cache: cache.into(),
            project: project.into(),
            offline: false,
            timeout: Duration::from_mins(1),
            program: "git".into(),
            env: Vec::new(),
        }
    }
}

/// The git program, asked about remotes.
#[derive(Debug)]
pub struct GitProgram {
    options: GitOptions,
    ssh_configured: OnceLock<bool>,
}

impl GitProgram {
    /// Prepares to run git; nothing is run yet.
    pub fn new(options: GitOptions) -> Self {
        Self {
            options,
            ssh_configured: OnceLock::new(),
        }
    }

    /// A path at which there is never a repository.
    fn no_repository(&self) -> PathBuf {
        self.options.cache.join("git").join("none")
    }
}

impl GitRemote for GitProgram {
    fn refs(&self, url: &RemoteUrl) -> Result<RemoteRefs, RemoteError> {
        self.remote_refs(url)
    }

    fn snapshot(
        &self,
        url: &RemoteUrl,
        commit: &CommitWanted,
        subdirectory: Option<&str>,
        into: Option<&Path>,
    ) -> Result<GitSnapshot, RemoteError> {
        self.commit_snapshot(url, commit, Reading { subdirectory, into })
    }

    fn reach(&self, url: &RemoteUrl, commit: &GitOid) -> Result<Reach, RemoteError> {
        self.commit_reach(url, commit)
    }

    fn expand(&self, url: &RemoteUrl, prefix: &str) -> Result<GitOid, RemoteError> {
        self.commit_expanded(url, prefix)
    }
}
