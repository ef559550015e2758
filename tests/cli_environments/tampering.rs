//! Locks that were edited by hand are found out without asking anybody.

use crate::Setting;

const LOCK: &str = "locks/exp.lock.json";

/// A locked chain after a replacement in the lock, whose SBOM is made to fit.
fn edited(from: &str, to: &str) -> Setting {
    let setting = Setting::chain();
    setting.lock(&[]).exits(0);
    let text = setting.project.lock_text();
    assert!(text.contains(from), "no `{from}` in {text}");
    setting.project.write(LOCK, &text.replace(from, to));
    setting.project.vhb(&["sbom", LOCK]).exits(0);
    setting
}

#[track_caller]
fn finds(setting: &Setting, code: &str, message: &str) {
    let report = setting.project.verify(&["--offline"]).exits(1).report();
    let finding = report.only(code);
    let said = finding["message"].as_str().unwrap();
    assert_eq!(said, message);
    let subject = finding["subject"].as_str().unwrap();
    assert!(
        subject.starts_with("environments/inference-x86_64-"),
        "{subject}"
    );
}

#[test]
fn a_requirement_that_was_edited_is_not_satisfied() {
    let setting = edited("\"base\"\n", "\"base>=2\"\n");
    finds(
        &setting,
        "closure-unsatisfied",
        "`helper==1.1` requires `base>=2`, but `base==1.1` is locked",
    );
}

#[test]
fn a_requirement_that_was_added_is_missing() {
    let setting = edited("\"base\"\n", "\"base\",\n          \"extra-one\"\n");
    finds(
        &setting,
        "closure-missing",
        "`helper==1.1` requires `extra-one`, but no `extra-one` is locked",
    );
}

#[test]
fn a_requirement_that_was_removed_leaves_something_that_nothing_requires() {
    let setting = edited("\"base\"\n", "\"base ; extra == 'none'\"\n");
    finds(
        &setting,
        "closure-unreachable",
        "`base==1.1` is locked, but nothing here requires it",
    );
}

#[test]
fn another_selected_file_is_none_of_the_release() {
    let selected = "\"base==1.1\": \"base-1.1-py3-none-any.whl\"";
    let setting = edited(selected, "\"base==1.1\": \"base-1.1-py2-none-any.whl\"");
    let report = setting.project.verify(&["--offline"]).exits(1).report();
    assert!(report.codes().contains(&"lock-inconsistent"), "{report:#?}");
}

#[test]
fn a_version_that_was_edited_everywhere_is_found_out_upstream() {
    let setting = edited("base==1.1", "base==1.7");
    setting.project.verify(&["--offline"]).exits(0);
    let report = setting.project.verify(&[]).exits(1).report();
    let finding = report.only("pypi-release-removed");
    assert_eq!(finding["subject"], "distributions/base==1.7");
}

#[test]
fn a_requirement_that_was_edited_so_that_it_fits_is_found_out_upstream() {
    let setting = edited("\"base\"\n", "\"base>=1.0\"\n");
    setting.project.verify(&["--offline"]).exits(0);
    let report = setting.project.verify(&[]).exits(1).report();
    let finding = report.only("metadata-differs");
    assert_eq!(finding["subject"], "distributions/helper==1.1");
    assert_eq!(finding["expected"], r#"["base>=1.0"]"#);
    assert_eq!(finding["actual"], r#"["base"]"#);
    assert_eq!(
        finding["message"],
        "`helper-1.1-py3-none-any.whl` does not say of itself what the lock says it does: `requires`"
    );
}

#[test]
fn the_pins_of_an_edited_lock_are_not_kept() {
    let setting = edited("\"base\"\n", "\"base>=2\"\n");
    let run = setting.lock(&[]).exits(0);
    run.says("warning[closure-unsatisfied]")
        .says("the pins of this lock are not kept");
    setting.verifies();
}

#[test]
fn what_contradicts_itself_is_not_exported() {
    let setting = edited("\"base\"\n", "\"base\",\n          \"extra-one\"\n");
    let export = ["export", LOCK, "--format", "requirements"];
    let run = setting.project.vhb(&export).exits(1);
    assert_eq!(run.stdout, "");
    run.says("error[closure-missing]")
        .says("nothing was exported");
}
