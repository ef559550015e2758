//! Stopped inside of its write, the driver leaves its file whole.
//!
//! What stops it is a limit to the size of files that is below that of any lock: the write itself is
//! begun and does not end.
#![cfg(unix)]

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;

use crate::setting::{LOCK, Setting};

/// The signal of a process that writes beyond the limit.
const SIGXFSZ: i32 = 25;

/// A driver that may write one block, without asking anybody: nothing is left to be cached.
const LIMITED: &str = "ulimit -c 0; ulimit -f 1; exec \"$0\" merge --offline";

fn diverged() -> Setting {
    let setting = Setting::outdated();
    setting.upgrade("a", &["helper"]);
    setting.upgrade("b", &["other"]);
    for (name, commit) in [("O", "main"), ("A", "b"), ("B", "a")] {
        setting.project.write(name, &setting.at(commit, LOCK));
    }
    setting
}

/// Merges O, A and B after some words of a shell.
fn merge(setting: &Setting, before: &str) -> (std::process::ExitStatus, String) {
    let mut command = setting.project.command(&[]);
    let vhb = command.get_program().to_owned();
    let environment: Vec<_> = command.get_envs().collect();
    let mut shell = std::process::Command::new("sh");
    shell.env_clear();
    for (name, value) in environment {
        shell.env(name, value.unwrap_or_default());
    }
    let script = format!("{before}{LIMITED} O A B --path {LOCK} --quiet");
    shell.arg("-c").arg(script).arg(vhb);
    command = shell;
    let output = command
        .current_dir(setting.project.root())
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    (output.status, stderr)
}

/// What an unfinished write left.
fn left(directory: &Path) -> usize {
    let names = std::fs::read_dir(directory).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name());
    names
        .filter(|name| name.to_string_lossy().ends_with(".vhb-tmp"))
        .count()
}

fn ours(setting: &Setting) -> String {
    std::fs::read_to_string(setting.project.root().join("A")).unwrap()
}

#[test]
fn a_driver_that_is_killed_as_it_writes_leaves_ours_whole() {
    let setting = diverged();
    let (status, stderr) = merge(&setting, "");
    assert_eq!(status.signal(), Some(SIGXFSZ), "{status}: {stderr}");
    assert_eq!(ours(&setting), setting.at("b", LOCK));
    assert_eq!(left(&setting.project.root()), 1, "it was not writing");
    // The next run sweeps what the killed one left.
    let again = ["merge", "O", "A", "B", "--path", LOCK];
    setting.project.vhb(&again).exits(0);
    assert_ne!(ours(&setting), setting.at("b", LOCK));
    assert_eq!(left(&setting.project.root()), 0);
}

#[test]
fn a_driver_that_cannot_write_leaves_ours_whole_and_nothing_beside_it() {
    let setting = diverged();
    let (status, stderr) = merge(&setting, "trap '' XFSZ; ");
    assert_eq!(status.code(), Some(2), "{status}: {stderr}");
    assert!(stderr.contains("cannot write `A`"), "{stderr}");
    assert_eq!(ours(&setting), setting.at("b", LOCK));
    assert_eq!(left(&setting.project.root()), 0);
}

/// git stops where its driver was killed, and the work tree is as it was.
#[test]
fn git_merges_nothing_by_a_killed_driver() {
    let setting = diverged();
    for name in ["O", "A", "B"] {
        std::fs::remove_file(setting.project.root().join(name)).unwrap();
    }
    let installed = setting.git(&["config", "merge.vhb.driver"]).exits(0).stdout;
    let limited = format!("ulimit -c 0; ulimit -f 1; {}", installed.trim());
    let limited = limited.replace(" merge ", " merge --offline ");
    setting
        .git(&["config", "merge.vhb.driver", &limited])
        .exits(0);
    let run = setting.git(&["merge", "a", "-m", "both"]);
    assert_ne!(run.code, Some(0), "{run:?}");
    assert_eq!(setting.project.lock_text(), setting.at("b", LOCK));
    assert_eq!(left(&setting.project.root()), 1, "it was not writing");
    let driver = ["config", "merge.vhb.driver", installed.trim()];
    setting.git(&driver).exits(0);
    setting.git(&["merge", "a", "-m", "both"]).exits(0);
    setting.verifies();
}
