//! Requirements that contradict each other.

use crate::Setting;

/// `old` requires `shared<2`, `new` requires `shared>=2`.
fn setting() -> Setting {
    let setting = Setting::new(&[("new", "1.0"), ("old", "1.0")]);
    setting.add("old", "1.0", &["shared<2"]);
    setting.add("new", "1.0", &["shared>=2"]);
    setting.add("shared", "1.5", &[]);
    setting.add("shared", "2.5", &[]);
    setting
}

/// A run of its own for each of the two packages.
fn apart(setting: &Setting) {
    for (run, package) in [("first", "old"), ("second", "new")] {
        let task = format!(
            "name: {run}\nentry_point: demo.run\nrequired_packages: [{package}]\n\
             supported_metrics: [metric]\nsupported_reports: [report]\n\
             supported_frameworks: [{run}]\n"
        );
        let framework = format!(
            "name: {run}\ndefault_adapter_package: {package}\n\
             default_backend_class: demo.Backend\n"
        );
        let text = format!(
            "name: {run}\nml_task: {run}\nmodel:\n  name: plain-model\n  framework: {run}\n\
             dataset: data\nmetrics: [metric]\nreports: [report]\n"
        );
        for (kind, text) in [("tasks", task), ("frameworks", framework), ("runs", text)] {
            let path = format!("registries/{kind}/{run}.yaml");
            setting.project.write(&path, &text);
        }
    }
    let experiment = "name: exp\ntasks: [first, second]\n";
    setting
        .project
        .write("registries/experiments/exp.yaml", experiment);
}

#[test]
fn runs_that_need_conflicting_versions_lock_side_by_side() {
    let setting = setting();
    apart(&setting);
    setting.lock(&[]).exits(0);
    let lock = setting.project.lock_json();
    let held = |run: &str| {
        let id = lock["runs"][run]["environments"]["inference"]
            .as_str()
            .unwrap();
        let closure = lock["environments"][id]["distributions"]
            .as_object()
            .unwrap();
        closure.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(held("first"), ["old==1.0", "shared==1.5"]);
    assert_eq!(held("second"), ["new==1.0", "shared==2.5"]);
    setting.verifies();
}

#[test]
fn a_conflict_inside_of_a_stage_is_one_error_that_tells_all() {
    let setting = setting();
    apart(&setting);
    setting.lock(&[]).exits(0);
    let before = setting.project.lock_text();
    setting.project.experiment("");
    let run = setting.lock(&[]).exits(1);
    let errors = run.stderr.matches("error[").count();
    assert_eq!(errors, 1, "{}", run.stderr);
    run.says("error[resolution-conflict]")
        .says("the packages for the inference of `run` (Python 3.11 on x86_64-manylinux_2_28)")
        .says("shared<2")
        .says("shared>=2")
        .says("`new==1.0`: packages/new at registries/packages/new.yaml:4:12")
        .says("`old==1.0`: packages/old at registries/packages/old.yaml:4:12")
        .says("nothing was locked: 1 problem above");
    assert_eq!(setting.project.lock_text(), before);
}

#[test]
fn a_long_explanation_is_told_whole() {
    let setting = Setting::new(&[("new", "1.0"), ("old", "1.0")]);
    let long = |number: usize| format!("a-distribution-that-has-a-rather-long-name-{number:02}");
    setting.add("old", "1.0", &[&long(0)]);
    for number in 0..30 {
        let next = long(number + 1);
        setting.add(&long(number), "1.0", &[&next]);
    }
    setting.add(&long(30), "1.0", &["shared<2"]);
    setting.add("new", "1.0", &["shared>=2"]);
    for version in ["1.5", "2.5"] {
        setting.add("shared", version, &[]);
    }
    let run = setting.lock(&[]).exits(1);
    assert!(run.stderr.len() > 3000, "{}", run.stderr.len());
    run.says("your requirements are unsatisfiable")
        .says("`new==1.0`: packages/new at registries/packages/new.yaml:4:12")
        .says("`old==1.0`: packages/old at registries/packages/old.yaml:4:12");
}
