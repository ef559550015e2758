//! A directory of its own for vhb to work in.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::project::Run;

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

    /// A place that has the example of this repository in it, and its lock.
    pub(crate) fn with_example() -> Self {
        let place = Self::new();
        for name in ["registries", "example", "locks", "sboms"] {
            place.copy(name);
        }
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

    /// A program, in the place, that sees nothing else of this machine.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let beside = |name: &str| self.directory.path().join(name);
        let mut command = Command::new(program);
        command
            .current_dir(self.path(""))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", beside("home"))
            .env("VHB_CACHE_DIR", beside("cache"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CEILING_DIRECTORIES", self.directory.path())
            .env("LC_ALL", "C.UTF-8")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    /// vhb, in a directory of the place.
    pub(crate) fn vhb_in(&self, directory: &str, arguments: &[&str]) -> Run {
        let output = self
            .command(env!("CARGO_BIN_EXE_vhb"))
            .args(arguments)
            .current_dir(self.path(directory))
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

    /// Copies a directory of this repository, without what git ignores.
    fn copy(&self, name: &str) {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
        let walk = ignore::WalkBuilder::new(repository.join(name))
            .hidden(false)
            .build();
        for entry in walk {
            let entry = entry.unwrap();
            let to = self.path(&below(repository, entry.path()));
            if entry.file_type().unwrap().is_dir() {
                std::fs::create_dir(to).unwrap();
            } else {
                std::fs::copy(entry.path(), to).unwrap();
            }
        }
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
