//! Releases that are no longer what was locked.

use crate::Setting;
use crate::common::index_server::{Answer, File, sha256};

const WHEEL: &str = "demo-1.0.0-py3-none-any.whl";
const SDIST: &str = "demo-1.0.0.tar.gz";
const SUBJECT: &str = "distributions/demo==1.0.0";

#[test]
fn a_changed_file_is_drift() {
    let setting = Setting::locked();
    let before = setting.project.lock_text();
    setting
        .server
        .change(WHEEL, |file| file.content(b"other bytes"));
    let report = setting.verify(&[]).exits(1).report();
    assert_eq!(report.verdict(), "drift");
    assert_eq!(report.upstream(SUBJECT), "drift");
    let finding = report.only("pypi-hash-changed");
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["subject"], SUBJECT);
    assert!(
        finding["message"].as_str().unwrap().contains(WHEEL),
        "{finding}"
    );
    let old = sha256(format!("content of {WHEEL}").as_bytes());
    assert_eq!(finding["expected"], format!("sha256:{old}"));
    assert_eq!(
        finding["actual"],
        format!("sha256:{}", sha256(b"other bytes"))
    );
    assert_eq!(setting.project.lock_text(), before, "verify writes nothing");

    let index = setting.server.url();
    let run = setting
        .project
        .verify_as_text(&["--index-url", &index])
        .exits(1);
    insta::assert_snapshot!(run.essence(), @r"
    error[pypi-hash-changed]: distributions/demo==1.0.0: `demo-1.0.0-py3-none-any.whl` has another SHA-256 under the same name
     |
     = locked: sha256:ac8649ba0f382b090568fe9d0d85aa2571290d5a0eef67a4389926124842310d
     = now: sha256:a3ead5eedad5df82318c51685dbc1c147a36d1ff8584fc82de6b08d0bf63a795
     = hint: do not install it; ask the index's operators

    config      8 match
    upstream    1 drift
    local       1 match
    verdict: drift
    ");
}

#[test]
fn a_removed_file_is_drift() {
    let setting = Setting::locked();
    setting.server.remove(SDIST);
    let report = setting.verify(&[]).exits(1).report();
    let finding = report.only("pypi-file-removed");
    assert!(
        finding["message"].as_str().unwrap().contains(SDIST),
        "{finding}"
    );
    assert_eq!(report.upstream(SUBJECT), "drift");
}

#[test]
fn each_file_is_reported_on_its_own() {
    let setting = Setting::locked();
    setting
        .server
        .add("demo", "1.0.0", &[File::wheel_for("cp311-cp311-any")]);
    setting.server.remove(SDIST);
    setting
        .server
        .change(WHEEL, |file| file.content(b"other bytes"));
    let report = setting.verify(&[]).exits(1).report();
    let codes = ["pypi-hash-changed", "pypi-file-removed", "pypi-new-files"];
    assert_eq!(report.codes(), codes);
}

#[test]
fn a_removed_release_is_drift() {
    let setting = Setting::locked();
    setting.server.remove(WHEEL);
    setting.server.remove(SDIST);
    setting.server.add("demo", "1.0.0.post1", &[File::wheel()]);
    let report = setting.verify(&[]).exits(1).report();
    let finding = report.only("pypi-release-removed");
    assert!(
        finding["message"]
            .as_str()
            .unwrap()
            .contains("`demo==1.0.0`"),
        "{finding}"
    );
}

#[test]
fn a_removed_project_is_drift() {
    for status in [404, 410] {
        let setting = Setting::locked();
        setting
            .server
            .with(|state| state.always = Some(Answer::status(status)));
        let report = setting.verify(&[]).exits(1).report();
        let finding = report.only("pypi-project-removed");
        assert_eq!(finding["severity"], "error", "{status}");
        assert_eq!(report.upstream(SUBJECT), "drift");
    }
}

#[test]
fn a_yank_is_a_warning_that_strictness_makes_an_error() {
    let setting = Setting::locked();
    setting
        .server
        .change(WHEEL, |file| file.yanked("withdrawn"));
    let report = setting.verify(&[]).exits(0).report();
    assert!(
        report.codes().is_empty(),
        "one file of two is no yanked release"
    );

    setting.server.change(SDIST, |file| file.yanked(""));
    let report = setting.verify(&[]).exits(0).report();
    assert_eq!(report.upstream(SUBJECT), "match");
    let finding = report.only("pypi-yanked");
    assert_eq!(finding["severity"], "warning");
    let message = finding["message"].as_str().unwrap();
    assert!(
        message.ends_with("yanked since it was locked: withdrawn"),
        "{message}"
    );

    let report = setting.verify(&["--strict"]).exits(1).report();
    assert_eq!(report.finding("pypi-yanked")["severity"], "error");
}

#[test]
fn a_new_file_of_the_release_is_expected() {
    let setting = Setting::locked();
    let tag = "cp311-cp311-manylinux_2_28_x86_64";
    setting.server.add("demo", "1.0.0", &[File::wheel_for(tag)]);
    setting.server.add("demo", "1.1", &[File::wheel()]);
    let report = setting.verify(&[]).exits(0).report();
    assert_eq!(report.verdict(), "match");
    let finding = report.only("pypi-new-files");
    assert_eq!(finding["severity"], "info");
    let message = finding["message"].as_str().unwrap();
    assert!(
        message.contains(&format!("`demo-1.0.0-{tag}.whl`")),
        "{message}"
    );
    assert!(!message.contains("1.1"), "{message}");

    setting.lock(&["--upgrade-package", "demo"]).exits(0);
    assert!(setting.verify(&[]).exits(0).report().codes().is_empty());
}
