//! `vhb man`: the pages, read by mandoc, and whether the page of vhb tells of every variable.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::{commands, printed, vhb};

/// What mandoc may say of a page: it has no date, since the same version gives the same bytes, and
/// clap parts values from the text above with one line more than is needed.
const FINE: [&str; 3] = [
    "WARNING: missing date, using \"\": TH",
    "WARNING: skipping paragraph macro: br after sp",
    "WARNING: skipping paragraph macro: br before sp",
];

fn pages() -> TempDir {
    let directory = TempDir::new().unwrap();
    let path = directory.path().to_str().unwrap();
    vhb(&["man", "--quiet", "--output", path]);
    directory
}

/// What mandoc finds wrong with a page.
fn lint(page: &Path) -> Vec<String> {
    let output = Command::new("mandoc")
        .args(["-T", "lint", "-W", "warning"])
        .arg(page)
        .output()
        .expect("mandoc is installed: `.ci/run` names its package");
    let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    let lines = told.lines().map(str::to_owned);
    lines
        .filter(|line| !FINE.iter().any(|fine| line.ends_with(fine)))
        .collect()
}

#[test]
fn mandoc_finds_nothing_that_matters() {
    let pages = pages();
    let there = std::fs::read_dir(pages.path()).unwrap();
    let there: BTreeSet<_> = there.map(|entry| entry.unwrap().path()).collect();
    for name in commands() {
        let page = pages.path().join(format!("vhb-{name}.1"));
        assert!(there.contains(&page), "{}", page.display());
    }
    for page in there {
        assert_eq!(lint(&page), [""; 0], "{}", page.display());
    }
}

/// The reader refuses what is wrong, so that what it lets pass means something.
#[test]
fn mandoc_finds_what_is_wrong() {
    let pages = pages();
    let page = pages.path().join("vhb.1");
    let text = std::fs::read_to_string(&page).unwrap();
    for (from, to) in [
        (".SH NAME\n", ".SH NAME\n.nonsense\n"),
        (".RE\n", ".RE\n.RE\n"),
        (".TH vhb 1 \"\" ", ".TH vhb 1  "),
    ] {
        assert!(text.contains(from), "{from}");
        std::fs::write(&page, text.replacen(from, to, 1)).unwrap();
        assert_ne!(lint(&page), [""; 0], "{to}");
    }
}

#[test]
fn the_page_of_vhb_is_what_is_printed() {
    let written = std::fs::read_to_string(pages().path().join("vhb.1")).unwrap();
    assert_eq!(vhb(&["man"]), written);
}

#[test]
fn a_reader_sees_what_was_written() {
    let pages = pages();
    let page = pages.path().join("vhb-merge.1");
    let text = printed(
        Command::new("mandoc")
            .args(["-T", "utf8", "-O", "width=80"])
            .arg(page),
    );
    // Bold and italic are letters struck over.
    let plain: String = text.split('\u{8}').map(without_last).collect::<String>();
    for part in [
        "Run `vhb merge --install` once in each clone",
        "(`%P`)",
        "vhb-verify(1)",
    ] {
        assert!(plain.contains(part), "{part}: {plain}");
    }
}

/// A variable that vhb reads and no page tells of is one that nobody finds.
#[test]
fn every_variable_of_vhb_is_told_of() {
    // Carries an address to the git that vhb starts, and is nothing to set.
    let internal = BTreeSet::from(["VHB_GIT_URL".to_owned()]);
    let mut read = BTreeSet::new();
    variables(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")),
        &mut read,
    );
    assert!(read.len() > 5 && read.is_superset(&internal), "{read:?}");
    let page = vhb(&["man"]);
    for name in read.difference(&internal) {
        assert!(page.contains(&format!("\n\\fB{name}\\fR\n")), "{name}");
    }
}

/// The names of variables that stand in quotes in Rust files: `VHB_...` and `RUN_MODE`.
fn variables(directory: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            variables(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let quoted = text.split('"').filter(|word| {
                let capitals = |c: char| c.is_ascii_uppercase() || c == '_';
                *word == "RUN_MODE" || word.starts_with("VHB_") && word.chars().all(capitals)
            });
            found.extend(quoted.map(str::to_owned));
        }
    }
}

fn without_last(text: &str) -> &str {
    let mut letters = text.chars();
    letters.next_back();
    letters.as_str()
}
