//! What a runner of GitHub does around a step: its variables, and how it reads what the step prints.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value as Json;

use crate::common::sample::{Ran, Sample, ran};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/action.sh");
/// Reads SARIF as others do.
const OUTSIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reports/outside.py");

/// A runner in the sample project.
pub(crate) struct Runner {
    pub(crate) sample: Sample,
}

/// What a step did.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) code: i32,
    /// All that it printed: a runner reads both streams as one.
    pub(crate) stdout: String,
    pub(crate) outputs: BTreeMap<String, String>,
    pub(crate) summary: String,
    reports: PathBuf,
}

impl Runner {
    pub(crate) fn of(sample: Sample) -> Self {
        Self { sample }
    }

    /// Runs the script of the action with these variables.
    pub(crate) fn run(&self, variables: &[(&str, &str)]) -> Step {
        let temporary = self.sample.beside("runner");
        std::fs::create_dir_all(&temporary).unwrap();
        let files = ["output", "summary"].map(|name| temporary.join(name));
        for file in &files {
            std::fs::write(file, "").unwrap();
        }
        let [outputs, summary] = &files;
        // The environment is that of vhb in the project; the arguments do not count.
        let in_project = self.sample.vhb(&[]);
        let inherited = in_project
            .get_envs()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
        let Ran {
            code,
            stdout,
            stderr,
        } = ran(Command::new(SCRIPT)
            .current_dir(self.sample.root())
            .env_clear()
            .envs(inherited)
            .env("VHB", env!("CARGO_BIN_EXE_vhb"))
            .env("RUNNER_TEMP", &temporary)
            .env("GITHUB_OUTPUT", outputs)
            .env("GITHUB_STEP_SUMMARY", summary)
            .envs(variables.iter().copied())
            .stdin(Stdio::null()));
        // All that vhb says is printed where it does no harm; bash itself has nothing to say.
        assert_eq!(stderr, "", "{stdout}");
        let lines = std::fs::read_to_string(outputs).unwrap();
        let outputs = lines.lines().map(|line| {
            let (name, value) = line.split_once('=').unwrap();
            (name.to_owned(), value.to_owned())
        });
        Step {
            code,
            stdout,
            outputs: outputs.collect(),
            summary: std::fs::read_to_string(summary).unwrap(),
            reports: temporary.join("vhb-reports/sarif"),
        }
    }
}

impl Step {
    /// The workflow commands that a runner finds: the name, and all behind it.
    ///
    /// A line is one that begins with `::`, behind white space, and one that has `##[` anywhere,
    /// as old ones have; none between `::stop-commands::TOKEN` and `::TOKEN::`.
    pub(crate) fn commands(&self) -> Vec<(String, String)> {
        let mut commands = Vec::new();
        let mut stopped: Option<String> = None;
        for line in self.stdout.lines() {
            let new = line.trim_start().strip_prefix("::");
            if let Some(token) = &stopped {
                if new == Some(&format!("{token}::")) {
                    stopped = None;
                }
            } else if let Some(command) = new {
                let (head, said) = command.split_once("::").unwrap_or((command, ""));
                let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
                if name == "stop-commands" {
                    stopped = Some(said.to_owned());
                } else {
                    commands.push((name.to_owned(), format!("{properties}::{said}")));
                }
            } else if let Some((_, command)) = line.split_once("##[") {
                commands.push(("old".to_owned(), command.to_owned()));
            }
        }
        assert_eq!(stopped, None, "commands are stopped to the end");
        commands
    }

    /// What annotations of a kind say.
    pub(crate) fn annotations(&self, kind: &str) -> Vec<String> {
        let commands = self.commands().into_iter();
        let some = commands.filter(|(name, _)| name == kind);
        some.map(|(_, said)| said).collect()
    }

    /// The titles of the groups of lines.
    pub(crate) fn groups(&self) -> Vec<String> {
        let groups = self.annotations("group").into_iter();
        groups
            .map(|group| group.trim_start_matches("::").to_owned())
            .collect()
    }

    /// The SARIF files, as they are to be uploaded.
    fn sarif_files(&self) -> Vec<PathBuf> {
        assert_eq!(self.outputs["sarif"], self.reports.display().to_string());
        let entries = std::fs::read_dir(&self.reports).unwrap();
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    /// How many results each SARIF file has, as others read it; fails where they refuse one.
    pub(crate) fn read_sarif(&self) -> Vec<String> {
        let python = std::env::var_os("VHB_PYTHON").unwrap_or_else(|| "python3".into());
        let output = Command::new(python)
            .args([OUTSIDE, "sarif"])
            .args(self.sarif_files())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}\n`make tools` and `make npm` install what this needs, and VHB_PYTHON names the Python",
            String::from_utf8_lossy(&output.stderr)
        );
        let lines = String::from_utf8(output.stdout).unwrap();
        let lines = lines.lines().map(|line| line.trim_end_matches(" results"));
        lines.map(str::to_owned).collect()
    }

    /// What GitHub tells the analyses of the SARIF files apart by, sorted.
    pub(crate) fn categories(&self) -> Vec<String> {
        let ids = self.sarif_files().into_iter().map(|file| {
            let log: Json = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
            let id = &log["runs"][0]["automationDetails"]["id"];
            id.as_str().unwrap().to_owned()
        });
        let mut ids: Vec<_> = ids.collect();
        ids.sort();
        ids
    }
}
