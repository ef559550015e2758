//! Pins of other places than an index: repositories, and datasets of the Hub.

use vhb::model::HubKind;

use crate::common::git_server::{GitServer, Repo};
use crate::common::hub_server::{File, HubServer};
use crate::setting::Setting;

const DATASET: &str = "org/docs";

/// A package of a branch of a repository, beside `app`; both require `y`.
fn with_repository(server: &GitServer) -> (Setting, Repo) {
    let mut setting = Setting::new(&[("app", "1.0")]);
    setting.add("app", "1.0", &["x", "y"]);
    setting.add("x", "1.0", &[]);
    setting.add("y", "1.0", &[]);
    let repo = server.repository("plugin");
    write(&repo, "0.1", "y");
    let source = format!("type: git\nurl: {}\nref: main\n", server.url("plugin"));
    setting.project.package("plugin", &source);
    setting.begin();
    (setting, repo)
}

fn write(repo: &Repo, version: &str, requires: &str) {
    let text = format!(
        "[project]\nname = \"plugin\"\nversion = \"{version}\"\ndependencies = [\"{requires}\"]\n"
    );
    repo.commit_file("pyproject.toml", &text);
}

#[test]
fn a_commit_that_one_side_moved_to_is_asked_for() {
    let server = GitServer::start();
    let (setting, repo) = with_repository(&server);
    write(&repo, "0.2", "y");
    setting.upgrade("a", &["plugin"]);
    setting.add("x", "2.0", &[]);
    setting.upgrade("b", &["x"]);
    setting
        .git(&["merge", "a", "-m", "both"])
        .exits(0)
        .says_nothing_of("warning");
    assert_eq!(
        setting.project.locked("plugin")["distribution"],
        "plugin==0.2"
    );
    setting.verifies();

    // Somebody rewrote the branch, and nothing leads to the commit any more.
    setting.git(&["reset", "-q", "--hard", "b^"]).exits(0);
    setting.add("x", "3.0", &[]);
    setting.upgrade("c", &["x"]);
    repo.git(&["reset", "-q", "--hard", "HEAD^"]);
    write(&repo, "0.3", "y");
    repo.prune();
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(1);
    run.says("error[git-commit-gone]");
    setting.conflicts("c");
}

#[test]
fn both_sides_of_a_branch_are_told_by_their_commits() {
    let server = GitServer::start();
    let (setting, repo) = with_repository(&server);
    write(&repo, "0.2", "y");
    setting.upgrade("a", &["plugin"]);
    write(&repo, "0.3", "y");
    setting.upgrade("b", &["plugin"]);
    let commits = ["HEAD~2", "HEAD", "HEAD~1"].map(|name| repo.id(name).short().to_owned());
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(1);
    let shown = |commit: &str| format!("commit {commit} (refs/heads/main)");
    run.says(&format!(
        "both sides moved `packages/plugin`, which was {}",
        shown(&commits[0])
    ))
    .says(&format!("= ours: {}", shown(&commits[1])))
    .says(&format!("= theirs: {}", shown(&commits[2])))
    .says("hint: `vhb lock --upgrade-package plugin` moves it on");
    setting.conflicts("b");
}

/// What has to be resolved is resolved with the commit that was merged, not with what the branch
/// means by now.
#[test]
fn a_resolution_takes_the_merged_commit() {
    let server = GitServer::start();
    let (setting, repo) = with_repository(&server);
    write(&repo, "0.2", "y<2");
    setting.upgrade("a", &["plugin"]);
    write(&repo, "0.3", "y>=2");
    setting.add("y", "2.0", &[]);
    setting.upgrade("b", &["y"]);
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(0);
    run.says("warning[merge-undone]: distributions/y==2.0");
    assert_eq!(setting.held(), ["app==1.0", "x==1.0", "y==1.0"]);
    assert_eq!(
        setting.project.locked("plugin")["distribution"],
        "plugin==0.2"
    );
    setting
        .project
        .verify(&[])
        .exits(0)
        .report()
        .only("git-branch-advanced");
}

/// The lists of a dataset's files are in the commits of the other side alone.
#[test]
fn a_dataset_that_one_side_moved_is_asked_for_by_its_lists_in_the_history() {
    let hub = HubServer::start();
    let mut setting = Setting::new(&[("app", "1.0")]);
    setting.project.set("HF_ENDPOINT", hub.url());
    setting.add("app", "1.0", &["x"]);
    setting.add("x", "1.0", &[]);
    let dataset = hub.repo(HubKind::Dataset, DATASET);
    dataset.commit("main", &[File::text("a.csv", "1\n")]);
    let text = "type: demo.Data\npath: hf://datasets/org/docs\nname: data\n";
    setting.project.write("registries/datasets/data.yaml", text);
    setting.begin();
    dataset.commit("main", &[File::text("a.csv", "2\n")]);
    setting.upgrade("a", &["data"]);
    setting.add("x", "2.0", &[]);
    setting.upgrade("b", &["x"]);
    hub.take_paths();
    setting
        .git(&["merge", "a", "-m", "both"])
        .exits(0)
        .says_nothing_of("warning");
    assert!(!hub.take_paths().is_empty(), "nobody asked the Hub");
    setting.verifies();

    setting.git(&["reset", "-q", "--hard", "b^"]).exits(0);
    setting.add("x", "3.0", &[]);
    setting.upgrade("c", &["x"]);
    dataset.squash("main");
    dataset.commit("main", &[File::text("a.csv", "3\n")]);
    let run = setting.git(&["merge", "a", "-m", "both"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    run.says("error[").says("datasets/data");
    setting.conflicts("c");
}
