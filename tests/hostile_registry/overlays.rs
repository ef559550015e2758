//! Overlays that lose fields or have no base, and locks that are made with them.

use serde_json::Value as Json;

use crate::Hostile;
use crate::common::sample::{ID, LOCK, Sample, ran};

#[test]
fn dropped_fields_are_named_one_by_one() {
    let hostile = Hostile::new(&[
        (
            "packages/p.yaml",
            b"name: p\nmetadata: {a: 1, b: 2}\nsource:\n  type: git\n  url: https://h/x\n  ref: v1\n  subdirectory: s\n",
        ),
        (
            "packages/p.dev.yaml",
            b"# working copy\nsource:\n  type: local\n  path: ../p\nmetadata: {b: 3}\n",
        ),
        ("metrics/lonely.dev.yaml", b"name: lonely\nclass_path: a.B\n"),
    ]);
    assert_eq!(
        hostile.codes(),
        ["overlay-without-base"],
        "in prod they are not applied"
    );
    let dev = hostile.check(&["--run-mode", "dev"]);
    insta::assert_snapshot!(dev.stdout, @r"
    warning[overlay-without-base]: overlay `registries/metrics/lonely.dev.yaml` has no base file
    --> registries/metrics/lonely.dev.yaml:1:1
     = hint: add the base file, or delete the overlay

    warning[overlay-drops-field]: the overlay makes `source.url`, `source.ref`, `source.subdirectory` vanish
     --> registries/packages/p.dev.yaml:2:1
      |
    2 | source:
      | ^^^^^^
      |
      = hint: repeat the field in the overlay if it is still wanted

    warning[overlay-drops-field]: the overlay makes `metadata.a` vanish
     --> registries/packages/p.dev.yaml:5:1
      |
    5 | metadata: {b: 3}
      | ^^^^^^^^
      |
      = hint: repeat the field in the overlay if it is still wanted
    ");
    assert_eq!(dev.code, 0);
    hostile.write("packages/p.dev.yaml", b"source: [\n");
    assert_eq!(hostile.check(&[]).code, 0);
    assert_eq!(hostile.check(&["--run-mode", "dev"]).code, 1);
    for (overlay, code) in [
        ("", "empty-file"),
        ("- a\n", "wrong-type"),
        ("source: {path: x}\n", "missing-source-type"),
    ] {
        hostile.write("packages/p.dev.yaml", overlay.as_bytes());
        let dev = hostile.check(&["--run-mode", "dev"]);
        assert_eq!(dev.code, 1, "{overlay}");
        assert!(dev.stdout.contains(code), "{dev:#?}");
        assert!(dev.stdout.contains("packages/p.dev.yaml"), "{dev:#?}");
    }
}

#[test]
fn a_lock_of_dev_is_marked_and_warned_of() {
    let sample = Sample::new();
    let locked = ran(sample.vhb(&["lock", ID]).env("RUN_MODE", "dev"));
    assert_eq!(locked.code, 0, "{locked:#?}");
    assert!(locked.stderr.contains("overlay-drops-field"), "{locked:#?}");
    assert!(locked.stderr.contains("`source.editable`"), "{locked:#?}");
    let lock: Json = serde_json::from_slice(&sample.read(LOCK)).unwrap();
    assert_eq!(lock["experiment"]["run_mode"], "dev");
    assert_eq!(
        lock["packages"]["reader"]["pin"]["path"],
        "plugins/reader-dev"
    );

    // Whatever RUN_MODE is now: the lock is held against the registry as it was read for it.
    for mode in ["prod", "dev"] {
        let verified = ran(sample
            .vhb(&["verify", LOCK, "--offline"])
            .env("RUN_MODE", mode));
        assert_eq!(verified.code, 0, "{verified:#?}");
        assert!(
            verified.stdout.contains("warning[dev-lock]"),
            "{verified:#?}"
        );
    }
    assert_eq!(
        sample.run(&["verify", LOCK, "--offline", "--strict"]).code,
        1
    );
    let stale = sample.run(&["lock", ID, "--check"]);
    assert_eq!(stale.code, 1, "{stale:#?}");
    assert!(
        stale.stdout.contains("experiment run_mode: dev -> prod"),
        "{stale:#?}"
    );
}

/// However an experiment names it, a run that cannot be read stops the lock.
#[test]
fn a_broken_run_stops_the_lock() {
    let sample = Sample::new();
    sample.edit("registries/runs/noisy.yaml", "dataset: receipts\n", "");
    for name in [
        "noisy",
        "registries/runs/noisy.yaml",
        "./registries/runs/noisy.yaml",
    ] {
        let text = format!("name: bench\ntasks: [clean, {name}]\n");
        sample.write("registries/experiments/bench.yaml", text);
        for arguments in [&["lock", ID][..], &["check", ID]] {
            let ran = sample.run(arguments);
            assert_eq!(ran.code, 1, "{name}: {ran:#?}");
            assert!(
                (ran.stdout + &ran.stderr).contains("lacks the field `dataset`"),
                "{name}"
            );
        }
    }
}
