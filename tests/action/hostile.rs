//! Names and texts that would be workflow commands, options or code, were they printed or passed on as
//! they are.

use super::{LOCKS, OFFLINE};
use crate::common::sample::{LOCK, Sample};
use crate::runner::{Runner, Step};

/// Names of locks: each is a file that vhb is to be asked about, and no more.
const NAMES: [&str; 8] = [
    "a\n::error::made up.lock.json",
    "b\r\n::add-mask::bench.lock.json",
    "c##[add-mask]bench.lock.json",
    "d%0A::warning::made up.lock.json",
    "$(touch pwned);`touch pwned` '\".lock.json",
    "  spaces * and stars  .lock.json",
    "\u{202e}\u{1b}[31mred.lock.json",
    "--help.lock.json",
];

/// Fails where a runner finds a command that no finding and no script meant.
#[track_caller]
fn assert_harmless(step: &Step) {
    for (name, said) in step.commands() {
        let known = ["group", "endgroup", "error", "warning", "notice"];
        assert!(known.contains(&name.as_str()), "{name}: {said}");
        assert!(!said.contains('\u{1b}'), "{said}");
    }
    let made_up = |said: &String| said.starts_with("::");
    for kind in ["error", "warning", "notice"] {
        assert!(!step.annotations(kind).iter().any(made_up), "{kind}");
    }
}

#[test]
fn names_of_locks_are_names() {
    let sample = Sample::locked();
    for name in NAMES {
        sample.write(&format!("locks/{name}"), sample.read(LOCK));
    }
    let runner = Runner::of(sample);
    let step = runner.run(&[OFFLINE, LOCKS]);
    assert_harmless(&step);
    // Each was looked at: without its SBOM, which none of them has.
    assert_eq!(step.code, 3, "{}", step.stdout);
    assert_eq!(step.groups().len(), NAMES.len() + 2);
    assert_eq!(step.read_sarif().len(), NAMES.len() + 2);
    assert!(!runner.sample.root().join("pwned").exists());
    assert!(!step.summary.contains("\n::"), "{}", step.summary);
}

#[test]
fn locks_that_cannot_be_read_are_told_of_without_harm() {
    let sample = Sample::locked();
    for name in NAMES {
        sample.write(&format!("locks/{name}"), "{");
    }
    let runner = Runner::of(sample);
    let step = runner.run(&[OFFLINE, LOCKS]);
    assert_harmless(&step);
    assert_eq!(step.code, 2);
    assert_eq!(step.annotations("error").len(), NAMES.len());
    assert!(!step.summary.contains("\n::"), "{}", step.summary);
}

#[test]
fn texts_of_registries_are_texts() {
    let sample = Sample::locked();
    sample.write(
        "registries/metrics/cer.yaml",
        "name: cer\nclass_path: \"x\"\n\"\\n::error::made up\": 1\n\"##[add-mask]bench\": 2\n",
    );
    let runner = Runner::of(sample);
    let step = runner.run(&[OFFLINE, LOCKS]);
    assert_harmless(&step);
    assert_eq!(step.code, 1);
}

/// A name that begins like an option, without a directory before it.
#[test]
fn a_name_is_no_option() {
    let sample = Sample::locked();
    sample.write("--version.lock.json", sample.read(LOCK));
    let runner = Runner::of(sample);
    let step = runner.run(&[OFFLINE, ("VHB_LOCKS", "*.lock.json")]);
    assert_eq!(step.groups()[1], "vhb verify --version.lock.json");
    assert_eq!(step.read_sarif().len(), 2);
}
