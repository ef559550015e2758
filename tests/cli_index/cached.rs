//! What the cache is for: fewer bytes online, and answers offline.

use crate::common::index_server::File;
use crate::{Setting, source};

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let setting = Setting::locked();
    assert!(setting.verify(&[]).exits(0).report().codes().is_empty());
    assert!(setting.verify(&[]).exits(0).report().codes().is_empty());
    assert_eq!(setting.server.statuses(), [200, 304, 304]);

    setting
        .server
        .add("demo", "1.0.0", &[File::wheel_for("cp311-cp311-any")]);
    setting.verify(&[]).exits(0).report().only("pypi-new-files");
    assert_eq!(setting.server.statuses(), [200, 304, 304, 200]);
}

#[test]
fn a_warm_cache_locks_from_scratch_offline() {
    let mut setting = Setting::demo(Some("1.0"));
    setting.server.with(|state| state.hashes = false);
    setting.lock(&[]).exits(0);
    let before = setting.project.lock_text();
    let asked = setting.server.requests().len();
    std::fs::remove_dir_all(setting.project.root().join("locks")).unwrap();
    setting.lock(&["--offline"]).exits(0);
    assert_eq!(setting.project.lock_text(), before);
    setting
        .lock(&["--offline", "--upgrade"])
        .exits(0)
        .says("nothing changed");
    setting.verify(&["--offline"]).exits(0);

    setting
        .project
        .package("other", &source("other", Some("1.0")));
    let run = setting.lock(&["--offline"]).exits(3);
    run.says("warning[not-cached]").says("`other`");
    assert_eq!(setting.project.lock_text(), before);
    assert_eq!(setting.server.requests().len(), asked, "nobody was asked");
}

#[test]
fn a_cold_cache_is_told() {
    let setting = Setting::demo(Some("1.0"));
    let run = setting.lock(&["--offline"]).exits(3);
    let text = run
        .stderr
        .replace(&setting.server.url(), "http://server/simple");
    insta::assert_snapshot!(text, @r#"
    warning[not-cached]: `demo` on `http://server/simple` is not in the cache
     --> registries/packages/demo.yaml:4:12
      |
    4 |   version: "1.0"
      |            ^^^^^
      |
      = hint: run once without `--offline` and without `HF_HUB_OFFLINE`

    nothing was locked: 1 problem above
    "#);
    assert!(!setting.project.is_locked());
    assert!(setting.server.requests().is_empty());
}

#[test]
fn pins_are_kept_without_asking_anybody() {
    let setting = Setting::locked();
    let before = setting.project.lock_text();
    let asked = setting.server.requests().len();
    setting
        .server
        .change("demo-1.0.0.tar.gz", |file| file.content(b"other bytes"));
    setting.project.clear_cache();
    // Not even an index has to be known.
    setting.project.lock(&[]).exits(0).says("nothing changed");
    assert_eq!(setting.project.lock_text(), before);
    assert_eq!(setting.server.requests().len(), asked);
    setting.lock(&["--upgrade"]).exits(0).says("demo==1.0.0");
    assert_ne!(setting.project.lock_text(), before);
}

#[test]
fn a_damaged_cache_is_no_obstacle() {
    let setting = Setting::locked();
    let before = setting.project.lock_text();
    let pages = setting.project.cache().join("index");
    let mut damaged = 0;
    for entry in std::fs::read_dir(pages).unwrap() {
        std::fs::write(entry.unwrap().path(), "{\"torn\":").unwrap();
        damaged += 1;
    }
    assert_eq!(damaged, 1);
    setting
        .lock(&["--upgrade"])
        .exits(0)
        .says("nothing changed");
    assert_eq!(setting.project.lock_text(), before);
    assert_eq!(setting.server.statuses(), [200, 200]);
}
