//! Files that are large, deep or endless, and a program that may not have much memory.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use vhb::lock::Lock;

/// So much address space may the program have, in KiB.
const MEMORY: &str = "1500000";

/// Runs vhb with little memory; it must say what is wrong, and neither crash nor be killed.
#[track_caller]
fn refuses(place: &Path, arguments: &[&str], said: &str) {
    let output: Output = Command::new("sh")
        .args([
            "-c",
            "ulimit -v \"$1\" && shift && exec \"$@\"",
            "sh",
            MEMORY,
        ])
        .arg(env!("CARGO_BIN_EXE_vhb"))
        .args(arguments)
        .current_dir(place)
        .env("VHB_CACHE_DIR", place.join("cache"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let told = told + &String::from_utf8_lossy(&output.stdout);
    let code = output.status.code();
    assert!(matches!(code, Some(1..=3)), "{code:?}: {told:.2000}");
    assert!(told.contains(said), "no `{said}` in {told:.2000}");
}

fn place() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn locks_that_are_deep_or_long() {
    let place = place();
    for (name, text) in [
        (
            "deep",
            format!("{{\"lock_version\": 1, \"a\": {}", "[".repeat(20_000_000)),
        ),
        (
            "long",
            format!(
                "{{\"lock_version\": 1, \"a\": \"{}\"}}",
                "a".repeat(50_000_000)
            ),
        ),
        (
            "many",
            format!(
                "{{\"lock_version\": 1, \"a\": [{}0]}}",
                "0,".repeat(10_000_000)
            ),
        ),
    ] {
        let path = place.path().join(name);
        fs::write(&path, text).unwrap();
        refuses(
            place.path(),
            &["verify", "--offline", path.to_str().unwrap()],
            "cannot use the lock",
        );
    }
}

#[test]
fn registries_that_are_deep_or_long() {
    let place = place();
    let metrics = place.path().join("registries/metrics");
    fs::create_dir_all(&metrics).unwrap();
    for (text, said) in [
        (format!("a: {}", "[".repeat(5_000_000)), "yaml-limit"),
        (format!("a: {}\n", "- ".repeat(5_000_000)), "metrics/m.yaml"),
        (format!("? {}", "? ".repeat(1_000_000)), "metrics/m.yaml"),
    ] {
        fs::write(metrics.join("m.yaml"), text).unwrap();
        refuses(place.path(), &["check"], said);
    }
}

/// An environment whose lists and metadata are hostile; the lock is the project's own.
#[test]
fn installed_metadata_that_is_long_or_odd() {
    let place = place();
    let locks = place.path().join("locks");
    fs::create_dir(&locks).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let bytes = fs::read(root.join("locks/receipts.lock.json")).unwrap();
    Lock::from_bytes(&bytes).unwrap();
    fs::write(locks.join("receipts.lock.json"), bytes).unwrap();
    let site = place.path().join("env/lib/python3.11/site-packages");
    let info = site.join("jiwer-4.0.0.dist-info");
    fs::create_dir_all(&info).unwrap();
    let verify = [
        "verify",
        "locks/receipts.lock.json",
        "--env",
        "env",
        "--environment",
        "evaluation",
    ];
    let metadata = "Metadata-Version: 2.1\nName: jiwer\nVersion: 4.0.0\n";
    fs::write(info.join("METADATA"), metadata).unwrap();
    for (file, text, said) in [
        (
            "RECORD",
            "a,sha256=x,\n".repeat(1_000_000),
            "installed-record-unusable",
        ),
        (
            "RECORD",
            format!("\"{}", "a\n".repeat(10_000_000)),
            "distribution-missing",
        ),
        (
            "direct_url.json",
            "[".repeat(20_000_000),
            "distribution-origin-unknown",
        ),
        (
            "METADATA",
            "Requires-Dist: ((((".repeat(500_000),
            "distribution-unreadable",
        ),
        (
            "METADATA",
            format!("{metadata}Requires-Dist: a; {}", "(".repeat(2_000_000)),
            "distribution-unreadable",
        ),
    ] {
        let before = fs::read(info.join(file)).ok();
        fs::write(info.join(file), text).unwrap();
        refuses(place.path(), &verify, said);
        match before {
            Some(bytes) => fs::write(info.join(file), bytes).unwrap(),
            None => fs::remove_file(info.join(file)).unwrap(),
        }
    }
}
