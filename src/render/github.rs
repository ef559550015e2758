//! Workflow commands of GitHub Actions: an annotation for each finding, and a line that sums up.
//!
//! The runner reads every line that begins with `::` as a command, so a line of a finding never
//! stands by itself: whatever it says is part of the one command that annotates it.

use std::fmt::Write as _;

use super::shown::{Located, Shown};
use super::visible::visible;
use super::words;
use crate::finding::Severity;

/// The report as workflow commands; those that matter most come first, for GitHub shows no more
/// than ten of a kind.
pub fn report(shown: &Shown<'_>) -> String {
    let mut out = String::new();
    for located in shown.by_severity() {
        out.push_str(&command(located));
    }
    let (command, verdict) = (shown.command(), shown.verdict());
    let _ = writeln!(out, "{command}: {verdict} ({})", shown.counted());
    out
}

fn command(located: &Located<'_>) -> String {
    let finding = located.finding;
    let name = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let mut properties = Vec::new();
    if let Some(place) = located.places.first() {
        properties.push(("file", visible(&place.file.to_string_lossy())));
        properties.push(("line", place.line.to_string()));
        properties.push(("endLine", place.line.to_string()));
        properties.push(("col", place.column.to_string()));
        if let Some(end) = place.end {
            properties.push(("endColumn", end.to_string()));
        }
    }
    properties.push(("title", finding.code.to_string()));
    let properties = properties
        .iter()
        .map(|(key, value)| format!("{key}={}", property(value)));
    let properties = properties.collect::<Vec<_>>().join(",");
    let mut text = words::message(finding);
    for (label, value) in words::details(finding) {
        let _ = write!(text, "\n{label}: {value}");
    }
    format!("::{name} {properties}::{}\n", data(&text))
}

/// What stands behind the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A value between the commas of the properties.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_escaped_comes_back() {
        // As the runner decodes it, `%25` last.
        let decoded = |text: &str| {
            let text = text.replace("%0D", "\r").replace("%0A", "\n");
            let text = text.replace("%3A", ":").replace("%2C", ",");
            text.replace("%25", "%")
        };
        for text in ["a%0Ab\r\n::error::x", "file=a,line=1", "%25", "100%: é"] {
            assert_eq!(decoded(&property(text)), text);
            assert_eq!(decoded(&data(text)), text);
            assert!(!data(text).contains(['\r', '\n']));
            assert!(!property(text).contains(['\n', ':', ',']));
        }
    }
}
