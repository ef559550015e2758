//! Pins that do not go together: resolved again, or refused in the resolver's words.

use crate::common::index_server::File;
use crate::setting::{LOCK, Setting, source};

/// `x` and `y` at 1.0, required by `app`. `a` moved `x` to 2.0, which forbids the 2.0 that `b`
/// moved `y` to.
pub(crate) fn forbidden() -> Setting {
    let setting = Setting::new(&[("app", "1.0")]);
    setting.add("app", "1.0", &["x", "y"]);
    setting.add("x", "1.0", &["y"]);
    setting.add("y", "1.0", &[]);
    setting.begin();
    setting.add("x", "2.0", &["y<2"]);
    setting.upgrade("a", &["x"]);
    setting.add("y", "2.0", &[]);
    setting.upgrade("b", &["y"]);
    setting
}

#[test]
fn a_version_that_the_other_side_forbids_is_resolved_again_and_that_is_told() {
    let setting = forbidden();
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(0);
    run.says("warning[merge-undone]: distributions/y==2.0: one side moved to `y==2.0`")
        .says("the merged lock has `y==1.0`");
    assert_eq!(setting.held(), ["app==1.0", "x==2.0", "y==1.0"]);
    setting.verifies();
}

#[test]
fn strictly_what_one_side_moved_must_stay() {
    let setting = forbidden();
    setting
        .project
        .vhb(&["merge", "--install", "--strict"])
        .exits(0);
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(1);
    run.says("error[merge-undone]");
    setting.conflicts("b");
}

#[test]
fn what_a_new_version_requires_comes_along() {
    let setting = Setting::outdated();
    setting.add("helper", "2.1", &["base", "fresh>=1"]);
    setting.add("fresh", "1.0", &[]);
    setting.upgrade("a", &["helper"]);
    setting.add("other", "2.1", &["fresh<2"]);
    setting.add("fresh", "1.5", &[]);
    setting.upgrade("b", &["other"]);
    // Each side added `fresh` at another version.
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(1);
    run.says("both sides added `fresh`, and not the same")
        .says("= ours: 1.5")
        .says("= theirs: 1.0");
    setting.git(&["merge", "--abort"]).exits(0);

    setting.add("base", "1.1", &["ink"]);
    setting.add("ink", "1.0", &[]);
    setting.upgrade("c", &["base"]);
    setting.git(&["merge", "a", "-m", "both"]).exits(0);
    assert_eq!(
        setting.held(),
        [
            "app==1.0",
            "base==1.1",
            "fresh==1.0",
            "helper==2.1",
            "ink==1.0",
            "other==1.0"
        ]
    );
    setting.verifies();
}

/// What one side needs no more, the other still does.
#[test]
fn what_the_other_side_still_requires_stays_and_the_rest_goes() {
    let mut setting = Setting::new(&[("app", "1.0")]);
    setting.add("app", "1.0", &["helper", "other"]);
    setting.add("helper", "1.0", &["shared", "lone"]);
    setting.add("other", "1.0", &[]);
    for name in ["shared", "lone"] {
        setting.add(name, "1.0", &[]);
    }
    setting.begin();
    setting.add("helper", "2.0", &[]);
    setting.add("other", "2.0", &["shared"]);
    setting.upgrade("a", &["helper"]);
    setting.upgrade("b", &["other"]);
    setting.without_uv();
    setting.git(&["merge", "a", "-m", "both"]).exits(0);
    assert_eq!(
        setting.held(),
        ["app==1.0", "helper==2.0", "other==2.0", "shared==1.0"]
    );
    setting.verifies();
}

/// Exact versions of the registries that exclude each other.
fn impossible() -> Setting {
    let mut setting = Setting::new(&[("left", "1.0"), ("right", "1.0")]);
    setting.add("left", "1.0", &["shared"]);
    setting.add("right", "1.0", &["shared"]);
    setting.add("left", "2.0", &["shared<2"]);
    setting.add("right", "2.0", &["shared>=2"]);
    setting.add("shared", "1.0", &[]);
    setting.begin();
    setting.add("shared", "2.0", &[]);
    for (branch, name) in [("a", "left"), ("b", "right")] {
        setting
            .git(&["checkout", "-q", "-b", branch, "main"])
            .exits(0);
        for other in ["left", "right"] {
            let version = if other == name { "2.0" } else { "1.0" };
            setting.project.package(other, &source(other, version));
        }
        setting.lock(&[]).exits(0);
        setting.commit(branch);
    }
    setting
}

#[test]
fn what_cannot_go_together_is_refused_in_the_resolvers_words() {
    let setting = impossible();
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(1);
    run.says("error[resolution-conflict]")
        .says("shared<2")
        .says("shared>=2")
        .says("`left==2.0`: packages/left\n")
        .says("nothing was merged: 1 problem above");
    setting.conflicts("b");
    // The registries did merge; they are what has to change.
    let status = setting.git(&["status", "--porcelain"]).stdout;
    assert!(
        status.contains("M  registries/packages/left.yaml"),
        "{status}"
    );
}

/// What is merged may be anybody's code.
#[test]
fn nothing_is_built_for_a_merge() {
    let setting = forbidden();
    // Between the two, only a source distribution will do, which says nothing without a build.
    for name in ["y-1.0-py3-none-any.whl", "y-2.0-py3-none-any.whl"] {
        setting.server.remove(name);
    }
    let trap = setting.project.home().join("trap");
    let build = format!("open({:?}, 'w').close()\n", trap.to_str().unwrap());
    let sdist = File::sdist().source(&[("setup.py", &build)]);
    setting.server.add("y", "1.5", &[sdist]);
    std::fs::remove_dir_all(setting.project.cache_of_uv()).unwrap();
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(1);
    run.says("error[build-forbidden]");
    assert!(!trap.exists());
    setting.conflicts("b");
}

/// The lock that a merge gives does not depend on who merges, also where it is resolved.
#[test]
fn resolving_again_gives_the_same_for_both() {
    let setting = forbidden();
    setting.git(&["checkout", "-q", "-b", "ba"]).exits(0);
    setting.git(&["merge", "a", "-m", "both"]).exits(0);
    setting.git(&["checkout", "-q", "-b", "ab", "a"]).exits(0);
    setting.git(&["merge", "b", "-m", "both"]).exits(0);
    assert_eq!(setting.at("ab", LOCK), setting.at("ba", LOCK));
}
