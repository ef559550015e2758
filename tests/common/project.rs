//! A small valid project in a temporary directory, and the `vhb` program run in it.
//!
//! The program gets none of the machine's environment: no index, no credentials, no proxy, no git
//! configuration and no home but an empty one. What a test wants it to see is set by
//! [`Project::set`].
//!
//! ```text
//! <temporary>/home       HOME and the XDG directories
//! <temporary>/cache      VHB_CACHE_DIR
//! <temporary>/project    the working directory: registries/, locks/, sboms/
//! ```

mod run;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value as Json;
use tempfile::TempDir;

#[allow(unused_imports)] // no test names all of it
pub(crate) use self::run::{Report, Run};

/// What the machine's environment passes on: finding programs, and the coverage of tests.
const INHERITED: [&str; 3] = ["PATH", "SYSTEMROOT", "LLVM_PROFILE_FILE"];

const EXPERIMENT: &str = "exp";

/// A project whose one experiment reaches every package.
pub(crate) struct Project {
    directory: TempDir,
    packages: BTreeMap<String, String>,
    variables: BTreeMap<String, OsString>,
}

impl Project {
    /// A project with packages: each an id and the fields of its `source`, as YAML.
    pub(crate) fn new<Id: AsRef<str>, Yaml: AsRef<str>>(packages: &[(Id, Yaml)]) -> Self {
        let mut project = Self {
            directory: tempfile::tempdir().unwrap(),
            packages: BTreeMap::new(),
            variables: BTreeMap::new(),
        };
        std::fs::create_dir_all(project.home()).unwrap();
        project.write_registry();
        for (id, source) in packages {
            project.package(id.as_ref(), source.as_ref());
        }
        let home = project.home().into_os_string();
        let below = |name: &str| project.home().join(name).into_os_string();
        for (name, value) in [
            ("HOME", home.clone()),
            ("USERPROFILE", home),
            ("XDG_CACHE_HOME", below(".cache")),
            ("XDG_CONFIG_HOME", below(".config")),
            ("XDG_DATA_HOME", below(".local")),
            ("VHB_CACHE_DIR", project.cache().into_os_string()),
            ("GIT_CONFIG_GLOBAL", "/dev/null".into()),
            ("GIT_CONFIG_NOSYSTEM", "1".into()),
            ("LC_ALL", "C".into()),
        ] {
            project.variables.insert(name.to_owned(), value);
        }
        project
    }

    fn write_registry(&self) {
        for (path, text) in [
            ("datasets/data", "type: demo.Data\npath: data\n"),
            ("metrics/metric", "class_path: demo.Metric\n"),
            ("reports/report", "class_path: demo.Report\n"),
            (
                "runs/run",
                "ml_task: task\nmodel:\n  name: plain-model\n  framework: plain\n\
                 dataset: data\nmetrics: [metric]\nreports: [report]\n",
            ),
        ] {
            let (_, id) = path.split_once('/').unwrap();
            self.write(&format!("registries/{path}.yaml"), &named(id, text));
        }
        self.write("data/samples.csv", "1,one\n");
        self.experiment("");
    }

    /// Writes the experiment; `target` are the fields of its `metadata.lock`, as YAML.
    pub(crate) fn experiment(&self, target: &str) {
        let mut text = format!("name: {EXPERIMENT}\ntasks: [run]\n");
        if !target.is_empty() {
            text.push_str("metadata:\n  lock:\n");
            text.push_str(&indented(4, target));
        }
        self.write(&format!("registries/experiments/{EXPERIMENT}.yaml"), &text);
    }

    /// Adds a package, or gives it another source.
    pub(crate) fn package(&mut self, id: &str, source: &str) {
        let text = format!("source:\n{}", indented(2, source));
        self.package_file(id, &text);
    }

    /// Adds a package by the text of its entry, without its `name`.
    pub(crate) fn package_file(&mut self, id: &str, text: &str) {
        self.write(&format!("registries/packages/{id}.yaml"), &named(id, text));
        self.packages.insert(id.to_owned(), text.to_owned());
        self.write_users();
    }

    /// Takes a package out of the registry.
    pub(crate) fn drop_package(&mut self, id: &str) {
        let path = format!("registries/packages/{id}.yaml");
        std::fs::remove_file(self.root().join(path)).unwrap();
        self.packages.remove(id);
        self.write_users();
    }

    /// Writes the task and the framework, which reach every package.
    fn write_users(&self) {
        let ids: Vec<_> = self.packages.keys().map(String::as_str).collect();
        let task = format!(
            "entry_point: demo.run\nrequired_packages: [{}]\nsupported_metrics: [metric]\n\
             supported_reports: [report]\nsupported_frameworks: [plain]\n",
            ids.join(", ")
        );
        self.write("registries/tasks/task.yaml", &named("task", &task));
        let framework = format!(
            "default_adapter_package: {}\ndefault_backend_class: demo.Backend\n",
            ids[0]
        );
        self.write(
            "registries/frameworks/plain.yaml",
            &named("plain", &framework),
        );
    }

    /// Sets a variable for every run from now on.
    pub(crate) fn set(&mut self, name: &str, value: impl AsRef<OsStr>) {
        let value = value.as_ref().to_owned();
        self.variables.insert(name.to_owned(), value);
    }

