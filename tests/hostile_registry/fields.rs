//! Fields that are null, and fields of what is written inside of other entries.

use crate::Hostile;

#[test]
fn null_in_a_required_field_is_told_where_it_stands() {
    let hostile = Hostile::metric("name: m\nparams: null\npackage: ~\nclass_path:\n");
    let expected = ["missing-field metrics/m.yaml:4:1 metric lacks the field `class_path`"];
    assert_eq!(hostile.findings(), expected);
    let package = b"name: p\nsource:\n  path: x\n  type: null\n";
    let hostile = Hostile::new(&[("packages/p.yaml", package)]);
    let expected =
        ["missing-source-type packages/p.yaml:4:3 source lacks `type`: `local`, `git` or `pypi`"];
    assert_eq!(hostile.findings(), expected);
}

#[test]
fn null_is_as_good_as_nothing_wherever_a_field_may_be_left_out() {
    let experiment = b"name: e\nparallelism: null\ntasks: ~\nmetadata:\n  lock: null\n";
    let hostile = Hostile::new(&[("experiments/e.yaml", experiment)]);
    assert_eq!(hostile.findings(), Vec::<String>::new());
}

#[test]
fn a_run_inside_of_an_experiment_has_the_types_of_other_runs() {
    let text = "name: e\ntasks:\n  - name: r\n    version: 1.0\n    description: [a]\n    metadata: x\n    \
                ml_task: t\n    dataset: d\n    model: {name: gpt}\n";
    let hostile = Hostile::new(&[("experiments/e.yaml", text.as_bytes())]);
    let mut found = hostile.findings();
    found.retain(|line| line.starts_with("wrong-type"));
    let expected = [
        "wrong-type experiments/e.yaml:4:14 `version` must be a string, not a number",
        "wrong-type experiments/e.yaml:5:18 `description` must be a string, not a list",
        "wrong-type experiments/e.yaml:6:15 `metadata` must be a mapping, not a string",
    ];
    assert_eq!(found, expected);
}

#[test]
fn the_arguments_of_an_installer_are_looked_at_beside_a_broken_source() {
    let package = b"name: p\nsource: {type: conda}\ninstall_args:\n  extras: dev\n  index_url: 5\n";
    let hostile = Hostile::new(&[("packages/p.yaml", package)]);
    let expected = [
        "invalid-value packages/p.yaml:2:16 `type` must be `local`, `git` or `pypi`, not `conda`",
        "wrong-type packages/p.yaml:4:11 `extras` must be a list of strings, not a string",
        "wrong-type packages/p.yaml:5:14 `index_url` must be a string, not an integer",
    ];
    assert_eq!(hostile.findings(), expected);
}
