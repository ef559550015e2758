//! What a `ref` is locked to.

use crate::Setting;

#[test]
fn an_annotated_tag_is_locked_with_its_object_and_its_commit() {
    let setting = Setting::asking_for(Some("v1"));
    let run = setting.project.lock(&["--require-immutable"]).exits(0);
    run.says_nothing_of("warning");

    let locked = setting.project.locked("code");
    let pin = &locked["pin"];
    assert_eq!(pin["type"], "git");
    assert_eq!(pin["url"], setting.server.url("code").as_str());
    assert_eq!(pin["ref"], "refs/tags/v1");
    assert_eq!(pin["commit"], setting.first.as_str());
    assert_eq!(pin["tag_object"], setting.repo.id("refs/tags/v1").as_str());
    assert_eq!(pin["tree"], setting.repo.id("v1^{tree}").as_str());
    assert_eq!(locked["distribution"], "the-code==1.0");
    assert_eq!(locked["source"]["ref"], "v1");

    let report = setting.project.verify(&[]).exits(0).report();
    assert_eq!(report.verdict(), "match");
    assert_eq!(report.upstream("packages/code"), "match");
    assert!(report.codes().is_empty());
}

#[test]
fn a_lightweight_tag_is_locked_however_it_is_written() {
    let mut setting = Setting::asking_for(Some("light"));
    setting.repo.git(&["tag", "light"]);
    for asked in ["light", "tags/light", "refs/tags/light"] {
        setting.ask_for(asked);
        setting
            .project
            .lock(&["--require-immutable"])
            .exits(0)
            .says_nothing_of("warning");
        let locked = setting.project.locked("code");
        assert_eq!(locked["pin"]["ref"], "refs/tags/light", "{asked}");
        assert_eq!(locked["pin"]["commit"], setting.first.as_str());
        assert!(locked["pin"].get("tag_object").is_none(), "{locked}");
        assert_eq!(locked["source"]["ref"], asked);
        assert!(
            setting
                .project
                .verify(&[])
                .exits(0)
                .report()
                .codes()
                .is_empty()
        );
    }
}

#[test]
fn a_branch_is_locked_with_a_warning() {
    let setting = Setting::asking_for(Some("main"));
    let run = setting.project.lock(&[]).exits(0);
    run.says("warning[mutable-ref]").says("`main` is a branch");
    let locked = setting.project.locked("code");
    assert_eq!(locked["pin"]["ref"], "refs/heads/main");
    assert_eq!(locked["pin"]["commit"], setting.first.as_str());
    // It is said again as long as it is so.
    setting
        .project
        .lock(&[])
        .exits(0)
        .says("warning[mutable-ref]");
}

#[test]
fn no_ref_is_the_default_branch() {
    let setting = Setting::asking_for(None);
    let run = setting.project.lock(&[]).exits(0);
    run.says("warning[mutable-ref]")
        .says("no `ref` is given, which means the branch `main`");
    assert_eq!(
        setting.project.locked("code")["pin"]["ref"],
        "refs/heads/main"
    );
}

#[test]
fn immutability_can_be_required() {
    for reference in [Some("main"), None] {
        let setting = Setting::asking_for(reference);
        let run = setting.project.lock(&["--require-immutable"]).exits(1);
        run.says("error[mutable-ref]")
            .says("`main`")
            .says("nothing was locked");
        assert!(!setting.project.is_locked());
        assert!(!setting.project.root().join("sboms").exists());
    }
}

#[test]
fn a_commit_is_locked_by_its_full_or_abbreviated_id() {
    let mut setting = Setting::asking_for(None);
    setting.repo.commit_file("later", "1");
    let full = setting.first.to_string();
    for asked in [full.clone(), full.to_uppercase(), full[..9].to_owned()] {
        setting.ask_for(&asked);
        if asked.len() < full.len() {
            let run = setting.project.lock(&[]).exits(0);
            run.says("warning[mutable-ref]").says("abbreviates commit");
        } else {
            let run = setting.project.lock(&["--require-immutable"]).exits(0);
            run.says_nothing_of("warning");
        }
        let locked = setting.project.locked("code");
        assert_eq!(locked["pin"]["commit"], full, "{asked}");
        assert!(locked["pin"].get("ref").is_none(), "{locked}");
        assert!(
            setting
                .project
                .verify(&[])
                .exits(0)
                .report()
                .codes()
                .is_empty()
        );
    }
}

#[test]
fn a_commit_inside_of_history_is_verified_without_any_ref_at_it() {
    let setting = Setting::asking_for(None);
    let inner = setting.repo.commit_file("inner", "1");
    setting.repo.commit_file("outer", "1");
    let mut setting = setting;
    setting.ask_for(inner.as_str());
    setting.project.lock(&[]).exits(0);
    let report = setting.project.verify(&[]).exits(0).report();
    assert_eq!(report.upstream("packages/code"), "match");
    assert!(report.codes().is_empty());
}

#[test]
fn of_a_tag_and_a_branch_of_one_name_the_tag_is_taken() {
    let setting = Setting::asking_for(Some("twin"));
    setting.repo.git(&["tag", "twin"]);
    let second = setting.repo.commit_file("later", "1");
    setting.repo.git(&["branch", "twin", second.as_str()]);
    let run = setting.project.lock(&[]).exits(0);
    run.says("warning[ambiguous-ref]")
        .says("`twin` is both a tag and a branch")
        .says_nothing_of("mutable-ref");
    let pin = setting.project.locked("code")["pin"].take();
    assert_eq!(pin["ref"], "refs/tags/twin");
    assert_eq!(pin["commit"], setting.first.as_str());

    let mut setting = setting;
    setting.ask_for("heads/twin");
    let run = setting.project.lock(&[]).exits(0);
    run.says("warning[mutable-ref]")
        .says_nothing_of("ambiguous-ref");
    assert_eq!(
        setting.project.locked("code")["pin"]["commit"],
        second.as_str()
    );
}

#[test]
fn a_misspelt_ref_leaves_the_old_lock_alone() {
    let mut setting = Setting::asking_for(Some("v1"));
    setting.repo.git(&["tag", "release-2024"]);
    setting.project.lock(&[]).exits(0);
    let before = setting.project.lock_text();

    setting.ask_for("release-2042");
    let run = setting.project.lock(&[]).exits(1);
    let url = setting.server.url("code");
    let text = run.stderr.replace(url.as_str(), "git://server/code");
    insta::assert_snapshot!(text, @r#"
    error[git-ref-not-found]: `git://server/code` has no tag, branch or commit `release-2042`
     --> registries/packages/code.yaml:4:8
      |
    4 |   ref: "release-2042"
      |        ^^^^^^^^^^^^^^
      |
      = hint: did you mean `release-2024`?

    nothing was locked: 1 problem above
    "#);
    assert_eq!(setting.project.lock_text(), before);

    for never in ["refs/heads/v1", "0123abcd", &"0".repeat(40)] {
        setting.ask_for(never);
        let run = setting.project.lock(&[]).exits(1);
        run.says("error[git-ref-not-found]");
        assert_eq!(setting.project.lock_text(), before, "{never}");
    }
}
