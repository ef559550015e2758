//! A repository with the sample project in it, whose commits run hooks of vhb.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::sample::{Ran, Sample, git, ran};

const MANIFEST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/.pre-commit-hooks.yaml");
/// What installs a hook, and what takes the program that is there.
const LANGUAGES: [&str; 2] = ["  language: python\n", "  language: system\n"];

/// Hooks, each by its id, with what the configuration gives it.
type Hooks<'a> = [(&'a str, &'a [&'a str])];

pub(crate) struct Repository {
    sample: Sample,
    root: PathBuf,
}

impl Repository {
    /// The sample project, locked and committed.
    pub(crate) fn at_root(hooks: &Hooks) -> Self {
        let sample = Sample::locked();
        let root = sample.root();
        Self::with(sample, root, hooks)
    }

    /// A repository with the locked project in each of these directories.
    pub(crate) fn below(directories: &[&str], hooks: &Hooks) -> Self {
        let sample = Sample::new();
        let root = sample.beside("repository");
        for directory in directories {
            let project = root.join(directory);
            copy(&sample.root(), &project);
            // Where a git package of the sample comes from is said from the project.
            let harness = sample.beside("harness").display().to_string();
            let entry = project.join("registries/packages/harness.yaml");
            let text = std::fs::read_to_string(&entry).unwrap();
            std::fs::write(&entry, text.replace("../harness", &harness)).unwrap();
        }
        git(&root, &["init", "-q"]);
        for directory in directories {
            let mut lock = sample.vhb(&["lock", "bench"]);
            let ran = ran(lock.current_dir(root.join(directory)));
            assert_eq!(ran.code, 0, "{ran:?}");
        }
        Self::with(sample, root, hooks)
    }

    /// Commits what is there, and a configuration with these hooks.
    fn with(sample: Sample, root: PathBuf, hooks: &Hooks) -> Self {
        let manifest = std::fs::read_to_string(MANIFEST).unwrap();
        let [python, system] = LANGUAGES;
        let ids = manifest.matches("- id: ").count();
        assert_eq!(manifest.matches(python).count(), ids);
        let source = sample.beside("hooks");
        std::fs::create_dir(&source).unwrap();
        std::fs::write(
            source.join(".pre-commit-hooks.yaml"),
            manifest.replace(python, system),
        )
        .unwrap();
        git(&source, &["init", "-q"]);
        git(&source, &["add", "."]);
        git(&source, &["commit", "-q", "-m", "hooks"]);
        git(&source, &["tag", "v1"]);

        let mut config = format!(
            "repos:\n- repo: {}\n  rev: v1\n  hooks:\n",
            source.display()
        );
        for (id, arguments) in hooks {
            let hook = format!("  - id: {id}\n    args: {arguments:?}\n    verbose: true\n");
            config.push_str(&hook);
        }
        std::fs::write(root.join(".pre-commit-config.yaml"), config).unwrap();
        git(&root, &["add", "."]);
        git(&root, &["commit", "-q", "-m", "locked"]);
        Self { sample, root }
    }

    /// Runs the hooks on what is staged, as a commit does; gives what they print.
    pub(crate) fn commit(&self) -> String {
        let python = std::env::var_os("VHB_PYTHON").unwrap_or_else(|| "python3".into());
        let program = Path::new(env!("CARGO_BIN_EXE_vhb")).parent().unwrap();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::iter::once(program.to_path_buf()).chain(std::env::split_paths(&path));
        let ran = ran(Command::new(python)
            .args(["-m", "pre_commit", "run", "--color", "never"])
            .current_dir(&self.root)
            .env_clear()
            .env("PATH", std::env::join_paths(path).unwrap())
            .env("HOME", self.sample.beside("home"))
            .env("PRE_COMMIT_HOME", self.sample.beside("pre-commit"))
            .env("VHB_CACHE_DIR", self.sample.beside("cache"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("LC_ALL", "C.UTF-8"));
        let Ran { stdout, stderr, .. } = ran;
        assert!(
            stdout.contains("- hook id: vhb-"),
            "`make tools` installs pre-commit, and VHB_PYTHON names its Python\n{stdout}{stderr}"
        );
        stdout
    }

    /// The exit codes of the hooks, in their order.
    pub(crate) fn codes(&self) -> Vec<i32> {
        let mut codes = Vec::new();
        for line in self.commit().lines() {
            if line.starts_with("- hook id: ") {
                codes.push(0);
            } else if let Some(code) = line.strip_prefix("- exit code: ") {
                *codes.last_mut().unwrap() = code.parse().unwrap();
            }
        }
        codes
    }

    /// Writes and stages a file.
    pub(crate) fn write(&self, path: &str, text: &str) {
        std::fs::write(self.root.join(path), text).unwrap();
        git(&self.root, &["add", path]);
    }

    /// Replaces a text that a file has, and stages it.
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.root.join(path)).unwrap();
        assert!(text.contains(from), "`{path}` has no `{from}`");
        self.write(path, &text.replacen(from, to, 1));
    }

    /// Removes a file, and stages that.
    pub(crate) fn remove(&self, path: &str) {
        git(&self.root, &["rm", "-q", "-f", path]);
    }

    /// Leaves the change of a file in the work tree alone.
    pub(crate) fn unstage(&self, path: &str) {
        git(&self.root, &["reset", "-q", "--", path]);
    }
}

/// Copies a directory without what git keeps there.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (path, name): (_, OsString) = {
            let entry = entry.unwrap();
            (entry.path(), entry.file_name())
        };
        if path.is_dir() && name != ".git" {
            copy(&path, &to.join(name));
        } else if path.is_file() {
            std::fs::copy(&path, to.join(name)).unwrap();
        }
    }
}
