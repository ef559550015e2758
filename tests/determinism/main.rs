//! Same state, same bytes: whatever order, place, locale, time zone or number of jobs.
//!
//! And the other way round: every difference that matters is named (`changes`), what does not
//! matter is not seen, nobody writes who should not (`untouched`), and no secret gets out
//! (`secrets`).

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod changes;
mod edits;
mod secrets;
mod untouched;

use std::path::Path;
use std::process::Command;

use common::sample::{ID, LOCK, SBOM, Sample, ran};

/// Removes what a lock wrote and locks again by a command; gives the lock, the SBOM and the names
/// of the manifests.
fn lock_anew(sample: &Sample, command: &mut Command) -> (Vec<u8>, Vec<u8>, Vec<String>) {
    for directory in ["locks", "sboms"] {
        let _ = std::fs::remove_dir_all(sample.root().join(directory));
    }
    let ran = ran(command);
    assert_eq!(ran.code, 0, "{command:?}: {ran:#?}");
    let (lock, sbom) = sample.written();
    let manifests = std::fs::read_dir(sample.root().join("locks/manifests")).unwrap();
    let mut manifests: Vec<_> = manifests
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    manifests.sort();
    (lock, sbom, manifests)
}

fn assert_same(sample: &Sample, commands: Vec<(&str, Command)>) {
    let expected = lock_anew(sample, &mut sample.vhb(&["lock", ID]));
    assert_eq!(
        expected.2.len(),
        4,
        "reader, scorer, adapter and the dataset: {:?}",
        expected.2
    );
    for (what, mut command) in commands {
        let found = lock_anew(sample, &mut command);
        assert!(found == expected, "{what} gives other bytes");
    }
}

fn in_directory(sample: &Sample, directory: impl AsRef<Path>, arguments: &[&str]) -> Command {
    let mut command = sample.vhb(arguments);
    command.current_dir(directory);
    command
}

#[test]
fn the_place_that_it_is_run_from_does_not_count() {
    let sample = Sample::new();
    let root = sample.root();
    let file = root.join("registries/experiments/bench.yaml");
    let alias = sample.beside("alias");
    std::os::unix::fs::symlink(&root, &alias).unwrap();
    let aliased = alias.join("registries/experiments/bench.yaml");
    let [file, aliased, named] = [&file, &aliased, &root].map(|path| path.to_str().unwrap());
    assert_same(
        &sample,
        vec![
            (
                "a relative path",
                sample.vhb(&["lock", "registries/experiments/bench.yaml"]),
            ),
            (
                "a dotted path",
                sample.vhb(&["lock", "./registries/../registries/experiments/bench.yaml"]),
            ),
            (
                "an absolute path from elsewhere",
                in_directory(&sample, "/", &["lock", file]),
            ),
            (
                "an id from a subdirectory",
                in_directory(&sample, root.join("plugins/reader"), &["lock", ID]),
            ),
            (
                "a path from a subdirectory",
                in_directory(
                    &sample,
                    root.join("registries/runs"),
                    &["lock", "../experiments/bench.yaml"],
                ),
            ),
            (
                "a named registry",
                in_directory(&sample, "/", &["lock", ID, "--registry", named]),
            ),
            (
                "a symbolic link",
                in_directory(&sample, "/", &["lock", aliased]),
            ),
            (
                "inside of a symbolic link",
                in_directory(&sample, &alias, &["lock", ID]),
            ),
        ],
    );
}

