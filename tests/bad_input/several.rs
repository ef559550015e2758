//! Several experiments or locks at once: what cannot be used hinders none of the others.

use crate::common::sample::{LOCK, Sample};
use crate::transcript;

/// A project with a second experiment beside the first.
fn two_experiments() -> Sample {
    let sample = Sample::new();
    let first = String::from_utf8(sample.read("registries/experiments/bench.yaml")).unwrap();
    sample.write(
        "registries/experiments/again.yaml",
        first.replace("bench", "again"),
    );
    sample
}

#[test]
fn each_is_locked_and_verified() {
    let sample = two_experiments();
    let ran = sample.run(&["lock", "bench", "registries/experiments/again.yaml"]);
    assert_eq!(ran.code, 0, "{ran:#?}");
    let again = "locks/again.lock.json";
    let ran = sample.run(&["verify", "--offline", LOCK, again]);
    assert_eq!(ran.code, 0, "{ran:#?}");
    let (first, second) = ran.stdout.split_once("\n\n").unwrap();
    assert!(first.starts_with("locks/bench.lock.json:\n"), "{first}");
    assert!(second.starts_with("locks/again.lock.json:\n"), "{second}");
    assert_eq!(ran.stdout.matches("verdict: match").count(), 2, "{ran:#?}");

    // Drift of one counts, wherever it stands.
    sample.edit(
        "registries/experiments/again.yaml",
        "parallelism: 2",
        "parallelism: 3",
    );
    for locks in [[LOCK, again], [again, LOCK]] {
        let ran = sample.run(&[&["verify", "--offline"], &locks[..]].concat());
        assert_eq!(ran.code, 1, "{ran:#?}");
        assert!(ran.stdout.contains("config-changed"), "{ran:#?}");
    }
}

#[test]
fn what_cannot_be_used_is_told_and_the_others_are_looked_at() {
    let sample = two_experiments();
    sample.lock(&[]);
    let ran = sample.run(&["lock", "nothing", "again"]);
    assert_eq!(ran.code, 2, "{ran:#?}");
    assert!(ran.stderr.contains("locked again:"), "{ran:#?}");
    let commands = [
        "verify --offline absent.json locks/again.lock.json",
        "verify locks/bench.lock.json locks/again.lock.json --format json",
        "verify locks/bench.lock.json locks/again.lock.json --env .venv",
        "lock bench again --output x.json",
    ];
    insta::assert_snapshot!(transcript(&sample, &commands));
}
