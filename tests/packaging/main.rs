//! What is published of vhb: the wheel and the sdist that `make wheel` makes, quickly, of this
//! repository. `make package` proves the same of what is fast and small, with PyPI.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::index_server::{File, IndexServer};
use common::sample::{Ran, ran};
use tempfile::TempDir;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Where `make wheel` puts the two archives.
fn packages() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    target.join("packages/dev")
}

/// The archive with this end.
fn archive(end: &str) -> PathBuf {
    let entries = std::fs::read_dir(packages()).expect("`make wheel` was run");
    let mut paths = entries.map(|entry| entry.unwrap().path());
    let found = paths.find(|path| path.to_str().unwrap().ends_with(end));
    found.expect("`make wheel` was run")
}

fn python() -> Command {
    let python = std::env::var_os("VHB_PYTHON").unwrap_or_else(|| "python3".into());
    let mut command = Command::new(python);
    command.current_dir(ROOT);
    command
}

/// What the script that checks archives finds in a directory.
fn checked(directory: &Path) -> Ran {
    ran(python().arg("scripts/check_package.py").arg(directory))
}

#[test]
fn archives_hold_what_belongs_in_them() {
    let ran = checked(&packages());
    assert_eq!(ran.code, 0, "`make wheel` makes them again\n{}", ran.stderr);
    assert_eq!(ran.stdout.matches("all as it should be").count(), 2);
}

/// The check refuses what is wrong, so that what it lets pass means something.
#[test]
fn archives_that_were_tampered_with_are_refused() {
    let ran = ran(python()
        .arg("tests/packaging/tamper.py")
        .args([archive(".whl"), archive(".tar.gz")]));
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(ran.stdout);
}

/// The first minute of who installs vhb, with a package index on this machine.
#[test]
fn what_is_installed_begins_locks_and_verifies_a_project() {
    let server = IndexServer::start();
    let wheel = File::wheel().uploaded("2026-01-01T00:00:00Z").installable();
    server.add("pyyaml", "6.0.3", &[wheel]);
    let directory = TempDir::new().unwrap();
    let environment = directory.path().join("environment");
    for arguments in [
        &["-m", "venv", "--without-pip"][..],
        &["-m", "pip", "--quiet", "--python"],
    ] {
        let mut command = python();
        command.args(arguments).arg(&environment);
        if arguments.contains(&"pip") {
            // Its one requirement, uv, is what the tests were given.
            command
                .args(["install", "--no-index", "--no-deps"])
                .arg(archive(".whl"));
        }
        let ran = ran(&mut command);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    }
    let programs = environment.join("bin");
    let uv = std::env::var_os("VHB_UV").expect("VHB_UV names the uv that tests use");
    std::os::unix::fs::symlink(uv, programs.join("uv")).unwrap();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(programs).chain(std::env::split_paths(&path));
    let ran = ran(Command::new("sh")
        .args([
            "-c",
            "vhb init demo && cd demo && vhb check && \
             vhb lock registries/experiments/*.yaml && vhb verify locks/*.json",
        ])
        .current_dir(directory.path())
        .env_clear()
        .env("PATH", std::env::join_paths(path).unwrap())
        .env("HOME", directory.path())
        .env("GIT_CEILING_DIRECTORIES", directory.path())
        .env("UV_DEFAULT_INDEX", server.url())
        .env("UV_PYTHON_DOWNLOADS", "never")
        .env("LC_ALL", "C.UTF-8"));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.ends_with("verdict: match\n"), "{ran:?}");
    assert!(directory.path().join("demo/sboms/first.cdx.json").exists());
}
