//! The port `GitRemote` against real git servers on the loopback interface.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod cache;
mod configuration;
mod content;
mod history;
mod outages;
mod references;

use std::ffi::OsString;
use std::io::Read as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use common::git_server::{DATE, GitServer, Repo, free_port, git, isolated};
use tempfile::TempDir;
use vhb::io::git::{GitOptions, GitProgram};
use vhb::model::{GitOid, GitRefName, RemoteUrl};
use vhb::remote::{CommitWanted, GitRemote as _, GitSnapshot, Reach, RemoteError, TreeError};

/// A cache and the options that use it.
struct Desk {
    cache: TempDir,
}

impl Desk {
    fn new() -> Self {
        let cache = tempfile::tempdir().expect("a temporary directory");
        Self { cache }
    }

    fn options(&self) -> GitOptions {
        let mut options = GitOptions::new(self.cache.path(), self.cache.path());
        options.env = isolated();
        options
    }

    fn online(&self) -> GitProgram {
        GitProgram::new(self.options())
    }

    fn offline(&self) -> GitProgram {
        let mut options = self.options();
        options.offline = true;
        GitProgram::new(options)
    }

    /// With a client that speaks the old protocol, in which a server gives only what it lists,
    /// unless it is told otherwise.
    fn old_protocol(&self) -> GitProgram {
        self.configured("[protocol]\nversion = 0\n")
    }

    fn configured(&self, configuration: &str) -> GitProgram {
        let file = self.cache.path().join("gitconfig");
        std::fs::write(&file, configuration).expect("a file");
        let mut options = self.options();
        options.env.push(("GIT_CONFIG_GLOBAL".into(), file.into()));
        GitProgram::new(options)
    }

    fn impatient(&self) -> GitProgram {
        let mut options = self.options();
        options.timeout = Duration::from_secs(1);
        GitProgram::new(options)
    }
}

fn name(text: &str) -> GitRefName {
    GitRefName::try_from(text.to_owned()).expect("a full name")
}

fn bare(commit: &GitOid) -> CommitWanted {
    let commit = commit.clone();
    CommitWanted { commit, by: None }
}

fn by(commit: &GitOid, reference: &str) -> CommitWanted {
    let by = Some(name(reference));
    CommitWanted { by, ..bare(commit) }
}

fn paths(snapshot: &GitSnapshot) -> Vec<&str> {
    let files = snapshot.content.manifest.files();
    files.map(|(path, _)| path).collect()
}

fn absent() -> GitOid {
    "1234567890123456789012345678901234567890"
        .parse()
        .expect("40 digits")
}

/// The repository of the only remote that the cache knows.
fn cached_repository(desk: &Desk, repository: &str) -> std::path::PathBuf {
    let stores = std::fs::read_dir(desk.cache.path().join("git")).expect("the cache is in use");
    let stores: Vec<_> = stores
        .map(|entry| entry.expect("it is readable").path())
        .filter(|store| store.join(repository).exists())
        .collect();
    let [store] = &stores[..] else {
        panic!("{stores:?}");
    };
    store.join(repository)
}

fn has_object(repository: &Path, object: &GitOid) -> bool {
    Command::new("git")
        .env("GIT_NO_LAZY_FETCH", "1")
        .arg("--git-dir")
        .arg(repository)
        .args(["cat-file", "-e", object.as_str()])
        .stderr(std::process::Stdio::null())
        .status()
        .expect("git runs")
        .success()
}

/// What each question of the port fails with.
fn every_error(git: &GitProgram, url: &RemoteUrl, commit: &GitOid) -> [RemoteError; 4] {
    [
        git.refs(url).expect_err("nobody can answer"),
        git.snapshot(url, &by(commit, "refs/heads/main"), None, None)
            .expect_err("nobody can answer"),
        git.reach(url, commit).expect_err("nobody can answer"),
        git.expand(url, "abcdef12").expect_err("nobody can answer"),
    ]
}
