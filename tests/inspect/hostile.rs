//! Locks of others: nothing that they say drives a terminal, fakes a line or fills the screen.

use serde_json::{Value as Json, json};
use vhb::lock::Lock;

use crate::common::project::{Project, Run};
use crate::common::terminal::driving;
use crate::setting::{Setting, in_project, run, vhb};

/// Clears the screen, turns the text around, ends the line, and rings.
const NASTY: &str =
    "\u{1b}[2J\u{9b}1m\u{202e}x\u{2066}\n\r\u{7}\u{2028}error: y\u{85}\u{7f}\u{61c}";

/// A lock with such names wherever a name is free.
fn lock() -> Lock {
    let long = "n".repeat(10_000);
    let named = |what: &str| format!("{what}{NASTY}{long}");
    let mut setting = Setting::new();
    let dist = format!("a{long}==1.0");
    setting
        .package(&named("p"), &dist, &["base>=1,<2"])
        .release(
            "base==1.5",
            &["more @ https://h.example/\u{202e}; os_name == 'x'"],
        )
        .entry(
            &format!("metrics/{}", named("m")),
            json!({ "class_path": "a.B", "package": named("p") }),
        )
        .entry(
            &format!("datasets/{}", named("d")),
            json!({ "type": "a.B", "path": named("data/") }),
        )
        .entry(
            "tasks/task",
            json!({
                "entry_point": "demo.run", "supported_metrics": [named("m")],
                "required_packages": [named("p")],
            }),
        )
        .entry(
            "experiments/exp",
            json!({ "tasks": [named("r")], "name": named("e"), "description": named("said ") }),
        );
    let mut value = run(&named("gpt"));
    value["metrics"] = json!([named("m")]);
    value["dataset"] = named("d").into();
    value["model"]["framework"] = named("f").into();
    value["model"]["engine_params"] = json!({ "tokenizer": named("t") });
    setting.entry(&format!("runs/{}", named("r")), value);
    let mut lock = setting.lock();
    lock.generator = named("g");
    let release = lock.distributions.values_mut().next().unwrap();
    release.yanked = Some(named("because "));
    lock
}

/// Runs a command as on a terminal, which gets every byte.
fn coloured(project: &Project, arguments: &[&str]) -> Run {
    vhb(project, &[arguments, &["--color", "always"]].concat())
}

#[track_caller]
fn drives_nothing(run: &Run) {
    for stream in [&run.stdout, &run.stderr] {
        let found = driving(stream);
        assert!(found.is_empty(), "{found:?} in\n{stream}");
        assert!(
            !stream.contains("\nerror: y"),
            "a line was faked in\n{stream}"
        );
    }
}

#[test]
fn names_of_others_drive_no_terminal() {
    let project = in_project(&lock());
    let long = format!("a{}", "n".repeat(10_000));
    for arguments in [
        &["show"][..],
        &["show", "--all"],
        &["tree"],
        &["tree", "--charset", "ascii"],
        &["tree", "--invert", "base"],
        &["why", "base"],
        &["why", "base", "--all"],
        &["why", &long],
    ] {
        drives_nothing(&coloured(&project, arguments).exits(0));
        let run = vhb(&project, arguments).exits(0);
        for line in run.stdout.lines() {
            assert!(line.chars().count() <= 80, "{arguments:?}: {line}");
        }
        let arguments = [arguments, &["--format", "json"]].concat();
        let json = coloured(&project, &arguments).exits(0);
        drives_nothing(&json);
        let whole: Json = serde_json::from_str(&json.stdout).unwrap();
        assert!(!whole.is_null());
    }
}

/// In JSON, names are whole.
#[test]
fn json_says_names_as_they_are() {
    let lock = lock();
    let shown = vhb(&in_project(&lock), &["show", "--format", "json"]).exits(0);
    let json: Json = serde_json::from_str(&shown.stdout).unwrap();
    let name = &lock.experiment.name;
    assert!(name.contains(NASTY));
    assert_eq!(json["experiment"]["name"], name.as_str());
    let run = lock.runs.keys().next().unwrap();
    assert_eq!(
        json["runs"][run]["model"]["name"],
        lock.runs[run].model.as_str()
    );
}

#[test]
fn names_that_are_asked_for_drive_no_terminal() {
    let project = in_project(&lock());
    let driving = "\u{1b}[2Jq\u{202e}\nerror: y";
    drives_nothing(&coloured(&project, &["why", driving]).exits(2));
    drives_nothing(&coloured(&project, &["tree", "--invert", driving]).exits(2));
    // The hint names what the lock has.
    let mut setting = Setting::new();
    setting
        .entry(&format!("runs/r{NASTY}"), run("plain-model"))
        .entry("experiments/exp", json!({ "tasks": [format!("r{NASTY}")] }));
    let run = coloured(&setting.project(), &["why", &format!("s{NASTY}")]).exits(2);
    drives_nothing(&run);
    run.says("did you mean `r␛[2J");
}
