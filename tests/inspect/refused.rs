//! What cannot be answered: exit code 2, and what to do about it.

use std::fmt::Write as _;

use serde_json::json;

use crate::setting::{LOCK, Setting, in_project};

#[test]
fn unusable_input_is_refused_with_a_hint() {
    let mut setting = Setting::new();
    setting
        .package("app", "app==1.0", &["library"])
        .release("library==2.0", &[])
        .entry(
            "tasks/task",
            json!({ "entry_point": "demo.run", "required_packages": ["app"] }),
        )
        .entry(
            "datasets/data",
            json!({ "type": "a.B", "path": "data", "package": "app" }),
        );
    let mut lock = setting.lock();
    let project = in_project(&lock);
    project.write("uv.lock", "version = 1\n");
    lock.config.clear();
    project.write(
        "empty.lock.json",
        &String::from_utf8(lock.to_bytes()).unwrap(),
    );
    let mut told = String::new();
    for arguments in [
        &["show", "absent.json"][..],
        &["show", "uv.lock"],
        &["tree", "registries"],
        &["tree", LOCK, "--environment", "report"],
        &["tree", LOCK, "--environment", ""],
        &["tree", LOCK, "--invert", "libary"],
        &["tree", LOCK, "--invert", "library==3"],
        &[
            "tree",
            LOCK,
            "--environment",
            "evaluation",
            "--invert",
            "../x",
        ],
        &["tree", LOCK, "--depth", "-1"],
        &["why", "empty.lock.json", "app"],
        &["why", LOCK, "libraries"],
        &["why", LOCK],
    ] {
        let run = project.vhb(arguments).exits(2);
        assert_eq!(run.stdout, "", "{arguments:?}");
        let _ = writeln!(told, "$ vhb {}\n{}", arguments.join(" "), run.stderr);
    }
    insta::assert_snapshot!(told, @r"
    $ vhb show absent.json
    error: there is no lock `absent.json`

    $ vhb show uv.lock
    error: cannot use the lock `uv.lock`
      cause: not a lock: the file is not JSON: expected value at line 1 column 1
      hint: name a file that `vhb lock` wrote

    $ vhb tree registries
    error: cannot read the lock `registries`: it is a directory

    $ vhb tree locks/exp.lock.json --environment report
    error: the lock has no environment `report`
      hint: pass `--environment` with one of `evaluation-x86_64-9af87a3f`, `inference-x86_64-9af87a3f`

    $ vhb tree locks/exp.lock.json --environment 
    error: more than one environment of the lock begins with ``
      hint: pass `--environment` with one of `evaluation-x86_64-9af87a3f`, `inference-x86_64-9af87a3f`

    $ vhb tree locks/exp.lock.json --invert libary
    error: no environment holds `libary`
      hint: did you mean `library`?

    $ vhb tree locks/exp.lock.json --invert library==3
    error: no environment holds `library==3`
      hint: they hold `library==2.0`

    $ vhb tree locks/exp.lock.json --environment evaluation --invert ../x
    error: no environment holds `../x`
      hint: `vhb tree` without `--invert` shows what they hold

    $ vhb tree locks/exp.lock.json --depth -1
    error: unexpected argument '-1' found

      tip: to pass '-1' as a value, use '-- -1'

    Usage: vhb tree [OPTIONS] <LOCK>

    For more information, try '--help'.

    $ vhb why empty.lock.json app
    error: `empty.lock.json` records no usable experiment
      hint: `vhb verify` tells what is wrong with the lock

    $ vhb why locks/exp.lock.json libraries
    error: the lock has nothing named `libraries`
      hint: did you mean `library`?

    $ vhb why locks/exp.lock.json
    error: the following required arguments were not provided:
      <NAME>

    Usage: vhb why <LOCK> <NAME>

    For more information, try '--help'.
    ");
}

#[test]
fn nothing_is_coloured_where_nobody_looks() {
    let project = Setting::new().project();
    for arguments in [&["show", LOCK][..], &["tree", LOCK], &["why", LOCK, "data"]] {
        let piped = project.vhb(arguments).exits(0);
        assert!(!piped.stdout.contains('\u{1b}'), "{arguments:?}");
    }
    project
        .vhb(&["tree", LOCK])
        .says("the lock has no environments");
}
