//! Locks that cannot be installed, and servers and programs that fail.

use crate::common::index_server::Answer;
use crate::setting::{LOCK, Setting, source, wheel};

#[test]
fn an_environment_that_lacks_something_is_refused() {
    let setting = Setting::wheels();
    let mut lock = setting.project.lock_json();
    let environments = lock["environments"].as_object_mut().unwrap();
    for environment in environments.values_mut() {
        let held = environment["distributions"].as_object_mut().unwrap();
        held.remove("helper==1.0");
    }
    setting.project.write(LOCK, &lock.to_string());
    let run = setting.sync(&[]).exits(1);
    run.says("error[closure-missing]")
        .says("nothing was installed");
    setting.made_nothing();
}

#[test]
fn direct_sources_alone_are_no_environment() {
    let mut setting = Setting::new();
    setting.server.add("app", "1.0", &[wheel(&[])]);
    setting.project.package("app", &source("app", "1.0"));
    setting.project.lock(&[]).exits(0);
    let run = setting.sync(&[]).exits(2);
    run.says("does not say what environment").says("--direct");
    setting.made_nothing();
}

#[test]
fn an_index_that_does_not_answer_is_no_drift() {
    let setting = Setting::wheels();
    std::fs::remove_dir_all(setting.project.cache_of_uv()).unwrap();
    let failed = Answer::status(503);
    setting.server.with(|state| state.always = Some(failed));
    let run = setting.sync(&[]).exits(3);
    run.says("warning[source-unreachable]")
        .says("nothing was installed");
    setting.made_nothing();
}

#[test]
fn a_file_that_is_gone_is_told() {
    let setting = Setting::wheels();
    std::fs::remove_dir_all(setting.project.cache_of_uv()).unwrap();
    setting.server.remove("helper-1.0-py3-none-any.whl");
    let run = setting.sync(&[]).exits(1);
    run.says("error[install-failed]").says("helper");
    setting.made_nothing();
}

#[test]
fn without_uv_nothing_is_made() {
    let mut setting = Setting::wheels();
    setting.project.set("VHB_UV", "/nowhere/uv");
    let run = setting.sync(&[]).exits(3);
    run.says("warning[not-configured]").says("/nowhere/uv");
    setting.made_nothing();
}

#[test]
fn what_the_user_configured_for_uv_chooses_nothing() {
    let mut setting = Setting::wheels();
    for (name, value) in [
        ("UV_NO_BINARY", "1"),
        ("UV_CONSTRAINT", "/nowhere/constraints.txt"),
        ("UV_INDEX_STRATEGY", "first-index"),
        ("UV_LINK_MODE", "symlink"),
        ("UV_VENV_SEED", "1"),
    ] {
        setting.project.set(name, value);
    }
    let text = "[tool.uv]\nno-binary = true\n[tool.uv.pip]\nno-index = true\n";
    setting.project.write("pyproject.toml", text);
    setting.sync(&[]).exits(0);
    setting.holds(&[("app", "1.0"), ("helper", "1.0")]);
    assert!(!setting.site().join("app.py").is_symlink());
}
