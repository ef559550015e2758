//! A directory of its own for vhb to begin in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::common::project::Run;

/// An empty directory, and vhb without anything of this machine's environment but `PATH`.
pub(crate) struct Place {
    directory: TempDir,
    variables: Vec<(&'static str, String)>,
}

impl Place {
    pub(crate) fn new() -> Self {
        let place = Self {
            directory: tempfile::tempdir().unwrap(),
            variables: Vec::new(),
        };
        std::fs::create_dir_all(place.path("")).unwrap();
        std::fs::create_dir(place.directory.path().join("home")).unwrap();
        place
    }

    /// A directory that holds an empty `registries/`.
    pub(crate) fn with_registries() -> Self {
        let place = Self::new();
        std::fs::create_dir(place.path("registries")).unwrap();
        place
    }

    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.variables.push((name, value.into()));
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join("place").join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        let path = self.path(path);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// vhb, in a directory of the place.
    pub(crate) fn vhb_in(&self, directory: &str, arguments: &[&str]) -> Run {
        let beside = |name: &str| self.directory.path().join(name);
        let output = Command::new(env!("CARGO_BIN_EXE_vhb"))
            .args(arguments)
            .current_dir(self.path(directory))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", beside("home"))
            .env("VHB_CACHE_DIR", beside("cache"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CEILING_DIRECTORIES", self.directory.path())
            .env("LC_ALL", "C.UTF-8")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Run {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub(crate) fn vhb(&self, arguments: &[&str]) -> Run {
        self.vhb_in("", arguments)
    }

    /// Every file of the place, with its bytes.
    pub(crate) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut out = BTreeMap::new();
        let root = self.path("");
        let mut open = vec![root.clone()];
        while let Some(directory) = open.pop() {
            for entry in std::fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() && !path.is_symlink() {
                    open.push(path);
                    continue;
                }
                let bytes = std::fs::read(&path).unwrap_or_default();
                out.insert(below(&root, &path), bytes);
            }
        }
        out
    }

    /// The names of these files.
    pub(crate) fn names(&self) -> Vec<String> {
        self.files().into_keys().collect()
    }
}

fn below(root: &Path, path: &Path) -> String {
    path.strip_prefix(root)
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned()
}
