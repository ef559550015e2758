//! How locks are named, and how the command ends.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value as Json, json};

use crate::common::sample::Ran;
use crate::desk::{Desk, LOCK, repository, seeded};
use crate::setting::{edited, rich, take};

/// The seeds that are told of.
fn seeds(ran: &Ran) -> Option<(u64, u64)> {
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:#?}");
    let told: Json = serde_json::from_str(&ran.stdout).unwrap();
    let change = told["groups"].get(0)?["changes"].get(0)?;
    assert_eq!(change["field"], "engine_params.seed");
    Some((change["old"].as_u64()?, change["new"].as_u64()?))
}

#[test]
fn locks_are_named_as_git_names_files() {
    let (desk, repo) = repository();
    repo.git(&["tag", "first", "HEAD~1"]);
    repo.write("other.json", seeded(5));
    for (below, names, expected) in [
        (
            "",
            &["HEAD~1:locks/bench.lock.json", "HEAD:locks/bench.lock.json"][..],
            (1, 2),
        ),
        (
            "",
            &[
                "first:./locks/bench.lock.json",
                "main:locks/bench.lock.json",
            ],
            (1, 2),
        ),
        (
            "",
            &["HEAD:locks/bench.lock.json", ":locks/bench.lock.json"],
            (2, 3),
        ),
        ("", &[":locks/bench.lock.json"], (3, 4)),
        ("", &["HEAD:locks/bench.lock.json"], (2, 4)),
        ("", &["HEAD:locks/bench.lock.json", "other.json"], (2, 5)),
        ("locks", &["HEAD:./bench.lock.json"], (2, 4)),
        ("locks", &["HEAD:locks/bench.lock.json"], (2, 4)),
        (
            "locks",
            &["HEAD~1:../locks/bench.lock.json", ":./bench.lock.json"],
            (1, 3),
        ),
        (
            "locks",
            &["bench.lock.json", "HEAD:./bench.lock.json"],
            (4, 2),
        ),
    ] {
        let arguments = [&["diff", "--format", "json"], names].concat();
        let ran = desk.vhb_in(below, &arguments);
        assert_eq!(seeds(&ran), Some(expected), "{below} {names:?}");
    }
    // A file that is there goes before a revision.
    desk.write("HEAD:locks/bench.lock.json", &seeded(6));
    let ran = desk.vhb(&[
        "diff",
        "HEAD:locks/bench.lock.json",
        LOCK,
        "--format",
        "json",
    ]);
    assert_eq!(seeds(&ran), Some((6, 4)));
}

#[test]
fn a_lock_may_come_by_standard_input() {
    let desk = Desk::new();
    desk.write("new.json", &seeded(8));
    let with_input = |arguments: &[&str], input: &str| {
        let mut command = desk.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        let output = child.wait_with_output().unwrap();
        Ran {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    };
    let ran = with_input(&["diff", "-", "new.json", "--format", "json"], &seeded(9));
    assert_eq!(seeds(&ran), Some((9, 8)));
    let ran = with_input(&["diff", "new.json", "-", "--format", "json"], &seeded(9));
    assert_eq!(seeds(&ran), Some((8, 9)));
    let ran = with_input(&["diff", "-", "new.json"], "{}");
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.stderr, @r"
    error: cannot use the lock `-`
      cause: not a lock of vhb: the file has no `lock_version`
      hint: name a file that `vhb lock` wrote
    ");
}

#[test]
fn the_exit_code_tells_of_differences_where_that_is_asked_for() {
    let desk = Desk::new();
    desk.write("new.json", &seeded(8));
    // Laid out otherwise, but the same lock.
    desk.write("same.json", &serde_json::to_string_pretty(&rich()).unwrap());
    for (new, arguments, code) in [
        ("new.json", &[][..], 0),
        ("new.json", &["--exit-code"], 1),
        ("new.json", &["--exit-code", "--format", "json"], 1),
        ("same.json", &["--exit-code"], 0),
        ("same.json", &[], 0),
    ] {
        let ran = desk.vhb(&[&["diff", "old.json", new], arguments].concat());
        assert_eq!(
            (ran.code, ran.stderr.as_str()),
            (code, ""),
            "{new} {arguments:?}"
        );
    }
    let said = |format: &str| {
        desk.vhb(&["diff", "old.json", "same.json", "--format", format])
            .stdout
    };
    insta::assert_snapshot!(said("text"), @"the locks are equal");
    insta::assert_snapshot!(said("markdown"), @"**The locks are equal**: `old.json` and `same.json`.");
    insta::assert_snapshot!(said("json"), @r#"
    {
      "old": "old.json",
      "new": "same.json",
      "experiments": {
        "old": "bench",
        "new": "bench"
      },
      "differs": false,
      "groups": []
    }
    "#);
}

#[test]
fn locks_of_two_experiments_are_compared_after_saying_so() {
    let desk = Desk::new();
    let other = edited(|lock| {
        let entry = take(lock, "/config", "experiments/bench");
        lock["config"]["experiments/other"] = entry;
        lock["experiment"]["id"] = json!("other");
        lock["config"]["experiments/other"]["parallelism"] = json!(3);
    });
    desk.write("new.json", &other.to_string());
    let said = |format: &str| {
        desk.vhb(&["diff", "old.json", "new.json", "--format", format])
            .stdout
    };
    insta::assert_snapshot!(said("text"), @r"
    these are locks of two experiments, `bench` and `other`

    1 change may move scores: engine 1; metadata 1

    engine parameters
      experiment parallelism: 2 -> 3 (all runs)

    metadata
      experiment id: bench -> other (all runs)
    ");
    let markdown = said("markdown");
    assert!(markdown.starts_with("**These are locks of two experiments**, `bench` and `other`.\n"));
    let json: Json = serde_json::from_str(&said("json")).unwrap();
    assert_eq!(json["experiments"], json!({"old": "bench", "new": "other"}));
}

/// What a repository says of itself in its configuration is nothing that `vhb` runs.
#[test]
fn no_program_of_a_repository_is_run() {
    let (desk, repo) = repository();
    let trap = desk.root().join("trap");
    let command = format!("touch '{}'; cat", trap.display());
    for key in [
        "diff.lock.textconv",
        "filter.lock.smudge",
        "core.fsmonitor",
        "core.pager",
    ] {
        repo.git(&["config", key, &command]);
    }
    repo.write(".git/info/attributes", "*.json diff=lock filter=lock\n");
    for names in [
        &["HEAD:locks/bench.lock.json"][..],
        &[":locks/bench.lock.json"],
    ] {
        let ran = desk.vhb(&[&["diff", "--format", "json"], names].concat());
        assert!(seeds(&ran).is_some());
    }
    assert_eq!(desk.vhb(&["diff", "HEAD:locks/absent.json"]).code, 2);
    assert!(!trap.exists(), "something was run");
}
