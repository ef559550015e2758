//! Broken files as people write them.

use std::collections::BTreeSet;

use vhb::model::Kind;
use vhb::model::Kind::{
    Datasets, Experiments, Frameworks, Metrics, Packages, Reports, Runs, Tasks,
};

use crate::faults::Fault::{self, Missing, Unknown, WrongType, WrongValue};
use crate::faults::{Case, compare};

/// A file, and what is wrong with it; lines count from that below the name of the schema.
type Broken = (Kind, &'static str, Vec<Fault>);

fn unknown(name: &str, line: usize) -> Fault {
    Unknown(name.to_owned(), line)
}

fn missing(name: &str) -> Fault {
    Missing(name.to_owned())
}

/// Fields that are misspelt, at every level.
fn unknown_fields() -> Vec<Broken> {
    vec![
        (
            Metrics,
            "name: m\nclass_path: a.B\nparam: {}\n",
            vec![unknown("param", 3)],
        ),
        (
            Metrics,
            "name: m\nclas_path: a.B\n",
            vec![missing("class_path"), unknown("clas_path", 2)],
        ),
        (
            Reports,
            "name: r\nclass_path: a.B\nid: r\n\n\nauthor: me\n",
            vec![unknown("id", 3), unknown("author", 6)],
        ),
        (
            Tasks,
            "name: t\nentry_point: m\nrequired_package: [p]\n",
            vec![unknown("required_package", 3)],
        ),
        (
            Datasets,
            "name: d\ntype: a.B\npath: d\nrevision: v1\n",
            vec![unknown("revision", 4)],
        ),
        (
            Packages,
            "name: p\nsource:\n  type: git\n  url: u\n  branch: main\n",
            vec![unknown("branch", 5)],
        ),
        (
            Packages,
            "name: p\nsource:\n  type: local\n  path: p\n  ref: v1\nversoin: 1\n",
            vec![unknown("ref", 5), unknown("versoin", 6)],
        ),
        (
            Packages,
            "name: p\nsource: {type: pypi, name: jiwer, extra: [x]}\n",
            vec![unknown("extra", 2)],
        ),
        (
            Runs,
            "name: r\nml_task: t\nmodel:\n  name: m\n  engine_parms: {}\ndataset: d\nmetric: [m]\n",
            vec![unknown("engine_parms", 5), unknown("metric", 7)],
        ),
        (
            Experiments,
            "name: e\nparalelism: 2\nmetadata:\n  lock:\n    pyton: x\n",
            vec![unknown("paralelism", 2), unknown("pyton", 5)],
        ),
        (
            Experiments,
            "name: e\nmetadata:\n  lock:\n    - python: '3.11'\n    - {python: '3.12', arch: x}\n",
            vec![unknown("arch", 5)],
        ),
        (
            Experiments,
            "name: e\ntasks:\n  - q\n  - name: i\n    ml_task: t\n    dataset: d\n    model: {name: m, frame: x}\n    task: t\n",
            vec![unknown("frame", 7), unknown("task", 8)],
        ),
        (
            Frameworks,
            "name: f\ndefault_adapter_package: p\ndefault_backend_class: c\nspecialized_adapters:\n  - package: p\n    backend_class: c\n    models: ['*']\n",
            vec![unknown("models", 7)],
        ),
        (
            Metrics,
            "name: m\nclass_path: a.B\n\"odd key\": 1\n5: x\n",
            vec![unknown("odd key", 3), unknown("5", 4)],
        ),
    ]
}

/// Fields that are not there.
fn missing_fields() -> Vec<Broken> {
    vec![
        (Metrics, "name: m\n", vec![missing("class_path")]),
        (
            Metrics,
            "{}\n",
            vec![missing("name"), missing("class_path")],
        ),
        (
            Datasets,
            "name: d\n",
            vec![missing("type"), missing("path")],
        ),
        (Packages, "name: p\n", vec![missing("source")]),
        (Packages, "name: p\nsource: {}\n", vec![missing("type")]),
        (
            Packages,
            "name: p\nsource:\n  url: u\n",
            vec![missing("type")],
        ),
        (
            Packages,
            "name: p\nsource:\n  type: git\n",
            vec![missing("url")],
        ),
        (
            Packages,
            "name: p\nsource:\n  type: pypi\n  version: '1'\n",
            vec![missing("name")],
        ),
        (
            Runs,
            "name: r\nml_task: t\ndataset: d\nmodel:\n  framework: vllm\n",
            vec![missing("name")],
        ),
        (
            Experiments,
            "name: e\ntasks:\n  - ml_task: t\n    dataset: d\n    model: {name: m}\n",
            vec![missing("name")],
        ),
        (
            Frameworks,
            "name: f\ndefault_adapter_package: p\ndefault_backend_class: c\nspecialized_adapters:\n  - match_models: []\n",
            vec![missing("package"), missing("backend_class")],
        ),
    ]
}

/// `null` where a field may be left out, and where it may not.
fn nulls() -> Vec<Broken> {
    vec![
        (
            Metrics,
            "name: m\nversion: ~\nclass_path: a.B\nparams:\npackage: null\nmetadata: Null\n",
            vec![],
        ),
        (
            Runs,
            "name: r\nml_task: t\ndataset: d\nmetrics: ~\nmodel:\n  name: m\n  framework:\n  package_manager: null\n  docker_image: ~\n  env:\n",
            vec![],
        ),
        (
            Experiments,
            "name: e\nparallelism:\ntasks:\nmetadata:\n  lock:\n",
            vec![],
        ),
        (
            Packages,
            "name: p\nsource: {type: local, path: p, editable: null}\ninstall_args: null\n",
            vec![],
        ),
        (
            Metrics,
            "name:\nclass_path: ~\n",
            vec![WrongType(1), WrongType(2)],
        ),
        (
            Runs,
            "name: r\nml_task: t\ndataset: null\nmodel:\n",
            vec![WrongType(3), WrongType(4)],
        ),
        (
            Packages,
            "name: p\nsource:\n  type: null\n  path: p\n",
            vec![WrongType(3)],
        ),
        (
            Runs,
            "name: r\nml_task: t\ndataset: d\nmodel: {name: m}\nmetrics:\n  - a\n  -\n  - ~\n",
            vec![WrongType(7), WrongType(8)],
        ),
        (
            Experiments,
            "name: e\ntasks: [q, null]\n",
            vec![WrongType(2)],
        ),
    ]
}

/// Booleans and numbers as YAML 1.1 has them, where texts belong.
fn other_scalars() -> Vec<Broken> {
    vec![
        (
            Metrics,
            "name: yes\nclass_path: on\ndescription: No\n",
            vec![WrongType(1), WrongType(2), WrongType(3)],
        ),
        (
            Metrics,
            "name: 010\nversion: 1.0\nclass_path: 0x1f\n",
            vec![WrongType(1), WrongType(2), WrongType(3)],
        ),
        (
            Metrics,
            "name: 1:30\nclass_path: 1_000\nversion: .5\n",
            vec![WrongType(1), WrongType(2), WrongType(3)],
        ),
        (
            Metrics,
            "name: 'yes'\nversion: \"010\"\nclass_path: !!str 5\ndescription: off we go\n",
            vec![],
        ),
        (
            Packages,
            "name: p\nsource: {type: local, path: p, editable: yes}\n",
            vec![],
        ),
        (
            Packages,
            "name: p\nsource: {type: local, path: p, editable: 'yes'}\n",
            vec![WrongType(2)],
        ),
    ]
}

/// Values of other types.
fn wrong_types() -> Vec<Broken> {
    vec![
        (Packages, "name: p\nsource: git\n", vec![WrongType(2)]),
        (
            Packages,
            "name: p\nsource:\n  - type: git\n",
            vec![WrongType(3)],
        ),
        (
            Packages,
            "name: p\nsource:\n  type: pypi\n  name: jiwer\n  version: 4.0\n  extras: dev\n",
            vec![WrongType(5), WrongType(6)],
        ),
        (
            Packages,
            "name: p\nsource:\n  type: pypi\n  name: jiwer\n  extras:\n    - dev\n    - 3\n    - [a]\ninstall_args:\n  extras: x\n  index_url: 5\n  free: [1]\n",
            vec![WrongType(7), WrongType(8), WrongType(10), WrongType(11)],
        ),
        (
            Datasets,
            "name: d\ntype: a.B\npath: d\nparams:\n  revision: 1.0\n  split: 5\n",
            vec![WrongType(5)],
        ),
        (
            Datasets,
            "name: d\ntype: [a]\npath: {a: b}\nparams: []\n",
            vec![WrongType(2), WrongType(3), WrongType(4)],
        ),
        (
            Tasks,
            "name: t\nentry_point: m\nsupported_metrics: cer\nsupported_frameworks:\n  - vllm: 1\n",
            vec![WrongType(3), WrongType(5)],
        ),
        (
            Runs,
            "name: r\nml_task: t\ndataset: d\nmodel:\n  name: m\n  engine_params:\n    revision: 5\n    code_revision: yes\n    other: 5\n  env: A=1\n",
            vec![WrongType(7), WrongType(8), WrongType(10)],
        ),
        (
            Runs,
            "name: r\nml_task: t\ndataset: d\nmodel: org/m\nmetadata: x\n",
            vec![WrongType(4), WrongType(5)],
        ),
        (
            Runs,
            "name: r\nml_task: t\ndataset: d\nmodel: {name: m}\nmetrics:\n  - - cer\n    - wer\n",
            vec![WrongType(6)],
        ),
        (
            Experiments,
            "name: e\nparallelism: '2'\ntasks: q\n",
            vec![WrongType(2), WrongType(3)],
        ),
        (
            Experiments,
            "name: e\nparallelism: 1.5\ntasks:\n  - 5\n  - yes\n  - [q]\n",
            vec![WrongType(2), WrongType(4), WrongType(5), WrongType(6)],
        ),
        (
            Experiments,
            "name: e\nmetadata:\n  lock: '3.11'\n",
            vec![WrongType(3)],
        ),
        (
            Experiments,
            "name: e\nmetadata:\n  lock:\n    python: 3.11\n    platform: 5\n    constraints: numpy\n    exclude_newer: 2026-11-01T00:00:00Z\n",
            vec![WrongType(4), WrongType(5), WrongType(6)],
        ),
        (
            Experiments,
            "name: e\nmetadata:\n  lock:\n    - python: 3.11\n    - x\n    - {overrides: [5]}\n",
            vec![WrongType(4), WrongType(5), WrongType(6)],
        ),
        (
            Experiments,
            "name: e\ntasks:\n  - name: i\n    version: 1.0\n    ml_task: [t]\n    dataset: d\n    model:\n      name: 5\n",
            vec![WrongType(4), WrongType(5), WrongType(8)],
        ),
        (
            Frameworks,
            "name: f\ndefault_adapter_package: [p]\ndefault_backend_class: c\nspecialized_adapters:\n  - x\n  - match_models: '*'\n    package: p\n    backend_class: 5\n",
            vec![WrongType(2), WrongType(5), WrongType(6), WrongType(8)],
        ),
        (Metrics, "- name: m\n", vec![WrongType(1)]),
        (Metrics, "metric\n", vec![WrongType(1)]),
    ]
}

/// Words that are none of the few, numbers below the least, and what YAML does with anchors.
fn wrong_values() -> Vec<Broken> {
    vec![
        (
            Packages,
            "name: p\nsource:\n  type: conda\n  anything: 1\n",
            vec![WrongValue(3)],
        ),
        (Packages, "name: p\nsource: {type: 5}\n", vec![WrongType(2)]),
        (
            Runs,
            "name: r\nml_task: t\ndataset: d\nmodel:\n  name: m\n  package_manager: poetry\n",
            vec![WrongValue(6)],
        ),
        (
            Runs,
            "name: r\nml_task: t\ndataset: d\nmodel:\n  name: m\n  package_manager: 5\n",
            vec![WrongType(6)],
        ),
        (
            Experiments,
            "name: e\nparallelism: 0\n",
            vec![WrongValue(2)],
        ),
        (
            Experiments,
            "name: e\nparallelism: -010\n",
            vec![WrongValue(2)],
        ),
        (
            Metrics,
            "name: m\nclass_path: &c a.B\npackage: *c\nparams: &p {a: 1}\nmetadata:\n  <<: *p\n",
            vec![],
        ),
        (
            Runs,
            "name: r\nml_task: t\ndataset: d\nmodel: {name: m, <<: {framework: vllm}}\n",
            vec![],
        ),
    ]
}

#[test]
fn an_editor_shows_what_vhb_says_and_where() {
    let groups = [
        unknown_fields(),
        missing_fields(),
        nulls(),
        other_scalars(),
        wrong_types(),
        wrong_values(),
    ];
    let all: Vec<Broken> = groups.into_iter().flatten().collect();
    assert!(all.len() >= 60, "{}", all.len());
    let kinds: BTreeSet<_> = all.iter().map(|(kind, ..)| *kind).collect();
    assert_eq!(kinds, Kind::ALL.into());
    let cases: Vec<_> = all
        .iter()
        .map(|(kind, text, _)| Case::new(*kind, text))
        .collect();
    for ((_, text, expected), (editor, vhb)) in all.iter().zip(compare(&cases)) {
        // The line with the name of the schema stands above.
        let expected: BTreeSet<_> = expected.iter().map(one_line_down).collect();
        assert_eq!(vhb, expected, "vhb:\n{text}");
        assert_eq!(editor, expected, "the editor:\n{text}");
    }
}

pub(crate) fn one_line_down(fault: &Fault) -> Fault {
    match fault.clone() {
        Unknown(name, line) => Unknown(name, line + 1),
        WrongType(line) => WrongType(line + 1),
        WrongValue(line) => WrongValue(line + 1),
        Missing(name) => Missing(name),
    }
}
