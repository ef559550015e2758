//! A locked project in a repository whose clone merges by vhb, and branches of it.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::common::index_server::{File, IndexServer};
use crate::common::project::{Project, Run};

/// The lock, relative to the project.
pub(crate) const LOCK: &str = "locks/exp.lock.json";
/// Its SBOM, relative to the project.
pub(crate) const SBOM: &str = "sboms/exp.cdx.json";

/// A package of an index at one version.
pub(crate) fn source(name: &str, version: &str) -> String {
    format!("type: pypi\nname: {name}\nversion: \"{version}\"\n")
}

/// An index that the environment names, and a project whose packages come from it.
pub(crate) struct Setting {
    pub(crate) server: IndexServer,
    pub(crate) project: Project,
}

impl Setting {
    /// Packages by name and version; the index is still empty, and nothing is locked.
    pub(crate) fn new(roots: &[(&str, &str)]) -> Self {
        let server = IndexServer::start();
        let packages: Vec<_> = roots
            .iter()
            .map(|(name, version)| (*name, source(name, version)))
            .collect();
        let mut project = Project::new(&packages).with_uv();
        project.set("UV_DEFAULT_INDEX", server.url());
        for role in ["AUTHOR", "COMMITTER"] {
            project.set(&format!("GIT_{role}_NAME"), "t");
            project.set(&format!("GIT_{role}_EMAIL"), "t@example.org");
        }
        Self { server, project }
    }

    /// `app` 1.0 requires `helper` and `other`; of both there are 1.0, which are locked, and 2.0.
    pub(crate) fn outdated() -> Self {
        let setting = Self::new(&[("app", "1.0")]);
        setting.add("app", "1.0", &["helper", "other"]);
        setting.add("helper", "1.0", &["base"]);
        setting.add("other", "1.0", &[]);
        setting.add("base", "1.0", &[]);
        setting.begin();
        setting.add("helper", "2.0", &["base"]);
        setting.add("other", "2.0", &[]);
        setting
    }

    /// Adds a release of one wheel.
    pub(crate) fn add(&self, name: &str, version: &str, requires: &[&str]) {
        let wheel = File::wheel().requires(requires).installable();
        self.server.add(name, version, &[wheel]);
    }

    /// Locks, makes the project a repository that merges by vhb, and commits on `main`.
    pub(crate) fn begin(&self) {
        self.git(&["init", "-q", "-b", "main"]).exits(0);
        self.project.vhb(&["merge", "--install"]).exits(0);
        self.lock(&[]).exits(0);
        self.commit("first");
    }

    pub(crate) fn lock(&self, options: &[&str]) -> Run {
        self.project.lock_all(options)
    }

    /// Runs git in the project.
    pub(crate) fn git(&self, arguments: &[&str]) -> Run {
        self.git_in(&self.project.root(), arguments)
    }

    /// Runs git in a directory, with the environment that vhb runs in.
    pub(crate) fn git_in(&self, directory: &Path, arguments: &[&str]) -> Run {
        self.program("git", directory, arguments)
    }

    /// Runs lines of a shell in the project, up to the first that fails; `vhb` is on the PATH.
    pub(crate) fn shell(&self, script: &str) -> Run {
        let vhb = Path::new(env!("CARGO_BIN_EXE_vhb")).parent().unwrap();
        let script = format!("PATH='{}':$PATH\n{script}", vhb.display());
        self.program("sh", &self.project.root(), &["-e", "-c", &script])
    }

    fn program(&self, program: &str, directory: &Path, arguments: &[&str]) -> Run {
        let vhb = self.project.command(&[]);
        let mut command = Command::new(program);
        command.env_clear();
        for (name, value) in vhb.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        let output = command
            .args(arguments)
            .current_dir(directory)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Run {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Commits all that is in the work tree.
    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "--all"]).exits(0);
        self.git(&["commit", "-q", "-m", message]).exits(0);
    }

    /// A branch from a commit, on which something is done and then committed.
    pub(crate) fn branch(&self, name: &str, from: &str, work: impl FnOnce(&Self)) {
        self.git(&["checkout", "-q", "-b", name, from]).exits(0);
        work(self);
        self.commit(name);
    }

    /// A branch from `main` on which some names are upgraded.
    pub(crate) fn upgrade(&self, branch: &str, names: &[&str]) {
        self.branch(branch, "main", |setting| {
            for name in names {
                setting.lock(&["--upgrade-package", name]).exits(0);
            }
        });
    }

    /// Takes uv away, for merges that need no resolver.
    pub(crate) fn without_uv(&mut self) {
        self.project.set("VHB_UV", "/no/such/uv");
    }

    /// Fails unless all is committed and the lock is what it should be: by itself and its SBOM, by
    /// the registries, by the disk and by the index.
    #[track_caller]
    pub(crate) fn verifies(&self) {
        let status = self.git(&["status", "--porcelain"]).exits(0);
        assert_eq!(status.stdout, "");
        let report = self.project.verify(&[]).exits(0).report();
        assert!(report.codes().is_empty(), "{report:#?}");
        // Locking again keeps every pin, and would write the same.
        self.lock(&["--check"]).exits(0);
    }

    /// The distributions of the lock, in the work tree.
    pub(crate) fn held(&self) -> Vec<String> {
        let lock = self.project.lock_json();
        let distributions = lock["distributions"].as_object().unwrap();
        distributions.keys().cloned().collect()
    }

    /// A file as a commit has it.
    pub(crate) fn at(&self, commit: &str, path: &str) -> String {
        let name = format!("{commit}:{path}");
        self.git(&["cat-file", "blob", &name]).exits(0).stdout
    }
}
