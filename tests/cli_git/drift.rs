//! Tags that no longer mean what was locked.

use serde_json::Value as Json;

use crate::Setting;

fn message(finding: &Json) -> &str {
    finding["message"].as_str().unwrap()
}

#[test]
fn a_moved_tag_is_drift() {
    let setting = Setting::asking_for(Some("v1"));
    setting.project.lock(&[]).exits(0);
    let before = setting.project.lock_text();
    let second = setting.repo.commit_file("later", "1");
    setting
        .repo
        .git(&["tag", "--force", "-a", "-m", "again", "v1"]);

    let report = setting.project.verify(&[]).exits(1).report();
    assert_eq!(report.verdict(), "drift");
    assert_eq!(report.upstream("packages/code"), "drift");
    let finding = report.only("git-ref-moved");
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["subject"], "packages/code");
    assert_eq!(finding["expected"], setting.first.as_str());
    assert_eq!(finding["actual"], second.as_str());
    let still = "the locked commit is still there, by `refs/heads/main`";
    assert!(message(finding).ends_with(still), "{finding}");

    let run = setting.project.verify_as_text(&[]).exits(1);
    assert_eq!(run.stderr, "");
    let text = run.essence().replace(setting.first.as_str(), "FIRST");
    insta::assert_snapshot!(text.replace(second.as_str(), "SECOND"), @r"
    error[git-ref-moved]: packages/code: `refs/tags/v1` moved from commit FIRST to SECOND; the locked commit is still there, by `refs/heads/main`
     |
     = locked: FIRST
     = now: SECOND
     = hint: ask the maintainers; to accept the new commit, `vhb lock --upgrade-package NAME` and publish new scores

    config      8 match
    upstream    1 drift
    local       1 match
    verdict: drift
    ");
    assert_eq!(setting.project.lock_text(), before, "verify writes nothing");
}

#[test]
fn a_moved_tag_whose_commit_is_lost_says_so() {
    let setting = Setting::asking_for(Some("v1"));
    setting.project.lock(&[]).exits(0);
    setting
        .repo
        .git(&["commit", "--quiet", "--amend", "-m", "other"]);
    setting.repo.git(&["tag", "--force", "v1"]);
    let report = setting.project.verify(&[]).exits(1).report();
    let finding = report.finding("git-ref-moved");
    assert!(
        message(finding).ends_with("no branch or tag leads to the locked commit"),
        "{finding}"
    );
    assert_eq!(report.codes(), ["git-ref-moved", "git-commit-unreachable"]);

    setting.repo.prune();
    let report = setting.project.verify(&[]).exits(1).report();
    let finding = report.finding("git-ref-moved");
    assert!(
        message(finding).ends_with("the locked commit is gone"),
        "{finding}"
    );
    assert_eq!(report.codes(), ["git-ref-moved", "git-commit-gone"]);
}

#[test]
fn a_deleted_tag_is_drift() {
    let setting = Setting::asking_for(Some("v1"));
    setting.project.lock(&[]).exits(0);
    setting.repo.git(&["tag", "--delete", "v1"]);
    let report = setting.project.verify(&[]).exits(1).report();
    let finding = report.only("git-ref-gone");
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["expected"], setting.first.as_str());
    assert!(
        message(finding).contains("`refs/tags/v1` is gone"),
        "{finding}"
    );
    assert!(message(finding).contains("still there, by `refs/heads/main`"));
}

#[test]
fn a_deleted_branch_is_drift() {
    let setting = Setting::asking_for(Some("topic"));
    setting.repo.git(&["checkout", "--quiet", "-b", "topic"]);
    setting.repo.commit_file("topic", "1");
    setting.project.lock(&[]).exits(0);
    setting.repo.git(&["checkout", "--quiet", "main"]);
    setting.repo.git(&["branch", "-D", "topic"]);
    let report = setting.project.verify(&[]).exits(1).report();
    assert_eq!(report.codes(), ["git-ref-gone", "git-commit-unreachable"]);
}

#[test]
fn a_tag_that_was_made_anew_at_its_commit_is_a_warning() {
    let setting = Setting::asking_for(Some("v1"));
    setting.project.lock(&[]).exits(0);
    let old = setting.repo.id("refs/tags/v1");
    setting
        .repo
        .git(&["tag", "--force", "-a", "-m", "other words", "v1"]);
    let new = setting.repo.id("refs/tags/v1");
    let report = setting.project.verify(&[]).exits(0).report();
    assert_eq!(report.verdict(), "match");
    let finding = report.only("git-tag-recreated");
    assert_eq!(finding["severity"], "warning");
    assert_eq!(finding["expected"], old.as_str());
    assert_eq!(finding["actual"], new.as_str());

    let strict = setting.project.verify(&["--strict"]).exits(1).report();
    assert_eq!(strict.finding("git-tag-recreated")["severity"], "error");

    setting
        .repo
        .git(&["tag", "--force", "v1", setting.first.as_str()]);
    let report = setting.project.verify(&[]).exits(0).report();
    let finding = report.only("git-tag-recreated");
    assert_eq!(finding["actual"], "a lightweight tag");
}
