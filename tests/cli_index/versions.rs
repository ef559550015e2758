//! Which release is locked, and what is recorded of it.

use serde_json::json;

use crate::common::index_server::{File, IndexServer, sha256};
use crate::{Setting, source};

#[test]
fn a_version_is_locked_as_the_index_writes_it_with_all_files() {
    for asked in ["1.0", "1.0.0", "==1"] {
        let setting = Setting::demo(Some(asked));
        setting.server.add("demo", "1.0.1", &[File::wheel()]);
        setting
            .lock(&["--require-immutable"])
            .exits(0)
            .says_nothing_of("warning");
        let locked = setting.project.locked("demo");
        assert_eq!(locked["distribution"], "demo==1.0.0", "{asked}");
        let pin = json!({ "type": "pypi", "name": "demo", "version": "1.0.0" });
        assert_eq!(locked["pin"], pin);
        let [wheel, sdist] = ["demo-1.0.0-py3-none-any.whl", "demo-1.0.0.tar.gz"];
        let digest =
            |file: &str| format!("sha256:{}", sha256(format!("content of {file}").as_bytes()));
        let files = json!({ wheel: digest(wheel), sdist: digest(sdist) });
        assert_eq!(setting.project.distribution("demo==1.0.0")["files"], files);
        let report = setting.verify(&[]).exits(0).report();
        assert_eq!(report.verdict(), "match");
        assert_eq!(report.upstream("distributions/demo==1.0.0"), "match");
        assert!(report.codes().is_empty());
    }
}

#[test]
fn a_name_is_normalised() {
    let setting = Setting::demo(None);
    setting
        .server
        .add("my-demo", "2.0", &[File::wheel(), File::sdist()]);
    let mut setting = setting;
    setting
        .project
        .package("demo", &source("My_Demo", Some("2.0")));
    setting.lock(&[]).exits(0);
    assert_eq!(
        setting.project.locked("demo")["distribution"],
        "my-demo==2.0"
    );
    setting.verify(&[]).exits(0);
}

#[test]
fn a_requirement_of_a_task_needs_no_entry_of_its_own() {
    let setting = Setting::demo(Some("1.0"));
    setting.server.add("extra-demo", "3.1", &[File::wheel()]);
    setting.project.write(
        "registries/tasks/task.yaml",
        "name: task\nentry_point: demo.run\nrequired_packages: [demo, 'Extra_Demo==3.1']\n\
         supported_metrics: [metric]\nsupported_reports: [report]\nsupported_frameworks: [plain]\n",
    );
    setting.lock(&["--require-immutable"]).exits(0);
    let files = setting.project.distribution("extra-demo==3.1")["files"].take();
    assert_eq!(files.as_object().unwrap().len(), 1);
    let report = setting.verify(&[]).exits(0).report();
    assert_eq!(report.upstream("distributions/extra-demo==3.1"), "match");
}

#[test]
fn without_a_version_the_newest_stable_one_that_suits_is_taken() {
    let setting = Setting::demo(None);
    setting
        .server
        .add("demo", "1.2", &[File::wheel().requires_python(">=3.9")]);
    setting
        .server
        .add("demo", "1.10", &[File::wheel().requires_python(">=3.11")]);
    setting
        .server
        .add("demo", "1.11", &[File::wheel().yanked("broken")]);
    setting
        .server
        .add("demo", "2.0", &[File::wheel().requires_python(">=3.13")]);
    setting.server.add("demo", "3.0rc1", &[File::wheel()]);
    let run = setting.lock(&[]).exits(0);
    run.says("warning[mutable-ref]")
        .says("no `version` is given")
        .says("demo==1.10");
    assert_eq!(setting.project.locked("demo")["distribution"], "demo==1.10");

    // Another target is another question.
    setting.lock(&["--python", "3.10"]).exits(0);
    assert_eq!(setting.project.locked("demo")["distribution"], "demo==1.2");
    setting.project.experiment("python: \"3.13\"\n");
    setting.lock(&[]).exits(0);
    assert_eq!(setting.project.locked("demo")["distribution"], "demo==2.0");
}

#[test]
fn a_range_is_locked_to_its_newest_and_stays_there() {
    let mut setting = Setting::demo(None);
    setting.server.add("demo", "1.5", &[File::wheel()]);
    setting.server.add("demo", "2.0", &[File::wheel()]);
    setting
        .project
        .package("demo", &source("demo", Some(">=1,<2")));
    let run = setting.lock(&["--require-immutable"]).exits(1);
    run.says("error[mutable-ref]");
    assert!(!setting.project.is_locked());
    setting.lock(&[]).exits(0).says("warning[mutable-ref]");
    assert_eq!(setting.project.locked("demo")["distribution"], "demo==1.5");

    setting.server.add("demo", "1.6", &[File::wheel()]);
    setting.lock(&[]).exits(0).says("nothing changed");
    setting.verify(&[]).exits(0);
    setting.lock(&["--upgrade-package", "demo"]).exits(0);
    assert_eq!(setting.project.locked("demo")["distribution"], "demo==1.6");
}

