//! What was verified: the verdict, layer by layer, and every finding with what its code means.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::Verified;
use super::text::{code, counted, mark, prose, table, visible};
use crate::finding::{Check, Code, Counts, Finding, Layer, Outcome, Report, Severity, Verdict};
use crate::render::Skipped;

pub(super) fn section(verified: Option<Verified<'_>>) -> Markup {
    let Some(Verified { report, skipped }) = verified else {
        return html! {
            div.notice.gap {
                p {
                    strong { "Nothing was verified for this page." }
                    " It shows what the lock records, and says nothing of whether that is still so. "
                    code { "vhb verify" } " asks; " code { "vhb report --verify" }
                    " makes a page with the answers."
                }
            }
        };
    };
    let (tone, words) = standing(report, skipped);
    html! {
        div class=(format!("notice {tone}")) {
            p { strong { "Verdict: " (report.verdict().to_string()) } }
            ul { @for sentence in words { li { (prose(&sentence)) } } }
        }
        (layers(report, skipped))
        p.aside {
            "This was so when the page was made. "
            "The page has no date: ask whoever published it when that was."
        }
        h3 { (counted(report.findings.len(), "finding")) }
        @if report.findings.is_empty() {
            p { "There is nothing to tell of what was looked at." }
        } @else {
            (by_code(&report.findings))
        }
        (checks(&report.checks))
    }
}

/// The verdict alone, for those who read no further.
pub(super) fn in_a_word(verified: Option<Verified<'_>>) -> Markup {
    match verified {
        Some(Verified { report, skipped }) => {
            let (tone, _) = standing(report, skipped);
            html! { (mark(&report.verdict().to_string(), tone)) " " a href="#verification" { "Why" } }
        }
        None => mark("nothing was verified", "gap"),
    }
}

/// How a verification may be announced: the colour, and a sentence for everything that keeps it
/// from being good. Good is only what leaves nothing out.
fn standing(report: &Report, skipped: &[Skipped]) -> (&'static str, Vec<String>) {
    let counts = report.counts();
    let verdict = report.verdict();
    let mut words = Vec::new();
    if counts.drift > 0 {
        words.push(format!("{} not what the lock says.", things(counts.drift)));
    } else if report.outcome() == Outcome::Failed {
        words.push("There are errors, told below.".to_owned());
    }
    if counts.unverifiable > 0 || (words.is_empty() && report.outcome() == Outcome::Unchecked) {
        let count = counted(counts.unverifiable.max(1), "thing");
        words.push(format!(
            "{count} could not be checked, which is never a pass."
        ));
    }
    if counts.not_recorded > 0 {
        let count = things(counts.not_recorded);
        words.push(format!(
            "{count} not recorded, so of that nothing is known."
        ));
    } else if verdict == Verdict::NotRecorded {
        words.push("The lock records nothing that could be compared.".to_owned());
    }
    for Skipped { layer, why } in skipped {
        words.push(format!("The layer {layer} was not asked ({why})."));
    }
    let tone = match (verdict, report.outcome()) {
        (Verdict::Drift, _) | (_, Outcome::Failed) => "bad",
        (Verdict::Match, Outcome::Clean) if words.is_empty() => "good",
        _ => "gap",
    };
    words.push(compared(counts, tone == "good"));
    (tone, words)
}

/// What did match.
fn compared(counts: Counts, all: bool) -> String {
    match counts.matching {
        _ if all => {
            "Everything that the experiment names is recorded, was compared, and is what the lock says."
                .to_owned()
        }
        0 => "Nothing was found to be what the lock says.".to_owned(),
        matching => format!("{} what the lock says.", things(matching)),
    }
}

fn things(count: usize) -> String {
    let verb = if count == 1 { "is" } else { "are" };
    format!("{} {verb}", counted(count, "thing"))
}

fn layers(report: &Report, skipped: &[Skipped]) -> Markup {
    let rows = Layer::ALL.into_iter().map(|layer| {
        let checks = report.checks.iter().filter(|check| check.layer == layer);
        let counts: Counts = checks.map(|check| check.verdict).collect();
        let empty = counts == Counts::default();
        let left_out = skipped.iter().find(|it| it.layer == layer).filter(|_| empty);
        html! {
            th scope="row" { (layer.to_string()) div.aside { (looks_at(layer)) } }
            @match left_out {
                Some(left_out) => td colspan="4" { (mark("not asked", "gap")) " " (prose(left_out.why)) },
                None if empty => {
                    td colspan="4" { (mark(unlooked(layer), "plain")) }
                }
                None => (cells(counts)),
            }
        }
    });
    let columns = ["Layer", "Match", "Drift", "Unverifiable", "Not recorded"];
    table("Verdicts by layer", &columns, rows)
}

