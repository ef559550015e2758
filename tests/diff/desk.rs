//! A directory with a lock in it, and `vhb` run there.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::common::sample::{Ran, ran};
use crate::setting::rich;

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
