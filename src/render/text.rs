//! Reports as text: findings with an excerpt of the file they are about, and summaries.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::path::Path;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::excerpt::excerpt;
use super::shown::{Of, Shown, Skipped};
use super::visible::visible;
use super::{ReadText, words};
use crate::finding::{Code, Finding, Layer, Location, Outcome, Report, Severity, Verdict};

/// Whether text may hold colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// No colours.
    Plain,
    /// ANSI colours.
    Coloured,
}

/// All findings, each followed by an empty line.
///
/// What is merely not recorded is gathered into one line by [`verification`].
pub fn findings(report: &Report, style: Style, read: ReadText<'_>) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    let mut out = String::new();
    let mut texts: HashMap<&Path, Option<String>> = HashMap::new();
    for finding in &report.findings {
        if finding.code == Code::NotRecorded && finding.severity == Severity::Info {
            continue;
        }
        let text = finding.location.as_ref().and_then(|at| {
            let text = texts.entry(&at.file).or_insert_with(|| read(&at.file));
            text.as_deref()
        });
        out.push_str(&one(finding, text, &renderer));
        out.push_str("\n\n");
    }
    out
}

fn one(finding: &Finding, text: Option<&str>, renderer: &Renderer) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    // The place of what is written somewhere says what it is about.
    let message = match &finding.location {
        Some(_) => words::limited(finding, &finding.message),
        None => words::message(finding),
    };
    // An explanation of many lines stands below the title, or the renderer would move it to the
    // title's column.
    let (title, rest) = match message.split_once('\n') {
        Some((title, rest)) => (title.to_owned(), Some(rest.to_owned())),
        None => (message, None),
    };
    let mut group = level
        .primary_title(title)
        .id(finding.code.as_str())
        .elements(Vec::<Origin<'_>>::new());
    if let Some(location) = &finding.location {
        group = place(group, location, text);
    }
    for (label, value) in words::details(finding) {
        let level = if label == words::HINT {
            Level::HELP
        } else {
            Level::NOTE
        };
        group = group.element(level.with_name(label).message(value));
    }
    let whole = renderer.render(&[group]);
    match rest {
        Some(rest) => {
            let (title, below) = whole.split_once('\n').unwrap_or((&whole, ""));
            let lines = rest.lines().map(|line| format!("  {line}\n"));
            format!("{title}\n{}{below}", lines.collect::<String>())
        }
        None => whole,
    }
}

/// The excerpt, or where the file cannot be read again, the place alone.
fn place<'a>(group: Group<'a>, location: &Location, text: Option<&str>) -> Group<'a> {
    let path = visible(&location.file.to_string_lossy());
    match text.and_then(|text| excerpt(location, text)) {
        Some((line_start, lines, span)) => group.element(
            Snippet::source(lines)
                .line_start(line_start)
                .path(path)
                .annotation(AnnotationKind::Primary.span(span)),
        ),
        None => group.element(
            Origin::path(path)
                .line(location.line)
                .char_column(location.column),
        ),
    }
}

/// The whole report, as it is saved to a file: the findings, and what they come to.
pub fn report(shown: &Shown<'_>) -> String {
    let findings = findings(shown.report, Style::Plain, shown.ground.read);
    let closing = match shown.of {
        Of::Lock { skipped, .. } => verification(shown.report, skipped),
        Of::Registry { .. } | Of::Locking { .. } => {
            format!("{}: {}\n", shown.verdict(), shown.counted())
        }
    };
    findings + &closing
}

/// A line for each layer, what is not recorded, and the verdict.
pub fn verification(report: &Report, skipped: &[Skipped]) -> String {
    let mut out = String::new();
    for layer in Layer::ALL {
        let verdicts = report.checks.iter().filter(|check| check.layer == layer);
        let counted = count_verdicts(verdicts.map(|check| check.verdict));
        let left_out = skipped.iter().find(|skipped| skipped.layer == layer);
        let counted = left_out.map_or(counted, |skipped| format!("not asked ({})", skipped.why));
        if !counted.is_empty() {
            let _ = writeln!(out, "{layer:<11} {counted}", layer = layer.to_string());
        }
    }
    let gaps: BTreeSet<_> = report
        .checks
        .iter()
        .filter(|check| check.verdict == Verdict::NotRecorded)
        .map(|check| check.subject.as_str())
        .collect();
    for gap in gaps {
        let _ = writeln!(out, "not recorded: {gap}");
    }
    let failed = report.outcome() == Outcome::Failed && report.verdict() == Verdict::Match;
    let but = if failed { ", but not clean" } else { "" };
    let _ = writeln!(out, "verdict: {}{but}", report.verdict());
    visible(&out)
}

fn count_verdicts(verdicts: impl Iterator<Item = Verdict>) -> String {
    let verdicts: Vec<_> = verdicts.collect();
    let parts: Vec<_> = [
        Verdict::Match,
        Verdict::Drift,
        Verdict::Unverifiable,
        Verdict::NotRecorded,
    ]
    .into_iter()
    .filter_map(|verdict| {
        let count = verdicts.iter().filter(|there| **there == verdict).count();
        (count > 0).then(|| format!("{count} {verdict}"))
    })
    .collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_shows_the_place_and_the_hint() {
        let text = "name: q3\ndatset: docvqa\n";
        let finding = Finding::new(Code::UnknownField, "run has no field `datset`")
            .about("runs/q3")
            .at(Location {
                file: "registries/runs/q3.yaml".into(),
                line: 2,
                column: 1,
                span: 9..15,
            })
            .hint("did you mean `dataset`?");
        let mut report = Report::default();
        report.push(finding);
        insta::assert_snapshot!(findings(&report, Style::Plain, &|_| Some(text.to_owned())), @r"
        warning[unknown-field]: run has no field `datset`
         --> registries/runs/q3.yaml:2:1
          |
        2 | datset: docvqa
          | ^^^^^^
          |
          = hint: did you mean `dataset`?
        ");
    }
}
