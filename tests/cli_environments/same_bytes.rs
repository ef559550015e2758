//! The same registry and the same limit give the same lock, wherever and whenever it is made.

use crate::common::index_server::File;
use crate::{Setting, wheel};

const LIMIT: &str = "exclude_newer: \"2026-06-01T00:00:00Z\"\n";

fn old(requires: &[&str]) -> File {
    wheel(requires).uploaded("2026-05-01T00:00:00Z")
}

fn setting() -> Setting {
    let setting = Setting::new(&[("app", "1.0"), ("plot", "1.0")]);
    let add = |name: &str, requires: &[&str]| {
        setting.server.add(name, "1.0", &[old(requires)]);
    };
    add("app", &["helper", "base"]);
    add("plot", &["helper"]);
    add("helper", &["base"]);
    add("base", &[]);
    setting.project.experiment(LIMIT);
    setting
}

/// Locks as if for the first time.
fn anew(setting: &Setting, options: &[&str]) -> (String, String) {
    let root = setting.project.root();
    for directory in ["locks", "sboms"] {
        let _ = std::fs::remove_dir_all(root.join(directory));
    }
    setting.lock(options).exits(0);
    let sbom = std::fs::read_to_string(root.join("sboms/exp.cdx.json")).unwrap();
    (setting.project.lock_text(), sbom)
}

#[test]
fn caches_and_the_number_of_questions_at_once_change_nothing() {
    let setting = setting();
    let first = anew(&setting, &[]);
    assert_eq!(anew(&setting, &[]), first, "with full caches");
    assert_eq!(anew(&setting, &["--jobs", "1"]), first, "one at a time");
    setting.project.clear_cache();
    assert_eq!(anew(&setting, &[]), first, "with the cache of uv alone");
    std::fs::remove_dir_all(setting.project.cache_of_uv()).unwrap();
    setting.project.clear_cache();
    assert_eq!(anew(&setting, &["--jobs", "1"]), first, "from nothing");
}

#[test]
fn what_is_uploaded_later_changes_nothing() {
    let setting = setting();
    let first = anew(&setting, &[]);
    let late = |file: File| file.uploaded("2026-07-01T00:00:00Z");
    setting.server.add("helper", "1.1", &[late(wheel(&[]))]);
    let other = File::wheel_for("cp311-cp311-manylinux_2_28_x86_64").installable();
    setting.server.add("base", "1.0", &[late(other)]);
    setting.project.clear_cache();
    std::fs::remove_dir_all(setting.project.cache_of_uv()).unwrap();
    assert_eq!(anew(&setting, &[]), first);

    setting.project.experiment("");
    anew(&setting, &[]);
    let held = setting.held("inference");
    assert!(
        held.contains(&"helper==1.1".to_owned()),
        "the limit decided: {held:?}"
    );
    let base = setting.environment("inference")["distributions"]["base==1.0"].take();
    assert_eq!(base, "base-1.0-cp311-cp311-manylinux_2_28_x86_64.whl");
}

#[test]
fn a_limit_that_is_set_later_holds_for_what_was_locked_before_too() {
    let setting = setting();
    let late = |file: File| file.uploaded("2026-07-01T00:00:00Z");
    let other = File::wheel_for("cp311-cp311-manylinux_2_28_aarch64").installable();
    setting.server.add("base", "1.0", &[late(other)]);
    setting.project.experiment("");
    setting.lock(&[]).exits(0);
    let files = |setting: &Setting| {
        let files = setting.project.distribution("base==1.0")["files"].take();
        files.as_object().map_or(0, serde_json::Map::len)
    };
    assert_eq!(files(&setting), 2);
    setting.project.experiment(LIMIT);
    setting.lock(&[]).exits(0);
    assert_eq!(files(&setting), 1);
    let relocked = setting.project.lock_text();
    assert_eq!(anew(&setting, &[]).0, relocked, "as if for the first time");
    setting.verifies();
}
