//! What is no lock, no revision or no file, and what the command says of it.

use std::fmt::Write as _;

use crate::common::sample::ran;
use crate::desk::{Desk, LOCK, repository, seeded};
use crate::setting::rich;

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
        &[":2:nothing/like/it", "old.json"],
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

    $ vhb diff :2:nothing/like/it old.json
    error: cannot read the lock `:2:nothing/like/it`
      cause: there is no file `nothing/like/it` in stage 2 of the index
      hint: `git ls-files --stage` lists the files of the index

    $ vhb diff HEAD:nothing/like/it old.json
    error: cannot read the lock `HEAD:nothing/like/it`
      cause: there is no file `nothing/like/it` in `HEAD`
      hint: `git ls-tree -r --name-only HEAD` lists its files
    ");
}

#[test]
fn a_lock_at_which_a_merge_stopped_is_told_with_its_sides() {
    let (desk, repo) = repository();
    repo.git(&["reset", "-q", "--hard"]);
    repo.git(&["checkout", "-q", "-b", "theirs", "main~1"]);
    repo.commit_file(LOCK, &seeded(5));
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["read-tree", "-m", "main~1", "main", "theirs"]);
    let refused = desk.vhb(&["diff", ":locks/bench.lock.json"]);
    assert_eq!(refused.code, 2);
    insta::assert_snapshot!(refused.stderr, @r"
    error: cannot read the lock `:locks/bench.lock.json`
      cause: there is no file `locks/bench.lock.json` in the index
      hint: a merge stopped there; did you mean `:2:locks/bench.lock.json`?
    ");
    let sides = [":2:locks/bench.lock.json", ":3:locks/bench.lock.json"];
    let compared = desk.vhb(&["diff", sides[0], sides[1]]);
    assert_eq!(compared.code, 0, "{compared:#?}");
    assert!(compared.stdout.contains("2 -> 5"), "{}", compared.stdout);
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
