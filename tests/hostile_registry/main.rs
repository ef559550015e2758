//! Registries that nobody should write: `vhb check` names what is wrong, soon and in little memory.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod everything;
mod fields;
mod files;
mod names;
mod overlays;
mod yaml;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value as Json;
use tempfile::TempDir;

use common::sample::{Ran, ran};

/// No check may take longer, in a debug build on a busy machine.
const LONGEST: Duration = Duration::from_secs(20);
/// Nor may it have more address space than this many KiB.
const MEMORY: &str = "1000000";

/// A directory with registries in it.
struct Hostile(TempDir);

impl Hostile {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let hostile = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir(hostile.path("")).unwrap();
        for (path, bytes) in files {
            hostile.write(path, bytes);
        }
        hostile
    }

    /// One metric with this text.
    fn metric(text: impl AsRef<[u8]>) -> Self {
        Self::new(&[("metrics/m.yaml", text.as_ref())])
    }

    /// A place below `registries/`.
    fn path(&self, path: &str) -> std::path::PathBuf {
        self.0.path().join("registries").join(path)
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// Runs `vhb check` within the limits.
    fn check(&self, arguments: &[&str]) -> Ran {
        let begun = Instant::now();
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("ulimit -v {MEMORY} && exec \"$@\""), "sh"])
            .arg(env!("CARGO_BIN_EXE_vhb"))
            .arg("check")
            .args(arguments)
            .current_dir(self.0.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .stdin(Stdio::null());
        let ran = ran(&mut command);
        let took = begun.elapsed();
        assert!(took < LONGEST, "took {took:?}");
        assert!(matches!(ran.code, 0 | 1), "{ran:#?}");
        let said = ran.stdout.len() + ran.stderr.len();
        let for_people = !arguments.contains(&"json");
        assert!(said < 20_000 || !for_people, "{said} bytes were said");
        ran
    }

    /// What is found, one line each: `code file:line:column message`.
    fn findings(&self) -> Vec<String> {
        let text = self.check(&[]);
        let json = self.check(&["--format", "json"]);
        assert_eq!(text.code, json.code);
        let report: Json = serde_json::from_str(&json.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap();
        let is_error = |finding: &Json| finding["severity"] == "error";
        assert_eq!(json.code, i32::from(findings.iter().any(is_error)));
        findings
            .iter()
            .map(|finding| {
                let place = &finding["location"];
                let file = place["file"].as_str().unwrap();
                let file = Path::new(file);
                let file = file.strip_prefix("registries").unwrap_or(file);
                format!(
                    "{} {}:{}:{} {}",
                    finding["code"].as_str().unwrap(),
                    file.display(),
                    place["line"],
                    place["column"],
                    finding["message"].as_str().unwrap(),
                )
            })
            .collect()
    }

    /// The codes of what is found.
    fn codes(&self) -> Vec<String> {
        let code = |line: String| line.split(' ').next().unwrap().to_owned();
        self.findings().into_iter().map(code).collect()
    }
}
