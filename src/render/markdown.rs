//! Markdown as GitHub shows it, for the summary of a job or a comment: the verdict, a table of what
//! was looked at, and the findings by severity.
//!
//! Whatever others wrote is escaped, so that it means nothing here.

use std::fmt::Write as _;

use super::escape::{markdown, markdown_code};
use super::shown::{Located, Of, Shown};
use super::suites::{End, suites};
use super::words;
use crate::finding::{Counts, Layer, Severity};
use crate::model::counted;

/// GitHub takes 1 MiB for the summary of a step, of which some is left for what others say.
const LONGEST: usize = 1_000_000;
/// What stands between and behind the findings.
const RESERVED: usize = 1024;
/// More findings of one severity than these are folded away.
const UNFOLDED: usize = 10;

/// The report as Markdown.
pub fn report(shown: &Shown<'_>) -> String {
    let mut page = Page {
        text: format!("### `{}`: {}\n\n", shown.command(), shown.verdict()),
        left_out: 0,
    };
    if !shown.name.is_empty() {
        let _ = write!(page.text, "{}: ", markdown_code(shown.name));
    }
    let _ = writeln!(page.text, "{}\n", shown.counted());
    page.text.push_str(&table(shown));
    page.group(shown, Severity::Error, "error", UNFOLDED);
    page.group(shown, Severity::Warning, "warning", UNFOLDED);
    // Notes are for whoever looks for them.
    page.group(shown, Severity::Info, "note", 0);
    page.end()
}

struct Page {
    text: String,
    left_out: usize,
}

impl Page {
    /// The findings of one severity; those beyond the first few are folded away.
    fn group(&mut self, shown: &Shown<'_>, severity: Severity, noun: &str, unfolded: usize) {
        let group = shown.findings().iter();
        let group = group.filter(|located| located.finding.severity == severity);
        let entries: Vec<_> = group.map(entry).collect();
        let (open, folded) = entries.split_at(entries.len().min(unfolded));
        if !open.is_empty() {
            let _ = writeln!(self.text, "#### {}\n", counted(entries.len(), noun));
            self.add(open);
        }
        if !folded.is_empty() {
            let summary = if open.is_empty() {
                counted(folded.len(), noun)
            } else {
                format!("{} more", folded.len())
            };
            let _ = writeln!(self.text, "<details><summary>{summary}</summary>\n");
            self.add(folded);
            self.text.push_str("</details>\n\n");
        }
    }

    /// Adds entries as long as there is room.
    fn add(&mut self, entries: &[String]) {
        for entry in entries {
            let fits = self.text.len() + entry.len() <= LONGEST - RESERVED;
            if self.left_out == 0 && fits {
                self.text.push_str(entry);
            } else {
                self.left_out += 1;
            }
        }
        self.text.push('\n');
    }

    fn end(self) -> String {
        let mut text = self.text.trim_end().to_owned();
        if self.left_out > 0 {
            let count = self.left_out;
            let why = "GitHub shows no more than 1 MiB";
            let _ = write!(text, "\n\n**{count} findings are left out:** {why}");
        }
        text.push('\n');
        text
    }
}

/// One finding as an element of a list.
fn entry(located: &Located<'_>) -> String {
    let finding = located.finding;
    let code = finding.code;
    let message = words::message(finding);
    let (title, rest) = message.split_once('\n').unwrap_or((&message, ""));
    let mut out = format!("- `{code}`");
    if let Some(place) = located.places.first() {
        let file = place.file.to_string_lossy();
        let place = format!("{file}:{}:{}", place.line, place.column);
        let _ = write!(out, " at {}", markdown_code(&place));
    }
    let _ = writeln!(out, ": {}", markdown(title));
    if !rest.trim().is_empty() {
        out.push_str(&block(rest));
    }
    for (label, value) in words::details(finding) {
        let value = match label {
            words::HINT => markdown(&value),
            _ => markdown_code(&value),
        };
        let _ = writeln!(out, "  - {label}: {value}");
    }
    let _ = writeln!(out, "  - `vhb explain {code}`");
    out
}

/// Lines as they are, inside of an element of a list: between fences that no line of them is.
fn block(lines: &str) -> String {
    let runs = lines.split(|c| c != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or_default().max(2) + 1);
    let lines = lines.lines().map(|line| format!("  {line}\n"));
    format!(
        "\n  {fence}text\n{}  {fence}\n\n",
        lines.collect::<String>()
    )
}

/// How many things of each kind were looked at, and how that ended.
fn table(shown: &Shown<'_>) -> String {
    match shown.of {
        Of::Lock { .. } => layers(shown),
        Of::Locking { things: None, .. } => String::new(),
        Of::Registry { .. } | Of::Locking { .. } => sections(shown),
    }
}

fn layers(shown: &Shown<'_>) -> String {
    let mut out = String::from(
        "| layer | match | drift | unverifiable | not recorded |\n\
         | --- | ---: | ---: | ---: | ---: |\n",
    );
    for layer in Layer::ALL {
        let checks = shown.report.checks.iter();
        let checks: Vec<_> = checks.filter(|check| check.layer == layer).collect();
        let skipped = shown.skipped().iter();
        let mut skipped = skipped.filter(|skipped| skipped.layer == layer);
        let counts: Counts = checks.iter().map(|check| check.verdict).collect();
        if let Some(skipped) = skipped.next() {
            let why = markdown(skipped.why);
            let _ = writeln!(out, "| {layer} | not asked ({why}) | | | |");
        } else if !checks.is_empty() {
            let _ = writeln!(
                out,
                "| {layer} | {} | {} | {} | {} |",
                counts.matching, counts.drift, counts.unverifiable, counts.not_recorded,
            );
        }
    }
    out.push('\n');
    out
}

fn sections(shown: &Shown<'_>) -> String {
    let mut out = String::from(
        "| | looked at | failed | not checked |\n\
         | --- | ---: | ---: | ---: |\n",
    );
    for suite in suites(shown) {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            markdown(&suite.name),
            suite.cases.len(),
            suite.count(|end| *end == End::Failed),
            suite.count(|end| *end == End::Unchecked),
        );
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_ends_where_it_should() {
        assert_eq!(
            block("a\n```\n````"),
            "\n  `````text\n  a\n  ```\n  ````\n  `````\n\n"
        );
    }
}
