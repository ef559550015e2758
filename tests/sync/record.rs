//! `vhb record` and `vhb verify --manifest`: what a rerun ran on.

use serde_json::Value as Json;

use crate::common::project::Run;
use crate::setting::{LOCK, Setting, files_below};

const RECORD: &str = "rerun.json";

fn record(setting: &Setting, options: &[&str]) -> Run {
    let always = ["record", LOCK, "--environment", "inference", "--env", "env"];
    setting.project.vhb(&[&always, options].concat())
}

/// An environment that was made and recorded.
fn recorded() -> Setting {
    let setting = Setting::wheels();
    setting.sync(&[]).exits(0);
    record(&setting, &["-o", RECORD])
        .exits(0)
        .says("wrote rerun.json");
    setting
}

fn manifest(setting: &Setting) -> Json {
    serde_json::from_slice(&std::fs::read(setting.path(RECORD)).unwrap()).unwrap()
}

/// A recording that was edited.
fn edited(setting: &Setting, edit: impl Fn(&mut Json)) {
    let mut json = manifest(setting);
    edit(&mut json);
    setting.project.write("edited.json", &json.to_string());
}

#[test]
fn a_rerun_is_recorded_the_same_each_time_and_verifies() {
    let setting = recorded();
    let json = manifest(&setting);
    assert_eq!(json["manifest_version"], 1);
    assert_eq!(json["run_mode"], "prod");
    assert_eq!(json["packages"]["app"]["name"], "app");
    assert_eq!(json["packages"]["app"]["version"], "1.0");
    assert_eq!(json["packages"]["app"]["source"]["type"], "pypi");
    let held = &json["environment"]["distributions"];
    assert_eq!(*held, serde_json::json!({ "app": "1.0", "helper": "1.0" }));
    let python = json["environment"]["python"].as_str().unwrap();
    assert!(python.starts_with("3.11"), "{python}");
    assert_eq!(json["machine"]["system"], std::env::consts::OS);
    record(&setting, &["-o", RECORD])
        .exits(0)
        .says("nothing changed");
    let report = setting.project.verify(&["--manifest", RECORD]).exits(0);
    assert!(report.report().codes().is_empty());
}

#[test]
fn no_name_and_no_path_of_this_machine_is_recorded() {
    let mut setting = recorded();
    setting.project.set("HF_TOKEN", "s3cret-p4ss");
    setting.project.set("USER", "somebody-here");
    let text = record(&setting, &["-o", "-"]).exits(0).stdout;
    let home = setting.project.home();
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let root = setting.project.root();
    for secret in [
        "s3cret-p4ss",
        "somebody-here",
        home.to_str().unwrap(),
        root.to_str().unwrap(),
    ] {
        assert!(!text.contains(secret), "`{secret}` in\n{text}");
    }
    let host = host.trim();
    let words: Vec<_> = text.split(['"', ' ']).collect();
    assert!(
        host.is_empty() || host == "localhost" || !words.contains(&host),
        "{text}"
    );
}

type Edit = fn(&mut Json);

#[test]
fn other_identities_are_errors_and_other_hardware_is_a_warning() {
    let setting = recorded();
    let edits: [(Edit, i32, &str, &str); 6] = [
        (
            |json| json["environment"]["distributions"]["helper"] = "2.0".into(),
            1,
            "runtime-distribution-differs",
            "runtime/distributions/helper",
        ),
        (
            |json| json["environment"]["python"] = "3.12.1".into(),
            1,
            "runtime-python-differs",
            "runtime/python",
        ),
        (
            |json| json["run_mode"] = "dev".into(),
            1,
            "runtime-mode-differs",
            "runtime/run_mode",
        ),
        (
            |json| json["packages"]["app"]["pin"]["version"] = "9".into(),
            1,
            "runtime-package-differs",
            "runtime/packages/app",
        ),
        (
            |json| json["lock_sha256"] = format!("sha256:{}", "0".repeat(64)).into(),
            1,
            "runtime-lock-differs",
            "runtime/lock",
        ),
        (
            |json| json["machine"]["memory"] = 1.into(),
            0,
            "runtime-memory-differs",
            "runtime/memory",
        ),
    ];
    for (edit, exit, code, subject) in edits {
        edited(&setting, edit);
        let run = setting.project.verify(&["--manifest", "edited.json"]);
        let report = run.exits(exit).report();
        assert_eq!(report.codes(), [code]);
        assert_eq!(report.finding(code)["subject"], subject);
        assert!(report.finding(code)["expected"].is_string());
    }
}

