//! `docs/reference/` is made from the code: from its command line, its table of codes, the shapes of
//! the registry and the JSON Schema of the lock.
//!
//! What makes it stands here and not in the program, which has no use for it.

mod commands;
mod findings;
mod lock;
mod markdown;
mod registry;

use std::collections::BTreeSet;

use crate::pages::docs;

/// Set to write the pages instead of comparing them; `make reference` does.
const RENEW: &str = "VHB_RENEW_REFERENCE";

/// The name of a file, and what makes its text.
type Page = (&'static str, fn() -> String);

const PAGES: [Page; 4] = [
    ("commands.md", commands::page),
    ("findings.md", findings::page),
    ("lock.md", lock::page),
    ("registry.md", registry::page),
];

#[test]
fn the_committed_pages_are_those_of_the_code() {
    let directory = docs().join("reference");
    if std::env::var_os(RENEW).is_some() {
        for (name, page) in PAGES {
            std::fs::write(directory.join(name), page()).unwrap();
        }
        return;
    }
    let there = std::fs::read_dir(&directory).unwrap();
    let there: BTreeSet<_> = there
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let expected: BTreeSet<_> = PAGES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(there, expected);
    for (name, page) in PAGES {
        let committed = std::fs::read_to_string(directory.join(name)).unwrap();
        let made = page();
        let mut lines = committed.lines().zip(made.lines()).zip(1..);
        let differs = lines.find(|((committed, made), _)| committed != made);
        assert!(
            committed == made,
            "`docs/reference/{name}` is not what the code says; `make reference` writes it: {differs:#?}"
        );
    }
}
