//! The JSON report: `lock`, `verdict`, `counts`, `checks`, `findings`.

use serde::Serialize;

use crate::finding::{Check, Counts, Finding, Report, Verdict};

/// A report as JSON with two-space indent and a final newline.
///
/// `lock` is the path of the lock as the user named it; `vhb check` has none.
pub fn report(lock: Option<&str>, report: &Report) -> String {
    #[derive(Serialize)]
    struct Wire<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        lock: Option<&'a str>,
        verdict: Verdict,
        counts: Counts,
        checks: &'a [Check],
        findings: &'a [Finding],
    }
    let wire = Wire {
        lock,
        verdict: report.verdict(),
        counts: report.counts(),
        checks: &report.checks,
        findings: &report.findings,
    };
    let mut text = serde_json::to_string_pretty(&wire).expect("plain structures are JSON");
    text.push('\n');
    text
}
