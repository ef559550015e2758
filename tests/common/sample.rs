//! A sample project that locks: two runs, packages of every source, an overlay, secrets.
//!
//! Everything lies below one temporary directory: `project/`, a git repository beside it that one
//! package comes from, the cache and an empty home. Dates and authors are fixed, so that commits
//! have the same ids wherever the tests run. The package index is a loopback server.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::SystemTime;

use tempfile::TempDir;

use super::index_server::{File, IndexServer};

/// Values that are in the registry and may be nowhere else.
pub(crate) const SECRETS: [&str; 3] = ["hf_do-not-leak", "index-do-not-leak", "git-do-not-leak"];

/// The experiment's id.
pub(crate) const ID: &str = "bench";
/// Its lock, relative to the project.
pub(crate) const LOCK: &str = "locks/bench.lock.json";
/// Its SBOM, relative to the project.
pub(crate) const SBOM: &str = "sboms/bench.cdx.json";

/// The files of the project; `INDEX` stands for the address of the loopback index.
const FILES: &[(&str, &str)] = &[
    ("registries/experiments/bench.yaml", EXPERIMENT),
    ("registries/runs/clean.yaml", CLEAN),
    ("registries/runs/noisy.yaml", NOISY),
    ("registries/tasks/ocr.yaml", TASK),
    (
        "registries/datasets/receipts.yaml",
        "name: receipts\ntype: folder\npath: data/receipts\nparams: {split: test}\npackage: reader\n",
    ),
    (
        "registries/metrics/cer.yaml",
        "name: cer\nclass_path: scorer.Cer\nparams:\n  lowercase: false\n  weights: [1, 0.5]\npackage: scorer\n",
    ),
    (
        "registries/metrics/wer.yaml",
        "name: wer\nclass_path: scorer.Wer\npackage: scorer\n",
    ),
    (
        "registries/reports/summary.yaml",
        "name: summary\nclass_path: plotter.Summary\nparams: {format: md}\npackage: plotter\n",
    ),
    (
        "registries/frameworks/template.yaml",
        "name: template\ndefault_adapter_package: adapter\ndefault_backend_class: adapter.Backend\n\
         specialized_adapters:\n  - match_models: ['tiny-*']\n    package: harness\n    backend_class: harness.Tiny\n",
    ),
    (
        "registries/packages/reader.yaml",
        "name: reader\ndescription: Reads receipts\nsource:\n  type: local\n  path: plugins/reader\n  editable: false\n",
    ),
    (
        "registries/packages/reader.dev.yaml",
        "source:\n  type: local\n  path: plugins/reader-dev\n",
    ),
    (
        "registries/packages/scorer.yaml",
        "name: scorer\nsource:\n  type: local\n  path: plugins/scorer\n",
    ),
    (
        "registries/packages/adapter.yaml",
        "name: adapter\nsource:\n  type: local\n  path: plugins/adapter\n",
    ),
    (
        "registries/packages/harness.yaml",
        "name: harness\nsource:\n  type: git\n  url: ../harness\n  ref: v1.0\n  subdirectory: python\n",
    ),
    (
        "registries/packages/textkit.yaml",
        "name: textkit\nsource:\n  type: pypi\n  name: Text.Kit\n  version: 1.4.0\n  extras: [fast]\n  index: INDEX\n",
    ),
    (
        "registries/packages/plotter.yaml",
        "name: plotter\nsource:\n  type: pypi\n  name: plotter\n  version: '>=2,<3'\ninstall_args:\n  extras: [svg]\n",
    ),
    (
        "plugins/reader/pyproject.toml",
        "[project]\nname = \"reader\"\nversion = \"0.3.1\"\n",
    ),
    (
        "plugins/reader/src/reader.py",
        "def read(path):\n    return open(path).read()\n",
    ),
    (
        "plugins/reader/src/formats.py",
        "FORMATS = ['png', 'pgm']\n",
    ),
    (
        "plugins/reader-dev/pyproject.toml",
        "[project]\nname = \"reader\"\nversion = \"0.4.0\"\n",
    ),
    (
        "plugins/scorer/pyproject.toml",
        "[project]\nname = \"scorer\"\nversion = \"1.0\"\n",
    ),
    ("plugins/scorer/scorer.py", "def cer(a, b):\n    return 0\n"),
    ("plugins/adapter/adapter.py", "class Backend: ...\n"),
    ("data/receipts/labels.csv", "01.png,12.50\n"),
    (".gitignore", "__pycache__/\n*.log\n"),
];

const EXPERIMENT: &str = "\
# The runs that are published together.
name: bench
description: Template matching, with and without noise
parallelism: 2
tasks:
  - clean
  - registries/runs/noisy.yaml
metadata:
  owner: lab
  lock:
    python: '3.11'
    platform: x86_64-manylinux_2_28
    exclude_newer: 2026-11-01T00:00:00Z
";
const CLEAN: &str = "\
name: clean
ml_task: ocr
dataset: receipts
model:
  name: large-1
  framework: template
  docker_image: registry.example/template:1.2
  package_manager: uv
  engine_params:
    seed: 7
    temperature: 0.5
    sampling:
      top_k: 40
      stop: ['\\n', null, true]
  env:
    OMP_NUM_THREADS: '4'
    HF_TOKEN: hf_do-not-leak
    PROXY: https://me:git-do-not-leak@proxy.example:8080
metrics: [cer, wer]
reports: [summary]
";
const NOISY: &str = "\
name: noisy
ml_task: ocr
dataset: receipts
model:
  name: tiny-2
  framework: template
  engine_params: {noise: 12}
metrics: [cer]
";
const TASK: &str = "\
name: ocr
entry_point: reader.main
required_packages:
  - reader
  - textkit
  - tinylib>=1
supported_metrics: [cer, wer]
supported_reports: [summary]
supported_frameworks: [template]
";

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
            sample.write(path, &text.replace("INDEX", &address));
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

    /// The program, in the project, with nothing of this machine's environment but `PATH`.
    pub(crate) fn vhb(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vhb"));
        command
            .args(arguments)
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
