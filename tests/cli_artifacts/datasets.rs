//! Datasets: one identity for the same bytes wherever they lie, and what becomes of it.

use std::process::Command;

use serde_json::json;

use super::Setting;
use super::common::hub_server::File;

fn with_local() -> Setting {
    let setting = Setting::new();
    setting.run("name: plain-model\n");
    for (path, text) in [("a.csv", "1\n"), ("b/c.txt", "2\n"), ("b/d.txt", "2\n")] {
        setting.project.write(&format!("data/{path}"), text);
    }
    std::fs::remove_file(setting.project.root().join("data/samples.csv")).unwrap();
    setting.path("data");
    setting
}

fn content(setting: &Setting) -> String {
    let locked = setting.locked("datasets", "data");
    locked["pin"]["content"].as_str().unwrap().to_owned()
}

#[test]
fn the_same_bytes_have_one_identity_on_disk_and_on_the_hub() {
    let setting = with_local();
    setting.project.lock(&[]).exits(0);
    let local = content(&setting);
    let commit = setting.dataset().commit(
        "main",
        &[
            File::text("a.csv", "1\n"),
            File::lfs("b/c.txt", b"2\n"),
            File::text("b/d.txt", "2\n"),
            File::text("__pycache__/x.pyc", "no"),
        ],
    );
    setting.path("hf://datasets/org/docs");
    setting.project.lock(&[]).exits(0);
    assert_eq!(content(&setting), local);
    let locked = setting.locked("datasets", "data");
    let origin = &locked["pin"]["origin"];
    assert_eq!(origin["commit"], commit);
    assert_eq!(
        (&locked["pin"]["files"], &locked["pin"]["bytes"]),
        (&json!(3), &json!(6))
    );
    setting.project.verify(&[]).exits(0);
    // What lies in LFS is known by its digest and is not fetched.
    assert_eq!(setting.hub.cdn_requests().len(), 0);
}

#[test]
fn a_part_of_a_dataset_is_named_below_its_path() {
    let setting = with_local();
    setting.path("data/b");
    setting.project.lock(&[]).exits(0);
    let local = content(&setting);
    let files = [
        File::text("a.csv", "1\n"),
        File::text("b/c.txt", "2\n"),
        File::text("b/d.txt", "2\n"),
    ];
    setting.dataset().commit("main", &files);
    setting.path("hf://datasets/org/docs@main/b");
    setting.project.lock(&[]).exits(0);
    assert_eq!(content(&setting), local);
    let more = File::text("a.csv", "3\n");
    setting.dataset().commit("main", &[more]);
    let report = setting.project.verify(&[]).exits(0).report();
    let advanced = report.finding("hub-branch-advanced");
    let message = advanced["message"].as_str().unwrap();
    assert!(message.ends_with("with the same files"), "{message}");
    setting.path("hf://datasets/org/docs@main/nothing");
    setting
        .project
        .lock(&[])
        .exits(1)
        .says("error[dataset-not-found]");
}

#[test]
fn sha256sum_accepts_the_manifest_and_verify_names_the_file() {
    let setting = with_local();
    for number in 0..20_000 {
        let path = format!("data/many/{}/{number}.txt", number % 100);
        setting.project.write(&path, &number.to_string());
    }
    setting.project.lock(&[]).exits(0);
    let digest = content(&setting);
    let manifest = format!(
        "locks/manifests/{}.sha256",
        digest.strip_prefix("sha256:").unwrap()
    );
    let manifest = setting.project.root().join(manifest);
    let data = setting.project.root().join("data");
    let check = || {
        let mut sha256sum = Command::new("sha256sum");
        let sha256sum = sha256sum.args(["-c", "--quiet", "--strict"]).arg(&manifest);
        sha256sum.current_dir(&data).output().unwrap()
    };
    assert!(check().status.success(), "{:?}", check());

    setting.project.write("data/many/7/1907.txt", "1908");
    let report = setting.project.verify(&[]).exits(1).report();
    let changed = report.finding("dataset-changed");
    let message = changed["message"].as_str().unwrap();
    assert!(
        message.ends_with("data` is not what was locked: changed `many/7/1907.txt`"),
        "{message}"
    );
    assert!(!check().status.success());
}

