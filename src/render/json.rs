//! JSON for programs, and the report: `lock`, `verdict`, `counts`, `checks`, `findings`.

use serde::Serialize;

use super::shown::{Of, Shown};
use super::visible::escaped_json;
use crate::finding::{Check, Counts, Finding, Layer, Verdict};

/// A report as JSON with two-space indent and a final newline.
///
/// `lock` is the path of the lock as the user named it; `vhb check` has none. `skipped` names the
/// layers that were left out, since a match says nothing of them.
pub fn report(shown: &Shown<'_>) -> String {
    #[derive(Serialize)]
    struct Wire<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        lock: Option<&'a str>,
        #[serde(flatten)]
        verified: Option<Verified<'a>>,
        findings: &'a [Finding],
    }
    #[derive(Serialize)]
    struct Verified<'a> {
        verdict: Verdict,
        counts: Counts,
        skipped: Vec<Layer>,
        checks: &'a [Check],
    }
    let report = shown.report;
    let lock = match shown.of {
        Of::Registry { .. } => None,
        Of::Lock { lock, .. } | Of::Locking { lock, .. } => Some(lock),
    };
    // The other commands verify nothing, so they have no verdict either.
    let verified = matches!(shown.of, Of::Lock { .. }).then(|| Verified {
        verdict: report.verdict(),
        counts: report.counts(),
        skipped: shown.skipped().iter().map(|it| it.layer).collect(),
        checks: &report.checks,
    });
    let wire = Wire {
        lock,
        verified,
        findings: &report.findings,
    };
    pretty(&wire)
}

/// A value as JSON with two-space indent and a final newline.
///
/// What others wrote reads back as it was, but drives no terminal on its way.
pub fn pretty(value: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(value).expect("plain structures are JSON");
    escaped_json(&text) + "\n"
}
