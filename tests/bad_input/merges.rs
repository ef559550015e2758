//! What a merge left behind, and files that are not what they were.

use crate::common::sample::{LOCK, Sample};
use crate::{tell, transcript};

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

/// Nothing is installed, or written for installers, from a lock that contradicts itself.
#[test]
fn an_edited_lock_is_not_installed() {
    let sample = Sample::locked();
    sample.edit(LOCK, "\"version\": \"1.4.0\"", "\"version\": \"1.4.1\"");
    let mut told = String::new();
    for line in [
        "export locks/bench.lock.json --format requirements --environment report",
        "sync locks/bench.lock.json --environment report --into env",
    ] {
        let ran = sample.run(&line.split(' ').collect::<Vec<_>>());
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{ran:#?}");
        tell(&mut told, line, &ran);
    }
    assert!(!sample.root().join("env").exists());
    insta::assert_snapshot!(sample.stable(&told));
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