#[test]
fn a_renamed_file_is_drift() {
    let setting = with_local();
    setting.project.lock(&[]).exits(0);
    let data = setting.project.root().join("data");
    std::fs::rename(data.join("b/d.txt"), data.join("b/e.txt")).unwrap();
    let report = setting.project.verify(&[]).exits(1).report();
    let changed = report.finding("dataset-changed");
    let message = changed["message"].as_str().unwrap();
    assert!(
        message.ends_with("missing `b/d.txt`; extra `b/e.txt`"),
        "{message}"
    );
    std::fs::remove_dir_all(&data).unwrap();
    let report = setting.project.verify(&[]).exits(1).report();
    assert_eq!(report.codes(), ["local-missing"]);
}

#[test]
fn what_version_control_ignores_is_data_all_the_same() {
    let setting = with_local();
    setting.project.lock(&[]).exits(0);
    let before = content(&setting);
    let root = setting.project.root();
    let init = Command::new("git")
        .arg("-C")
        .arg(&root)
        .args(["init", "-q"])
        .status();
    assert!(init.unwrap().success());
    setting.project.write(".gitignore", "data/\n");
    setting.project.lock(&[]).exits(0);
    assert_eq!(content(&setting), before);
}

#[test]
fn params_of_a_dataset_stand_in_the_sbom() {
    let setting = with_local();
    let entry = "type: demo.Data\npath: data\nparams: {split: test, revision: v1, filters: [long]}\nname: data\n";
    setting
        .project
        .write("registries/datasets/data.yaml", entry);
    setting.project.lock(&[]).exits(0);
    let sbom = std::fs::read_to_string(setting.project.root().join("sboms/exp.cdx.json")).unwrap();
    for text in ["vhb:params:split", "vhb:params:filters", "[\\\"long\\\"]"] {
        assert!(sbom.contains(text), "{text}");
    }
    setting.project.write(
        "registries/datasets/data.yaml",
        &entry.replace("test", "train"),
    );
    let report = setting.project.verify(&[]).exits(1).report();
    assert_eq!(report.codes(), ["config-changed"]);
}

#[test]
fn paths_that_name_nothing_are_invalid() {
    let setting = with_local();
    for path in [
        "gs://bucket/a",
        "hf://org/name",
        "https://h/a?X-Amz-Signature=s3cret",
    ] {
        setting.path(path);
        let run = setting.project.lock(&[]).exits(1);
        run.says("error[invalid-value]")
            .says("registries/datasets/data.yaml:2:7");
    }
    setting.path("nowhere");
    setting
        .project
        .lock(&[])
        .exits(1)
        .says("error[dataset-not-found]");
}

#[test]
fn without_its_lists_a_remote_dataset_cannot_be_checked() {
    let setting = with_local();
    setting
        .dataset()
        .commit("main", &[File::text("a.csv", "1\n")]);
    setting.path("hf://datasets/org/docs");
    setting.project.lock(&[]).exits(0);
    std::fs::remove_dir_all(setting.project.root().join("locks/manifests")).unwrap();
    let report = setting.project.verify(&[]).exits(3).report();
    assert_eq!(report.codes(), ["record-missing"]);
    // Locking again heals it, with the pin that was there.
    let before = setting.project.lock_text();
    let more = File::text("b.csv", "2\n");
    setting.dataset().commit("main", &[more]);
    setting.project.lock(&[]).exits(0);
    assert_eq!(setting.project.lock_text(), before);
    setting.project.verify(&[]).exits(0);
}

#[test]
fn small_files_of_the_hub_are_read_again_where_that_is_wanted() {
    let setting = with_local();
    let files = [File::text("b/a.csv", "1\n"), File::lfs("b/b.bin", b"2")];
    setting.dataset().commit("main", &files);
    setting.path("hf://datasets/org/docs@main/b");
    setting.project.lock(&[]).exits(0);
    setting.project.verify(&["--rehash"]).exits(0);
    setting.dataset().wrong("b/a.csv", b"9\n");
    setting.project.verify(&[]).exits(0);
    let report = setting.project.verify(&["--rehash"]).exits(1).report();
    let message = report.finding("dataset-changed")["message"].clone();
    assert!(
        message.as_str().unwrap().ends_with("changed `a.csv`"),
        "{message}"
    );
}

#[test]
fn an_altered_list_of_files_is_drift_also_offline() {
    let setting = with_local();
    setting.project.lock(&[]).exits(0);
    let digest = content(&setting);
    let list = format!(
        "locks/manifests/{}.sha256",
        digest.strip_prefix("sha256:").unwrap()
    );
    let text = std::fs::read_to_string(setting.project.root().join(&list)).unwrap();
    setting.project.write(&list, &text.replacen('0', "1", 1));
    let report = setting.project.verify(&["--offline"]).exits(1).report();
    assert_eq!(report.codes(), ["record-altered"]);
}
