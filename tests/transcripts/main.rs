//! What people read: the help of every command, and what each says about the example of this
//! repository.
//!
//! Each command has its snapshots; one that has none fails here.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod colours;
mod example;
mod help;
mod session;

use std::collections::BTreeSet;
use std::path::Path;

/// No line for people that can be broken is longer.
const WIDTH: usize = 80;

/// Compares what was piped with a file of `tests/transcripts/DIRECTORY/`.
fn assert_as_committed(directory: &str, name: &str, text: &str) {
    assert!(!text.contains('\u{1b}'), "{name} has colours: {text:?}");
    insta::with_settings!({
        snapshot_path => directory,
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(name, text);
    });
}

/// Fails where a directory of snapshots holds others than these.
fn assert_only(directory: &str, names: impl IntoIterator<Item = String>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/transcripts")
        .join(directory);
    let there = std::fs::read_dir(path).unwrap();
    let there = there.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let there = there.filter_map(|name| name.strip_suffix(".snap").map(str::to_owned));
    assert_eq!(there.collect::<BTreeSet<_>>(), names.into_iter().collect());
}
