//! Servers that do not answer: never a pass, and never drift.

use std::net::TcpListener;

use crate::common::git_server::{GitServer, free_port};
use crate::common::project::Project;
use crate::{Setting, pyproject, source};

/// Configuration by which `git://moving.invalid/` is asked at some port instead.
fn instead(port: u16) -> String {
    format!("[url \"git://127.0.0.1:{port}/\"]\ninsteadOf = git://moving.invalid/\n")
}

#[test]
fn a_stopped_server_is_no_pass() {
    let mut setting = Setting::asking_for(Some("v1"));
    setting.project.lock(&[]).exits(0);
    setting.server.stop();
    let report = setting.project.verify(&[]).exits(3).report();
    assert_eq!(report.verdict(), "unverifiable");
    assert_eq!(report.upstream("packages/code"), "unverifiable");
    let finding = report.only("source-unreachable");
    assert_eq!(finding["severity"], "warning");

    let before = setting.project.lock_text();
    let run = setting.project.lock(&["--upgrade"]).exits(3);
    run.says("warning[source-unreachable]")
        .says("nothing was locked");
    assert_eq!(setting.project.lock_text(), before);
}

#[test]
fn a_silent_server_is_given_up_in_time() {
    let mut setting = Setting::asking_for(Some("v1"));
    let source = source("git://moving.invalid/code", Some("v1"));
    setting.project.package("code", &source);
    setting.project.git_config(&instead(setting.server.port()));
    setting.project.lock(&[]).exits(0);

    // Connections are accepted by the system, and nobody ever answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    setting.project.git_config(&instead(port));
    let run = setting.project.verify(&["--timeout", "2"]).exits(3);
    let report = run.report();
    let finding = report.only("source-unreachable");
    let message = finding["message"].as_str().unwrap();
    assert!(message.contains("no answer"), "{message}");
    assert!(message.contains("for 2 s"), "{message}");
    drop(silent);
}

#[test]
fn a_removed_repository_is_drift() {
    for locale in ["C", "de_DE.UTF-8"] {
        let mut setting = Setting::asking_for(Some("v1"));
        // git's own words decide, whatever language the user reads.
        setting.project.set("LC_ALL", locale);
        setting.project.set("LANGUAGE", "de");
        setting.project.lock(&[]).exits(0);
        std::fs::remove_dir_all(&setting.repo.path).unwrap();
        let report = setting.project.verify(&[]).exits(1).report();
        let finding = report.only("git-repository-gone");
        assert_eq!(finding["severity"], "error");
        assert_eq!(report.upstream("packages/code"), "drift");
        setting
            .project
            .lock(&["--upgrade"])
            .exits(1)
            .says("error[git-repository-gone]");
    }
}

#[test]
fn all_failing_packages_are_reported_together() {
    let server = GitServer::start();
    let repo = server.repository("good");
    repo.write("pyproject.toml", pyproject("good", "1"));
    repo.commit("one");
    repo.git(&["tag", "v1"]);
    let good = server.url("good");
    let closed = format!("git://127.0.0.1:{}/x", free_port());
    let project = Project::new(&[
        ("absent", source(server.url("absent"), Some("v1"))),
        ("closed", source(closed, Some("v1"))),
        ("good", source(&good, Some("v1"))),
        ("mutable", source(&good, Some("main"))),
        ("typo", source(&good, Some("v2"))),
    ]);
    let run = project.lock(&[]).exits(1);
    run.says("error[git-repository-gone]")
        .says("registries/packages/absent.yaml")
        .says("warning[source-unreachable]")
        .says("registries/packages/closed.yaml")
        .says("warning[mutable-ref]")
        .says("error[git-ref-not-found]")
        .says("registries/packages/typo.yaml")
        .says("nothing was locked: 3 problems above")
        .says_nothing_of("registries/packages/good.yaml");
    assert!(!project.is_locked());
}

#[test]
fn drift_outweighs_an_outage() {
    let mut setting = Setting::asking_for(Some("v1"));
    let mut other = GitServer::start();
    let repo = other.repository("other");
    repo.commit_file("a", "1");
    repo.git(&["tag", "v1"]);
    let text = source(other.url("other"), Some("v1"));
    setting.project.package("other", &text);
    setting.project.lock(&[]).exits(0);

    other.stop();
    setting.project.verify(&[]).exits(3);
    setting.repo.commit_file("later", "1");
    setting.repo.git(&["tag", "--force", "v1"]);
    let report = setting.project.verify(&[]).exits(1).report();
    assert_eq!(report.verdict(), "drift");
    assert_eq!(report.upstream("packages/code"), "drift");
    assert_eq!(report.upstream("packages/other"), "unverifiable");
    assert_eq!(report.codes(), ["git-ref-moved", "source-unreachable"]);
}
