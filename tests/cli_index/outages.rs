//! Indexes in trouble: never a pass, and never drift.

use std::time::Instant;

use crate::common::index_server::{Answer, File, IndexServer};
use crate::common::project::{Project, Report};
use crate::{Setting, source};

const JSON: &str = "application/vnd.pypi.simple.v1+json";

/// Fails unless vhb says that it could not ask.
fn could_not_ask(report: &Report) {
    assert_eq!(report.verdict(), "unverifiable");
    assert_eq!(report.upstream("distributions/demo==1.0.0"), "unverifiable");
    assert_eq!(report.only("source-unreachable")["severity"], "warning");
}

#[test]
fn a_busy_index_is_asked_again_when_it_says() {
    let setting = Setting::demo(Some("1.0"));
    let busy = Answer::status(429).header("Retry-After", "1");
    setting
        .server
        .with(|state| state.answers.push_back(busy.clone()));
    let begun = Instant::now();
    setting.lock(&[]).exits(0);
    assert!(begun.elapsed().as_secs_f32() >= 1.0, "it did not wait");
    assert_eq!(setting.server.statuses(), [429, 200]);
    setting.server.with(|state| state.answers.push_back(busy));
    let report = setting.verify(&[]).exits(0).report();
    assert!(report.codes().is_empty());
    assert_eq!(setting.server.statuses(), [429, 200, 429, 304]);
}

#[test]
fn a_broken_index_is_no_pass() {
    let setting = Setting::locked();
    let before = setting.project.lock_text();
    setting
        .server
        .with(|state| state.always = Some(Answer::status(500)));
    let report = setting.verify(&[]).exits(3).report();
    could_not_ask(&report);
    let message = report.finding("source-unreachable")["message"]
        .as_str()
        .unwrap();
    assert!(message.contains("500"), "{message}");

    let run = setting.lock(&["--upgrade"]).exits(3);
    run.says("warning[source-unreachable]")
        .says("nothing was locked");
    assert_eq!(setting.project.lock_text(), before);
}

#[test]
fn answers_that_make_no_sense_are_no_pass() {
    let page = b"{\"meta\":{\"api-version\":\"1.0\"},\"name\":\"demo\",\"files\":[]}";
    for answer in [
        Answer::truncated(JSON, page),
        Answer::body(JSON, &page[..20]),
        Answer::body("application/pdf", page),
        Answer::body("text/plain", b"maintenance"),
        Answer::body(
            JSON,
            b"{\"meta\":{\"api-version\":\"2.0\"},\"name\":\"demo\",\"files\":[]}",
        ),
        Answer::redirect("ftp://127.0.0.1/simple/demo/"),
        Answer::redirect(""),
        Answer::status(204),
    ] {
        let setting = Setting::locked();
        setting
            .server
            .with(|state| state.always = Some(answer.clone()));
        let run = setting.verify(&[]);
        assert_eq!(run.code, Some(3), "{answer:?}: {run:?}");
        could_not_ask(&run.report());
    }
}

#[test]
fn a_silent_or_stopped_index_is_no_pass() {
    let setting = Setting::locked();
    setting
        .server
        .with(|state| state.always = Some(Answer::silence()));
    could_not_ask(&setting.verify(&["--timeout", "1"]).exits(3).report());

    let Setting { server, project } = setting;
    let index = server.url();
    drop(server);
    let run = project.verify(&["--index-url", &index]).exits(3);
    could_not_ask(&run.report());
    let run = project.lock(&["--index-url", &index, "--upgrade"]).exits(3);
    run.says("warning[source-unreachable]");
    // Nothing has to be asked.
    project
        .lock(&["--index-url", &index])
        .exits(0)
        .says("nothing changed");
}

#[test]
fn all_failing_packages_are_reported_together() {
    let (near, far) = (IndexServer::start(), IndexServer::start());
    near.add("good", "1.0", &[File::wheel()]);
    far.with(|state| state.always = Some(Answer::status(503)));
    let elsewhere = source("other", Some("1.0")) + "index: \"" + &far.url() + "\"\n";
    let project = Project::new(&[
        ("absent", source("absent", Some("1.0"))),
        ("good", source("good", Some("1.0"))),
        ("other", elsewhere),
        ("typo", source("good", Some("1.1"))),
    ]);
    let run = project.lock(&["--index-url", &near.url()]).exits(1);
    run.says("error[project-not-found]")
        .says("registries/packages/absent.yaml")
        .says("warning[source-unreachable]")
        .says("registries/packages/other.yaml")
        .says("error[version-not-found]")
        .says("registries/packages/typo.yaml")
        .says("nothing was locked: 3 problems above")
        .says_nothing_of("registries/packages/good.yaml");
    assert!(!project.is_locked());
}

#[test]
fn what_stops_a_lock_is_told_quietly_too() {
    let mut setting = Setting::demo(None);
    setting
        .project
        .package("typo", &source("demo", Some("1.1")));
    let run = setting.lock(&["--quiet"]).exits(1);
    run.says("error[version-not-found]")
        .says_nothing_of("mutable-ref");

    setting
        .server
        .with(|state| state.always = Some(Answer::status(501)));
    let run = setting.lock(&["--quiet"]).exits(3);
    run.says("warning[source-unreachable]").says("501");

    setting.project.set("PATH", setting.project.home());
    let run = setting.project.lock(&["--quiet"]).exits(2);
    run.says("error: nothing was locked").says("--index-url");

    setting.server.with(|state| state.always = None);
    setting
        .project
        .package("typo", &source("demo", Some("1.0")));
    let run = setting.lock(&["--quiet"]).exits(0);
    assert_eq!(run.stdout + &run.stderr, "");
}

#[test]
fn drift_outweighs_an_outage() {
    let far = IndexServer::start();
    far.add("other", "1.0", &[File::wheel()]);
    let elsewhere = source("other", Some("1.0")) + "index: \"" + &far.url() + "\"\n";
    let mut setting = Setting::demo(Some("1.0"));
    setting.project.package("other", &elsewhere);
    setting.lock(&[]).exits(0);
    far.with(|state| state.always = Some(Answer::status(502)));
    setting.verify(&[]).exits(3);
    setting.server.remove("demo-1.0.0.tar.gz");
    let report = setting.verify(&[]).exits(1).report();
    assert_eq!(report.upstream("distributions/demo==1.0.0"), "drift");
    assert_eq!(report.upstream("distributions/other==1.0"), "unverifiable");
    assert_eq!(report.codes(), ["pypi-file-removed", "source-unreachable"]);
}
