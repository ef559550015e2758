//! A machine without uv.

use crate::Setting;

fn setting() -> Setting {
    let mut setting = Setting::chain();
    setting.project.set("VHB_UV", "");
    let home = setting.project.home();
    setting.project.set("PATH", home);
    setting
}

#[test]
fn without_uv_there_is_one_error_that_says_how_to_get_it() {
    let setting = setting();
    let run = setting.lock(&[]).exits(2);
    let errors: Vec<_> = run
        .stderr
        .lines()
        .filter(|it| it.starts_with("error"))
        .collect();
    assert_eq!(errors.len(), 1, "{}", run.stderr);
    run.says("`uv`").says("hint:").says("pip install uv");
    assert!(!setting.project.root().join("locks").exists());
    assert!(!setting.project.root().join("sboms").exists());
}

#[test]
fn a_named_uv_that_is_not_there_is_one_error() {
    let mut setting = setting();
    setting.project.set("VHB_UV", "/nowhere/uv");
    let run = setting.lock(&[]).exits(2);
    run.says("`/nowhere/uv`");
    assert!(!setting.project.is_locked());
}

#[test]
fn direct_sources_are_locked_without_uv() {
    let mut setting = setting();
    let index = setting.server.url();
    setting.project.set("UV_DEFAULT_INDEX", "");
    let direct = ["--direct", "--index-url", &index];
    setting.lock(&direct).exits(0);
    assert!(
        setting
            .environment("inference")
            .get("distributions")
            .is_none()
    );
    assert!(setting.project.distribution("helper==1.1").is_null());
    let report = setting
        .project
        .verify(&["--index-url", &index])
        .exits(0)
        .report();
    let gaps = report.subjects("not-recorded");
    assert!(
        gaps.iter()
            .any(|it| it.starts_with("environments/inference")),
        "{gaps:?}"
    );
}
