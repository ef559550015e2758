//! How locks are named, and how the command ends.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value as Json, json};

use crate::common::git_server::Repo;
use crate::common::sample::{Ran, ran};
use crate::desk::Desk;
use crate::setting::{edited, rich, take};

const LOCK: &str = "locks/bench.lock.json";

/// A lock whose run has this seed: what a version of it is told by.
fn seeded(seed: u64) -> String {
    let document = edited(|lock| {
        for run in ["/runs/q_large", "/config/runs~1q_large/model"] {
            lock.pointer_mut(run).unwrap()["engine_params"]["seed"] = json!(seed);
        }
    });
    document.to_string()
}

/// A repository with two commits of a lock; what is staged and what lies in the work tree differ
/// from both.
fn repository() -> (Desk, Repo) {
    let desk = Desk::new();
    let repo = Repo::init(desk.root(), &[]);
    repo.commit_file(LOCK, &seeded(1));
    repo.commit_file(LOCK, &seeded(2));
    repo.write(LOCK, seeded(3));
    repo.git(&["add", LOCK]);
    repo.write(LOCK, seeded(4));
    (desk, repo)
}

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

#[test]
#[allow(clippy::too_many_lines, reason = "a list of cases")]
fn what_cannot_be_compared_is_told_with_what_to_do() {
    let (desk, repo) = repository();
    repo.git(&["mv", "-f", LOCK, "locks/renamed.lock.json"]);
    desk.write(
        "newer.json",
        &rich()
            .to_string()
            .replace("\"lock_version\":1", "\"lock_version\":2"),
    );
    desk.write("uv.lock", "version = 1\n");
    let mut transcript = String::new();
    for arguments in [
        &["old.json"][..],
        &["old.json", "absent.json"],
        &["main", "old.json"],
        &["HEAD~1"],
        &["old.json", "uv.lock"],
        &["old.json", "newer.json"],
        &["locks", "old.json"],
        &["-", "-"],
        &["-"],
        &["maim:locks/bench.lock.json"],
        &["--", "--all:locks/bench.lock.json"],
        &["HEAD~7:locks/bench.lock.json"],
        &["HEAD:locks/bench.lock"],
        &["HEAD:bench.lock.json"],
        &["HEAD:locks"],
        &["HEAD:../x"],
        &["HEAD:locks/bench.lock.json"],
        &["HEAD:./locks/bench.lock.json"],
        &["HEAD:locks/renamed.lock.json", "old.json"],
        &[":locks/bench.lock.json", "old.json"],
        &["HEAD:nothing/like/it", "old.json"],
    ] {
        let ran = desk.vhb(&[&["diff"], arguments].concat());
        assert_eq!(
            (ran.code, ran.stdout.as_str()),
            (2, ""),
            "{arguments:?}: {ran:#?}"
        );
        let named = arguments.join(" ");
        let _ = writeln!(transcript, "$ vhb diff {named}\n{}", ran.stderr);
    }
    insta::assert_snapshot!(transcript, @r"
    $ vhb diff old.json
    error: `old.json` needs a lock to be compared with
      hint: name the new one too, or a revision: `vhb diff HEAD:./old.json old.json`

    $ vhb diff old.json absent.json
    error: there is no lock `absent.json`
      hint: name a file, or a git revision and a path, like `HEAD~1:locks/x.lock.json`

    $ vhb diff main old.json
    error: there is no lock `main`
      hint: where a revision is meant, name the path too: `main:locks/x.lock.json`

    $ vhb diff HEAD~1
    error: there is no lock `HEAD~1`
      hint: where a revision is meant, name the path too: `HEAD~1:locks/x.lock.json`

    $ vhb diff old.json uv.lock
    error: cannot use the lock `uv.lock`
      cause: not a lock: the file is not JSON: expected value at line 1 column 1
      hint: name a file that `vhb lock` wrote

    $ vhb diff old.json newer.json
    error: cannot use the lock `newer.json`
      cause: lock version 2 is not known to this vhb, which reads version 1
      hint: use the vhb that wrote it, or a newer one

    $ vhb diff locks old.json
    error: cannot read the lock `locks`: it is a directory

    $ vhb diff - -
    error: only one of two locks can be standard input
      hint: name a file for the other one

    $ vhb diff -
    error: standard input needs a lock to be compared with
      hint: name a file, or a git revision and a path, like `HEAD~1:locks/x.lock.json`

    $ vhb diff maim:locks/bench.lock.json
    error: cannot read the lock `maim:locks/bench.lock.json`
      cause: the repository has no revision `maim`
      hint: did you mean `main:locks/bench.lock.json`?

    $ vhb diff -- --all:locks/bench.lock.json
    error: cannot read the lock `--all:locks/bench.lock.json`
      cause: the repository has no revision `--all`
      hint: `git log --oneline` and `git branch --all` list revisions

    $ vhb diff HEAD~7:locks/bench.lock.json
    error: cannot read the lock `HEAD~7:locks/bench.lock.json`
      cause: the repository has no revision `HEAD~7`
      hint: `git log --oneline` and `git branch --all` list revisions

    $ vhb diff HEAD:locks/bench.lock
    error: cannot read the lock `HEAD:locks/bench.lock`
      cause: there is no file `locks/bench.lock` in `HEAD`
      hint: did you mean `HEAD:locks/bench.lock.json`?

    $ vhb diff HEAD:bench.lock.json
    error: cannot read the lock `HEAD:bench.lock.json`
      cause: there is no file `bench.lock.json` in `HEAD`
      hint: did you mean `HEAD:locks/bench.lock.json`?

    $ vhb diff HEAD:locks
    error: cannot read the lock `HEAD:locks`
      cause: `HEAD:locks` is not a file
      hint: name a file that `vhb lock` wrote

    $ vhb diff HEAD:../x
    error: cannot read the lock `HEAD:../x`
      cause: the path leads out of the repository
      hint: without `./` or `../`, a path begins at the top of the repository

    $ vhb diff HEAD:locks/bench.lock.json
    error: there is no lock `locks/bench.lock.json` in the work tree
      hint: name the new lock as well, if it is called otherwise now

    $ vhb diff HEAD:./locks/bench.lock.json
    error: there is no lock `locks/bench.lock.json` in the work tree
      hint: name the new lock as well, if it is called otherwise now

    $ vhb diff HEAD:locks/renamed.lock.json old.json
    error: cannot read the lock `HEAD:locks/renamed.lock.json`
      cause: there is no file `locks/renamed.lock.json` in `HEAD`
      hint: did you mean `HEAD:locks/bench.lock.json`?

    $ vhb diff :locks/bench.lock.json old.json
    error: cannot read the lock `:locks/bench.lock.json`
      cause: there is no file `locks/bench.lock.json` in the index
      hint: did you mean `:locks/renamed.lock.json`?

    $ vhb diff HEAD:nothing/like/it old.json
    error: cannot read the lock `HEAD:nothing/like/it`
      cause: there is no file `nothing/like/it` in `HEAD`
      hint: `git ls-tree -r --name-only HEAD` lists its files
    ");
}

#[test]
fn without_git_or_a_repository_files_are_still_compared() {
    let desk = Desk::new();
    let outside = desk.vhb(&["diff", "HEAD:locks/bench.lock.json"]);
    assert_eq!(outside.code, 2);
    insta::assert_snapshot!(outside.stderr, @r"
    error: cannot read the lock `HEAD:locks/bench.lock.json`
      cause: this is not inside of a git repository
      hint: there is no file of that name; if a revision is meant, go to its repository
    ");
    let without = |arguments: &[&str]| ran(desk.command(arguments).env("PATH", "/nowhere"));
    let refused = without(&["diff", "HEAD:locks/bench.lock.json"]);
    assert_eq!(refused.code, 2);
    insta::assert_snapshot!(refused.stderr, @r"
    error: cannot read the lock `HEAD:locks/bench.lock.json`
      cause: git cannot be run: No such file or directory (os error 2)
      hint: install git, or compare files
    ");
    assert_eq!(without(&["diff", "old.json", "old.json"]).code, 0);
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
