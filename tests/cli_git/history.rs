//! Branches and commits whose history changed.

use crate::Setting;

/// Rewrites `main` so that nothing leads to its former commit, which is given.
fn rewrite(setting: &Setting) -> String {
    let old = setting.repo.id("main").to_string();
    setting.repo.git(&["tag", "--delete", "v1"]);
    setting
        .repo
        .git(&["commit", "--quiet", "--amend", "-m", "another past"]);
    old
}

#[test]
fn an_advanced_branch_is_expected() {
    let setting = Setting::asking_for(Some("main"));
    setting.project.lock(&[]).exits(0);
    let second = setting.repo.commit_file("later", "1");
    let report = setting.project.verify(&[]).exits(0).report();
    assert_eq!(report.verdict(), "match");
    let finding = report.only("git-branch-advanced");
    assert_eq!(finding["severity"], "info");
    assert_eq!(finding["expected"], setting.first.as_str());
    assert_eq!(finding["actual"], second.as_str());
}

#[test]
fn a_rewritten_branch_leaves_a_commit_that_a_willing_server_still_gives() {
    let mut setting = Setting::asking_for(Some("main"));
    // By the newer protocol a server gives any object; by the older one only if it is told to.
    setting.project.git_config("[protocol]\nversion = 0\n");
    setting.project.lock(&[]).exits(0);
    rewrite(&setting);
    let allow = |value| {
        let key = "uploadpack.allowAnySHA1InWant";
        setting.repo.git(&["config", key, value]);
    };
    for (value, code) in [
        ("true", "git-commit-unreachable"),
        ("false", "git-commit-gone"),
    ] {
        allow(value);
        let report = setting.project.verify(&[]).exits(1).report();
        let finding = report.only(code);
        assert_eq!(finding["severity"], "error");
        assert!(
            finding["message"]
                .as_str()
                .unwrap()
                .contains(setting.first.as_str())
        );
        assert_eq!(report.upstream("packages/code"), "drift");
    }
}

#[test]
fn a_rewritten_branch_by_the_newer_protocol() {
    let setting = Setting::asking_for(Some("main"));
    setting.project.lock(&[]).exits(0);
    rewrite(&setting);
    let report = setting.project.verify(&[]).exits(1).report();
    report.only("git-commit-unreachable");
    setting.repo.prune();
    let report = setting.project.verify(&[]).exits(1).report();
    report.only("git-commit-gone");
}

#[test]
fn a_rewritten_branch_whose_commit_another_ref_keeps_is_a_warning() {
    let setting = Setting::asking_for(Some("main"));
    setting.project.lock(&[]).exits(0);
    setting
        .repo
        .git(&["commit", "--quiet", "--amend", "-m", "another past"]);
    let report = setting.project.verify(&[]).exits(0).report();
    let finding = report.only("git-branch-rewritten");
    assert_eq!(finding["severity"], "warning");
    let message = finding["message"].as_str().unwrap();
    assert!(message.contains("`refs/tags/v1` does"), "{message}");
}

#[test]
fn a_locked_commit_may_be_rewritten_away() {
    let mut setting = Setting::asking_for(None);
    setting.ask_for(&setting.first.to_string());
    setting.project.lock(&[]).exits(0);
    let old = rewrite(&setting);
    let report = setting.project.verify(&[]).exits(1).report();
    let finding = report.only("git-commit-unreachable");
    assert!(
        finding["message"].as_str().unwrap().contains(&old),
        "{finding}"
    );
    setting.repo.prune();
    // Whoever locks anew, without the cache, learns that there is nothing left to pin.
    setting.project.clear_cache();
    let run = setting.project.lock(&["--upgrade"]).exits(1);
    run.says("error[git-ref-not-found]").says(&old[..12]);
}