#[test]
fn locale_time_zone_and_jobs_do_not_count() {
    let sample = Sample::new();
    let with = |name: &str, value: &str| {
        let mut command = sample.vhb(&["lock", ID]);
        command.env(name, value);
        command
    };
    assert_same(
        &sample,
        vec![
            ("LC_ALL=tr_TR.UTF-8", with("LC_ALL", "tr_TR.UTF-8")),
            ("LC_ALL=C", with("LC_ALL", "C")),
            ("LC_ALL=de_DE.UTF-8", with("LC_ALL", "de_DE.UTF-8")),
            ("LANGUAGE=ru", with("LANGUAGE", "ru")),
            ("TZ=Asia/Tokyo", with("TZ", "Asia/Tokyo")),
            ("TZ=America/Los_Angeles", with("TZ", "America/Los_Angeles")),
            ("one job", sample.vhb(&["lock", ID, "--jobs", "1"])),
            ("sixteen jobs", sample.vhb(&["lock", ID, "--jobs", "16"])),
            (
                "a cold cache",
                with("VHB_CACHE_DIR", sample.beside("cold").to_str().unwrap()),
            ),
            ("one thread", with("RAYON_NUM_THREADS", "1")),
            (
                "quietly",
                sample.vhb(&["lock", ID, "--quiet", "--color", "always"]),
            ),
        ],
    );
}

#[test]
fn the_order_in_which_files_were_made_does_not_count() {
    let sample = Sample::new();
    let before = lock_anew(&sample, &mut sample.vhb(&["lock", ID]));
    let files: Vec<_> = sample.snapshot().into_iter().collect();
    for directory in ["registries", "plugins"] {
        std::fs::remove_dir_all(sample.root().join(directory)).unwrap();
    }
    for (path, (bytes, _)) in files.iter().rev() {
        let inner = path.strip_prefix(sample.root()).unwrap();
        if inner.starts_with("registries") || inner.starts_with("plugins") {
            sample.write(inner.to_str().unwrap(), bytes);
        }
    }
    assert!(lock_anew(&sample, &mut sample.vhb(&["lock", ID])) == before);
}

#[test]
fn a_copy_of_the_project_gives_the_same_bytes() {
    let sample = Sample::locked();
    let copy = sample.beside("a copy");
    let copied = Command::new("cp")
        .arg("-a")
        .arg(sample.root())
        .arg(&copy)
        .status()
        .unwrap();
    assert!(copied.success());
    let checked = ran(&mut in_directory(&sample, &copy, &["lock", ID, "--check"]));
    assert_eq!(checked.code, 0, "{checked:#?}");
    for directory in ["locks", "sboms"] {
        std::fs::remove_dir_all(copy.join(directory)).unwrap();
    }
    let relocked = ran(&mut in_directory(&sample, &copy, &["lock", ID]));
    assert_eq!(relocked.code, 0, "{relocked:#?}");
    for file in [LOCK, SBOM] {
        assert!(
            std::fs::read(copy.join(file)).unwrap() == sample.read(file),
            "{file}"
        );
    }
}

#[test]
fn an_sbom_is_made_again_byte_by_byte() {
    let sample = Sample::locked();
    let expected = sample.read(SBOM);
    let text = String::from_utf8(expected.clone()).unwrap();
    std::fs::remove_file(sample.root().join(SBOM)).unwrap();
    assert_eq!(sample.run(&["sbom", LOCK]).code, 0);
    assert!(sample.read(SBOM) == expected);

    let shown = sample.run(&["sbom", LOCK, "-o", "-"]);
    assert_eq!((shown.code, shown.stderr.as_str()), (0, ""));
    assert!(shown.stdout == text);
    // The name `-` is standard output, not a file.
    assert!(!sample.root().join("-").exists());

    assert_eq!(
        sample.run(&["sbom", LOCK, "-o", "elsewhere/x.json"]).code,
        0
    );
    assert!(sample.read("elsewhere/x.json") == expected);
    // From a copy of nothing but the lock.
    let alone = sample.beside("alone");
    std::fs::create_dir(&alone).unwrap();
    std::fs::write(alone.join("bench.lock.json"), sample.read(LOCK)).unwrap();
    let made = ran(&mut in_directory(
        &sample,
        &alone,
        &["sbom", "bench.lock.json"],
    ));
    assert_eq!(made.code, 0, "{made:#?}");
    assert!(std::fs::read(alone.join("bench.cdx.json")).unwrap() == expected);
}
