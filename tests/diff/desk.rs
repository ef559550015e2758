//! A directory with a lock in it, and `vhb` run there.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;
use tempfile::TempDir;

use crate::common::git_server::Repo;
use crate::common::sample::{Ran, ran};
use crate::setting::{edited, rich};

/// A directory that holds the sample as `old.json`.
pub(crate) struct Desk {
    directory: TempDir,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let desk = Self {
            directory: tempfile::tempdir().unwrap(),
        };
        desk.write("old.json", &rich().to_string());
        desk
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.directory.path().join("project")
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn vhb(&self, arguments: &[&str]) -> Ran {
        ran(&mut self.command(arguments))
    }

    /// In a directory below this one.
    pub(crate) fn vhb_in(&self, below: impl AsRef<Path>, arguments: &[&str]) -> Ran {
        ran(self.command(arguments).current_dir(self.root().join(below)))
    }

    /// `vhb` with nothing of this machine's environment but `PATH`.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vhb"));
        command
            .args(arguments)
            .current_dir(self.root())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.directory.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CEILING_DIRECTORIES", self.directory.path())
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null());
        command
    }
}

/// Where a repository has its lock.
pub(crate) const LOCK: &str = "locks/bench.lock.json";

/// A lock whose run has this seed: what a version of it is told by.
pub(crate) fn seeded(seed: u64) -> String {
    let document = edited(|lock| {
        for run in ["/runs/q_large", "/config/runs~1q_large/model"] {
            lock.pointer_mut(run).unwrap()["engine_params"]["seed"] = json!(seed);
        }
    });
    document.to_string()
}

/// A repository with two commits of a lock; what is staged and what lies in the work tree differ
/// from both.
pub(crate) fn repository() -> (Desk, Repo) {
    let desk = Desk::new();
    let repo = Repo::init(desk.root(), &[]);
    repo.commit_file(LOCK, &seeded(1));
    repo.commit_file(LOCK, &seeded(2));
    repo.write(LOCK, seeded(3));
    repo.git(&["add", LOCK]);
    repo.write(LOCK, seeded(4));
    (desk, repo)
}
