//! How a run of vhb ended, and what it printed.

use serde_json::Value as Json;

/// How a run of vhb ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Fails unless the run ended with this code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "stdout:\n{}\nstderr:\n{}",
            self.stdout,
            self.stderr
        );
        self
    }

    /// Fails unless standard error holds the text.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(
            self.stderr.contains(text),
            "no `{text}` in\n{}",
            self.stderr
        );
        self
    }

    /// Fails if standard error holds the text.
    #[track_caller]
    pub(crate) fn says_nothing_of(self, text: &str) -> Self {
        assert!(!self.stderr.contains(text), "`{text}` in\n{}", self.stderr);
        self
    }

    /// Fails if either stream holds a word.
    #[track_caller]
    pub(crate) fn conceals(self, secret: &str) -> Self {
        for stream in [&self.stdout, &self.stderr] {
            assert!(!stream.contains(secret), "`{secret}` in\n{stream}");
        }
        self
    }

    /// Standard output without the lines on what locks do not record, which is not the matter of
    /// most tests.
    pub(crate) fn essence(&self) -> String {
        let beside =
            |line: &&str| !line.starts_with("not recorded:") && !line.starts_with("integrity ");
        let lines: Vec<_> = self.stdout.lines().filter(beside).collect();
        lines.join("\n")
    }

    /// The JSON report on standard output.
    #[track_caller]
    pub(crate) fn report(&self) -> Report {
        match serde_json::from_str(&self.stdout) {
            Ok(report) => Report(report),
            Err(error) => panic!("no report ({error}): {self:?}"),
        }
    }
}

/// The JSON report of `vhb verify`.
#[derive(Debug)]
pub(crate) struct Report(Json);

impl Report {
    /// The verdict of the whole.
    pub(crate) fn verdict(&self) -> &str {
        self.0["verdict"].as_str().unwrap()
    }

    /// The codes of all findings but those on what a lock does not record.
    pub(crate) fn codes(&self) -> Vec<&str> {
        let codes = self.findings().map(|there| there["code"].as_str().unwrap());
        codes.filter(|code| *code != "not-recorded").collect()
    }

    /// The one finding of a code.
    #[track_caller]
    pub(crate) fn finding(&self, code: &str) -> &Json {
        let found: Vec<_> = self
            .findings()
            .filter(|there| there["code"] == code)
            .collect();
        match found[..] {
            [one] => one,
            _ => panic!("{} findings `{code}` in {:#}", found.len(), self.0),
        }
    }

    /// The only finding beside those on what a lock does not record.
    #[track_caller]
    pub(crate) fn only(&self, code: &str) -> &Json {
        assert_eq!(self.codes(), [code], "{:#}", self.0);
        self.finding(code)
    }

    /// The verdict on a subject in the upstream layer.
    #[track_caller]
    pub(crate) fn upstream(&self, subject: &str) -> &str {
        let mut checks = self.0["checks"].as_array().unwrap().iter();
        let check =
            checks.find(|there| there["layer"] == "upstream" && there["subject"] == subject);
        match check {
            Some(check) => check["verdict"].as_str().unwrap(),
            None => panic!("no check of {subject} in {:#}", self.0),
        }
    }

    /// The worst verdict on a subject, over all layers.
    #[track_caller]
    pub(crate) fn checked(&self, subject: &str) -> &str {
        let checks = self.0["checks"].as_array().unwrap().iter();
        let of_subject = checks.filter(|there| there["subject"] == subject);
        let verdicts: Vec<_> = of_subject
            .map(|there| there["verdict"].as_str().unwrap())
            .collect();
        let order = ["drift", "unverifiable", "not-recorded", "match"];
        let worst = order.iter().find(|verdict| verdicts.contains(verdict));
        worst.unwrap_or_else(|| panic!("no check of {subject} in {:#}", self.0))
    }

    /// The messages of all findings of a code.
    pub(crate) fn messages(&self, code: &str) -> Vec<&str> {
        let found = self.findings().filter(|there| there["code"] == code);
        found
            .map(|there| there["message"].as_str().unwrap())
            .collect()
    }

    /// The subjects of all findings of a code.
    pub(crate) fn subjects(&self, code: &str) -> Vec<&str> {
        let found = self.findings().filter(|there| there["code"] == code);
        found
            .map(|there| there["subject"].as_str().unwrap())
            .collect()
    }

    fn findings(&self) -> impl Iterator<Item = &Json> {
        self.0["findings"].as_array().unwrap().iter()
    }
}
