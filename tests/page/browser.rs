//! The page in Chromium: Node runs the files of `tests/page/browser/`, each a test here.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use vhb::finding::{Code, Finding, Layer, Report};
use vhb::lock::Lock;
use vhb::render::Skipped;

use super::locks::{dev, everything, extras, hostile, large, read};
use super::{page_of, receipts};

/// Where Debian puts it; `VHB_CHROMIUM` may name another.
const CHROMIUM: &str = "/usr/bin/chromium";

const SKIPPED: [Skipped; 1] = [Skipped {
    layer: Layer::Config,
    why: "`--all` does",
}];

/// Writes a page, and beside it the files that it must hold.
fn write(directory: &Path, name: &str, lock: &Lock, report: Option<&Report>) {
    let text = page_of(lock, report.map(|report| (report, &SKIPPED[..])));
    for (end, bytes) in [
        ("html", text.as_bytes()),
        ("lock.json", &lock.to_bytes()),
        ("cdx.json", &vhb::bom::to_bytes(lock)),
    ] {
        std::fs::write(directory.join(format!("{name}.{end}")), bytes).unwrap();
    }
}

fn drifted() -> Report {
    let mut report = Report::default();
    report.check(Layer::Integrity, "lock", vec![]);
    let moved = Finding::new(Code::GitRefMoved, "`refs/heads/main` moved")
        .compare("0123456789abcdef", "89abcdef01234567")
        .hint("lock again");
    report.check(Layer::Upstream, "packages/plugin", vec![moved]);
    let gap = Finding::new(Code::NotRecorded, "the run names no container image");
    report.check(Layer::Integrity, "runs/second", vec![gap]);
    report
}

/// Adds to the script of a page, where there is such a page, as whoever tampers with it would.
fn change_script(path: &Path) {
    let Ok(text) = std::fs::read_to_string(path) else {
        return;
    };
    let changed = text.replace("\"use strict\";", "\"use strict\"; window.changed = 1;");
    assert_ne!(changed, text);
    std::fs::write(path, changed).unwrap();
}

/// Runs one file of tests on the pages that it wants.
fn run(file: &str, pages: &[(&str, Lock, Option<Report>)]) {
    let directory = TempDir::new().unwrap();
    for (name, lock, report) in pages {
        write(directory.path(), name, lock, report.as_ref());
    }
    change_script(&directory.path().join("changed.html"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let chromium =
        std::env::var_os("VHB_CHROMIUM").map_or_else(|| PathBuf::from(CHROMIUM), PathBuf::from);
    assert!(
        chromium.is_file(),
        "`{}` is missing: install Debian's `chromium`, or name another with VHB_CHROMIUM",
        chromium.display()
    );
    for package in ["playwright-core", "axe-core"] {
        assert!(
            root.join("npm/node_modules").join(package).is_dir(),
            "the npm package `{package}` is missing: run `npm ci --prefix tests/npm`"
        );
    }
    let ran = Command::new("node")
        .args(["--test", "--test-reporter=tap"])
        .arg(root.join("page/browser").join(file))
        .env("VHB_PAGES", directory.path())
        .env("VHB_CHROMIUM", &chromium)
        .output()
        .unwrap_or_else(|error| panic!("cannot run `node`, which Debian has as `nodejs`: {error}"));
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(
        ran.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    // Node is content with a file that has no tests.
    assert!(
        said.contains("# fail 0") && !said.contains("# pass 0"),
        "{said}"
    );
}

#[test]
fn the_graph_is_searched_filtered_and_walked_by_keys() {
    run(
        "explore.test.mjs",
        &[
            ("everything", read(&everything()), None),
            ("receipts", receipts(), None),
            ("extras", read(&extras()), None),
        ],
    );
}

#[test]
fn the_page_carries_its_files_and_asks_for_nothing() {
    run(
        "carry.test.mjs",
        &[
            ("everything", read(&everything()), Some(drifted())),
            ("changed", read(&everything()), None),
        ],
    );
}

#[test]
fn the_page_is_fit_for_everybody_and_for_paper() {
    run(
        "look.test.mjs",
        &[
            ("everything", read(&everything()), Some(drifted())),
            ("dev", read(&dev()), None),
        ],
    );
}

#[test]
fn a_hostile_lock_is_inert() {
    run("hostile.test.mjs", &[("hostile", read(&hostile()), None)]);
}

#[test]
fn a_large_lock_is_there_at_once_and_a_very_large_one_opens() {
    run(
        "large.test.mjs",
        &[
            ("large", read(&large(1000, 20)), None),
            ("huge", read(&large(5000, 20)), None),
        ],
    );
}
