//! `vhb report` on the command line.

use crate::common::sample::{LOCK, Sample, ran};
use crate::parsed::Parsed;

const PAGE: &str = "reports/bench.html";

#[test]
fn the_page_lies_beside_the_locks_and_is_not_rewritten() {
    let sample = Sample::locked();
    let ran = sample.run(&["report", LOCK]);
    assert_eq!((ran.code, &*ran.stdout), (0, ""), "{ran:#?}");
    assert_eq!(ran.stderr, format!("wrote {PAGE}\n"));
    let page = sample.read(PAGE);
    let again = sample.run(&["report", LOCK]);
    assert_eq!((again.code, &*again.stderr), (0, "nothing changed\n"));
    let printed = sample.run(&["report", LOCK, "-o", "-"]);
    assert_eq!(printed.stdout.as_bytes(), page);
    assert_eq!(printed.stderr, "");
    let (lock, sbom) = sample.written();
    let parsed = Parsed::of(&printed.stdout);
    assert_eq!(parsed.embedded("lock-bytes"), lock);
    assert_eq!(parsed.embedded("sbom-bytes"), sbom);
    parsed.says(&["Nothing was verified for this page."]);
}

#[test]
fn a_verification_is_shown_and_decides_how_the_command_ends() {
    let sample = Sample::locked();
    for (options, code) in [
        (&["--verify"][..], 0),
        (&["--verify", "--offline"], 0),
        (&["--verify", "--strict"], 1),
    ] {
        let ran = sample.run(&[&["report", LOCK, "-o", "-"], options].concat());
        let asked: Vec<_> = options
            .iter()
            .filter(|it| **it != "--verify")
            .copied()
            .collect();
        let verified = sample.run(&[&["verify", LOCK], &asked[..]].concat());
        assert_eq!((ran.code, verified.code), (code, code), "{ran:#?}");
        // What verify prints is said here, for the page is what is printed.
        let verdict = verified.stdout.lines().last().unwrap();
        assert!(
            ran.stderr.contains(verdict),
            "no `{verdict}` in {}",
            ran.stderr
        );
        let parsed = Parsed::of(&ran.stdout);
        parsed.says(&["Verdict: "]);
        let skipped = parsed
            .text
            .contains("The layer upstream was not asked (offline).");
        assert_eq!(skipped, asked.contains(&"--offline"));
    }
}

#[test]
fn drift_and_silence_are_written_down_all_the_same() {
    let sample = Sample::locked();
    sample.write(
        "registries/metrics/new.yaml",
        "name: new\nclass_path: demo.New\n",
    );
    let mut silent = sample.vhb(&["report", LOCK, "--verify"]);
    let ran = ran(silent.env("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple"));
    assert_eq!(ran.code, 3, "{ran:#?}");
    Parsed::of(&String::from_utf8(sample.read(PAGE)).unwrap()).says(&["Verdict: unverifiable"]);
    let entry = "registries/metrics/cer.yaml";
    let text = String::from_utf8(sample.read(entry)).unwrap();
    sample.write(entry, format!("{text}description: edited\n"));
    let ran = sample.run(&["report", LOCK, "--verify"]);
    assert_eq!(ran.code, 1, "{ran:#?}");
    assert!(ran.stderr.contains("config-changed"), "{ran:#?}");
    let parsed = Parsed::of(&String::from_utf8(sample.read(PAGE)).unwrap());
    parsed.says(&["Verdict: drift", "config-changed"]);
}

#[test]
fn what_is_no_lock_or_not_its_own_form_makes_no_page() {
    let sample = Sample::locked();
    let lock = String::from_utf8(sample.read(LOCK)).unwrap();
    sample.write("locks/edited.lock.json", lock.replace("  ", " "));
    sample.write("locks/half.lock.json", &lock[..lock.len() / 2]);
    for (arguments, says) in [
        (
            &["report", "locks/edited.lock.json"][..],
            "is not in the form in which vhb writes it",
        ),
        (&["report", "locks/half.lock.json"], "cannot use the lock"),
        (&["report", "locks/absent.lock.json"], "there is no lock"),
        (&["report", LOCK, "--strict"], "--verify"),
        (&["report", LOCK, "--offline"], "--verify"),
        (&["report", LOCK, "--registry", "."], "--verify"),
        (&["report"], "<LOCK>"),
        (&["report", LOCK, "-o", "registries"], "registries"),
    ] {
        let ran = sample.run(arguments);
        assert_eq!((ran.code, &*ran.stdout), (2, ""), "{arguments:?}: {ran:#?}");
        assert!(ran.stderr.contains(says), "{arguments:?}: {ran:#?}");
    }
    assert!(!sample.root().join("reports").exists());
}
