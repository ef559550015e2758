//! Locking again: what is kept, and what moves.

use vhb::model::GitOid;

use crate::{Setting, pyproject, source};

#[test]
fn pins_are_kept_without_asking_anybody() {
    let mut setting = Setting::asking_for(Some("main"));
    setting.project.lock(&[]).exits(0);
    let before = setting.project.lock_text();
    setting.repo.commit_file("later", "1");
    setting.server.stop();
    setting.project.clear_cache();
    setting.project.lock(&[]).exits(0).says("nothing changed");
    assert_eq!(setting.project.lock_text(), before);
    setting.project.lock(&["--check"]).exits(0);
    let run = setting.project.lock(&["--upgrade"]).exits(3);
    run.says("warning[source-unreachable]");
}

#[test]
fn a_changed_source_is_resolved_anew() {
    let mut setting = Setting::asking_for(Some("v1"));
    setting.project.lock(&[]).exits(0);
    let second = setting.repo.commit_file("later", "1");
    setting.repo.git(&["tag", "v2"]);
    setting.ask_for("v2");
    let run = setting.project.lock(&["--check"]).exits(1);
    assert!(
        run.stdout.contains("would change locks/exp.lock.json"),
        "{run:?}"
    );
    assert_eq!(setting.project.locked("code")["pin"]["ref"], "refs/tags/v1");
    setting
        .project
        .lock(&[])
        .exits(0)
        .says("wrote locks/exp.lock.json");
    assert_eq!(
        setting.project.locked("code")["pin"]["commit"],
        second.as_str()
    );
}

#[test]
fn upgrades_move_what_is_named_or_everything() {
    let mut setting = Setting::asking_for(Some("main"));
    let repo = setting.server.repository("other");
    repo.write("pyproject.toml", pyproject("other", "1"));
    let other_first = repo.commit("one");
    let text = source(setting.server.url("other"), Some("main"));
    setting.project.package("other", &text);
    setting.project.lock(&[]).exits(0);
    let commits = |setting: &Setting| -> [GitOid; 2] {
        ["code", "other"].map(|id| {
            let commit = setting.project.locked(id)["pin"]["commit"].take();
            commit.as_str().unwrap().parse().unwrap()
        })
    };
    assert_eq!(
        commits(&setting),
        [setting.first.clone(), other_first.clone()]
    );

    let second = setting.repo.commit_file("later", "1");
    let other_second = repo.commit_file("later", "1");
    setting.project.lock(&[]).exits(0).says("nothing changed");
    let run = setting
        .project
        .lock(&["--upgrade-package", "code"])
        .exits(0);
    run.says("packages/code").says_nothing_of("packages/other:");
    assert_eq!(commits(&setting), [second.clone(), other_first]);
    setting.project.lock(&["--upgrade"]).exits(0);
    assert_eq!(commits(&setting), [second, other_second]);

    let run = setting
        .project
        .lock(&["--upgrade-package", "absent"])
        .exits(2);
    run.says("the experiment has no package, model, dataset or image `absent`")
        .says("`code`, `other`");
}
