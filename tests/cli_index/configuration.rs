//! Which index is asked: sources, the command line, the environment, uv.

use std::path::PathBuf;

use crate::common::index_server::{File, IndexServer};
use crate::common::project::Project;
use crate::{Setting, source};

/// A file of its own for each index, so that locks tell which one was asked.
fn index(tag: &str) -> IndexServer {
    let server = IndexServer::start();
    server.add(
        "demo",
        "1.0",
        &[File::wheel_for(&format!("py3-none-{tag}"))],
    );
    server
}

fn locked_tag(project: &Project) -> String {
    let release = project.distribution("demo==1.0");
    let files: Vec<_> = release["files"].as_object().unwrap().keys().collect();
    let [file] = files[..] else {
        panic!("{files:?}");
    };
    let tag = file.strip_prefix("demo-1.0-py3-none-").unwrap();
    tag.strip_suffix(".whl").unwrap().to_owned()
}

/// The real program; a missing one fails the test, for a silent skip would prove nothing.
fn real_uv() -> PathBuf {
    let explicit = std::env::var_os("VHB_UV").map(PathBuf::from);
    let uv = vhb::io::uv::Uv::find(explicit);
    uv.expect("these tests need `uv` at `$VHB_UV` or on `PATH`")
        .program
}

#[test]
fn the_nearest_to_the_source_decides() {
    let mut project = Project::new(&[("demo", source("demo", Some("1.0")))]);
    let servers = ["uv", "pip", "uv_old", "environment", "flag", "source"].map(index);
    let [configured, pip, uv_old, environment, flag, own] = &servers;
    project.set("VHB_UV", real_uv());
    let uv_toml = format!(
        "[[index]]\nurl = \"{}\"\ndefault = true\n",
        configured.url()
    );
    project.write("uv.toml", &uv_toml);
    let lock = |project: &Project, options: &[&str]| {
        project.lock(&[&["--upgrade"], options].concat()).exits(0);
        locked_tag(project)
    };
    assert_eq!(lock(&project, &[]), "uv");
    project.set("PIP_INDEX_URL", pip.url());
    assert_eq!(lock(&project, &[]), "pip");
    project.set("UV_INDEX_URL", uv_old.url());
    assert_eq!(lock(&project, &[]), "uv_old");
    project.set("UV_DEFAULT_INDEX", environment.url());
    assert_eq!(lock(&project, &[]), "environment");
    let by_flag = ["--index-url", &flag.url()];
    assert_eq!(lock(&project, &by_flag), "flag");
    assert!(project.locked("demo")["pin"].get("index").is_none());

    let text = source("demo", Some("1.0")) + "index: \"" + &own.url() + "/\"\n";
    project.package("demo", &text);
    assert_eq!(lock(&project, &by_flag), "source");
    assert_eq!(project.locked("demo")["pin"]["index"], own.url());
    for server in &servers {
        assert_eq!(server.statuses(), [200], "each was asked once");
    }
    project.verify(&by_flag).exits(0);
}

#[test]
fn uv_is_asked_in_the_project_and_its_word_holds_for_verify() {
    let mut setting = Setting::demo(Some("1.0"));
    setting.project.set("VHB_UV", real_uv());
    let pyproject = format!(
        "[project]\nname = \"bench\"\nversion = \"1\"\n\n\
         [[tool.uv.index]]\nname = \"mine\"\nurl = \"{}\"\ndefault = true\n",
        setting.server.url()
    );
    setting.project.write("pyproject.toml", &pyproject);
    setting.project.lock(&[]).exits(0);
    setting.project.verify(&[]).exits(0);
    setting.server.remove("demo-1.0.0.tar.gz");
    let report = setting.project.verify(&[]).exits(1).report();
    report.only("pypi-file-removed");
}

#[test]
fn no_uv_and_no_index_is_told_with_a_way_out() {
    let mut setting = Setting::demo(Some("1.0"));
    setting.project.set("PATH", setting.project.home());
    let run = setting.project.lock(&[]).exits(2);
    insta::assert_snapshot!(run.stderr, @r"
    error: nothing was locked: program `uv` is neither beside `vhb` nor on `PATH`
      hint: set or install what the message names: uv by `pip install uv` or `VHB_UV` (`vhb lock --direct --index-url URL` needs none), git for git sources, `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` for buckets
    ");
    assert!(!setting.project.is_locked());

    // Whatever is named explicitly needs no uv.
    setting.lock(&[]).exits(0);
    setting.verify(&[]).exits(0);
    let report = setting.project.verify(&[]).exits(3).report();
    assert_eq!(report.verdict(), "unverifiable");
    assert_eq!(report.upstream("distributions/demo==1.0.0"), "unverifiable");
    report.only("not-configured");
}

#[test]
fn a_named_uv_that_is_not_there_is_an_error_of_its_own() {
    let mut setting = Setting::demo(Some("1.0"));
    let nowhere = setting.project.home().join("nowhere/uv");
    setting.project.set("VHB_UV", &nowhere);
    let run = setting.project.lock(&[]).exits(2);
    run.says(&format!("no program `{}`", nowhere.display()));
    assert!(!setting.project.is_locked());
}

#[test]
fn an_index_of_the_environment_that_is_none_is_told() {
    let mut setting = Setting::demo(Some("1.0"));
    setting.project.set("UV_DEFAULT_INDEX", "./wheels");
    let run = setting.project.lock(&[]).exits(2);
    run.says("cannot use the index that the environment names")
        .says("`./wheels`");
}

#[test]
fn a_project_without_packages_of_an_index_needs_none() {
    let mut project = Project::new(&[("code", "type: local\npath: code\neditable: false\n")]);
    project.write(
        "code/pyproject.toml",
        "[project]\nname = \"code\"\nversion = \"1\"\n",
    );
    project.set("VHB_UV", "/nowhere/uv");
    project.lock(&[]).exits(0);
    project.verify(&[]).exits(0);
}