#[test]
fn what_a_recording_does_not_know_is_told() {
    let setting = recorded();
    edited(&setting, |json| {
        json.as_object_mut().unwrap().remove("environment");
        json["machine"].as_object_mut().unwrap().remove("gpus");
    });
    let unknown = |options: &[&str]| {
        let run = setting.project.verify(options).exits(0);
        let json: Json = serde_json::from_str(&run.stdout).unwrap();
        let findings = json["findings"].as_array().unwrap().clone();
        let found = findings.iter().filter(|it| it["code"] == "not-recorded");
        let subjects = found.map(|it| it["subject"].as_str().unwrap_or_default().to_owned());
        subjects.collect::<Vec<_>>()
    };
    let found = unknown(&["--manifest", "edited.json"]);
    assert!(
        found.contains(&"runtime/environment".to_owned()),
        "{found:?}"
    );
    let two = ["--manifest", "edited.json", "--manifest", "edited.json"];
    let found = unknown(&two);
    assert!(found.contains(&"runtime/gpus".to_owned()), "{found:?}");
}

#[test]
fn an_image_that_is_no_digest_is_refused() {
    let mut setting = recorded();
    setting.project.set("VHB_IMAGE_DIGEST", "latest");
    let run = record(&setting, &["-o", "other.json"]).exits(2);
    run.says("`VHB_IMAGE_DIGEST` holds no SHA-256 digest");
    let run = setting.project.verify(&["--manifest", RECORD]);
    run.exits(2).says("VHB_IMAGE_DIGEST");
    assert!(!setting.path("other.json").exists());
}

#[test]
fn a_recording_is_a_regular_file_of_a_sensible_size() {
    let setting = recorded();
    let pipe = setting.path("pipe.json");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let run = setting.project.verify(&["--manifest", "pipe.json"]);
    run.exits(2).says("it is not a regular file");
    let long = std::fs::File::create(setting.path("long.json")).unwrap();
    long.set_len(1 << 40).unwrap();
    let run = setting.project.verify(&["--manifest", "long.json"]);
    run.exits(2).says("it is longer than 67108864 bytes");
}

#[test]
fn two_recordings_are_held_against_each_other() {
    let setting = recorded();
    edited(&setting, |json| {
        json["machine"]["kernel"] = "1.0".into();
        json["environment"]["distributions"]["extra"] = "1".into();
    });
    let two = ["--manifest", RECORD, "--manifest", "edited.json"];
    let report = setting.project.verify(&two).exits(1).report();
    let system = report.finding("runtime-system-differs");
    assert_eq!(system["actual"], "1.0");
    let codes = report.codes();
    assert_eq!(
        codes
            .iter()
            .filter(|it| **it == "runtime-distribution-differs")
            .count(),
        2
    );
    let same = ["--manifest", RECORD, "--manifest", RECORD];
    setting.project.verify(&same).exits(0);
    let three = [&same[..], &["--manifest", RECORD]].concat();
    setting
        .project
        .verify(&three)
        .exits(2)
        .says("name one or two");
}

#[test]
fn what_is_no_recording_is_refused_and_nothing_is_written() {
    let setting = recorded();
    let before = files_below(&setting.project.root());
    for (text, told) in [
        ("{", "it is not JSON"),
        ("{}", "it has no `manifest_version`"),
        ("{\"manifest_version\": 7}", "is 7"),
        ("{\"manifest_version\": 1}", "it is damaged"),
    ] {
        setting.project.write("edited.json", text);
        let run = setting.project.verify(&["--manifest", "edited.json"]);
        run.exits(2).says(told);
    }
    setting
        .project
        .verify(&["--manifest", "nowhere.json"])
        .exits(2)
        .says("there is no runtime manifest `nowhere.json`");
    std::fs::remove_file(setting.path("edited.json")).unwrap();
    let run = setting
        .project
        .vhb(&["record", LOCK, "--env", "nowhere", "-o", "other.json"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert_eq!(files_below(&setting.project.root()), before);
}
