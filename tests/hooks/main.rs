//! `.pre-commit-hooks.yaml`, by the pre-commit that `make tools` installs: what each hook finds, in
//! commits that change, add and remove files, at the root of a repository and below it.
//!
//! pre-commit installs hooks in `language: python` by building them. Here they are the program under
//! test, so their language alone is another; `make package` installs them as they are.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod setting;

use common::sample::{LOCK, SBOM};
use setting::Repository;

const CHECK: (&str, &[&str]) = ("vhb-check", &[]);
const VERIFY: (&str, &[&str]) = ("vhb-verify", &[LOCK]);
// What packages require in turn is not made to be installed.
const LOCKING: (&str, &[&str]) = ("vhb-lock-check", &["--direct", "bench"]);
const ALL: [(&str, &[&str]); 3] = [CHECK, VERIFY, LOCKING];

/// The exit codes of the hooks, in their order.
const CLEAN: [i32; 3] = [0, 0, 0];

#[test]
fn a_commit_that_changes_nothing_locked_passes() {
    let repository = Repository::at_root(&ALL);
    assert_eq!(repository.codes(), CLEAN);
    repository.write("notes.txt", "a note\n");
    assert_eq!(repository.codes(), CLEAN);
}

#[test]
fn the_removal_of_an_entry_is_found() {
    let repository = Repository::at_root(&ALL);
    repository.remove("registries/reports/summary.yaml");
    let ran = repository.commit();
    assert_eq!(repository.codes(), [1, 1, 1]);
    assert!(ran.contains("error[dangling-reference]"), "{ran}");
}

#[test]
fn an_entry_that_differs_from_the_lock_is_found() {
    let repository = Repository::at_root(&ALL);
    repository.edit("registries/runs/clean.yaml", "seed: 7", "seed: 8");
    let ran = repository.commit();
    assert_eq!(repository.codes(), [0, 1, 1]);
    assert!(ran.contains("error[config-changed]"), "{ran}");
    // What is not to be committed is not looked at.
    repository.unstage("registries/runs/clean.yaml");
    assert_eq!(repository.codes(), CLEAN);
}

#[test]
fn a_file_that_a_lock_pins_may_lie_anywhere() {
    let repository = Repository::at_root(&ALL);
    repository.write("plugins/scorer/scorer.py", "def cer(a, b):\n    return 1\n");
    let ran = repository.commit();
    assert_eq!(repository.codes(), [0, 1, 1]);
    assert!(ran.contains("error[local-changed]"), "{ran}");
}

#[test]
fn a_lock_and_an_sbom_that_do_not_belong_together_are_found() {
    let repository = Repository::at_root(&[VERIFY]);
    repository.edit(SBOM, "\"version\": 1,", "\"version\": 2,");
    assert_eq!(repository.codes(), [1]);
    repository.remove(SBOM);
    // It could not be checked.
    assert_eq!(repository.codes(), [3]);
}

#[test]
fn projects_below_the_root_and_several_locks_are_named() {
    let [first, second] = ["a", "b"].map(|suite| format!("suites/{suite}/locks/bench.lock.json"));
    let repository = Repository::below(
        &["suites/a", "suites/b"],
        &[
            ("vhb-check", &["--registry", "suites/a"]),
            ("vhb-check", &["--registry", "suites/b"]),
            ("vhb-verify", &[&first]),
            ("vhb-verify", &[&first, &second]),
            (
                "vhb-lock-check",
                &["--direct", "suites/b/registries/experiments/bench.yaml"],
            ),
        ],
    );
    assert_eq!(repository.codes(), [0, 0, 0, 0, 0]);
    repository.edit("suites/b/registries/runs/clean.yaml", "seed: 7", "seed: 8");
    assert_eq!(repository.codes(), [0, 0, 0, 1, 1]);
    repository.remove("suites/a/registries/runs/noisy.yaml");
    assert_eq!(repository.codes(), [1, 0, 1, 1, 1]);
}

/// A configuration that forgets what a hook is about says so, and does not pass.
#[test]
fn what_is_not_named_is_asked_for() {
    let repository = Repository::below(
        &["suite"],
        &[
            ("vhb-check", &[]),
            ("vhb-verify", &[]),
            ("vhb-lock-check", &[]),
        ],
    );
    let ran = repository.commit();
    assert_eq!(repository.codes(), [2, 2, 2]);
    for part in [
        "run vhb inside the project, or pass `--registry DIR`",
        "<LOCK>",
        "<EXPERIMENT>",
    ] {
        assert!(ran.contains(part), "{part}: {ran}");
    }
}
