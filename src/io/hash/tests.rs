//! Against other implementations, against files that change, and what is kept.

use std::cell::Cell;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use super::*;
use crate::model::Sha256Digest;

/// A directory with files, each with its bytes.
fn directory(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(directory.path().join(name), bytes).unwrap();
    }
    directory
}

fn found(root: &Path, name: &str, algorithm: Algorithm) -> Found {
    let metadata = root.join(name).metadata().unwrap();
    Found {
        name: name.to_owned(),
        stamp: Stamp::of(&metadata).unwrap(),
        algorithm,
    }
}

/// Does something when the first bytes are read; counts how many are to be read.
struct Meanwhile<F: Fn() + Sync> {
    first: Mutex<Option<F>>,
    expected: Mutex<u64>,
}

impl<F: Fn() + Sync> Meanwhile<F> {
    fn new(act: F) -> Self {
        Self {
            first: Mutex::new(Some(act)),
            expected: Mutex::new(0),
        }
    }
}

impl<F: Fn() + Sync + Send> Progress for Meanwhile<F> {
    fn expect(&self, _: usize) {}
    fn begin(&self, _: &str) {}
    fn end(&self, _: &str) {}
    fn expect_bytes(&self, bytes: u64) {
        *self.expected.lock().unwrap() += bytes;
    }
    fn read(&self, _: u64) {
        if let Some(act) = self.first.lock().unwrap().take() {
            act();
        }
    }
}

fn tree<'a>(root: &'a Path, files: &'a [Found]) -> Tree<'a> {
    Tree {
        root,
        place: root,
        rules: "test",
        files,
    }
}

/// Lengths around the ends of blocks and of pieces.
fn lengths() -> Vec<usize> {
    let ends = [1 << 16, 1 << 17];
    let near = [0, 1, 2, 7, 8, 9, 10, 54, 55, 56, 57, 63, 64, 65];
    let around = ends.iter().flat_map(|end| {
        let before = near.iter().map(move |near| end - near);
        before.chain(near[1..].iter().map(move |near| end + near))
    });
    (0..200).chain(around).collect()
}

/// A file for each length, no two alike.
fn of_lengths() -> (tempfile::TempDir, Vec<Found>, Vec<FileDigest>) {
    let directory = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    let mut expected = Vec::new();
    for length in lengths() {
        let byte = |at: usize| u8::try_from((at * 7 + at / 251 + length) % 256).unwrap();
        let bytes: Vec<_> = (0..length).map(byte).collect();
        let name = length.to_string();
        std::fs::write(directory.path().join(&name), &bytes).unwrap();
        files.push(found(directory.path(), &name, Algorithm::Sha256));
        expected.push(FileDigest::Sha256(Sha256Digest::of(&bytes)));
    }
    (directory, files, expected)
}

#[test]
fn every_length_has_the_digest_that_sha2_gives_it() {
    let (directory, files, expected) = of_lengths();
    let tree = tree(directory.path(), &files);
    for engine in reading::Engine::all() {
        let mut known = vec![None; files.len()];
        reading::read_all(&tree, &mut known, None, engine).unwrap();
        for ((known, expected), file) in known.into_iter().zip(&expected).zip(&files) {
            assert_eq!(known.as_ref(), Some(expected), "{engine:?}: {}", file.name);
        }
    }
}

#[test]
fn blobs_have_the_names_that_git_gives_them() {
    let directory = directory(&[("empty", b""), ("hello", b"hello\n")]);
    let names = ["empty", "hello"];
    let files = names.map(|name| found(directory.path(), name, Algorithm::GitBlob));
    let options = DigestOptions::default();
    let names = digests(&tree(directory.path(), &files), &options, None).unwrap();
    let names: Vec<_> = names.iter().map(ToString::to_string).collect();
    // `git hash-object` says so.
    assert_eq!(
        names,
        [
            "gitoid:blob:sha1:e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
            "gitoid:blob:sha1:ce013625030ba8dba906f756967f9e9ca394464a",
        ]
    );
}

