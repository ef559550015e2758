//! Credentials in a git address are used and never shown.

use crate::common::git_server::free_port;
use crate::common::project::Project;
use crate::{Setting, source};

const SECRET: &str = "s3cr3t-t0ken";

/// A setting whose package has credentials in its address, which git takes to the server.
fn with_credentials(reference: Option<&str>) -> Setting {
    let mut setting = Setting::asking_for(None);
    let asked = format!("https://me:{SECRET}@git.invalid/code");
    setting.project.package("code", &source(asked, reference));
    setting.project.git_config(&format!(
        "[url \"git://127.0.0.1:{}/\"]\ninsteadOf = https://me:{SECRET}@git.invalid/\n",
        setting.server.port()
    ));
    setting
}

#[test]
fn credentials_are_used_and_stand_in_no_output() {
    let mut setting = with_credentials(Some("v1"));
    let project = &setting.project;
    project.lock(&[]).exits(0).conceals(SECRET);
    assert_eq!(
        project.locked("code")["pin"]["url"],
        "https://git.invalid/code"
    );
    assert_eq!(
        project.locked("code")["source"]["url"],
        "https://git.invalid/code"
    );
    project
        .lock(&["--upgrade"])
        .exits(0)
        .conceals(SECRET)
        .says("nothing changed");
    project
        .vhb(&["sbom", "locks/exp.lock.json", "--output", "-"])
        .exits(0)
        .conceals(SECRET);
    project.assert_unwritten(SECRET);
    assert!(project.root().join("sboms/exp.cdx.json").exists());

    // Others have other credentials, or none: the lock is the same.
    let asked = source("https://git.invalid/code", Some("v1"));
    setting.project.package("code", &asked);
    let project = &setting.project;
    project.lock(&["--check"]).exits(0);
    let report = project.verify(&["--offline"]).exits(0).report();
    assert!(report.codes().is_empty(), "{report:?}");
}

/// The lock holds no credentials, so that of its own registries gives them.
#[test]
fn verify_finds_the_credentials_that_the_registry_has() {
    let setting = with_credentials(Some("v1"));
    setting.project.lock(&[]).exits(0);
    let report = setting
        .project
        .verify(&[])
        .exits(0)
        .conceals(SECRET)
        .report();
    assert_eq!(report.upstream("packages/code"), "match");
}

#[test]
fn excerpts_of_the_registry_hide_credentials() {
    let mut setting = with_credentials(None);
    let address = format!("https://me:{SECRET}@git.invalid/code");
    for text in [
        format!("source: {{type: git, url: \"{address}\"}}\n"),
        format!("source: {{url: \"{address}\", type: git, ref: main}}\n"),
        format!("source:\n  url: \"{address}\"\n  type: git\n"),
    ] {
        setting.project.package_file("code", &text);
        let run = setting.project.lock(&[]).exits(0).conceals(SECRET);
        run.says("warning[mutable-ref]")
            .says("registries/packages/code.yaml:");
    }
    // The same where the registry itself is wrong.
    let text = format!("source:\n  type: git\n  url: \"{address}\"\n  reff: \"{address}\"\n");
    setting.project.package_file("code", &text);
    setting
        .project
        .lock(&[])
        .conceals(SECRET)
        .says("warning[unknown-field]");
    setting.project.vhb(&["check"]).conceals(SECRET);
    setting
        .project
        .vhb(&["check", "--format", "json"])
        .conceals(SECRET);
    let text = format!("source:\n  type: git\n  url: \"ext::{address}\"\n");
    setting.project.package_file("code", &text);
    setting
        .project
        .lock(&[])
        .exits(1)
        .conceals(SECRET)
        .says("error[invalid-value]");
    setting
        .project
        .vhb(&["check", "--format", "json"])
        .conceals(SECRET);
}

#[test]
fn failures_hide_credentials() {
    let port = free_port();
    for address in [
        format!("https://me:{SECRET}@127.0.0.1:{port}/code"),
        format!("https://{SECRET}@127.0.0.1:{port}/code"),
        format!("git://me:{SECRET}@127.0.0.1:{port}/code"),
        format!("http://me:{SECRET}@127.0.0.1:{port}/code"),
    ] {
        let project = Project::new(&[("code", source(address, Some("v1")))]);
        let run = project.lock(&["--timeout", "5"]).exits(3).conceals(SECRET);
        run.says("warning[source-unreachable]");
    }
    let mut setting = with_credentials(Some("no-such-tag"));
    let run = setting.project.lock(&[]).exits(1).conceals(SECRET);
    run.says("error[git-ref-not-found]")
        .says("`https://git.invalid/code`");
    setting.server.stop();
    setting.project.lock(&[]).exits(3).conceals(SECRET);
}

#[test]
fn the_address_of_a_submodule_is_recorded_without_credentials() {
    let setting = Setting::asking_for(Some("v2"));
    let address = format!("https://me:{SECRET}@git.invalid/part");
    let section = "[submodule \"part\"]\npath = part\nurl = ";
    setting
        .repo
        .write(".gitmodules", format!("{section}{address}\n"));
    setting.repo.git(&["add", ".gitmodules"]);
    let link = format!("160000,{},part", setting.first);
    setting
        .repo
        .git(&["update-index", "--add", "--cacheinfo", &link]);
    setting.repo.git(&["commit", "--quiet", "-m", "submodule"]);
    setting.repo.git(&["tag", "v2"]);
    setting.project.lock(&[]).exits(0).conceals(SECRET);
    let pin = setting.project.locked("code")["pin"].take();
    assert_eq!(pin["submodules"][0]["url"], "https://git.invalid/part");
    setting.project.verify(&[]).exits(0).conceals(SECRET);
    setting.project.assert_unwritten(SECRET);
}
