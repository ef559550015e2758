//! A sample project that locks: two runs, packages of every source, an overlay, secrets.
//!
//! Everything lies below one temporary directory: `project/`, a git repository beside it that one
//! package comes from, the cache and an empty home. Dates and authors are fixed, so that commits
//! have the same ids wherever the tests run. The package index is a loopback server.

mod files;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::SystemTime;

use tempfile::TempDir;

use self::files::FILES;
use super::index_server::{File, IndexServer};

/// Values that are in the registry and may be nowhere else.
pub(crate) const SECRETS: [&str; 3] = ["hf_do-not-leak", "index-do-not-leak", "git-do-not-leak"];

/// The experiment's id.
pub(crate) const ID: &str = "bench";
/// Its lock, relative to the project.
pub(crate) const LOCK: &str = "locks/bench.lock.json";
/// Its SBOM, relative to the project.
pub(crate) const SBOM: &str = "sboms/bench.cdx.json";

/// A project that is ready to be locked.
pub(crate) struct Sample {
    directory: TempDir,
    /// What its PyPI sources come from.
    pub(crate) index: IndexServer,
}

/// What a finished command said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Every file below a directory: its bytes, and when it was changed.
pub(crate) type Snapshot = BTreeMap<PathBuf, (Vec<u8>, SystemTime)>;

impl Sample {
    /// Writes the project, its repositories and its index.
    pub(crate) fn new() -> Self {
        let sample = Self {
            directory: tempfile::tempdir().unwrap(),
            index: index(),
        };
        std::fs::create_dir(sample.directory.path().join("home")).unwrap();
        let address = sample.index.url_with("me:index-do-not-leak");
        for (path, text) in FILES {
            sample.write(path, text.replace("INDEX", &address));
        }
        let harness = sample.directory.path().join("harness");
        write(
            &harness.join("python/pyproject.toml"),
            "[project]\nname = \"harness\"\nversion = \"1.0\"\n",
        );
        write(&harness.join("python/harness.py"), "class Tiny: ...\n");
        for root in [&harness, &sample.root()] {
            git(root, &["init", "-q", "-b", "main"]);
            git(root, &["add", "."]);
            git(root, &["commit", "-q", "-m", "first"]);
        }
        git(&harness, &["tag", "-a", "v1.0", "-m", "one"]);
        sample
    }

    /// A project that is locked already.
    pub(crate) fn locked() -> Self {
        let sample = Self::new();
        sample.lock(&[]);
        sample
    }

    /// The directory that holds `registries/`.
    pub(crate) fn root(&self) -> PathBuf {
        self.beside("project")
    }

    /// A place beside the project.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.directory.path().canonicalize().unwrap().join(name)
    }

    /// Writes a file of the project.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        write(&self.root_uncanonical().join(path), text);
    }

    fn root_uncanonical(&self) -> PathBuf {
        self.directory.path().join("project")
    }

    /// Replaces a text that a file of the project must have.
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = String::from_utf8(self.read(path)).unwrap();
        assert!(text.contains(from), "`{path}` has no `{from}`");
        self.write(path, text.replacen(from, to, 1));
    }

    /// The bytes of a file of the project.
    pub(crate) fn read(&self, path: &str) -> Vec<u8> {
        let path = self.root().join(path);
        std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The lock and its SBOM.
    pub(crate) fn written(&self) -> (Vec<u8>, Vec<u8>) {
        (self.read(LOCK), self.read(SBOM))
    }

    /// The program, in the project, with nothing of this machine's environment but `PATH`. What
    /// packages require in turn is not locked: theirs are not made to be installed.
    pub(crate) fn vhb(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vhb"));
        if arguments.first() == Some(&"lock") {
            command.args(["lock", "--direct"]).args(&arguments[1..]);
        } else {
            command.args(arguments);
        }
        command
            .current_dir(self.root())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.beside("home"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("VHB_CACHE_DIR", self.beside("cache"))
            .env("UV_DEFAULT_INDEX", self.index.url())
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null());
        command
    }

    /// Runs the program in the project.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        ran(&mut self.vhb(arguments))
    }

    /// Locks the experiment, which must succeed.
    pub(crate) fn lock(&self, more: &[&str]) -> Ran {
        let ran = self.run(&[&["lock", ID], more].concat());
        assert_eq!(ran.code, 0, "{ran:#?}");
        ran
    }

    /// Every file of the project but those of git.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let mut out = Snapshot::new();
        collect(&self.root(), &mut out);
        out
    }

    /// A text without what differs from machine to machine.
    pub(crate) fn stable(&self, text: &str) -> String {
        let index = self.index.url();
        text.replace(&self.root().display().to_string(), "[PROJECT]")
            .replace(&self.beside("").display().to_string(), "[BESIDE]/")
            .replace(index.trim_end_matches("/simple"), "[INDEX]")
    }
}

fn index() -> IndexServer {
    let server = IndexServer::start();
    let file = |file: File| file.uploaded("2026-05-01T10:00:00Z");
    let late = File::sdist().uploaded("2026-11-15T00:00:00Z");
    server.add(
        "text-kit",
        "1.4.0",
        &[file(File::wheel()), file(File::sdist())],
    );
    server.add("text-kit", "1.5.0", &[file(File::wheel())]);
    server.add("plotter", "2.3", &[file(File::wheel())]);
    server.add("plotter", "2.4", std::slice::from_ref(&late));
    server.add("tinylib", "1.0", &[file(File::wheel().yanked("broken"))]);
    server.add("tinylib", "1.1", &[file(File::sdist())]);
    server
}

/// Runs a command to its end.
pub(crate) fn ran(command: &mut Command) -> Ran {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    Ran {
        code: status.code().expect("no signal ended it"),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
    }
}

/// Runs git as a fixed author at a fixed time.
pub(crate) fn git(directory: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    for role in ["AUTHOR", "COMMITTER"] {
        command
            .env(format!("GIT_{role}_NAME"), "t")
            .env(format!("GIT_{role}_EMAIL"), "t@example.org")
            .env(format!("GIT_{role}_DATE"), "2026-10-01T12:00:00Z");
    }
    let output = command
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .arg("-C")
        .arg(directory)
        .args(arguments)
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {stderr}");
}

fn write(path: &Path, text: impl AsRef<[u8]>) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn collect(directory: &Path, out: &mut Snapshot) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let metadata = path.symlink_metadata().unwrap();
        if path.file_name().is_some_and(|name| name == ".git") {
            continue;
        }
        if metadata.is_dir() {
            collect(&path, out);
        } else {
            let bytes = std::fs::read(&path).unwrap_or_default();
            out.insert(path, (bytes, metadata.modified().unwrap()));
        }
    }
}
