//! `--offline`: from the cache, or not at all.

use crate::{Setting, source};

#[test]
fn a_warm_cache_locks_from_scratch() {
    let mut setting = Setting::asking_for(None);
    let full = setting.first.to_string();
    let asked = [
        source(setting.server.url("code"), Some("v1")),
        source(setting.server.url("code"), Some("main")),
        source(setting.server.url("code"), Some(&full)),
        source(setting.server.url("code"), Some(&full[..8])),
    ];
    for (at, text) in asked.iter().enumerate() {
        setting.project.package(&format!("package{at}"), text);
    }
    setting.project.lock(&[]).exits(0);
    let before = setting.project.lock_text();
    setting.server.stop();
    for directory in ["locks", "sboms"] {
        std::fs::remove_dir_all(setting.project.root().join(directory)).unwrap();
    }
    setting.project.lock(&["--offline"]).exits(0);
    assert_eq!(setting.project.lock_text(), before);
}

#[test]
fn a_cold_cache_is_told() {
    let setting = Setting::asking_for(Some("v1"));
    let run = setting.project.lock(&["--offline"]).exits(3);
    let url = setting.server.url("code");
    let text = run.stderr.replace(url.as_str(), "git://server/code");
    insta::assert_snapshot!(text, @r#"
    warning[not-cached]: cannot list the references of `git://server/code` offline: the list is not in the cache
     --> registries/packages/code.yaml:4:8
      |
    4 |   ref: "v1"
      |        ^^^^
      |
      = hint: run once without `--offline` and without `HF_HUB_OFFLINE`

    nothing was locked: 1 problem above
    "#);
    assert!(!setting.project.is_locked());
}

#[test]
fn what_a_warm_cache_lacks_is_named() {
    let mut setting = Setting::asking_for(Some("v1"));
    setting.project.lock(&[]).exits(0);
    let before = setting.project.lock_text();
    // The references are known, the commit's files are not.
    setting.repo.commit_file("later", "1");
    setting.repo.git(&["tag", "v2"]);
    setting.ask_for("no-such-tag");
    setting.project.lock(&[]).exits(1);
    setting.ask_for("v2");
    let run = setting.project.lock(&["--offline"]).exits(3);
    let second = setting.repo.id("v2");
    run.says("warning[not-cached]").says(second.short());
    setting.ask_for("1234567");
    let run = setting.project.lock(&["--offline"]).exits(3);
    run.says("warning[not-cached]").says("`1234567`");
    assert_eq!(setting.project.lock_text(), before);
}

#[test]
fn verify_offline_leaves_upstream_out_and_says_so() {
    let mut setting = Setting::asking_for(Some("v1"));
    setting.project.lock(&[]).exits(0);
    setting.server.stop();
    let report = setting.project.verify(&["--offline"]).exits(0).report();
    assert!(report.codes().is_empty());
    let run = setting.project.verify_as_text(&["--offline"]).exits(0);
    insta::assert_snapshot!(run.essence(), @r"
    config      8 match
    upstream    not asked (offline)
    local       1 match
    verdict: match
    ");
}
