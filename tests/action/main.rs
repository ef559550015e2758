//! The GitHub Action: its script on projects that are fine, wrong and hostile, as a runner would run
//! it and read what it prints.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod hostile;
mod install;
mod runner;

use std::process::Command;

use common::sample::{LOCK, SBOM, Sample, git};
use runner::Runner;

const OFFLINE: (&str, &str) = ("VHB_VERIFY_ARGUMENTS", "--offline");
const LOCKS: (&str, &str) = ("VHB_LOCKS", "locks/*.lock.json");

#[test]
fn a_project_that_is_fine_passes() {
    let runner = Runner::of(Sample::locked());
    let ran = runner.run(&[OFFLINE, LOCKS]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.outputs["exit-code"], "0");
    assert_eq!(ran.annotations("error"), [""; 0]);
    assert_eq!(ran.annotations("warning"), [""; 0]);
    assert_eq!(
        ran.groups(),
        ["vhb check", "vhb verify locks/bench.lock.json"]
    );
    assert_eq!(ran.read_sarif(), ["1-check.sarif: 0", "2-verify.sarif: 7"]);
    for part in [
        "### `vhb check`: valid
",
        "### `vhb verify`: match
",
        "
`locks/bench.lock.json`: no errors",
    ] {
        assert!(ran.summary.contains(part), "{part}: {}", ran.summary);
    }
}

#[test]
fn findings_are_annotated_where_they_are() {
    let sample = Sample::locked();
    sample.edit("registries/runs/clean.yaml", "seed: 7", "seed: 8");
    let runner = Runner::of(sample);
    let ran = runner.run(&[OFFLINE, LOCKS]);
    assert_eq!((ran.code, ran.outputs["exit-code"].as_str()), (1, "1"));
    let errors = ran.annotations("error");
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(
        errors[0].starts_with("file=registries/runs/clean.yaml,line=9,"),
        "{errors:?}"
    );
    assert_eq!(ran.read_sarif(), ["1-check.sarif: 0", "2-verify.sarif: 8"]);
}

/// 2 is worse than 1, that is worse than 3, that is worse than 0.
#[test]
fn the_worst_of_the_exit_codes_is_what_it_ends_with() {
    let sample = Sample::locked();
    let copy = |name: &str| sample.write(name, sample.read(LOCK));
    copy("locks/without-sbom.lock.json");
    sample.write("locks/unreadable.lock.json", "{");
    let runner = Runner::of(sample);
    let code = |locks: &str| {
        let ran = runner.run(&[OFFLINE, ("VHB_LOCKS", locks)]);
        assert_eq!(ran.outputs["exit-code"], ran.code.to_string());
        ran.code
    };
    let [fine, unchecked, unusable] = [
        "locks/bench.lock.json",
        "locks/without-sbom.lock.json",
        "locks/unreadable.lock.json",
    ];
    assert_eq!(code(fine), 0);
    assert_eq!(code(&format!("{unchecked} {fine}")), 3);
    assert_eq!(code(&format!("{fine} {unusable} {unchecked}")), 2);
    // The registries come first.
    runner
        .sample
        .edit("registries/metrics/cer.yaml", "scorer.Cer", "7");
    runner.sample.edit(
        "registries/metrics/cer.yaml",
        "class_path: ",
        "class_path: !!int ",
    );
    assert_eq!(code(fine), 1);
    assert_eq!(code(unchecked), 1);
    assert_eq!(code(&format!("{unusable} {fine}")), 2);
}

