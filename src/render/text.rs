//! Reports as text: findings with an excerpt of the file they are about, and summaries.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::Skipped;
use super::labels::labels;
use super::visible::{first, visible};
use crate::finding::{Code, Finding, Layer, Location, Outcome, Report, Severity, Verdict};
use crate::lock::Change;
use crate::model::{looks_secret, without_credentials};

/// Whether text may hold colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// No colours.
    Plain,
    /// ANSI colours.
    Coloured,
}

/// Gives the text of a file that a finding is about.
pub(super) type ReadText<'a> = &'a dyn Fn(&Path) -> Option<String>;

/// All findings, each followed by an empty line.
///
/// What is merely not recorded is gathered into one line by [`verification`].
pub fn findings(report: &Report, style: Style, read: ReadText<'_>) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    let mut out = String::new();
    for finding in &report.findings {
        if finding.code == Code::NotRecorded && finding.severity == Severity::Info {
            continue;
        }
        let text = finding.location.as_ref().and_then(|at| read(&at.file));
        out.push_str(&one(finding, text.as_deref(), &renderer));
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
    let message = match &finding.subject {
        Some(subject)
            if !finding.message.contains(subject.as_str()) && finding.location.is_none() =>
        {
            format!("{subject}: {}", finding.message)
        }
        _ => finding.message.clone(),
    };
    // An explanation of many lines stands below the title, or the renderer would move it to the
    // title's column.
    let shown_message = first(longest_message(finding.code), &message);
    let (title, rest) = match shown_message.split_once('\n') {
        Some((title, rest)) => (title.to_owned(), Some(rest.to_owned())),
        None => (shown_message, None),
    };
    let mut group = level
        .primary_title(title)
        .id(finding.code.as_str())
        .elements(Vec::<Origin<'_>>::new());
    if let Some(location) = &finding.location {
        group = place(group, location, text);
    }
    if let (Some(expected), Some(actual)) = (&finding.expected, &finding.actual) {
        let (then, now) = labels(finding.code);
        group = group
            .element(Level::NOTE.with_name(then).message(shown(expected)))
            .element(Level::NOTE.with_name(now).message(shown(actual)));
    }
    if let Some(hint) = &finding.hint {
        group = group.element(Level::HELP.with_name("hint").message(shown(hint)));
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

const LONGEST: usize = 2000;

/// What resolvers and builds say is worth reading to the end, where the culprits are named.
fn longest_message(code: Code) -> usize {
    match code {
        Code::ResolutionConflict
        | Code::ResolutionFailed
        | Code::BuildForbidden
        | Code::ProjectNotFound
        | Code::BuildFailed => 10 * LONGEST,
        _ => LONGEST,
    }
}

/// A value as it may stand on a terminal: nothing that drives it, and no more than can be read.
fn shown(text: &str) -> String {
    first(LONGEST, text)
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

/// The lines that a span touches, at most three, so that a huge value does not fill the screen.
fn excerpt(location: &Location, text: &str) -> Option<(usize, String, std::ops::Range<usize>)> {
    const LINES: usize = 3;
    let span = location.span.clone();
    if span.end < span.start.max(1)
        || span.start >= text.len()
        || !text.is_char_boundary(span.start)
    {
        return None;
    }
    let begin = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let mut lines = String::new();
    for line in text[begin..].split_inclusive('\n').take(LINES) {
        lines.push_str(line);
        if begin + lines.len() >= span.end {
            break;
        }
    }
    let lines = lines.trim_end_matches(['\n', '\r']).to_owned();
    // Without the excerpt the place is still told, and no password reaches the log of a CI.
    // The key of a value may stand in the line before.
    let above = text[..begin.saturating_sub(1)]
        .rfind('\n')
        .map_or(0, |at| at + 1);
    if holds_secret(&text[above..begin + lines.len()]) {
        return None;
    }
    let start = span.start - begin;
    if start > lines.len() {
        return None;
    }
    let mut end = (span.end - begin).clamp(start, lines.len());
    while !lines.is_char_boundary(end) {
        end -= 1;
    }
    // A mapping's own span reaches to the next key; its first line is what is meant.
    if let Some(first) = lines[start..end].find('\n') {
        end = start + first;
    }
    // The renderer replaces other control characters; in place of these, one of the same length.
    let lines = lines.replace(|c: char| matches!(c, '\u{80}'..='\u{9f}'), "\u{b7}");
    Some((location.line, lines, start..end))
}

/// Whether lines of a registry file hold a password or the value of a secret variable.
fn holds_secret(lines: &str) -> bool {
    let is_separator = |c: char| c.is_whitespace() || "{,'\"".contains(c);
    let secret_key = |line: &str| {
        let before_values = line.match_indices([':', '=']).map(|(at, _)| &line[..at]);
        before_values
            .filter_map(|before| {
                before
                    .trim_end_matches(is_separator)
                    .rsplit(is_separator)
                    .next()
            })
            .any(looks_secret)
    };
    without_credentials(lines) != lines || lines.lines().any(secret_key)
}

/// `2 errors, 1 warning`.
pub fn summary(report: &Report) -> String {
    let count = |severity, word: &str| {
        let count = report.count(severity);
        let plural = if count == 1 { "" } else { "s" };
        (count > 0).then(|| format!("{count} {word}{plural}"))
    };
    let parts: Vec<_> = [
        count(Severity::Error, "error"),
        count(Severity::Warning, "warning"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() {
        "no errors, no warnings".to_owned()
    } else {
        parts.join(", ")
    }
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

/// One line for each change; things that came or went whole are marked so.
pub fn changes(changes: &[Change]) -> String {
    changes.iter().fold(String::new(), |mut out, change| {
        let _ = writeln!(out, "  {}", visible(&change.to_string()));
        out
    })
}

/// What a code means, why it matters and how to mend it.
pub fn explain(code: Code) -> String {
    format!(
        "{code} ({severity})\n\n{}\n\nWhy it matters: {}\n\nHow to mend it: {}\n",
        code.means(),
        code.matters(),
        code.mend(),
        severity = code.severity(),
    )
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

    #[test]
    fn a_line_that_holds_credentials_is_not_shown() {
        let location = Location {
            span: 0..3,
            ..Location::start_of("x")
        };
        assert!(excerpt(&location, "url: https://h/x").is_some());
        assert_eq!(excerpt(&location, "url: https://me:s3cret@h/x"), None);
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_no_problem() {
        let location = Location {
            file: "x".into(),
            line: 9,
            column: 1,
            span: 100..120,
        };
        assert_eq!(excerpt(&location, "short"), None);
        let inside = Location {
            span: 1..3,
            ..location
        };
        assert_eq!(excerpt(&inside, "é"), None);
    }

    #[test]
    fn nothing_that_is_shown_drives_the_terminal() {
        let location = Location {
            file: "x".into(),
            line: 1,
            column: 2,
            span: 3..4,
        };
        // A span that ends inside of a character ends before it.
        let (_, lines, span) = excerpt(&location, "a\u{9b}é!").expect("it lies inside");
        assert_eq!((lines.as_str(), span), ("a·é!", 3..3));
        assert_eq!(shown(&"x".repeat(9_000)).chars().count(), 2001);
    }

    #[test]
    fn lines_with_secrets_are_not_shown() {
        for lines in [
            "url: https://me:pw@h/x",
            "env: {A: 1, HF_TOKEN: x}",
            "  'api-key' : x",
            "  HF_TOKEN:\n    x",
            "PASSWORD=x",
        ] {
            assert!(holds_secret(lines), "{lines}");
        }
        for lines in [
            "url: https://h/x",
            "max_tokens: 5",
            "name: token",
            "- a\n- b",
        ] {
            assert!(!holds_secret(lines), "{lines}");
        }
    }
}
