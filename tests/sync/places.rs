//! Where an environment may be made, and with which interpreter.

use std::os::unix::fs::symlink;

use crate::setting::{LOCK, Setting};

#[test]
fn directories_above_are_made_and_removed_again() {
    let setting = Setting::wheels();
    setting.sync_into("deep/er/env", &[]).exits(0);
    assert!(setting.path("deep/er/env/pyvenv.cfg").is_file());
    setting.server.remove("helper-1.0-py3-none-any.whl");
    setting.sync_into("other/env", &["--offline"]).exits(0);
    std::fs::remove_dir_all(setting.project.cache_of_uv()).unwrap();
    setting.sync_into("failed/env", &[]).exits(1);
    assert!(!setting.path("failed").exists());
}

#[test]
fn an_empty_directory_is_taken_also_through_a_link() {
    let setting = Setting::wheels();
    std::fs::create_dir(setting.path("real")).unwrap();
    symlink("real", setting.path("env")).unwrap();
    setting.sync(&[]).exits(0);
    assert!(setting.path("real/pyvenv.cfg").is_file());
    assert!(setting.path("env").is_symlink());
}

#[test]
fn what_is_not_empty_is_left_alone() {
    let setting = Setting::wheels();
    setting.project.write("env/thesis.tex", "years of work");
    let run = setting.sync(&[]).exits(2);
    run.says("exists and is not empty").says("--force");
    let run = setting.sync(&["--force"]).exits(2);
    run.says("is not a virtual environment");
    let text = std::fs::read_to_string(setting.path("env/thesis.tex")).unwrap();
    assert_eq!(text, "years of work");
    let run = setting.sync_into("env/thesis.tex", &["--force"]).exits(2);
    run.says("is not a directory");
}

#[test]
fn a_platform_that_this_machine_is_not_is_refused() {
    let mut setting = Setting::new();
    let wheel = crate::setting::wheel(&[]);
    setting.server.add("app", "1.0", &[wheel]);
    setting
        .project
        .package("app", &crate::setting::source("app", "1.0"));
    setting
        .project
        .experiment("python: \"3.11\"\nplatform: windows\n");
    setting.lock();
    let run = setting.sync(&[]).exits(2);
    run.says("is locked for `windows`")
        .says(std::env::consts::OS)
        .says("--print");
    setting.made_nothing();
}

#[test]
fn another_interpreter_has_to_be_of_the_same_version() {
    let setting = Setting::wheels();
    let python = std::env::var("VHB_PYTHON").expect("VHB_PYTHON names the Python of tests");
    setting.sync(&["--python", &python]).exits(0);
    setting.holds(&[("app", "1.0"), ("helper", "1.0")]);

    let text = setting.project.lock_text();
    let edited = text.replace("\"python\": \"3.11\"", "\"python\": \"3.12\"");
    assert_ne!(text, edited);
    setting.project.write(LOCK, &edited);
    let run = setting.sync_into("other", &["--python", &python]).exits(2);
    run.says("is Python 3.11").says("Python 3.12");
    let run = setting
        .sync_into("other", &["--python", "/nowhere/python"])
        .exits(2);
    run.says("cannot use `--python /nowhere/python`");
    assert!(!setting.path("other").exists());
}

#[test]
fn an_interpreter_is_named_from_here_and_a_name_may_begin_with_a_dash() {
    let setting = Setting::wheels();
    setting.sync(&[]).exits(0);
    let run = setting.sync_into("./-env", &["--python", "./env/bin/python"]);
    run.exits(0);
    let written = std::fs::read_to_string(setting.path("-env/pyvenv.cfg")).unwrap();
    assert!(written.contains("prompt = -env\n"), "{written}");
}

#[test]
fn a_python_that_is_missing_is_told() {
    let setting = Setting::wheels();
    let text = setting.project.lock_text();
    let edited = text.replace("\"python\": \"3.11\"", "\"python\": \"3.99\"");
    setting.project.write(LOCK, &edited);
    let run = setting.sync(&[]).exits(1);
    run.says("error[install-failed]").says("3.99");
    setting.made_nothing();
}
