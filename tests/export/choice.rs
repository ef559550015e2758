//! Which environment is meant, and what cannot be exported at all.

use super::sample::{ENVIRONMENT, Setting, git, local};

const OTHER: &str = "inference-arm64-22222222";
const REQUIREMENTS: [&str; 2] = ["--format", "requirements"];

#[test]
fn an_environment_is_named_by_how_its_id_begins() {
    let mut setting = Setting::files();
    let other = setting.lock["environments"][ENVIRONMENT].clone();
    setting.lock["environments"][OTHER] = other;
    setting.write();
    let export = |id: &str| setting.export(&["--environment", id, "--format", "requirements"]);
    for id in [ENVIRONMENT, "inference-x"] {
        let run = export(id).exits(0);
        let first = format!("# Environment {ENVIRONMENT} of");
        assert!(run.stdout.starts_with(&first), "{}", run.stdout);
    }
    for run in [
        export("inference"),
        export("report"),
        setting.export(&REQUIREMENTS),
    ] {
        assert_eq!(run.stdout, "");
        run.exits(2).says(ENVIRONMENT).says(OTHER);
    }
}

#[test]
fn an_id_that_begins_another_one_is_itself() {
    let mut setting = Setting::files();
    let mut longer = setting.lock["environments"][ENVIRONMENT].clone();
    longer["resolver"].take();
    longer.as_object_mut().unwrap().remove("resolver");
    longer.as_object_mut().unwrap().remove("distributions");
    setting.lock["environments"][format!("{ENVIRONMENT}0")] = longer;
    setting.write();
    let named = ["--environment", ENVIRONMENT, "--format", "requirements"];
    setting.export(&named).exits(0);
}

#[test]
fn what_is_not_closed_cannot_be_exported() {
    let mut setting = Setting::files();
    let environment = &mut setting.lock["environments"][ENVIRONMENT];
    let environment = environment.as_object_mut().unwrap();
    environment.remove("resolver");
    environment.remove("distributions");
    setting.write();
    for format in ["requirements", "pylock"] {
        let run = setting.export(&["--format", format]).exits(2);
        run.says(ENVIRONMENT).says("--direct");
    }
    assert_eq!(setting.server.requests().len(), 0);
}

#[test]
fn what_has_no_form_in_the_file_is_told() {
    for (dist, package, message) in [
        ("mine==0.1", local("a#b"), "`a#b`"),
        ("plugin", git("../plugin.git"), "`../plugin.git`"),
    ] {
        let mut setting = Setting::files();
        setting.hold(dist, "odd", package);
        setting.write();
        setting.export(&REQUIREMENTS).exits(2).says(message);
    }
    let mut setting = Setting::files();
    setting.lock["environments"][ENVIRONMENT]["distributions"]["base==2.0"] = "gone.whl".into();
    setting.write();
    let run = setting.export(&REQUIREMENTS).exits(1);
    run.says("`gone.whl`").says("nothing was exported");
}
