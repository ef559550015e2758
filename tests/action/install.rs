//! What the action does where vhb is not there yet: how it names a build, and what it says where
//! nothing can be built. `make package` builds and installs by it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::common::sample::{Ran, ran};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const FILES: [&str; 4] = [
    "scripts/action_install.py",
    "Cargo.toml",
    "Cargo.lock",
    "pyproject.toml",
];

/// The parts of the repository that the script reads, and one file of the program.
fn source() -> TempDir {
    let directory = TempDir::new().unwrap();
    for file in FILES {
        let to = directory.path().join(file);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(Path::new(ROOT).join(file), to).unwrap();
    }
    std::fs::create_dir_all(directory.path().join("src/cli")).unwrap();
    std::fs::write(directory.path().join("src/cli/mod.rs"), "").unwrap();
    directory
}

/// Runs the script with programs of this directory alone, and Python.
fn run(source: &TempDir, act: &str, programs: &Path) -> Ran {
    // By its path, for it is on none of those.
    let python = std::env::var_os("VHB_PYTHON").expect("VHB_PYTHON names the Python of the tests");
    ran(Command::new(python)
        .arg(source.path().join(FILES[0]))
        .arg(act)
        .env_clear()
        .env("PATH", programs)
        .env("RUNNER_TEMP", source.path().join("temporary"))
        .env("GITHUB_OUTPUT", source.path().join("output")))
}

fn key(source: &TempDir) -> String {
    let output = source.path().join("output");
    std::fs::write(&output, "").unwrap();
    let ran = run(source, "key", Path::new("/nowhere"));
    assert_eq!(ran.code, 0, "{ran:?}");
    let line = std::fs::read_to_string(output).unwrap();
    line.strip_prefix("key=").unwrap().trim_end().to_owned()
}

/// A program that prints a line, or fails where there is none.
fn program(directory: &Path, name: &str, line: Option<&str>) {
    let path = directory.join(name);
    let does = line.map_or("exit 1".to_owned(), |line| format!("echo '{line}'"));
    std::fs::write(&path, format!("#!/bin/sh\n{does}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_build_is_named_by_what_it_is_made_of() {
    let (one, two) = (source(), source());
    let name = key(&one);
    assert!(name.starts_with("vhb-"), "{name}");
    // No cache may take it for several keys.
    assert!(!name.contains([',', ' ']), "{name}");
    assert_eq!(key(&two), name);
    for (file, changes) in [
        ("scripts/action_install.py", false),
        ("README.txt", false),
        ("Cargo.lock", true),
        ("src/cli/mod.rs", true),
        ("src/cli/new.rs", true),
        ("packaging/vhb.cdx.json", true),
    ] {
        let two = source();
        let path = two.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        std::fs::write(&path, text + "\n").unwrap();
        assert_eq!(key(&two) != name, changes, "{file}");
    }
    // A wheel of another version is not taken for what the cache restores.
    let other = source();
    let wheels = other.path().join("temporary/vhb-wheel");
    std::fs::create_dir_all(&wheels).unwrap();
    assert_eq!(key(&other), name);
    assert!(!wheels.exists());
    let moved = source();
    let at = moved.path().join("src");
    std::fs::rename(at.join("cli/mod.rs"), at.join("mod.rs")).unwrap();
    assert_ne!(key(&moved), name);
}

#[test]
fn a_toolchain_that_will_not_do_is_told_of_before_anything_is_built() {
    let source = source();
    let programs = TempDir::new().unwrap();
    let manifest = std::fs::read_to_string(source.path().join("Cargo.toml")).unwrap();
    let (_, version) = manifest.split_once("rust-version = \"").unwrap();
    let needed = version.split('"').next().unwrap();
    for (rustc, said) in [
        (None, "there is no cargo on PATH"),
        (Some(None), "`rustc --version` fails"),
        (
            Some(Some("rustc 1.75.0 (82e1608df 2023-12-21)")),
            "Rust 1.75 is too old",
        ),
        (Some(Some("rustc 1.9.0")), "Rust 1.9 is too old"),
    ] {
        if let Some(line) = rustc {
            program(programs.path(), "cargo", None);
            program(programs.path(), "rustc", line);
        }
        let ran = run(&source, "install", programs.path());
        assert_eq!(ran.code, 2, "{ran:?}");
        let line = ran.stdout.strip_suffix('\n').unwrap();
        assert!(
            line.starts_with("::error title=vhb::") && !line.contains('\n'),
            "{line}"
        );
        assert!(line.contains(said), "{line}");
        assert!(line.contains("rustup update stable"), "{line}");
        if said.ends_with("too old") {
            assert!(
                line.contains(&format!("vhb is built with {needed} or newer")),
                "{line}"
            );
        }
        assert!(!source.path().join("temporary").exists());
    }
}

#[test]
fn anything_else_is_no_use_of_it() {
    let ran = run(&source(), "uninstall", Path::new("/nowhere"));
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("action_install.py key"));
}