#[test]
fn a_yanked_release_is_locked_with_its_reason() {
    let setting = Setting::demo(Some("1.5"));
    let reason = "leaks memory";
    setting.server.add(
        "demo",
        "1.5",
        &[File::wheel().yanked(reason), File::sdist().yanked("")],
    );
    let run = setting.lock(&[]).exits(0);
    run.says("warning[pypi-yanked]")
        .says("`demo==1.5` is yanked: leaks memory");
    assert_eq!(setting.project.distribution("demo==1.5")["yanked"], reason);
    // It was known when it was locked.
    let report = setting.verify(&[]).exits(0).report();
    assert!(report.codes().is_empty(), "{report:?}");
}

#[test]
fn what_is_too_new_is_not_considered() {
    let setting = Setting::demo(None);
    setting.server.remove("demo-1.0.0-py3-none-any.whl");
    setting.server.remove("demo-1.0.0.tar.gz");
    let uploaded = |file: File, instant| file.uploaded(instant);
    setting.server.add(
        "demo",
        "1.0",
        &[uploaded(File::wheel(), "2025-01-01T00:00:00Z")],
    );
    setting.server.add(
        "demo",
        "1.1",
        &[
            uploaded(File::sdist(), "2025-02-01T00:00:00.123456Z"),
            uploaded(File::wheel(), "2025-03-01T00:00:00Z"),
        ],
    );
    setting.server.add("demo", "1.2", &[File::wheel()]);
    let run = setting
        .lock(&["--exclude-newer", "2025-02-15T00:00:00Z"])
        .exits(0);
    run.says("demo==1.1");
    let release = setting.project.distribution("demo==1.1");
    let files: Vec<_> = release["files"].as_object().unwrap().keys().collect();
    assert_eq!(files, ["demo-1.1.tar.gz"]);
    // The wheel came later than the limit, so it is no news.
    assert!(setting.verify(&[]).exits(0).report().codes().is_empty());
    setting
        .project
        .experiment("exclude_newer: \"2025-02-15T00:00:00Z\"\n");
    setting.lock(&[]).exits(0);
    assert!(setting.verify(&[]).exits(0).report().codes().is_empty());

    let run = setting
        .lock(&["--exclude-newer", "2024-01-01T00:00:00Z"])
        .exits(1);
    run.says("error[version-not-found]")
        .says("from before 2024-01-01");
}

#[test]
fn an_index_without_upload_times_admits_nothing_before_an_instant() {
    let setting = Setting::demo(Some("1.0"));
    let run = setting
        .lock(&["--exclude-newer", "2025-01-01T00:00:00Z"])
        .exits(1);
    run.says("error[upload-time-unknown]");
    assert!(!setting.project.is_locked());
}

#[test]
fn what_is_not_on_the_index_is_an_error_with_a_hint() {
    let mut setting = Setting::demo(Some("1.0.1"));
    let run = setting.lock(&[]).exits(1);
    insta::assert_snapshot!(run.stderr, @r#"
    error[version-not-found]: `demo` has no release 1.0.1
     --> registries/packages/demo.yaml:4:12
      |
    4 |   version: "1.0.1"
      |            ^^^^^^^
      |
      = hint: did you mean `1.0.0`?

    nothing was locked: 1 problem above
    "#);
    assert!(!setting.project.is_locked());

    setting.project.package("demo", &source("dmeo", None));
    let run = setting.lock(&[]).exits(1);
    run.says("error[project-not-found]").says("`dmeo`");
    assert!(!setting.project.is_locked());
}

#[test]
fn the_same_answers_give_the_same_bytes() {
    let setting = Setting::locked();
    let before = setting.project.lock_text();
    setting
        .lock(&["--upgrade"])
        .exits(0)
        .says("nothing changed");
    setting.project.clear_cache();
    std::fs::remove_dir_all(setting.project.root().join("locks")).unwrap();
    setting.server.remove("demo-1.0.0-py3-none-any.whl");
    // The other way round.
    setting.server.add("demo", "1.0.0", &[File::wheel()]);
    setting.lock(&[]).exits(0);
    assert_eq!(setting.project.lock_text(), before);
}

#[test]
fn one_release_from_two_indexes_with_other_files_is_a_conflict() {
    let mut setting = Setting::demo(Some("1.0"));
    let other = IndexServer::start();
    other.add("demo", "1.0.0", &[File::wheel().content(b"other bytes")]);
    let elsewhere = format!("{}index: {}\n", source("demo", Some("1.0")), other.url());
    setting.project.package("demo_elsewhere", &elsewhere);
    setting.project.write(
        "registries/tasks/task.yaml",
        "name: task\nentry_point: demo.run\nrequired_packages: [demo, demo_elsewhere]\n\
         supported_metrics: [metric]\nsupported_reports: [report]\nsupported_frameworks: [plain]\n",
    );
    setting
        .lock(&[])
        .exits(1)
        .says("error[distribution-conflict]");
}