    /// Gives git a configuration file of the user.
    pub(crate) fn git_config(&mut self, text: &str) {
        let file = self.home().join("git-config");
        std::fs::write(&file, text).unwrap();
        self.set("GIT_CONFIG_GLOBAL", file);
    }

    /// The directory that holds `registries/`.
    pub(crate) fn root(&self) -> PathBuf {
        self.directory.path().join("project")
    }

    /// The home directory; the only place, beside `registries/`, that may hold credentials.
    pub(crate) fn home(&self) -> PathBuf {
        self.directory.path().join("home")
    }

    /// Where vhb keeps the answers of servers.
    pub(crate) fn cache(&self) -> PathBuf {
        self.directory.path().join("cache")
    }

    /// Where uv keeps the answers of servers.
    pub(crate) fn cache_of_uv(&self) -> PathBuf {
        self.home().join(".cache/uv")
    }

    /// Forgets all answers of servers.
    pub(crate) fn clear_cache(&self) {
        std::fs::remove_dir_all(self.cache()).unwrap();
    }

    /// Writes a file of the project.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Runs vhb in the project.
    pub(crate) fn vhb(&self, arguments: &[&str]) -> Run {
        let output = self.command(arguments).output().unwrap();
        Run {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// vhb in the project, not started yet.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let inherited = INHERITED.iter().filter_map(|name| {
            let value = std::env::var_os(name)?;
            Some((OsString::from(name), value))
        });
        let mut command = Command::new(env!("CARGO_BIN_EXE_vhb"));
        command
            .env_clear()
            .envs(inherited)
            .envs(&self.variables)
            .args(arguments)
            .current_dir(self.root())
            .stdin(Stdio::null());
        command
    }

    /// Locks the direct sources of the experiment.
    pub(crate) fn lock(&self, options: &[&str]) -> Run {
        self.vhb(&[&["lock", EXPERIMENT, "--direct"], options].concat())
    }

    /// Locks the experiment with everything that it takes, by the uv that the tests were given.
    pub(crate) fn lock_all(&self, options: &[&str]) -> Run {
        self.vhb(&[&["lock", EXPERIMENT], options].concat())
    }

    /// Gives vhb the uv of the tests, which fetches nothing from elsewhere.
    pub(crate) fn with_uv(mut self) -> Self {
        let uv = std::env::var_os("VHB_UV").expect("VHB_UV names the uv that tests use");
        self.set("VHB_UV", uv);
        self.set("UV_PYTHON_DOWNLOADS", "never");
        self
    }

    /// Verifies the lock, with a JSON report.
    pub(crate) fn verify(&self, options: &[&str]) -> Run {
        let file = lock_file();
        self.vhb(&[&["verify", &file, "--format", "json"], options].concat())
    }

    /// Verifies the lock, with a report for people.
    pub(crate) fn verify_as_text(&self, options: &[&str]) -> Run {
        self.vhb(&[&["verify", &lock_file()], options].concat())
    }

    /// Whether there is a lock.
    pub(crate) fn is_locked(&self) -> bool {
        self.root().join(lock_file()).exists()
    }

    /// The text of the lock.
    pub(crate) fn lock_text(&self) -> String {
        std::fs::read_to_string(self.root().join(lock_file())).unwrap()
    }

    /// The whole lock.
    pub(crate) fn lock_json(&self) -> Json {
        serde_json::from_str(&self.lock_text()).unwrap()
    }

    /// The locked package of an id: its `source`, `pin` and `distribution`.
    pub(crate) fn locked(&self, id: &str) -> Json {
        let mut lock: Json = serde_json::from_str(&self.lock_text()).unwrap();
        lock["packages"][id].take()
    }

    /// The locked distribution, such as `demo==1.0`.
    pub(crate) fn distribution(&self, name: &str) -> Json {
        let mut lock: Json = serde_json::from_str(&self.lock_text()).unwrap();
        lock["distributions"][name].take()
    }

    /// Fails if a word stands in any file that vhb wrote: lock, SBOM, cache.
    pub(crate) fn assert_unwritten(&self, secret: &str) {
        let mut read = 0;
        let mut directories = vec![self.root(), self.cache()];
        while let Some(directory) = directories.pop() {
            for entry in std::fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    if !path.ends_with("registries") {
                        directories.push(path);
                    }
                    continue;
                }
                let bytes = std::fs::read(&path).unwrap();
                let found = bytes
                    .windows(secret.len())
                    .any(|part| part == secret.as_bytes());
                assert!(!found, "`{secret}` stands in `{}`", path.display());
                read += 1;
            }
        }
        assert!(read > 0, "vhb wrote nothing");
    }
}

fn lock_file() -> String {
    format!("locks/{EXPERIMENT}.lock.json")
}

/// Names an entry, behind its own fields: a test's lines keep their numbers.
fn named(id: &str, text: &str) -> String {
    format!("{text}name: {id}\n")
}

fn indented(columns: usize, yaml: &str) -> String {
    let margin = " ".repeat(columns);
    let lines: Vec<_> = yaml.lines().map(|line| format!("{margin}{line}")).collect();
    lines.join("\n") + "\n"
}
