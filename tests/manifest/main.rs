//! `vhb manifest`: what it prints, what it refuses, and what it remembers.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod kept;
mod refused;
mod rules;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A directory of files, and a cache beside it.
struct Setting {
    directory: TempDir,
}

impl Setting {
    fn new(files: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let setting = Self { directory };
        std::fs::create_dir(setting.data()).unwrap();
        for (path, text) in files {
            setting.write(path, text);
        }
        setting
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    fn cache(&self) -> PathBuf {
        self.directory.path().join("cache")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.data().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn link(&self, target: impl AsRef<Path>, link: &str) {
        std::os::unix::fs::symlink(target, self.data().join(link)).unwrap();
    }

    /// The program, with nothing of this machine's environment but `PATH`.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.directory.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.directory.path())
            .env("VHB_CACHE_DIR", self.cache())
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null());
        command
    }

    fn vhb(&self, arguments: &[&str]) -> Ran {
        let mut command = self.command(env!("CARGO_BIN_EXE_vhb"));
        ran(command.arg("manifest").args(arguments))
    }

    /// The names in the manifest of the directory.
    fn names(&self) -> Vec<String> {
        let ran = self.vhb(&["data"]);
        assert_eq!(ran.code, Some(0), "{ran:#?}");
        let names = ran.stdout.lines().map(|line| line[66..].to_owned());
        names.collect()
    }
}

/// What a finished command said.
#[derive(Debug)]
struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn ran(command: &mut Command) -> Ran {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    Ran {
        code: status.code(),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
    }
}