fn cells(counts: Counts) -> Markup {
    let cell = |count: usize, kind: &str| {
        html! {
            td class=(format!("number {}", if count > 0 { kind } else { "zero" })) { (count) }
        }
    };
    html! {
        (cell(counts.matching, "good"))
        (cell(counts.drift, "bad"))
        (cell(counts.unverifiable, "gap"))
        (cell(counts.not_recorded, "gap"))
    }
}

/// Why a layer that was not left out has no checks.
const fn unlooked(layer: Layer) -> &'static str {
    match layer {
        Layer::Environment | Layer::Results => "no evidence was given",
        Layer::Integrity | Layer::Config | Layer::Upstream | Layer::Local => "nothing to check",
    }
}

/// What a layer looks at.
const fn looks_at(layer: Layer) -> &'static str {
    match layer {
        Layer::Integrity => "the lock by itself, and its SBOM",
        Layer::Config => "the registries, against the lock",
        Layer::Upstream => "every pin, at the place it came from",
        Layer::Local => "files on this machine",
        Layer::Environment => "an installed Python environment, and its machine",
        Layer::Results => "published results, and what is attested of them",
    }
}

/// Findings under their codes, the worst first; what differs only in its subject is told once.
pub(super) fn by_code(findings: &[Finding]) -> Markup {
    let mut codes: BTreeMap<(std::cmp::Reverse<Severity>, Code), Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        let place = (std::cmp::Reverse(finding.severity), finding.code);
        codes.entry(place).or_default().push(finding);
    }
    html! {
        @for ((severity, code), findings) in codes {
            (of_code(severity.0, code, &findings))
        }
    }
}

fn of_code(severity: Severity, code: Code, findings: &[&Finding]) -> Markup {
    let kind = match severity {
        Severity::Error => "bad",
        Severity::Warning => "warning",
        Severity::Info if code.verdict() == Some(Verdict::NotRecorded) => "gap",
        Severity::Info => "plain",
    };
    html! {
        article class=(format!("card finding {kind}")) {
            h4 { code { (code) } (mark(&severity.to_string(), kind))
                @if let Some(verdict) = code.verdict() { (mark(&verdict.to_string(), "plain")) } }
            p { (prose(code.means())) " " (prose(code.matters())) }
            ul.findings {
                @for (same, subjects) in alike(findings) { li { (finding(same, &subjects)) } }
            }
            p.aside { "To mend it: " (prose(code.mend())) }
        }
    }
}

/// Findings that differ in their subject alone, in the order of the first.
fn alike<'a>(findings: &[&'a Finding]) -> Vec<(&'a Finding, Vec<&'a str>)> {
    let mut groups: Vec<(&Finding, Vec<&str>)> = Vec::new();
    let mut places: BTreeMap<_, usize> = BTreeMap::new();
    for finding in findings {
        let said = (
            &finding.message,
            &finding.expected,
            &finding.actual,
            &finding.hint,
            finding
                .location
                .as_ref()
                .map(|at| (&at.file, at.line, at.column)),
        );
        let place = *places.entry(said).or_insert_with(|| {
            groups.push((finding, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.extend(finding.subject.as_deref());
    }
    groups
}

fn finding(finding: &Finding, subjects: &[&str]) -> Markup {
    let own_hint = finding
        .hint
        .as_ref()
        .filter(|hint| **hint != finding.code.hint());
    html! {
        p {
            @for (index, subject) in subjects.iter().enumerate() {
                @if index > 0 { ", " }
                (code(subject))
            }
            @if !subjects.is_empty() { ": " }
            (prose(&finding.message))
        }
        @if let Some(at) = &finding.location {
            p.aside { "at " (code(&format!("{}:{}:{}", at.file.display(), at.line, at.column))) }
        }
        @if finding.expected.is_some() || finding.actual.is_some() {
            dl.compared {
                (compared_value("Expected", finding.expected.as_deref()))
                (compared_value("Actual", finding.actual.as_deref()))
            }
        }
        @if let Some(hint) = own_hint { p.aside { "Hint: " (prose(hint)) } }
    }
}

fn compared_value(name: &str, value: Option<&str>) -> Markup {
    html! {
        @if let Some(value) = value {
            div { dt { (name) } dd { pre tabindex="0" { (visible(value)) } } }
        }
    }
}

fn checks(checks: &[Check]) -> Markup {
    let rows = checks.iter().map(|check| {
        html! {
            td { (check.layer.to_string()) }
            th scope="row" { (code(&check.subject)) }
            td { (verdict(check.verdict)) }
        }
    });
    html! {
        details {
            summary { "All " (counted(checks.len(), "check")) }
            div.tall { (table("Checks", &["Layer", "What was checked", "Verdict"], rows)) }
        }
    }
}

fn verdict(verdict: Verdict) -> Markup {
    let kind = match verdict {
        Verdict::Match => "good",
        Verdict::Drift => "bad",
        Verdict::Unverifiable | Verdict::NotRecorded => "gap",
    };
    mark(&verdict.to_string(), kind)
}
