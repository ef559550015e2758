//! Imports go strictly downward, floor by floor; the floors are the table in the docs of the crate.
//!
//! Floors 0 to 2 also know nothing of the world: no files, no network, no processes, no
//! environment, no clock. Only `cli` and `render` print.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod scan;
mod scanner;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use scan::{Named, paths, tokens};

/// Above every floor: `lib.rs` and `main.rs`.
const ROOF: u8 = u8::MAX;
/// The highest floor that knows nothing of the world.
const PURE: u8 = 2;
/// The floor of each module.
type Floors = BTreeMap<String, u8>;

/// What reaches out into the world; the first words of paths.
const WORLD: [&[&str]; 13] = [
    &["std", "env"],
    &["std", "fs"],
    &["std", "net"],
    &["std", "os"],
    &["std", "process"],
    &["std", "time", "SystemTime"],
    &["std", "time", "Instant"],
    &["std", "io", "stdin"],
    &["fs_err"],
    &["tempfile"],
    &["reqwest"],
    &["ignore"],
    &["jiff", "Zoned"],
];
/// Methods that ask the disk or the clock without naming it.
const WORLDLY_CALLS: [&str; 7] = [
    "canonicalize",
    "exists",
    "is_dir",
    "is_file",
    "now",
    "read_dir",
    "symlink_metadata",
];
const PRINTS: [&str; 5] = ["print", "println", "eprint", "eprintln", "dbg"];

/// Reads the rows `| 0 | [`model`], [`finding`] |` of the crate's docs.
fn floors(lib: &str) -> Floors {
    let rows = lib.lines().filter_map(|line| line.strip_prefix("//! | "));
    rows.filter_map(|row| {
        let (floor, modules) = row.split_once('|')?;
        Some((floor.trim().parse().ok()?, modules))
    })
    .flat_map(|(floor, modules)| {
        let names = modules.split('`').skip(1).step_by(2);
        names.map(move |name| (name.to_owned(), floor))
    })
    .collect()
}

/// The path of a file's module: `src/io/git/mod.rs` is `io::git`.
fn module_of(file: &str) -> Vec<String> {
    let inner = file.strip_prefix("src/").unwrap_or(file);
    let inner = inner.strip_suffix(".rs").unwrap_or(inner);
    let mut parts: Vec<_> = inner.split('/').map(str::to_owned).collect();
    if matches!(
        parts.last().map(String::as_str),
        Some("mod" | "lib" | "main")
    ) {
        parts.pop();
    }
    parts
}

/// Everything in a file that its floor forbids.
fn violations(floors: &Floors, file: &str, source: &str) -> Vec<String> {
    let module = module_of(file);
    let own = module.first().map(String::as_str);
    let floor = match own {
        None => ROOF,
        Some(name) => match floors.get(name) {
            Some(floor) => *floor,
            None => return vec![format!("{file}: `{name}` stands on no floor")],
        },
    };
    let tokens = tokens(source);
    let mut out = Vec::new();
    let mut forbid = |line: usize, what: String| out.push(format!("{file}:{line}: {what}"));
    for named in paths(&tokens, &module) {
        if let Some(what) = upward(floors, floor, own, &named) {
            forbid(named.line, what);
        }
        let path: Vec<_> = named.path.iter().map(String::as_str).collect();
        if floor <= PURE && !named.in_test && WORLD.iter().any(|world| path.starts_with(world)) {
            forbid(
                named.line,
                format!("`{}` on floor {floor}", path.join("::")),
            );
        }
    }
    let test_from = tokens
        .windows(3)
        .position(|window| {
            window
                .iter()
                .map(|t| t.text.as_str())
                .eq(["cfg", "(", "test"])
        })
        .unwrap_or(tokens.len());
    for window in tokens[..test_from].windows(2) {
        let (before, word) = (window[0].text.as_str(), &window[1]);
        if floor <= PURE
            && matches!(before, "." | "::")
            && WORLDLY_CALLS.contains(&word.text.as_str())
        {
            forbid(word.line, format!("`{}` on floor {floor}", word.text));
        }
    }
    for window in tokens.windows(2) {
        let (word, after) = (&window[0], window[1].text.as_str());
        let may_print = matches!(own, Some("cli" | "render"));
        if after == "!" && PRINTS.contains(&word.text.as_str()) && !may_print {
            forbid(
                word.line,
                format!("`{}!` outside of `cli` and `render`", word.text),
            );
        }
    }
    out
}

/// What is wrong with naming a path of this crate from a floor.
fn upward(floors: &Floors, floor: u8, own: Option<&str>, named: &Named) -> Option<String> {
    let [root, target, ..] = &named.path[..] else {
        return None;
    };
    if root != "crate" || own == Some(target) || own.is_none() {
        return None;
    }
    match floors.get(target) {
        Some(below) if *below < floor => None,
        Some(above) => Some(format!(
            "`crate::{target}` (floor {above}) from floor {floor}"
        )),
        None => Some(format!(
            "`crate::{target}` (above all floors) from floor {floor}"
        )),
    }
}

fn sources(directory: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|end| end == "rs") {
            out.push(path);
        }
    }
}

#[test]
fn every_import_goes_strictly_downward() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let floors = floors(&std::fs::read_to_string(root.join("src/lib.rs")).unwrap());
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    files.sort();
    assert!(files.len() > 50, "only {} sources were found", files.len());
    let found: Vec<_> = files
        .iter()
        .flat_map(|path| {
            let file = path
                .strip_prefix(root)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            violations(&floors, &file, &std::fs::read_to_string(path).unwrap())
        })
        .collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn the_docs_of_the_crate_tell_the_floors() {
    let lib = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs"));
    let floors = floors(&lib.unwrap());
    for (module, floor) in [
        ("model", 0),
        ("finding", 0),
        ("registry", 1),
        ("lock", 1),
        ("remote", 1),
        ("resolve", 2),
        ("bom", 2),
        ("verify", 2),
        ("export", 2),
        ("view", 2),
        ("io", 3),
        ("render", 3),
        ("cli", 4),
    ] {
        assert_eq!(floors.get(module), Some(&floor), "{module}");
    }
}
