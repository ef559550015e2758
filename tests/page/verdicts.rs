//! What the page says of each verdict, and that nothing is good that is not.

use vhb::finding::{Code, Finding, Layer, Report, Severity, Verdict};
use vhb::render::Skipped;

use crate::locks::{everything, read};
use crate::page_of;
use crate::parsed::Parsed;

const OFFLINE: Skipped = Skipped {
    layer: Layer::Upstream,
    why: "offline",
};

/// A report of one thing that matches, and of more.
fn report(more: Vec<(Layer, &str, Finding)>) -> Report {
    let mut report = Report::default();
    report.check(Layer::Integrity, "lock", vec![]);
    for (layer, subject, finding) in more {
        report.check(layer, subject, vec![finding]);
    }
    report.sort();
    report
}

fn html(report: &Report, skipped: &[Skipped]) -> String {
    page_of(&read(&everything()), Some((report, skipped)))
}

fn shown(report: &Report, skipped: &[Skipped]) -> Parsed {
    Parsed::of(&html(report, skipped))
}

/// The colour of the verdict, at a glance and in its own section, and what stands with it.
///
/// Other parts of the page have these colours too, so each place is looked at by itself.
#[track_caller]
fn stands(report: &Report, skipped: &[Skipped], tone: &str, texts: &[&str]) -> Parsed {
    let html = html(report, skipped);
    let page = Parsed::of(&html);
    page.says(texts);
    let (_, glance) = html
        .split_once("<dt>Verification</dt><dd>")
        .expect("the glance has it");
    let mark = format!("<span class=\"mark {tone}\">");
    assert!(glance.starts_with(&mark), "{}", &glance[..mark.len()]);
    let (name, attributes) = page.behind("verification-heading");
    let class = attributes.get("class").map(String::as_str);
    assert_eq!(
        (name.as_str(), class),
        ("div", Some(format!("notice {tone}").as_str()))
    );
    page
}

#[test]
fn only_what_leaves_nothing_out_is_good() {
    let all = report(vec![]);
    stands(
        &all,
        &[],
        "good",
        &[
            "Verdict: match",
            "Everything that the experiment names is recorded",
        ],
    );
    let offline = stands(
        &all,
        &[OFFLINE],
        "gap",
        &[
            "The layer upstream was not asked (offline).",
            "not asked offline",
        ],
    );
    offline.says_nothing_of("Everything that the experiment names");
    let gap = Finding::new(Code::NotRecorded, "no image");
    let gap = report(vec![(Layer::Integrity, "runs/a", gap)]);
    stands(
        &gap,
        &[],
        "gap",
        &[
            "Verdict: match",
            "1 thing is not recorded, so of that nothing is known.",
        ],
    );
    stands(
        &Report::default(),
        &[],
        "gap",
        &[
            "Verdict: not-recorded",
            "records nothing that could be compared",
        ],
    );
}

#[test]
fn what_could_not_be_asked_is_never_good() {
    let silent = Finding::new(Code::SourceUnreachable, "no answer");
    let silent = report(vec![(Layer::Upstream, "packages/a", silent)]);
    stands(
        &silent,
        &[],
        "gap",
        &[
            "Verdict: unverifiable",
            "1 thing could not be checked, which is never a pass.",
        ],
    );
    // Not even where it is no check but a finding alone.
    let mut beside = report(vec![]);
    beside.push(Finding::new(Code::SourceUnreachable, "no answer"));
    stands(&beside, &[], "gap", &["could not be checked"]);
    let unresolved = Finding::new(Code::Unresolved, "no model");
    let unresolved = report(vec![(Layer::Integrity, "models/a", unresolved)]);
    stands(&unresolved, &[], "gap", &["Verdict: not-recorded"]);
}

#[test]
fn drift_is_bad_and_a_strict_warning_too() {
    let moved = Finding::new(Code::GitRefMoved, "`main` moved")
        .compare("expected-commit", "actual-commit")
        .hint("ask `who` moved it");
    let moved = report(vec![(Layer::Upstream, "packages/a", moved)]);
    let page = stands(
        &moved,
        &[],
        "bad",
        &["Verdict: drift", "1 thing is not what the lock says."],
    );
    page.says(&[
        "git-ref-moved error drift",
        "packages/a: main moved",
        "Expected expected-commit Actual actual-commit",
        "Hint: ask who moved it",
        &Code::GitRefMoved.means().replace('`', ""),
    ]);
    let yanked = Finding::new(Code::PypiYanked, "withdrawn");
    let mut strict = report(vec![(Layer::Upstream, "distributions/a==1", yanked)]);
    strict.make_strict();
    stands(&strict, &[], "bad", &[]);
}

#[test]
fn every_finding_is_told_and_like_ones_together() {
    let mut many = report(vec![]);
    for run in ["a", "b", "c"] {
        let gap = Finding::new(Code::NotRecorded, "the run names no container image");
        many.check(Layer::Integrity, format!("runs/{run}"), vec![gap]);
    }
    let other = Finding::new(Code::NotRecorded, "another gap").about("runs/d");
    many.push(other);
    many.sort();
    let page = shown(&many, &[]);
    page.says(&[
        "4 findings",
        "runs/a, runs/b, runs/c: the run names no container image",
        "runs/d: another gap",
        "All 4 checks",
    ]);
}

#[test]
fn gaps_that_were_found_are_not_told_twice() {
    let lock = read(&everything());
    let mut all = Report::default();
    for gap in vhb::verify::gaps(&lock) {
        let subject = gap.subject.clone().unwrap();
        all.check(Layer::Integrity, subject, vec![gap]);
    }
    let page = shown(&all, &[]);
    assert_eq!(
        page.text
            .matches("the run names no container image")
            .count(),
        1
    );
    page.says(&["told among the findings above"]);
}

#[test]
fn layers_tell_their_counts_apart() {
    let silent = Finding::new(Code::SourceUnreachable, "no answer");
    let mixed = report(vec![(Layer::Upstream, "packages/a", silent)]);
    let page = shown(&mixed, &[]);
    page.says(&[
        "integrity the lock by itself, and its SBOM 1 0 0 0",
        "upstream every pin, at the place it came from 0 0 1 0",
        "config the registries, against the lock nothing to check",
        "results published results, and what is attested of them no evidence was given",
    ]);
    assert_eq!(mixed.verdict(), Verdict::Unverifiable);
    assert_eq!(mixed.count(Severity::Error), 0);
}
