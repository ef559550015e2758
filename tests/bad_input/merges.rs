//! What a merge left behind, and files that are not what they were.

use crate::common::sample::{LOCK, SBOM, Sample};
use crate::transcript;

/// A text with the marks of a conflict in its second line.
fn with_marks(text: &[u8]) -> String {
    let text = String::from_utf8(text.to_vec()).unwrap();
    let (first, rest) = text.split_once('\n').unwrap();
    format!("{first}\n<<<<<<< HEAD\n=======\n{rest}>>>>>>> other\n")
}

#[test]
fn the_marks_of_a_conflict_are_known() {
    let sample = Sample::locked();
    sample.write(LOCK, with_marks(&sample.read(LOCK)));
    insta::assert_snapshot!(transcript(
        &sample,
        &[
            "verify locks/bench.lock.json --offline",
            "show locks/bench.lock.json",
            "lock bench",
            "verify bench",
        ]
    ));
    let entry = "registries/metrics/wer.yaml";
    sample.write(entry, with_marks(&sample.read(entry)));
    let ran = sample.run(&["check"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stdout.contains("hint: a merge stopped in this file"),
        "{ran:#?}"
    );
}

/// Whoever installs from a lock that contradicts itself is told.
#[test]
fn an_edited_lock_is_told_of() {
    let sample = Sample::locked();
    sample.edit(LOCK, "\"version\": \"1.4.0\"", "\"version\": \"1.4.1\"");
    // Of direct packages alone, nothing can be exported; what is wrong with the lock comes first.
    let ran = sample.run(&[
        "export",
        LOCK,
        "--format",
        "requirements",
        "--environment",
        "report",
    ]);
    assert_eq!(ran.code, 2, "{ran:#?}");
    insta::assert_snapshot!(sample.stable(&ran.stderr), @r"
    warning[lock-inconsistent]: the recorded value of `packages/textkit` has another digest
     |
     = hint: restore it from version control, or lock again

    warning[lock-inconsistent]: packages/textkit: the source of `textkit` is not the recorded one
     |
     = hint: restore it from version control, or lock again

    error: the lock does not say what environment `report-x86_64-40b8ee85` holds
      hint: lock again without `--direct`
    ");
}

/// Each digest is told with the file that it is from.
#[test]
fn an_sbom_of_another_lock_is_told_by_both_digests() {
    let sample = Sample::locked();
    let sbom = String::from_utf8(sample.read(SBOM)).unwrap();
    let digest = vhb::model::Sha256Digest::of(&sample.read(LOCK)).hex();
    let other = "0".repeat(64);
    sample.write(SBOM, sbom.replace(&digest, &other));
    let ran = sample.run(&["verify", LOCK, "--offline"]);
    assert_eq!(ran.code, 1, "{ran:#?}");
    for line in [format!("lock: {digest}"), format!("SBOM: {other}")] {
        assert!(ran.stdout.contains(&line), "{line}: {ran:#?}");
    }
}

/// A file that is not read may be the one that an entry is missed for.
#[test]
fn what_is_not_read_is_told_where_it_is_locked() {
    let sample = Sample::new();
    sample.write(
        "registries/packages/later.yml",
        "source: {type: pypi, name: tinylib}\n",
    );
    let ran = sample.run(&["lock", "bench"]);
    assert_eq!(ran.code, 0, "{ran:#?}");
    assert!(
        ran.stderr
            .contains("warning[ignored-file]: `registries/packages/later.yml`"),
        "{ran:#?}"
    );
}
