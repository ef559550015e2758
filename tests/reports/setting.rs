//! The sample project in a state, and its reports in every format.

use serde_json::Value as Json;

use crate::common::sample::{ID, LOCK, Ran, Sample};

/// Every format, with the file that a report is saved to.
pub(crate) const FILES: [(&str, &str); 6] = [
    ("text", "out/report.txt"),
    ("json", "out/report.json"),
    ("sarif", "out/report.sarif"),
    ("junit", "out/report.xml"),
    ("github", "out/report.github"),
    ("markdown", "out/report.md"),
];

/// The commands that end in a report; nothing outside of the project is asked.
pub(crate) const CHECK: &[&str] = &["check"];
pub(crate) const VERIFY: &[&str] = &["verify", LOCK, "--offline"];
pub(crate) const LOCKING: &[&str] = &["lock", ID, "--check"];

/// One run of a command, and its report in every format.
pub(crate) struct Reports {
    pub(crate) code: i32,
    texts: Vec<(&'static str, String)>,
}

impl Reports {
    /// The report in one format.
    pub(crate) fn of(&self, format: &str) -> &str {
        let mut texts = self.texts.iter();
        let (_, text) = texts.find(|(name, _)| *name == format).unwrap();
        text
    }

    /// The one run of the SARIF log.
    pub(crate) fn sarif(&self) -> Json {
        let mut log: Json = serde_json::from_str(self.of("sarif")).unwrap();
        log["runs"][0].take()
    }

    /// The results of the SARIF log for a rule.
    pub(crate) fn results(&self, rule: &str) -> Vec<Json> {
        let run = self.sarif();
        let results = run["results"].as_array().unwrap().iter();
        results.filter(|it| it["ruleId"] == rule).cloned().collect()
    }

    /// The commands for GitHub, without the line that sums up.
    pub(crate) fn commands(&self) -> Vec<&str> {
        let lines = self.of("github").lines();
        lines.filter(|line| line.starts_with("::")).collect()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.texts
            .iter()
            .map(|(format, text)| (*format, text.as_str()))
    }
}

/// Runs a command that saves its report in every format.
pub(crate) fn reports(sample: &Sample, command: &[&str]) -> Reports {
    let saves = FILES.map(|(format, file)| format!("--save={format}={file}"));
    let saves: Vec<_> = saves.iter().map(String::as_str).collect();
    let ran = sample.run(&[command, &saves].concat());
    let texts = FILES.map(|(format, file)| {
        let text = String::from_utf8(sample.read(file)).unwrap();
        (format, text)
    });
    std::fs::remove_dir_all(sample.root().join("out")).unwrap();
    Reports {
        code: ran.code,
        texts: texts.into(),
    }
}

/// Runs a command that prints its report in one format.
pub(crate) fn printed(sample: &Sample, command: &[&str], format: &str) -> Ran {
    sample.run(&[command, &["--format", format]].concat())
}

/// The place of the first location of a result: `file:line:column-end`.
pub(crate) fn place(result: &Json, at: &str) -> String {
    let physical = &result[at][0]["physicalLocation"];
    let region = &physical["region"];
    let number = |name: &str| {
        region[name]
            .as_u64()
            .map_or("?".to_owned(), |n| n.to_string())
    };
    format!(
        "{}:{}:{}-{}",
        physical["artifactLocation"]["uri"].as_str().unwrap(),
        number("startLine"),
        number("startColumn"),
        number("endColumn"),
    )
}
