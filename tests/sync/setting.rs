//! A locked project whose environment can be made on this machine, and what was made.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::index_server::{File, IndexServer};
use crate::common::project::{Project, Run};

pub(crate) const LOCK: &str = "locks/exp.lock.json";

/// A build backend that needs nothing, in the tree that it builds (PEP 517).
pub(crate) const BACKEND: &str = include_str!("../cli_environments/backend.py");

/// The part of `pyproject.toml` that names it.
pub(crate) const PYPROJECT_OF_BACKEND: &str =
    "[build-system]\nrequires = []\nbackend-path = [\".\"]\nbuild-backend = \"backend\"\n";

/// An index that the environment names, and a project whose packages come from it.
pub(crate) struct Setting {
    pub(crate) server: IndexServer,
    pub(crate) project: Project,
}

/// A package of an index at one version.
pub(crate) fn source(name: &str, version: &str) -> String {
    format!("type: pypi\nname: {name}\nversion: \"{version}\"\n")
}

/// A wheel that requires these.
pub(crate) fn wheel(requires: &[&str]) -> File {
    File::wheel().requires(requires).installable()
}

/// The files of a package that is built.
pub(crate) fn tree(name: &str, requires: &str) -> [(&'static str, String); 3] {
    let project = format!("[project]\nname = \"{name}\"\ndynamic = [\"version\"]\n");
    let metadata = format!("Metadata-Version: 2.1\nName: {name}\nVersion: VERSION\n{requires}");
    [
        ("pyproject.toml", format!("{PYPROJECT_OF_BACKEND}{project}")),
        ("METADATA.in", metadata),
        ("backend.py", BACKEND.to_owned()),
    ]
}

impl Setting {
    /// An empty index and a project without packages, for the Python and platform of the tests.
    pub(crate) fn new() -> Self {
        let server = IndexServer::start();
        let mut project = Project::new::<&str, &str>(&[]).with_uv();
        project.set("UV_DEFAULT_INDEX", server.url());
        project.set("GIT_TERMINAL_PROMPT", "0");
        project.set("UV_HTTP_RETRIES", "0");
        project.experiment(&format!("python: \"3.11\"\nplatform: {}\n", platform()));
        Self { server, project }
    }

    /// `app` requires `helper`; both are wheels.
    pub(crate) fn wheels() -> Self {
        let mut setting = Self::new();
        setting.server.add("app", "1.0", &[wheel(&["helper"])]);
        setting.server.add("helper", "1.0", &[wheel(&[])]);
        setting.project.package("app", &source("app", "1.0"));
        setting.lock();
        setting
    }

    pub(crate) fn lock(&self) {
        self.project.lock_all(&[]).exits(0);
    }

    /// Makes the environment of the inference in `env`.
    pub(crate) fn sync(&self, options: &[&str]) -> Run {
        self.sync_into("env", options)
    }

    pub(crate) fn sync_into(&self, into: &str, options: &[&str]) -> Run {
        let always = ["sync", LOCK, "--environment", "inference", "--into", into];
        self.project.vhb(&[&always, options].concat())
    }

    /// Prints the commands for the environment of the inference.
    pub(crate) fn print(&self, form: &str, options: &[&str]) -> Run {
        let always = ["sync", LOCK, "--environment", "inference", "--print", form];
        self.project.vhb(&[&always, options].concat())
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.project.root().join(path)
    }

    /// The directory of the distributions of `env`.
    pub(crate) fn site(&self) -> PathBuf {
        self.path("env/lib/python3.11/site-packages")
    }

    /// A file of the metadata of a distribution, such as `demo-1.0`.
    #[track_caller]
    pub(crate) fn about(&self, stem: &str, file: &str) -> String {
        let path = self.site().join(format!("{stem}.dist-info/{file}"));
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// What Python itself finds in `env`, by name and version.
    pub(crate) fn installed(&self) -> BTreeMap<String, String> {
        let program = "from importlib.metadata import distributions as all\n\
                       for it in all(): print(it.metadata['Name'], it.version)";
        let output = Command::new(self.path("env/bin/python"))
            .args(["-I", "-c", program])
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        let lines = text.lines().map(|line| line.split_once(' ').unwrap());
        lines
            .map(|(name, version)| (name.to_owned(), version.to_owned()))
            .collect()
    }

    /// Fails unless `env` holds these and nothing else.
    #[track_caller]
    pub(crate) fn holds(&self, expected: &[(&str, &str)]) {
        let installed = self.installed();
        let found: Vec<_> = installed
            .iter()
            .map(|(name, version)| (&**name, &**version))
            .collect();
        assert_eq!(found, expected);
    }

    /// Fails if anything was made, or left of what was begun.
    #[track_caller]
    pub(crate) fn made_nothing(&self) {
        let entries = std::fs::read_dir(self.project.root()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let left: Vec<_> = names.filter(|name| name.contains("env")).collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

/// The platform of this machine.
pub(crate) fn platform() -> String {
    let machine = std::env::consts::ARCH;
    match std::env::consts::OS {
        "macos" => format!("{machine}-apple-darwin"),
        "windows" => format!("{machine}-pc-windows-msvc"),
        _ => format!("{machine}-manylinux_2_28"),
    }
}

/// Every file below a directory, with its bytes; links are named, not followed.
pub(crate) fn files_below(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![directory.to_owned()];
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let entry = entry.unwrap();
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                open.push(entry.path());
            } else if kind.is_file() {
                files.insert(entry.path(), std::fs::read(entry.path()).unwrap());
            }
        }
    }
    files
}
