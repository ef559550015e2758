//! Reports as others read them, by `outside.py`: on every kind of project, for every command.

use std::path::PathBuf;
use std::process::{Command, Output};

use crate::common::sample::{LOCK, SBOM, Sample};
use crate::setting::{CHECK, LOCKING, Reports, VERIFY, reports};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reports/outside.py");

/// What others found in reports of one format, each with its name; fails where they refuse one.
#[track_caller]
pub(crate) fn read(format: &str, reports: &[(String, Reports)]) -> Vec<String> {
    let directory = tempfile::tempdir().unwrap();
    let files = reports.iter().map(|(name, report)| {
        let file = directory.path().join(name);
        std::fs::write(&file, report.of(format)).unwrap();
        file
    });
    let output = python(format, &files.collect::<Vec<_>>());
    let (told, found) = (output.stderr, output.stdout);
    assert!(
        output.status.success(),
        "{}\n`make tools` and `make npm` install what this needs, and VHB_PYTHON \
         names the Python",
        String::from_utf8_lossy(&told)
    );
    let found = String::from_utf8(found).unwrap();
    found.lines().map(str::to_owned).collect()
}

fn python(format: &str, files: &[PathBuf]) -> Output {
    let python = std::env::var_os("VHB_PYTHON").unwrap_or_else(|| "python3".into());
    Command::new(python)
        .args([SCRIPT, format])
        .args(files)
        .output()
        .expect("VHB_PYTHON, else python3, is a program")
}

/// A project in a state: its name, what makes it so, and what each command then ends with.
type State = (&'static str, fn(&Sample), [i32; 3]);

const STATES: [State; 6] = [
    ("nothing", |_| {}, [0, 0, 0]),
    (
        "warnings",
        |sample| {
            sample.edit(
                "registries/metrics/cer.yaml",
                "params:",
                "parms: 1\nparams:",
            );
            sample.write("registries/metrics/old.yml", "name: old\n");
        },
        [0, 1, 1],
    ),
    (
        "errors",
        |sample| {
            sample.edit(
                "registries/tasks/ocr.yaml",
                "  - textkit\n",
                "  - textkit\n  - 7\n",
            );
        },
        [1, 1, 1],
    ),
    (
        "drift",
        |sample| {
            sample.edit("registries/runs/clean.yaml", "seed: 7", "seed: 8");
            sample.write("data/receipts/labels.csv", "01.png,13.00\n");
        },
        [0, 1, 1],
    ),
    (
        "unverifiable",
        |sample| std::fs::remove_file(sample.root().join(SBOM)).unwrap(),
        [0, 3, 1],
    ),
    (
        "dangling",
        |sample| {
            std::fs::remove_file(sample.root().join("registries/reports/summary.yaml")).unwrap();
        },
        [1, 1, 1],
    ),
];

/// Every report is what the schemas say, with the same bytes each time; what others count is what
/// there is.
#[test]
fn every_report_is_read_by_others() {
    let sample = Sample::locked();
    let clean = sample.snapshot();
    let mut all = Vec::new();
    for (state, make, codes) in STATES {
        make(&sample);
        for (command, code) in [CHECK, VERIFY, LOCKING].into_iter().zip(codes) {
            let first = reports(&sample, command);
            let again = reports(&sample, command);
            let text = first.of("text");
            assert_eq!(first.code, code, "{state}: {command:?}\n{text}");
            for ((format, one), (_, two)) in first.all().zip(again.all()) {
                assert_eq!(one, two, "{state}: {command:?} as {format}");
            }
            all.push((format!("{state} {}", command[0]), first));
        }
        for path in sample.snapshot().into_keys() {
            if !clean.contains_key(&path) {
                std::fs::remove_file(path).unwrap();
            }
        }
        for (path, (bytes, _)) in &clean {
            std::fs::write(path, bytes).unwrap();
        }
    }
    let junit = read("junit", &all).into_iter();
    let both = read("sarif", &all).into_iter().zip(junit);
    let lines = both.map(|(results, cases)| {
        let (_, cases) = cases.split_once(": ").unwrap();
        format!("{results}, {cases}")
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r"
    nothing check: 0 results, 15 cases, 0 failures, 0 errors
    nothing verify: 7 results, 30 cases, 0 failures, 0 errors
    nothing lock: 4 results, 25 cases, 0 failures, 0 errors
    warnings check: 2 results, 16 cases, 0 failures, 0 errors
    warnings verify: 8 results, 30 cases, 1 failures, 0 errors
    warnings lock: 7 results, 26 cases, 1 failures, 0 errors
    errors check: 1 results, 15 cases, 1 failures, 0 errors
    errors verify: 8 results, 30 cases, 1 failures, 0 errors
    errors lock: 1 results, 1 cases, 1 failures, 0 errors
    drift check: 0 results, 15 cases, 0 failures, 0 errors
    drift verify: 9 results, 30 cases, 2 failures, 0 errors
    drift lock: 6 results, 25 cases, 2 failures, 0 errors
    unverifiable check: 0 results, 15 cases, 0 failures, 0 errors
    unverifiable verify: 8 results, 30 cases, 0 failures, 1 errors
    unverifiable lock: 5 results, 26 cases, 1 failures, 0 errors
    dangling check: 2 results, 14 cases, 1 failures, 0 errors
    dangling verify: 9 results, 30 cases, 2 failures, 0 errors
    dangling lock: 2 results, 2 cases, 1 failures, 0 errors
    ");
}

#[test]
fn strict_makes_failures_of_warnings_and_gaps() {
    let sample = Sample::locked();
    let lenient = reports(&sample, VERIFY);
    let strict = reports(&sample, &["verify", LOCK, "--offline", "--strict"]);
    assert_eq!((lenient.code, strict.code), (0, 1));
    let gaps = strict.results("not-recorded");
    assert!(!gaps.is_empty() && gaps.iter().all(|gap| gap["level"] == "error"));
    let both = [
        ("lenient".to_owned(), lenient),
        ("strict".to_owned(), strict),
    ];
    assert_eq!(
        read("junit", &both),
        [
            "lenient: 30 cases, 0 failures, 0 errors",
            "strict: 30 cases, 7 failures, 0 errors",
        ]
    );
}

/// The readers refuse what is wrong, so that what they let pass means something.
#[test]
fn others_refuse_what_is_wrong() {
    let sample = Sample::locked();
    sample.edit("registries/runs/clean.yaml", "seed: 7", "seed: 8");
    let reports = reports(&sample, VERIFY);
    let directory = tempfile::tempdir().unwrap();
    for (format, from, to, why) in [
        ("sarif", "\"error\"", "\"fatal\"", "'fatal' is not one of"),
        (
            "sarif",
            "\"startLine\": ",
            "\"startLine\": -",
            "less than the minimum",
        ),
        (
            "sarif",
            "\"uri\": \"",
            "\"uri\": \"/",
            "assert not parts.is_absolute()",
        ),
        (
            "sarif",
            "\"ruleId\": \"config-changed\"",
            "\"ruleId\": \"x\"",
            "\"ruleId\"",
        ),
        ("junit", "<failure type", "<failure kind", "kind"),
        ("junit", "failures=\"1\"", "failures=\"2\"", "assert"),
        ("junit", "</testsuites>", "", "no element found"),
    ] {
        let text = reports.of(format);
        let edited = text.replace(from, to);
        assert_ne!(text, edited, "{from}");
        let file = directory.path().join("edited");
        std::fs::write(&file, edited).unwrap();
        let output = python(format, &[file]);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(
            !output.status.success() && told.contains(why),
            "{to}: {told}"
        );
    }
}
