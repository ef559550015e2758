//! Who only looks writes nothing, and what has not changed is not written again.

use crate::common::sample::{ID, LOCK, SBOM, Sample, Snapshot, git};

fn assert_untouched(before: &Snapshot, sample: &Sample, what: &str) {
    let after = sample.snapshot();
    let paths = |snapshot: &Snapshot| snapshot.keys().cloned().collect::<Vec<_>>();
    assert_eq!(paths(before), paths(&after), "{what}");
    for (path, then) in before {
        assert!(after[path] == *then, "{what} touched {}", path.display());
    }
}

#[test]
fn relocking_the_same_touches_nothing() {
    let sample = Sample::locked();
    let before = sample.snapshot();
    for more in [
        &[][..],
        &["--upgrade"],
        &["--offline"],
        &["--upgrade-package", "plotter"],
    ] {
        let ran = sample.lock(more);
        assert!(ran.stderr.contains("nothing changed"), "{more:?}: {ran:#?}");
        assert_untouched(&before, &sample, "lock");
    }
    assert_eq!(sample.run(&["sbom", LOCK]).code, 0);
    assert_untouched(&before, &sample, "sbom");
}

#[test]
fn a_check_shows_the_difference_and_writes_nothing() {
    let sample = Sample::new();
    let before = sample.snapshot();
    let unlocked = sample.run(&["lock", ID, "--check"]);
    assert_eq!(unlocked.code, 1, "{unlocked:#?}");
    assert!(
        unlocked
            .stdout
            .contains("would write locks/bench.lock.json"),
        "{unlocked:#?}"
    );
    assert_untouched(&before, &sample, "a first check");
    assert!(!sample.root().join("locks").exists());

    sample.lock(&[]);
    sample.edit("registries/runs/clean.yaml", "seed: 7", "seed: 8");
    sample.write("plugins/scorer/scorer.py", "def cer(a, b):\n    return 1\n");
    let before = sample.snapshot();
    let stale = sample.run(&["lock", ID, "--check"]);
    assert_eq!(stale.code, 1, "{stale:#?}");
    for line in [
        "would change locks/bench.lock.json",
        "would change sboms/bench.cdx.json",
        "would write locks/manifests/",
        "  runs/clean engine_params.seed: 7 -> 8",
        "  packages/scorer content: ",
    ] {
        assert!(stale.stdout.contains(line), "no `{line}` in {stale:#?}");
    }
    assert!(stale.stderr.contains("lock-would-change"), "{stale:#?}");
    assert_untouched(&before, &sample, "a check");

    sample.lock(&[]);
    std::fs::remove_file(sample.root().join(SBOM)).unwrap();
    let stale = sample.run(&["lock", ID, "--check"]);
    assert_eq!(
        (stale.code, stale.stdout.as_str()),
        (1, "would write sboms/bench.cdx.json\n")
    );
}

#[test]
fn committing_what_is_locked_makes_no_lock_stale() {
    let sample = Sample::new();
    sample.write("plugins/scorer/scorer.py", "def cer(a, b):\n    return 1\n");
    sample.lock(&[]);
    git(&sample.root(), &["add", "."]);
    git(&sample.root(), &["commit", "-q", "-m", "locked"]);
    let check = sample.run(&["lock", ID, "--check"]);
    assert_eq!(check.code, 0, "{check:#?}");
    // Locking again records that it is committed by now.
    let again = sample.lock(&[]);
    assert!(
        again
            .stderr
            .contains("packages/scorer dirty: true -> false"),
        "{again:#?}"
    );
    sample.write("plugins/scorer/scorer.py", "def cer(a, b):\n    return 2\n");
    assert_eq!(sample.run(&["lock", ID, "--check"]).code, 1);
}

/// A state of the project, by what is done to get there.
type Spoil = fn(&Sample);

#[test]
fn verify_writes_nothing_whatever_it_finds() {
    let states: [(&str, Spoil); 6] = [
        ("clean", |_| {}),
        ("a changed entry", |sample| {
            sample.edit("registries/runs/clean.yaml", "seed: 7", "seed: 9");
        }),
        ("a changed file", |sample| {
            sample.write("plugins/reader/src/new.py", "");
        }),
        ("no SBOM", |sample| {
            std::fs::remove_file(sample.root().join(SBOM)).unwrap();
        }),
        ("a broken registry", |sample| {
            sample.write("registries/experiments/bench.yaml", "name: [");
        }),
        ("a damaged lock", |sample| {
            sample.write(LOCK, "{\"lock_version\": 1}");
        }),
    ];
    let sample = Sample::locked();
    for (state, spoil) in states {
        spoil(&sample);
        let before = sample.snapshot();
        for more in [&[][..], &["--offline"], &["--strict", "--format", "json"]] {
            let ran = sample.run(&[&["verify", LOCK][..], more].concat());
            let expected = i32::from(state != "clean" || more.contains(&"--strict"));
            let expected = if state == "a damaged lock" {
                2
            } else {
                expected
            };
            assert_eq!(ran.code, expected, "{state} {more:?}: {ran:#?}");
            assert_untouched(&before, &sample, state);
        }
    }
}

#[test]
fn check_and_explain_write_nothing() {
    let sample = Sample::new();
    let before = sample.snapshot();
    assert_eq!(sample.run(&["check"]).code, 0);
    assert_eq!(sample.run(&["check", ID, "--format", "json"]).code, 0);
    assert_eq!(sample.run(&["explain"]).code, 0);
    assert_untouched(&before, &sample, "check");
}
