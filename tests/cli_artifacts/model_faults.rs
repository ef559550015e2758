//! What the Hub does not give, or gives wrong.

use vhb::lock::Lock;

use super::common::hub_server::{Answer, File, Gate};
use super::{MODEL, Setting};

#[test]
fn what_is_missing_and_what_is_gated_are_told_apart() {
    let setting = Setting::with_model();
    setting.model().gated(Gate::Everything, false);
    let gated = setting.project.lock(&[]);
    assert!(gated.code == Some(3) || gated.code == Some(1), "{gated:?}");
    gated.says("[hub-gated]").says("set `HF_TOKEN`");
    setting.run("name: org/nothing\n");
    let missing = setting.project.lock(&[]).exits(1);
    missing
        .says("error[hub-repository-not-found]")
        .says("org/nothing");
    setting.model().gated(Gate::Open, true);
    setting.run(&format!("name: {MODEL}\nengine_params: {{revision: v9}}\n"));
    let missing = setting.project.lock(&[]).exits(1);
    missing.says("error[hub-revision-not-found]").says("v9");
    assert!(!setting.project.is_locked());
}

#[test]
fn bytes_that_are_not_those_that_are_listed_are_refused() {
    let setting = Setting::with_model();
    setting
        .model()
        .wrong("config.json", b"{\"model_type\": \"vlM\"}\n");
    let refused = setting.project.lock(&[]).exits(1);
    refused
        .says("error[hub-file-unproven]")
        .says("`config.json` of `org/vlm`");
    assert!(!setting.project.is_locked());
}

#[test]
fn a_file_that_changed_under_the_same_commit_is_drift_by_role() {
    let setting = Setting::with_model();
    setting.project.lock(&[]).exits(0);
    // As if somebody edited the lock and made its SBOM anew.
    let mut lock = setting.project.lock_json();
    let pin = &mut lock["models"][MODEL]["pin"];
    pin["files"]["tokenizer.json"]["size"] = 7.into();
    let lock = Lock::from_bytes(lock.to_string().as_bytes()).unwrap();
    let text = String::from_utf8(lock.to_bytes()).unwrap();
    setting.project.write("locks/exp.lock.json", &text);
    setting
        .project
        .vhb(&["sbom", "locks/exp.lock.json"])
        .exits(0);
    let report = setting.project.verify(&[]).exits(1).report();
    let changed = report.finding("hub-file-changed");
    let message = changed["message"].as_str().unwrap();
    assert!(
        message.ends_with("tokenizer: changed `tokenizer.json`"),
        "{message}"
    );
}

#[test]
fn a_deleted_repository_is_drift() {
    let setting = Setting::with_model();
    setting.project.lock(&[]).exits(0);
    setting.model().delete();
    let report = setting.project.verify(&[]).exits(1).report();
    assert_eq!(report.codes(), ["hub-repository-gone"]);
}

#[test]
fn a_silent_hub_is_never_a_pass() {
    let setting = Setting::with_model();
    setting.project.lock(&[]).exits(0);
    setting
        .hub
        .with(|state| state.always = Some(Answer::silence()));
    let report = setting.project.verify(&[]).exits(3).report();
    assert_eq!(report.verdict(), "unverifiable");
    assert_eq!(report.codes(), ["source-unreachable"]);
    let offline = setting.project.verify(&["--offline"]).exits(0);
    assert_eq!(offline.report().verdict(), "match");
}

#[test]
fn all_failures_are_told_together_and_nothing_is_written() {
    let setting = Setting::with_model();
    setting.run("name: org/nothing\n");
    setting.path("hf://datasets/org/nowhere");
    setting.project.write(
        "registries/packages/plugin.yaml",
        "name: plugin\nsource:\n  type: local\n  path: gone\n",
    );
    let run = setting.project.lock(&[]).exits(1);
    run.says("org/nothing")
        .says("datasets/org/nowhere")
        .says("error[local-missing]")
        .says("nothing was locked: 3 problems above");
    assert!(!setting.project.is_locked());
    assert!(!setting.project.root().join("locks").exists());
}

#[test]
fn a_broken_transfer_is_resumed_and_a_short_one_is_told() {
    let setting = Setting::new();
    let text = "x".repeat(4000);
    setting
        .dataset()
        .commit("main", &[File::text("a.txt", &text)]);
    setting.path("hf://datasets/org/docs");
    setting.run("name: plain-model\n");
    setting.hub.with(|state| state.cuts.extend([1000, 500]));
    setting.project.lock(&[]).exits(0);
    let locked = setting.locked("datasets", "data");
    assert_eq!(locked["pin"]["bytes"], 4000);
    setting.dataset().wrong("a.txt", b"short");
    let run = setting.project.lock(&["--upgrade"]);
    assert_ne!(run.code, Some(0));
    assert_eq!(setting.locked("datasets", "data"), locked);
}
