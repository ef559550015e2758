//! Constraints and overrides of `metadata.lock`.

use crate::Setting;

/// `app` requires `helper<2` of which there are 1.0, 1.1 and 2.0.
fn setting() -> Setting {
    let setting = Setting::new(&[("app", "1.0")]);
    setting.add("app", "1.0", &["helper<2"]);
    for version in ["1.0", "1.1", "2.0"] {
        setting.add("helper", version, &[]);
    }
    setting.add("other", "1.0", &[]);
    setting
}

#[test]
fn constraints_limit_what_is_required_and_add_nothing() {
    let setting = setting();
    setting
        .project
        .experiment("constraints: [\"helper<1.1\", \"other>=1\"]\n");
    setting.lock(&[]).exits(0);
    assert_eq!(setting.held("inference"), ["app==1.0", "helper==1.0"]);
    setting.verifies();

    // Without the constraint it is another environment, for which the old versions still do.
    setting
        .project
        .experiment("constraints: [\"helper>=1.1\"]\n");
    setting.lock(&[]).exits(0).says("helper 1.0 -> 1.1");
    setting.verifies();
}

#[test]
fn overrides_take_the_place_of_requirements() {
    let setting = setting();
    setting.project.experiment("overrides: [\"helper>=2\"]\n");
    setting.lock(&[]).exits(0);
    assert_eq!(setting.held("inference"), ["app==1.0", "helper==2.0"]);
    setting.verifies();
}

#[test]
fn an_override_whose_marker_does_not_hold_takes_a_requirement_away() {
    let setting = setting();
    let never = "overrides: [\"helper ; sys_platform == 'never'\"]\n";
    setting.project.experiment(never);
    setting.lock(&[]).exits(0);
    assert_eq!(setting.held("inference"), ["app==1.0"]);
    setting.verifies();
}

#[test]
fn a_constraint_that_cannot_be_met_is_a_conflict() {
    let setting = setting();
    setting.project.experiment("constraints: [\"helper>=2\"]\n");
    let run = setting.lock(&[]).exits(1);
    run.says("error[resolution-conflict]")
        .says("helper>=2")
        .says("helper<2");
    assert!(!setting.project.is_locked());
}

#[test]
fn limits_that_change_make_another_environment() {
    let setting = setting();
    setting.lock(&[]).exits(0);
    assert_eq!(setting.held("inference"), ["app==1.0", "helper==1.1"]);
    setting.project.experiment("overrides: [\"helper==2.0\"]\n");
    let report = setting.project.verify(&["--offline"]).exits(1).report();
    assert!(report.codes().contains(&"config-changed"), "{report:?}");
    setting.lock(&[]).exits(0).says("helper 1.1 -> 2.0");
    setting.verifies();
}
