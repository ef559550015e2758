//! `--save`: what is written where, and what is refused before anything is looked at.

use std::fmt::Write as _;

use crate::common::sample::{ID, LOCK, SBOM, Sample};
use crate::setting::{CHECK, FILES, LOCKING, VERIFY, printed};

#[test]
fn several_reports_are_written_whole_in_one_run() {
    let sample = Sample::locked();
    sample.write("vhb.sarif", "x".repeat(1_000_000));
    let saves = [
        "--save",
        "sarif=vhb.sarif",
        "--save",
        "markdown=deep/er/summary.md",
    ];
    let ran = sample.run(&[VERIFY, &["--format", "github"], &saves].concat());
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(ran.stdout.starts_with("::notice "));
    for (format, file) in [("sarif", "vhb.sarif"), ("markdown", "deep/er/summary.md")] {
        let text = String::from_utf8(sample.read(file)).unwrap();
        assert_eq!(text, printed(&sample, VERIFY, format).stdout);
    }
}

/// What was signed, by a key.
const SIGNED: [&str; 6] = [
    "--results",
    "results",
    "--attestation",
    "there",
    "--public-key",
    "key.pub",
];

/// Exit code 2, no report, and every file as it was.
#[test]
fn what_makes_no_sense_is_refused() {
    let sample = Sample::locked();
    sample.write("there", "kept");
    let before = sample.snapshot();
    let mut told = String::new();
    for (command, options) in [
        (CHECK, &["--save", "sarif"][..]),
        (CHECK, &["--save", "xml=out"]),
        (CHECK, &["--save", "sarif="]),
        (CHECK, &["--save", "sarif=-"]),
        (CHECK, &["--save", "sarif=locks"]),
        (CHECK, &["--save", "sarif=/dev/null"]),
        (
            CHECK,
            &["--save", "json=there", "--save", "junit=locks/../there"],
        ),
        (
            CHECK,
            &["--save", "json=new", "--save", "junit=a/b/../../new"],
        ),
        (CHECK, &["--save", "text=registries/runs/clean.yaml"]),
        (VERIFY, &["--save", "json=locks/../locks/bench.lock.json"]),
        (VERIFY, &["--save", "json=sboms/bench.cdx.json"]),
        (
            VERIFY,
            &["--save", "text=there", "--save", "json=registries/new.json"],
        ),
        (VERIFY, &["--save", "json=there", "--registry", "nowhere"]),
        (VERIFY, &[&SIGNED[..], &["--save", "json=there"]].concat()),
        (VERIFY, &[&SIGNED[..], &["--save", "json=key.pub"]].concat()),
        (VERIFY, &["--save", "json=locks/manifests/new"]),
        (LOCKING, &["--save", "json=locks/bench.lock.json"]),
        (&["lock", ID], &["--format", "json"]),
        (&["lock", ID], &["--save", "json=there"]),
        (&["report", LOCK], &["-o", LOCK]),
        (&["report", LOCK], &["-o", SBOM]),
        (&["sbom", LOCK], &["-o", LOCK]),
        (&["export", LOCK], &["--format", "requirements", "-o", LOCK]),
        (&["record", LOCK], &["-o", LOCK]),
        (&["manifest", LOCK], &["-o", LOCK]),
    ] {
        let ran = sample.run(&[command, options].concat());
        assert_eq!(
            (ran.code, ran.stdout.as_str()),
            (2, ""),
            "{options:?}: {ran:#?}"
        );
        let line = [command, options].concat().join(" ");
        let _ = writeln!(told, "$ vhb {line}\n{}", ran.stderr);
    }
    assert_eq!(sample.snapshot(), before);
    insta::assert_snapshot!("refused", sample.stable(&told));
}

#[test]
fn a_report_may_not_take_the_place_of_what_a_link_leads_to() {
    let sample = Sample::locked();
    std::os::unix::fs::symlink(sample.root().join(LOCK), sample.root().join("link")).unwrap();
    let ran = sample.run(&[VERIFY, &["--save", "json=link"]].concat());
    assert_eq!(ran.code, 2, "{ran:#?}");
    assert!(ran.stderr.contains("that is what it is about"), "{ran:#?}");
}

#[test]
fn a_link_stays_one() {
    let sample = Sample::locked();
    sample.write("elsewhere/real", "old");
    let link = sample.root().join("link");
    std::os::unix::fs::symlink("elsewhere/real", &link).unwrap();
    let ran = sample.run(&[VERIFY, &["--save", "json=link"]].concat());
    assert_eq!(ran.code, 0, "{ran:#?}");
    assert!(link.is_symlink());
    let text = String::from_utf8(sample.read("elsewhere/real")).unwrap();
    assert_eq!(text, printed(&sample, VERIFY, "json").stdout);
}

/// Where one file cannot be written, none is, and nothing is printed.
#[test]
fn all_files_are_written_or_none() {
    let sample = Sample::locked();
    sample.write("file", "no directory");
    let saves = ["--save", "json=one.json", "--save", "junit=file/two.xml"];
    let ran = sample.run(&[VERIFY, &["--format", "github"], &saves].concat());
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:#?}");
    assert!(
        ran.stderr.contains("cannot write `file/two.xml`"),
        "{ran:#?}"
    );
    assert!(!sample.root().join("one.json").exists());
}

/// A lock that cannot be used ends in no report, and an old one is not taken for a new one's.
#[test]
fn input_that_cannot_be_used_gives_no_report() {
    let sample = Sample::locked();
    sample.write(LOCK, "{");
    for (format, file) in FILES {
        let save = format!("{format}={file}");
        let ran = sample.run(&[VERIFY, &["--save", &save, "--format", format]].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:#?}");
        assert!(!sample.root().join(file).exists());
    }
}

/// Errors of severity error, and what could not be checked, end as without a format.
#[test]
fn formats_do_not_change_the_exit_code() {
    let sample = Sample::locked();
    for (make, code) in [(SBOM, 3), ("registries/metrics/wer.yaml", 1)] {
        std::fs::remove_file(sample.root().join(make)).unwrap();
        for (format, _) in FILES {
            assert_eq!(printed(&sample, VERIFY, format).code, code, "{format}");
        }
    }
}
