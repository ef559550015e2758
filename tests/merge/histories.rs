//! Branches that moved different pins, in every way in which git puts histories together.

use crate::setting::{LOCK, SBOM, Setting};

/// `a` moved `helper`, `b` moved `other`; `b` is checked out.
fn diverged() -> Setting {
    let setting = Setting::outdated();
    setting.upgrade("a", &["helper"]);
    setting.upgrade("b", &["other"]);
    setting
}

const BOTH: [&str; 4] = ["app==1.0", "base==1.0", "helper==2.0", "other==2.0"];

/// The lock and the SBOM of a branch where both pins were moved by hand.
fn by_hand(setting: &Setting) -> (String, String) {
    setting.upgrade("by-hand", &["helper", "other"]);
    (setting.at("by-hand", LOCK), setting.at("by-hand", SBOM))
}

#[test]
fn a_merge_is_what_moving_both_gives_whoever_merges_whom() {
    let setting = diverged();
    setting
        .git(&["merge", "a", "-m", "both"])
        .exits(0)
        .says("merged `locks/exp.lock.json`\n  helper 1.0 -> 2.0, up\n")
        .says_nothing_of("warning");
    assert_eq!(setting.held(), BOTH);
    setting.verifies();
    let merged = (setting.at("HEAD", LOCK), setting.at("HEAD", SBOM));

    setting.git(&["checkout", "-q", "a"]).exits(0);
    setting.git(&["merge", "b^", "-m", "both"]).exits(0);
    setting.verifies();
    assert_eq!(setting.at("HEAD", LOCK), merged.0);
    assert_eq!(setting.at("HEAD", SBOM), merged.1);
    assert_eq!(by_hand(&setting), merged);
}

#[test]
fn rebases_and_picked_commits_merge_as_well() {
    let setting = diverged();
    let expected = by_hand(&setting);
    setting
        .git(&["checkout", "-q", "-b", "rebased", "b"])
        .exits(0);
    setting.git(&["rebase", "-q", "a"]).exits(0);
    setting.verifies();
    assert_eq!(setting.at("HEAD", LOCK), expected.0);
    assert_eq!(setting.at("HEAD", SBOM), expected.1);

    setting
        .git(&["checkout", "-q", "-b", "picked", "a"])
        .exits(0);
    setting.git(&["cherry-pick", "b"]).exits(0);
    setting.verifies();
    assert_eq!(setting.at("HEAD", LOCK), expected.0);
    // Taking it back gives what was before it.
    setting.git(&["revert", "--no-edit", "HEAD"]).exits(0);
    assert_eq!(setting.at("HEAD", LOCK), setting.at("a", LOCK));
    setting.verifies();
}

/// No reference leads to what is replayed: git names it in a label alone.
#[test]
fn commits_without_a_branch_are_found() {
    let setting = diverged();
    let commit = setting.git(&["rev-parse", "b"]).exits(0).stdout;
    setting.git(&["checkout", "-q", "a"]).exits(0);
    setting.git(&["branch", "-q", "-D", "b"]).exits(0);
    setting.git(&["cherry-pick", commit.trim()]).exits(0);
    assert_eq!(setting.held(), BOTH);
    setting.verifies();
}

#[test]
fn a_merge_may_begin_in_a_subdirectory_or_in_another_work_tree() {
    let setting = diverged();
    let below = setting.project.root().join("registries/runs");
    setting
        .git_in(&below, &["merge", "a", "-m", "both"])
        .exits(0);
    setting.verifies();
    let merged = setting.at("HEAD", LOCK);

    let elsewhere = setting.project.home().join("elsewhere");
    let path = elsewhere.to_str().unwrap();
    setting
        .git(&["worktree", "add", "-q", "-b", "c", path, "a"])
        .exits(0);
    setting
        .git_in(&elsewhere, &["merge", "b^", "-m", "both"])
        .exits(0);
    assert_eq!(setting.at("c", LOCK), merged);
    assert_eq!(setting.at("c", SBOM), setting.at("b", SBOM));
}

#[test]
fn three_branches_come_to_the_same_in_every_order() {
    let setting = Setting::outdated();
    setting.add("base", "2.0", &[]);
    let branches = [("a", "helper"), ("b", "other"), ("c", "base")];
    for (branch, name) in branches {
        setting.upgrade(branch, &[name]);
    }
    let mut merged = Vec::new();
    for order in ["abc", "acb", "bac", "bca", "cab", "cba"] {
        setting
            .git(&["checkout", "-q", "-b", order, &order[..1]])
            .exits(0);
        for branch in [&order[1..2], &order[2..]] {
            setting.git(&["merge", branch, "-m", "more"]).exits(0);
        }
        merged.push((setting.at(order, LOCK), setting.at(order, SBOM)));
    }
    setting.verifies();
    assert_eq!(
        setting.held(),
        ["app==1.0", "base==2.0", "helper==2.0", "other==2.0"]
    );
    assert!(merged.iter().all(|other| *other == merged[0]));
}

/// Two branches that each merged the other have two common ancestors, which git merges first. What
/// these come to is in no commit, since both branches went on before they committed.
#[test]
fn branches_that_merged_each_other_merge_again() {
    let setting = diverged();
    setting.add("base", "2.0", &[]);
    setting.git(&["branch", "-q", "b0", "b"]).exits(0);
    // One side takes back what it had moved.
    setting.git(&["merge", "--no-commit", "a"]).exits(0);
    for path in [LOCK, SBOM] {
        setting.git(&["checkout", "-q", "a", "--", path]).exits(0);
    }
    setting.commit("without other");
    // The other side moves something else.
    setting.git(&["checkout", "-q", "a"]).exits(0);
    setting.git(&["merge", "--no-commit", "b0"]).exits(0);
    setting.lock(&["--upgrade-package", "base"]).exits(0);
    setting.commit("base");
    let bases = setting.git(&["merge-base", "--all", "a", "b"]).exits(0);
    assert_eq!(bases.stdout.lines().count(), 2);
    setting.git(&["merge", "b", "-m", "again"]).exits(0);
    assert_eq!(
        setting.held(),
        ["app==1.0", "base==2.0", "helper==2.0", "other==1.0"]
    );
    setting.verifies();
}

/// The ancestors clash, but what both branches made of that is the same.
#[test]
fn clashing_ancestors_are_no_conflict_where_it_is_settled() {
    let setting = Setting::outdated();
    setting.upgrade("a", &["helper"]);
    setting.add("helper", "3.0", &["base"]);
    setting.upgrade("b", &["helper"]);
    for (branch, other) in [("ab", "a"), ("ba", "b")] {
        let merged = if other == "a" { "b" } else { "a" };
        setting
            .git(&["checkout", "-q", "-b", branch, other])
            .exits(0);
        setting.git(&["merge", merged, "-m", "both"]).exits(1);
        let side = if other == "a" { "--theirs" } else { "--ours" };
        setting.git(&["checkout", side, LOCK, SBOM]).exits(0);
        setting.commit("the newer one");
        setting.verifies();
    }
    setting.lock(&["--upgrade-package", "other"]).exits(0);
    setting.commit("other");
    setting.git(&["checkout", "-q", "ab"]).exits(0);
    setting.add("base", "2.0", &[]);
    setting.lock(&["--upgrade-package", "base"]).exits(0);
    setting.commit("base");
    setting.git(&["merge", "ba", "-m", "again"]).exits(0);
    assert_eq!(
        setting.held(),
        ["app==1.0", "base==2.0", "helper==3.0", "other==2.0"]
    );
    setting.verifies();
}
