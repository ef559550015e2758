//! What is kept of a former lock without asking anybody.

use crate::{Setting, source};

#[test]
fn a_lock_whose_registry_is_unchanged_asks_nobody() {
    let setting = Setting::chain();
    setting.lock(&[]).exits(0);
    let before = setting.project.lock_text();
    let Setting { server, project } = setting;
    drop(server);
    project.clear_cache();
    std::fs::remove_dir_all(project.cache_of_uv()).unwrap();
    project.lock_all(&[]).exits(0).says("nothing changed");
    project
        .lock_all(&["--offline"])
        .exits(0)
        .says("nothing changed");
    assert_eq!(project.lock_text(), before);
}

#[test]
fn a_new_root_keeps_the_versions_of_the_others() {
    let mut setting = Setting::new(&[("app", "1.0")]);
    setting.add("app", "1.0", &["helper"]);
    setting.add("helper", "1.0", &[]);
    setting.lock(&[]).exits(0);
    setting.add("helper", "1.1", &[]);
    setting.add("plot", "1.0", &["helper>=0.5", "ink"]);
    setting.add("ink", "1.0", &[]);
    setting.project.package("plot", &source("plot", "1.0"));
    let run = setting.lock(&[]).exits(0);
    run.says("ink: added 1.0")
        .says("plot: added 1.0")
        .says_nothing_of("helper");
    assert_eq!(
        setting.held("inference"),
        ["app==1.0", "helper==1.0", "ink==1.0", "plot==1.0"]
    );
    setting.verifies();
}

#[test]
fn a_root_that_goes_takes_along_what_only_it_required() {
    let mut setting = Setting::new(&[("app", "1.0"), ("plot", "1.0")]);
    setting.add("app", "1.0", &["helper"]);
    setting.add("plot", "1.0", &["helper", "ink"]);
    setting.add("helper", "1.0", &[]);
    setting.add("ink", "1.0", &[]);
    setting.lock(&[]).exits(0);
    setting.add("helper", "1.1", &[]);
    setting.project.drop_package("plot");
    let run = setting.lock(&[]).exits(0);
    run.says("ink: removed 1.0").says("plot: removed 1.0");
    assert_eq!(setting.held("inference"), ["app==1.0", "helper==1.0"]);
    setting.verifies();
}

#[test]
fn what_would_change_is_told_and_not_written() {
    let setting = Setting::chain();
    setting.lock(&[]).exits(0);
    let before = setting.project.lock_text();
    setting.lock(&["--check"]).exits(0);
    setting.add("helper", "1.2", &["base", "ink"]);
    setting.add("ink", "1.0", &[]);
    let run = setting
        .lock(&["--check", "--upgrade-package", "helper"])
        .exits(1);
    assert!(
        run.stdout.contains("helper 1.1 -> 1.2, up\n"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("ink: added 1.0\n"), "{}", run.stdout);
    run.says("error[lock-would-change]");
    assert_eq!(setting.project.lock_text(), before);
}

#[test]
fn direct_sources_and_closures_follow_each_other() {
    let setting = Setting::chain();
    setting.lock(&[]).exits(0);
    let whole = setting.project.lock_text();
    setting.project.lock(&[]).exits(0);
    assert!(
        setting
            .environment("inference")
            .get("distributions")
            .is_none()
    );
    setting.project.verify(&["--offline"]).exits(0);
    setting.lock(&[]).exits(0);
    assert_eq!(setting.project.lock_text(), whole);
}

#[test]
fn a_stage_with_the_packages_of_another_gets_what_that_one_has() {
    let setting = Setting::chain();
    setting.lock(&[]).exits(0);
    // Newer ones exist by now, which a stage of its own would get.
    setting.add("helper", "1.2", &["base"]);
    setting.add("base", "1.2", &[]);
    let metric = "class_path: demo.Metric\npackage: app\nname: metric\n";
    setting
        .project
        .write("registries/metrics/metric.yaml", metric);
    setting.lock(&[]).exits(0);
    assert_eq!(setting.held("evaluation"), setting.held("inference"));
    setting.verifies();
}

#[test]
fn a_limit_on_something_else_moves_no_pin_without_a_version() {
    let mut setting = Setting::chain();
    setting.project.package("app", "type: pypi\nname: app\n");
    setting.lock(&[]).exits(0);
    setting.add("app", "2.0", &[]);
    setting.project.experiment("constraints: [\"base<2\"]\n");
    setting.lock(&[]).exits(0);
    assert_eq!(setting.project.locked("app")["pin"]["version"], "1.0");
    // One on itself is heeded when a version is chosen.
    setting.project.experiment("constraints: [\"app<2\"]\n");
    setting.lock(&["--upgrade"]).exits(0);
    assert_eq!(setting.project.locked("app")["pin"]["version"], "1.0");
    setting.project.experiment("");
    setting.lock(&[]).exits(0);
    assert_eq!(setting.project.locked("app")["pin"]["version"], "2.0");
}
