//! What cannot be resolved: recorded as such where that is allowed, and never a match.

use super::{MODEL, Setting};

#[test]
fn what_is_recorded_as_unresolved_is_never_a_match() {
    let setting = Setting::with_model();
    setting.run("name: org/nothing\n");
    setting.path("hf://datasets/org/nowhere");
    setting.project.lock(&[]).exits(1);
    let run = setting.project.lock(&["--allow-unresolved"]).exits(0);
    run.says("warning[unresolved-recorded]").says("org/nothing");
    let model = setting.locked("models", "org/nothing");
    assert_eq!(model["unresolved"], "hub-repository-not-found");
    assert!(model["pin"].is_null());
    let run = setting.project.verify(&[]).exits(0);
    let report = run.report();
    assert_eq!(report.verdict(), "not-recorded");
    for subject in ["models/org/nothing", "datasets/data"] {
        assert_eq!(report.checked(subject), "not-recorded");
    }
    setting.project.verify(&["--strict"]).exits(1);

    // Once it can be resolved it is pinned, without an upgrade.
    setting.run(&format!("name: {MODEL}\n"));
    setting.path("data");
    setting.project.lock(&[]).exits(0);
    assert!(setting.locked("models", MODEL)["pin"].is_object());
}

#[test]
fn an_outage_does_not_unpin_what_was_pinned() {
    let setting = Setting::with_model();
    setting.project.lock(&[]).exits(0);
    let before = setting.project.lock_text();
    setting.model().delete();
    setting.project.lock(&["--allow-unresolved"]).exits(0);
    assert_eq!(setting.project.lock_text(), before);
    let run = setting
        .project
        .lock(&["--allow-unresolved", "--upgrade"])
        .exits(0);
    run.says("the former pin is kept");
    assert_eq!(setting.project.lock_text(), before);
}

#[test]
fn names_that_only_the_framework_knows_are_not_recorded() {
    let setting = Setting::new();
    setting
        .run("name: gpt-4o\nengine_params: {tokenizer: org/other, speculative_model: org/draft}\n");
    setting.project.lock(&[]).exits(0);
    let run = setting.project.verify_as_text(&[]).exits(0);
    for line in ["not recorded: models/gpt-4o", "not recorded: runs/run"] {
        assert!(run.stdout.contains(line), "{line} in {}", run.stdout);
    }
    let report = setting.project.verify(&[]).report();
    let messages: Vec<_> = report.messages("not-recorded");
    let names = |word: &str| messages.iter().any(|message| message.contains(word));
    assert!(names("`engine_params.tokenizer`") && names("`engine_params.speculative_model`"));
}
