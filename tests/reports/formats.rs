//! What each format looks like.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::common::sample::{ID, LOCK, SBOM, Sample, git};
use crate::setting::{CHECK, FILES, LOCKING, Reports, VERIFY, printed, reports};

/// A project of which something can be said in every way: drift, a gap, an error, a warning.
fn troubled() -> Sample {
    let sample = Sample::locked();
    sample.edit("registries/runs/clean.yaml", "seed: 7", "seed: 8");
    sample.edit(
        "registries/metrics/wer.yaml",
        "class_path",
        "klass: 1\nclass_path",
    );
    std::fs::remove_file(sample.root().join(SBOM)).unwrap();
    sample
}

/// A SARIF log without its rules, which are those of `vhb explain`.
fn without_rules(reports: &Reports) -> String {
    let mut run = reports.sarif();
    let rules = run["tool"]["driver"]["rules"].take();
    assert!(rules.as_array().unwrap().len() > 100);
    let version = run["tool"]["driver"]["semanticVersion"].take();
    assert_eq!(version, env!("CARGO_PKG_VERSION"));
    serde_json::to_string_pretty(&run).unwrap()
}

#[test]
fn a_verification() {
    let reports = reports(&troubled(), VERIFY);
    assert_eq!(reports.code, 1);
    insta::assert_snapshot!("verify-github", reports.of("github"));
    insta::assert_snapshot!("verify-markdown", reports.of("markdown"));
    insta::assert_snapshot!("verify-junit", reports.of("junit"));
    insta::assert_snapshot!("verify-sarif", without_rules(&reports));
    let json: Json = serde_json::from_str(reports.of("json")).unwrap();
    let keys: Vec<_> = json.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        ["checks", "counts", "findings", "lock", "skipped", "verdict"]
    );
}

#[test]
fn a_check_of_registries() {
    let sample = troubled();
    sample.edit(
        "registries/metrics/cer.yaml",
        "package: scorer",
        "package: scorrer",
    );
    let reports = reports(&sample, CHECK);
    assert_eq!(reports.code, 1);
    insta::assert_snapshot!("check-github", reports.of("github"));
    insta::assert_snapshot!("check-markdown", reports.of("markdown"));
    insta::assert_snapshot!("check-junit", reports.of("junit"));
    insta::assert_snapshot!("check-sarif", without_rules(&reports));
}

#[test]
fn what_locking_would_change() {
    let sample = troubled();
    sample.write("plugins/scorer/scorer.py", "def cer(a, b):\n    return 1\n");
    sample.edit("registries/packages/textkit.yaml", "1.4.0", "1.5.0");
    let reports = reports(&sample, LOCKING);
    assert_eq!(reports.code, 1);
    let stable = |format| sample.stable(reports.of(format));
    insta::assert_snapshot!("lock-github", stable("github"));
    insta::assert_snapshot!("lock-markdown", stable("markdown"));
    insta::assert_snapshot!("lock-junit", stable("junit"));
    insta::assert_snapshot!("lock-sarif", sample.stable(&without_rules(&reports)));
    let json: Json = serde_json::from_str(reports.of("json")).unwrap();
    assert_eq!(json["lock"], LOCK);
    assert_eq!(json.get("verdict"), None, "nothing was verified");
}

/// What is printed is what is saved, and nothing else is said.
#[test]
fn a_report_is_printed_as_it_is_saved() {
    let sample = troubled();
    for command in [CHECK, VERIFY, LOCKING] {
        let saved = reports(&sample, command);
        for (format, _) in FILES.iter().filter(|(format, _)| *format != "text") {
            let ran = printed(&sample, command, format);
            assert_eq!(ran.stdout, saved.of(format), "{command:?} {format}");
            assert_eq!((ran.stderr.as_str(), ran.code), ("", saved.code));
        }
    }
}

/// Text is told as it always was: in colours on a terminal, in part to standard error.
#[test]
fn text_stays_what_it_was() {
    let sample = troubled();
    for command in [CHECK, VERIFY, LOCKING] {
        let plain = sample.run(command);
        let named = printed(&sample, command, "text");
        let beside = sample.run(&[command, &["--save", "github=out/x"]].concat());
        assert_eq!(plain, named);
        assert_eq!(plain, beside);
    }
    let saved = reports(&sample, VERIFY);
    let printed = sample.run(VERIFY);
    assert_eq!(saved.of("text"), printed.stdout);
}

