//! What one side brings is held against the place that it came from.

use crate::common::index_server::Answer;
use crate::setting::Setting;

const HELPER: &str = "helper-2.0-py3-none-any.whl";

fn diverged() -> Setting {
    let setting = Setting::outdated();
    setting.upgrade("a", &["helper"]);
    setting.upgrade("b", &["other"]);
    setting
}

#[test]
fn a_release_that_vanished_since_is_a_conflict() {
    let setting = diverged();
    setting.server.remove(HELPER);
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(1);
    run.says("error[pypi-release-removed]: distributions/helper==2.0: `helper==2.0` is no longer on the index")
        .says("nothing was merged: 1 problem above");
    setting.conflicts("b");
}

#[test]
fn a_file_with_other_bytes_is_a_conflict() {
    let setting = diverged();
    setting
        .server
        .change(HELPER, |file| file.content(b"other bytes"));
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(1);
    run.says("error[pypi-hash-changed]");
    setting.conflicts("b");
}

/// What both sides have is nothing that the merge brings.
#[test]
fn what_vanished_on_both_sides_is_nothing_of_the_merge() {
    let setting = diverged();
    setting.server.remove("base-1.0-py3-none-any.whl");
    setting.git(&["merge", "a", "-m", "both"]).exits(0);
}

#[test]
fn a_yanked_release_is_a_warning_unless_it_is_strict() {
    let setting = diverged();
    setting.server.change(HELPER, |file| file.yanked("broken"));
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(0);
    let said = "`helper==2.0` was yanked since it was locked: broken";
    let run = run.says("warning[pypi-yanked]").says(said);
    // Once, although git calls the driver for the SBOM as well.
    assert_eq!(run.stderr.matches(said).count(), 1, "{}", run.stderr);
    setting.git(&["reset", "-q", "--hard", "b^"]).exits(0);
    setting.upgrade("again", &["other"]);
    setting
        .project
        .vhb(&["merge", "--install", "--strict"])
        .exits(0);
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(1);
    run.says("error[pypi-yanked]");
    setting.conflicts("again");
}

#[test]
fn an_index_without_an_answer_is_a_warning_unless_it_is_strict() {
    let setting = diverged();
    setting
        .server
        .with(|state| state.always = Some(Answer::status(503)));
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(0);
    // Once for all, although two releases were asked about.
    run.says("warning[source-unreachable]: distributions/helper==2.0: ")
        .says("; and 1 more like this\n")
        .says_nothing_of("distributions/other")
        .says("merged `locks/exp.lock.json`");
    setting.server.with(|state| state.always = None);
    setting.verifies();
    setting.git(&["reset", "-q", "--hard", "HEAD^"]).exits(0);
    setting
        .project
        .vhb(&["merge", "--install", "--strict"])
        .exits(0);
    setting
        .server
        .with(|state| state.always = Some(Answer::status(503)));
    setting
        .git(&["merge", "a", "-m", "both"])
        .exits(1)
        .says("error[source-unreachable]");
    setting.conflicts("b");
}

#[test]
fn offline_nobody_is_asked_and_that_is_told() {
    let setting = diverged();
    setting
        .project
        .vhb(&["merge", "--install", "--offline"])
        .exits(0);
    setting.server.take_paths();
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(0);
    run.says("warning[merge-unasked]: offline: whether 2 pins that one side brings");
    assert_eq!(setting.server.take_paths(), Vec::<String>::new());
    setting.verifies();
    setting.git(&["reset", "-q", "--hard", "HEAD^"]).exits(0);
    setting
        .project
        .vhb(&["merge", "--install", "--offline", "--strict"])
        .exits(0);
    setting
        .git(&["merge", "a", "-m", "both"])
        .exits(1)
        .says("error[merge-unasked]");
    setting.conflicts("b");
}