#[test]
fn each_of_several_locks_has_a_category_and_a_file() {
    let sample = Sample::locked();
    for name in ["locks/a/b.lock.json", "locks/a-b.lock.json"] {
        sample.write(name, sample.read(LOCK));
    }
    // Patterns stand on lines of their own, as YAML blocks have them.
    let locks = (
        "VHB_LOCKS",
        "locks/bench.lock.json\n  locks/a/*\nlocks/a-*\n",
    );
    let runner = Runner::of(sample);
    let ran = runner.run(&[OFFLINE, locks]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert_eq!(
        ran.categories(),
        [
            "vhb-check/",
            "vhb-verify/locks/a-b.lock.json/",
            "vhb-verify/locks/a/b.lock.json/",
            "vhb-verify/locks/bench.lock.json/",
        ]
    );
    assert_eq!(ran.read_sarif().len(), 4);
}

/// Code scanning refuses all of an upload in which two reports have one category.
#[test]
fn a_lock_that_is_named_twice_is_looked_at_once() {
    let runner = Runner::of(Sample::locked());
    let locks = "locks/*.lock.json locks/bench.lock.json ./locks/bench*";
    let ran = runner.run(&[OFFLINE, ("VHB_LOCKS", locks)]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(
        ran.categories(),
        ["vhb-check/", "vhb-verify/locks/bench.lock.json/"]
    );
    // What another step has checked has a report already.
    let ran = runner.run(&[OFFLINE, LOCKS, ("VHB_CHECK", "false")]);
    assert_eq!(ran.categories(), ["vhb-verify/locks/bench.lock.json/"]);
    let ran = runner.run(&[OFFLINE, ("VHB_LOCKS", ""), ("VHB_CHECK", "false")]);
    assert_eq!(ran.code, 2);
    assert!(ran.annotations("error")[0].contains("nothing to look at"));
}

#[test]
fn what_code_scanning_would_refuse_is_not_uploaded() {
    let sample = Sample::locked();
    for number in 1..20 {
        sample.write(&format!("locks/{number:02}.lock.json"), sample.read(LOCK));
    }
    let runner = Runner::of(sample);
    let ran = runner.run(&[OFFLINE, LOCKS]);
    assert_eq!(ran.code, 3);
    assert_eq!(ran.outputs.get("sarif"), None);
    let warnings = ran.annotations("warning");
    let last = warnings.last().unwrap();
    assert!(last.contains("and there are 21"), "{last}");
    // One fewer is taken.
    let ran = runner.run(&[OFFLINE, LOCKS, ("VHB_CHECK", "false")]);
    assert_eq!(ran.categories().len(), 20);
}

/// A summary that is too long is not shown at all.
#[test]
fn a_summary_is_no_longer_than_it_may_be() {
    let sample = Sample::locked();
    let fields = (0..9_000).map(|n| format!("field_{n:0100}: 1\n"));
    let fields = fields.collect::<Vec<_>>().concat();
    sample.write(
        "registries/metrics/long.yaml",
        format!("name: long\n{fields}"),
    );
    let runner = Runner::of(sample);
    let ran = runner.run(&[OFFLINE, LOCKS]);
    assert_eq!(ran.code, 1);
    assert!(ran.summary.len() < 1024 * 1024, "{}", ran.summary.len());
    assert!(
        ran.summary.starts_with("### `vhb check`: "),
        "{:.200}",
        ran.summary
    );
    assert!(ran.summary.len() > 900_000, "{}", ran.summary.len());
    let left_out = "vhb verify locks/bench.lock.json: left out";
    assert!(ran.summary.contains(left_out), "{}", ran.summary.len());
}

#[test]
fn a_pattern_without_a_lock_is_no_pass() {
    let runner = Runner::of(Sample::locked());
    let ran = runner.run(&[
        OFFLINE,
        ("VHB_LOCKS", "locks/*.lock.json suites/*.lock.json"),
    ]);
    assert_eq!(ran.code, 2);
    let wanted = "title=vhb::no file matches suites/*.lock.json, which the input locks names";
    assert_eq!(ran.annotations("error"), [wanted]);
    assert!(ran.summary.contains("no file matches suites/*.lock.json"));
    // A name without a pattern is a lock that is not there.
    let ran = runner.run(&[OFFLINE, ("VHB_LOCKS", "locks/gone.lock.json")]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stdout
            .contains("there is no lock `locks/gone.lock.json`")
    );
    // The registries alone were asked for.
    let ran = runner.run(&[("VHB_LOCKS", "")]);
    assert_eq!((ran.code, ran.groups().len()), (0, 1));
}

/// Annotations and categories count paths from the root of the repository.
#[test]
fn a_project_in_a_directory_of_the_repository() {
    let sample = Sample::locked();
    std::fs::remove_dir_all(sample.root().join(".git")).unwrap();
    git(&sample.beside(""), &["init", "-q"]);
    sample.edit("registries/runs/clean.yaml", "seed: 7", "seed: 8");
    let runner = Runner::of(sample);
    let ran = runner.run(&[OFFLINE, LOCKS]);
    assert_eq!(ran.code, 1);
    let errors = ran.annotations("error");
    assert!(
        errors[0].starts_with("file=project/registries/runs/clean.yaml,line=9,"),
        "{errors:?}"
    );
    assert_eq!(
        ran.categories(),
        [
            "vhb-check/project/",
            "vhb-verify/project/locks/bench.lock.json/",
        ]
    );
}

#[test]
fn what_cannot_be_looked_at_is_annotated_and_uploads_nothing() {
    let sample = Sample::locked();
    std::fs::remove_dir_all(sample.root().join("registries")).unwrap();
    std::fs::remove_file(sample.root().join(SBOM)).unwrap();
    let runner = Runner::of(sample);
    let ran = runner.run(&[("VHB_LOCKS", "")]);
    assert_eq!(ran.code, 2);
    assert_eq!(ran.outputs.get("sarif"), None);
    let wanted = "title=vhb::vhb check ended with exit code 2: the log says why";
    assert_eq!(ran.annotations("error"), [wanted]);
    assert!(ran.stdout.contains("error: no `registries/` in"), "{ran:?}");
    // No program at all.
    let ran = runner.run(&[("VHB", "/nowhere/vhb"), ("VHB_LOCKS", "")]);
    assert_eq!(ran.code, 2);
    assert_eq!(ran.annotations("error").len(), 1);
}

#[test]
fn arguments_are_split_and_reach_vhb_as_they_are() {
    let runner = Runner::of(Sample::locked());
    let strict = ("VHB_VERIFY_ARGUMENTS", "--offline\n--strict");
    assert_eq!(runner.run(&[strict, LOCKS]).code, 1);
    // No pattern of the shell: `*` would be the files of the project.
    let ran = runner.run(&[("VHB_CHECK_ARGUMENTS", "*"), ("VHB_LOCKS", "")]);
    assert!(ran.stdout.contains("no experiment `*`"), "{ran:?}");
    let ran = runner.run(&[
        ("VHB_CHECK_ARGUMENTS", "$(touch pwned) ;touch pwned"),
        LOCKS,
    ]);
    assert_eq!(ran.code, 2);
    assert!(!runner.sample.root().join("pwned").exists());
}

/// Every input that the script reads is one that `action.yml` gives it, and the other way round.
#[test]
fn the_script_reads_what_the_action_gives() {
    let text = |path: &str| {
        let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).unwrap()
    };
    let (action, script) = (text("action.yml"), text("scripts/action.sh"));
    let given: Vec<_> = action
        .lines()
        .filter_map(|line| line.trim().split_once(": ${{ inputs."))
        .filter(|(name, _)| name.starts_with("VHB"))
        .collect();
    assert_eq!(given.len(), 5);
    for (name, input) in &given {
        assert!(script.contains(&format!("${{{name}:-")), "{name}");
        let input = input.trim_end_matches(" }}");
        assert!(action.contains(&format!("\n  {input}:\n")), "{input}");
    }
    let read = script.matches("${VHB").count();
    assert_eq!(read, given.len());
    // The steps behind it read what it says.
    for output in ["sarif", "exit-code"] {
        assert!(action.contains(&format!("steps.run.outputs.{output}")));
        assert!(script.contains(&format!("echo \"{output}=")));
    }
}

/// The name of every script that `action.yml` runs is that of a file that can be run.
#[test]
fn the_action_runs_scripts_that_are_there() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/action.sh");
    let output = Command::new("bash").args(["-n", script]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let output = Command::new(script).env_clear().output().unwrap();
    // It started, and stopped where no runner said what its directory is.
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("RUNNER_TEMP: unbound variable"), "{told}");
}
