//! What is locked of a repository's files.

use serde_json::json;

use crate::common::git_server::{GitServer, Repo};
use crate::common::project::Project;
use crate::{Setting, pyproject, source};

#[test]
fn a_package_of_a_monorepo_is_its_own_directory() {
    let mut setting = Setting::asking_for(None);
    setting.repo.write(
        "packages/inner/pyproject.toml",
        pyproject("Inner_Package", "0.3.1"),
    );
    setting.repo.write("packages/inner/code.py", "print()\n");
    setting.repo.commit("inner");
    setting.repo.git(&["tag", "v2"]);
    let inner =
        source(setting.server.url("code"), Some("v2")) + "subdirectory: ./packages/inner/\n";
    setting.project.package("inner", &inner);
    setting.ask_for("v2");
    setting
        .project
        .lock(&[])
        .exits(0)
        .says_nothing_of("warning");

    let locked = setting.project.locked("inner");
    assert_eq!(locked["distribution"], "inner-package==0.3.1");
    let pin = &locked["pin"];
    assert_eq!(pin["subdirectory"], "packages/inner");
    let tree = setting.repo.id("v2:packages/inner");
    assert_eq!(pin["subdirectory_tree"], tree.as_str());
    assert_eq!(pin["files"], 2);
    let whole = setting.project.locked("code");
    assert_eq!(whole["distribution"], "the-code==1.0");
    assert_eq!(whole["pin"]["files"], 3);
    assert_eq!(whole["pin"]["tree"], pin["tree"]);
    assert_ne!(whole["pin"]["content"], pin["content"]);
    setting.project.verify(&[]).exits(0);
}

#[test]
fn a_directory_that_is_not_there_is_an_error() {
    let mut setting = Setting::asking_for(None);
    for (path, what) in [("absent", "absent"), ("pyproject.toml", "pyproject.toml")] {
        let text = source(setting.server.url("code"), Some("v1")) + "subdirectory: " + path + "\n";
        setting.project.package("code", &text);
        let run = setting.project.lock(&[]).exits(1);
        run.says("error[git-path-missing]").says(what);
        assert!(!setting.project.is_locked());
    }
}

#[test]
fn a_repository_without_metadata_is_locked_with_a_warning() {
    let setting = Setting::asking_for(Some("bare"));
    setting.repo.git(&["rm", "--quiet", "pyproject.toml"]);
    setting.repo.write("setup.py", "setup()\n");
    setting.repo.commit("no metadata");
    setting.repo.git(&["tag", "bare"]);
    let run = setting.project.lock(&[]).exits(0);
    run.says("warning[distribution-unknown]");
    assert!(setting.project.locked("code").get("distribution").is_none());
}

#[test]
fn a_submodule_is_recorded_by_its_commit() {
    let setting = Setting::asking_for(Some("v2"));
    let part = setting.server.repository("part");
    let commit = part.commit_file("part.py", "1");
    let url = setting.server.url("part");
    setting
        .repo
        .git(&["submodule", "--quiet", "add", url.as_str(), "vendor/part"]);
    setting.repo.commit("submodule");
    setting.repo.git(&["tag", "v2"]);
    setting.project.lock(&[]).exits(0);
    let pin = setting.project.locked("code")["pin"].take();
    let recorded =
        json!([{ "path": "vendor/part", "url": url.as_str(), "commit": commit.as_str() }]);
    assert_eq!(pin["submodules"], recorded);
    setting.project.verify(&[]).exits(0);
}

#[test]
fn a_remote_may_be_a_directory_of_this_machine() {
    let project = Project::new(&[("code", source("../home/remote", Some("v1")))]);
    let repo = Repo::init(project.home().join("remote"), &[]);
    repo.write("pyproject.toml", pyproject("local", "2"));
    let commit = repo.commit("one");
    repo.git(&["tag", "v1"]);
    project.lock(&[]).exits(0).says_nothing_of("warning");
    let locked = project.locked("code");
    assert_eq!(locked["pin"]["url"], "../home/remote");
    assert_eq!(locked["pin"]["commit"], commit.as_str());
    assert_eq!(locked["distribution"], "local==2");
    project.verify(&[]).exits(0);

    repo.commit_file("later", "1");
    repo.git(&["tag", "--force", "v1"]);
    let report = project.verify(&[]).exits(1).report();
    assert_eq!(report.only("git-ref-moved")["expected"], commit.as_str());
}

#[test]
fn an_empty_repository_has_nothing_to_lock() {
    let server = GitServer::start();
    server.repository("empty");
    let project = Project::new(&[("code", source(server.url("empty"), None))]);
    let run = project.lock(&[]).exits(1);
    run.says("error[git-ref-not-found]").says("is it empty?");
}