/// What happens to a file, and how.
type Change = (&'static str, fn(&Path));

#[test]
fn a_file_that_changes_while_it_is_read_has_no_digest() {
    let bytes = vec![7; 140_000];
    let changes: [Change; 4] = [
        ("truncated", |file| {
            let file = std::fs::File::options().write(true).open(file).unwrap();
            file.set_len(70_000).unwrap();
        }),
        ("grown", |file| {
            let mut file = std::fs::File::options().append(true).open(file).unwrap();
            std::io::Write::write_all(&mut file, b"more").unwrap();
        }),
        ("replaced", |file| {
            let other = file.with_file_name("other");
            std::fs::write(&other, vec![7; 140_000]).unwrap();
            std::fs::rename(other, file).unwrap();
        }),
        ("rewritten", |file| {
            std::fs::write(file, vec![8; 140_000]).unwrap();
        }),
    ];
    for engine in reading::Engine::all() {
        for (what, change) in changes {
            let directory = directory(&[("model.bin", &bytes)]);
            let files = [found(directory.path(), "model.bin", Algorithm::Sha256)];
            // The time of a file moves in steps, and a change within one step is not seen.
            std::thread::sleep(Duration::from_millis(20));
            let path = directory.path().join("model.bin");
            let meanwhile = Meanwhile::new(|| change(&path));
            let tree = tree(directory.path(), &files);
            let error = reading::read_all(&tree, &mut [None], Some(&meanwhile), engine);
            let error = error.unwrap_err().to_string();
            let expected = "cannot read `model.bin`: it changed while it was read";
            assert_eq!(error, expected, "{what} {engine:?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn what_became_a_pipe_since_it_was_found_is_not_waited_for() {
    let directory = directory(&[("data", b"1")]);
    let files = [found(directory.path(), "data", Algorithm::Sha256)];
    let path = directory.path().join("data");
    std::fs::remove_file(&path).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    let options = DigestOptions::default();
    let error = digests(&tree(directory.path(), &files), &options, None).unwrap_err();
    assert!(error.to_string().contains("`data`: it changed"), "{error}");
}

/// How many bytes are read where digests may be kept, some time after the files were written.
fn read(root: &Path, names: &[&str], options: &DigestOptions, after: u64) -> (u64, Vec<String>) {
    let files: Vec<_> = names
        .iter()
        .map(|name| found(root, name, Algorithm::Sha256))
        .collect();
    let progress = Meanwhile::new(|| {});
    let now = SystemTime::now() + Duration::from_secs(after);
    let digests = digests_at(now, &tree(root, &files), options, Some(&progress)).unwrap();
    let expected = *progress.expected.lock().unwrap();
    (expected, digests.iter().map(ToString::to_string).collect())
}

fn kept_in(cache: &tempfile::TempDir) -> DigestOptions {
    DigestOptions {
        cache: Some(cache.path().join("digests")),
        rehash: false,
    }
}

#[test]
fn what_did_not_change_is_not_read_again() {
    let root = directory(&[("a", b"one"), ("b", b"three")]);
    let cache = tempfile::tempdir().unwrap();
    let options = kept_in(&cache);
    let names = ["a", "b"];
    let first = read(root.path(), &names, &options, 10);
    assert_eq!(first.0, 8);
    assert_eq!(
        read(root.path(), &names, &options, 10),
        (0, first.1.clone())
    );
    // The same bytes under the same name, but another file.
    std::fs::remove_file(root.path().join("a")).unwrap();
    std::fs::write(root.path().join("a"), "two").unwrap();
    let second = read(root.path(), &names, &options, 10);
    assert_eq!(second.0, 3);
    assert_ne!(second.1[0], first.1[0]);
    let rehash = DigestOptions {
        rehash: true,
        ..options.clone()
    };
    assert_eq!(read(root.path(), &names, &rehash, 10), (8, second.1));
    // What is gone is forgotten.
    let before = kept_bytes(&cache);
    assert_eq!(read(root.path(), &["b"], &options, 10).0, 0);
    assert!(kept_bytes(&cache) < before);
}

fn kept_bytes(cache: &tempfile::TempDir) -> u64 {
    let files = std::fs::read_dir(cache.path().join("digests")).unwrap();
    files
        .map(|file| file.unwrap().metadata().unwrap().len())
        .sum()
}

#[test]
fn what_was_written_just_now_is_read_again() {
    let root = directory(&[("a", b"one")]);
    let cache = tempfile::tempdir().unwrap();
    let options = kept_in(&cache);
    for (after, bytes) in [(0, 3), (1, 3), (3, 3), (0, 0)] {
        assert_eq!(
            read(root.path(), &["a"], &options, after).0,
            bytes,
            "{after}"
        );
    }
}

#[test]
fn digests_are_kept_for_each_algorithm_and_each_field_of_a_stamp() {
    let root = directory(&[("a", b"one")]);
    let cache = tempfile::tempdir().unwrap();
    let file = found(root.path(), "a", Algorithm::Sha256);
    let files = [file.clone()];
    let tree = tree(root.path(), &files);
    let kept = Kept::new(cache.path(), &tree);
    let digest = FileDigest::Sha256(Sha256Digest::of(b"one"));
    let later = SystemTime::now() + Duration::from_secs(10);
    kept.store(&files, std::slice::from_ref(&digest), later)
        .unwrap();
    let loaded = kept.load();
    assert_eq!(loaded.get(0, &file), Some(digest.clone()));
    // Another file came before it since.
    assert_eq!(loaded.get(1, &file), Some(digest));
    let algorithm = Algorithm::GitBlob;
    assert_eq!(
        loaded.get(
            0,
            &Found {
                algorithm,
                ..file.clone()
            }
        ),
        None
    );
    let differs = Cell::new(0);
    for stamp in file.stamp.neighbours() {
        assert_eq!(
            loaded.get(
                0,
                &Found {
                    stamp,
                    ..file.clone()
                }
            ),
            None,
            "{stamp:?}"
        );
        differs.set(differs.get() + 1);
    }
    assert_eq!(differs.get(), 7);
}

#[test]
fn a_damaged_file_is_as_good_as_none() {
    let root = directory(&[("a", b"one"), ("b", b"three")]);
    let cache = tempfile::tempdir().unwrap();
    let options = kept_in(&cache);
    let whole = read(root.path(), &["a", "b"], &options, 10).1;
    let path = std::fs::read_dir(cache.path().join("digests")).unwrap();
    let path = path.map(|entry| entry.unwrap().path()).next().unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    let mut flipped = bytes.clone();
    flipped[middle] ^= 1;
    for damaged in [&bytes[..bytes.len() - 1], &bytes[..middle], &flipped, b""] {
        std::fs::write(&path, damaged).unwrap();
        let (read_again, digests) = read(root.path(), &["a", "b"], &options, 10);
        assert_eq!((read_again, digests), (8, whole.clone()));
    }
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

#[test]
fn trees_that_nobody_asked_about_for_long_make_room() {
    let root = directory(&[("a", b"one")]);
    let cache = directory(&[("old", &[0; 8000]), ("older", &[0; 8000])]);
    for (name, days) in [("old", 1), ("older", 2)] {
        let file = std::fs::File::open(cache.path().join(name)).unwrap();
        let day = Duration::from_hours(24);
        file.set_modified(SystemTime::now() - day * days).unwrap();
    }
    let files = [found(root.path(), "a", Algorithm::Sha256)];
    let tree = tree(root.path(), &files);
    let mut kept = Kept::new(cache.path(), &tree);
    kept.largest = 13_000;
    let digest = [FileDigest::Sha256(Sha256Digest::of(b"one"))];
    kept.store(&files, &digest, SystemTime::now() + Duration::from_secs(10))
        .unwrap();
    let left = |name: &str| cache.path().join(name).exists();
    assert_eq!((left("old"), left("older")), (true, false));
    assert_eq!(kept.load().get(0, &files[0]).as_ref(), Some(&digest[0]));
}