#[test]
fn what_is_up_to_date_says_so() {
    let sample = Sample::locked();
    let line = |command: &[&str]| {
        let ran = printed(&sample, command, "github");
        assert_eq!(ran.code, 0);
        ran.stdout.lines().last().unwrap().to_owned()
    };
    let lines = [CHECK, VERIFY, LOCKING, &["check", ID]].map(line);
    insta::assert_snapshot!(lines.join("\n"), @r"
    vhb check: valid (no errors, no warnings)
    vhb verify: match (no errors, no warnings)
    vhb lock --check: the lock is up to date (3 warnings)
    vhb check: valid (no errors, no warnings)
    ");
}

/// A lock that is not there yet, and an experiment that cannot be locked.
#[test]
fn nothing_to_compare_is_no_pass() {
    let sample = Sample::new();
    let reports_of = |sample: &Sample| {
        let reports = reports(sample, LOCKING);
        assert_eq!(reports.code, 1);
        let last = reports.of("github").lines().last().unwrap().to_owned();
        (reports, last)
    };
    let (missing, last) = reports_of(&sample);
    assert_eq!(
        last,
        "vhb lock --check: the lock would change (3 errors, 3 warnings)"
    );
    let would = missing.results("lock-would-change");
    let places = would
        .iter()
        .map(|result| crate::setting::place(result, "locations"));
    assert!(
        places
            .into_iter()
            .all(|it| it == "registries/experiments/bench.yaml:1:1-?")
    );
    sample.edit("registries/packages/plotter.yaml", "'>=2,<3'", "'>=9'");
    let (refused, last) = reports_of(&sample);
    assert_eq!(
        last,
        "vhb lock --check: nothing could be locked (1 error, 2 warnings)"
    );
    let notes = refused.sarif()["invocations"][0]["toolExecutionNotifications"].take();
    assert_eq!(notes[0]["level"], "error");
    assert_eq!(refused.results("version-not-found").len(), 1);
    // Also where nothing is known of the experiment but what is wrong with it.
    sample.write("registries/experiments/bench.yaml", "name: [\n");
    let (unread, last) = reports_of(&sample);
    assert_eq!(last, "vhb lock --check: nothing could be locked (1 error)");
    assert_eq!(unread.results("invalid-yaml").len(), 1);
}

/// What one experiment reaches is what is said to be checked, whatever else is wrong.
#[test]
fn what_was_not_looked_at_is_not_counted() {
    let sample = Sample::locked();
    let lock: Json = serde_json::from_slice(&sample.read(LOCK)).unwrap();
    let reached = lock["config"].as_object().unwrap().len();
    sample.write("registries/metrics/unused.yaml", "nothing: [\n");
    let one = sample.run(&["check", ID]);
    assert_eq!(one.code, 0);
    let said = format!("checked {reached} entries (RUN_MODE=prod): no errors, no warnings\n");
    assert_eq!(one.stderr, said);
    assert_eq!(sample.run(CHECK).code, 1);
}

/// A thing is a case of the same suite, whether anything is wrong with it or not.
#[test]
fn cases_stay_in_their_suites() {
    let sample = Sample::new();
    sample.edit(
        "registries/experiments/bench.yaml",
        "tasks:\n",
        "tasks:\n  - {name: inner, ml_task: ocr, dataset: receipts, model: {name: ./models/large, framework: template}}\n",
    );
    assert_eq!(sample.run(&["lock", ID]).code, 0);
    let before = classes(&sample, LOCKING);
    assert!(before.contains("name=\"runs/inner\" classname=\"vhb.runs\""));
    sample.edit(
        "registries/experiments/bench.yaml",
        "framework: template}",
        "framework: template, engine_params: {seed: 1}}",
    );
    assert_eq!(classes(&sample, LOCKING), before);
    // In a project that is a directory of its repository, as in one that is all of it.
    std::fs::remove_dir_all(sample.root().join(".git")).unwrap();
    git(&sample.beside(""), &["init", "-q"]);
    sample.write("registries/unknown/x.yaml", "name: x\n");
    let stray = "name=\"project/registries/unknown/x.yaml\" classname=\"vhb.registries\"";
    let checked = classes(&sample, CHECK);
    assert!(checked.contains(stray), "{checked:?}");
}

/// The cases of a report, each with its suite.
fn classes(sample: &Sample, command: &[&str]) -> BTreeSet<String> {
    let reports = reports(sample, command);
    let cases = reports.of("junit").split("<testcase ").skip(1);
    let cases = cases.filter_map(|case| case.split('>').next());
    let cases = cases.map(|case| case.trim_end_matches('/').to_owned());
    cases.collect()
}
