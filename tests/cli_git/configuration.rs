//! The user's own git configuration takes part.

use crate::common::project::Project;
use crate::{Setting, source};

#[test]
fn addresses_are_rewritten_for_git_and_locked_as_asked() {
    let mut setting = Setting::asking_for(None);
    let asked = "https://git.invalid/code";
    setting.project.package("code", &source(asked, Some("v1")));
    setting.project.git_config(&format!(
        "[url \"git://127.0.0.1:{}/\"]\ninsteadOf = https://git.invalid/\n",
        setting.server.port()
    ));
    setting.project.lock(&[]).exits(0);
    let locked = setting.project.locked("code");
    assert_eq!(locked["source"]["url"], asked);
    assert_eq!(locked["pin"]["url"], asked);
    assert_eq!(locked["pin"]["commit"], setting.first.as_str());
    setting.project.assert_unwritten("127.0.0.1");
    setting.project.verify(&[]).exits(0);

    setting.repo.commit_file("later", "1");
    setting.repo.git(&["tag", "--force", "v1"]);
    let report = setting.project.verify(&[]).exits(1).report();
    report.only("git-ref-moved");
}

#[test]
fn what_a_machine_without_git_cannot_verify_is_no_pass() {
    let mut setting = Setting::asking_for(Some("v1"));
    setting.project.lock(&[]).exits(0);
    setting.project.set("PATH", setting.project.home());
    let report = setting.project.verify(&[]).exits(3).report();
    assert_eq!(report.verdict(), "unverifiable");
    assert_eq!(report.upstream("packages/code"), "unverifiable");
    report.only("not-configured");
}

#[test]
fn a_machine_without_git_is_told_so() {
    let mut project = Project::new(&[("code", source("git://git.invalid/x", Some("v1")))]);
    project.set("PATH", project.home());
    let run = project.lock(&[]).exits(2);
    run.says("git is not installed");
    assert!(!project.is_locked());
}

#[test]
fn the_repository_that_vhb_runs_in_does_not_take_part() {
    let mut setting = Setting::asking_for(Some("v1"));
    // As in a git hook: the variables name another repository.
    setting
        .project
        .set("GIT_DIR", setting.project.home().join("absent"));
    setting.project.set("GIT_INDEX_FILE", "/nowhere/index");
    setting.project.lock(&[]).exits(0);
    setting.project.verify(&[]).exits(0);
    assert_eq!(
        setting.project.locked("code")["pin"]["commit"],
        setting.first.as_str()
    );
}
