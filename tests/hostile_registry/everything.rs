//! All that is wrong is told at once, in order, as text and as JSON.

use crate::Hostile;

const FILES: &[(&str, &str)] = &[
    (
        "experiments/bench.yaml",
        "name: Bench\nparalelism: 2\nparallelism: 0\ntasks:\n  - q3\n  - q3\n  - gone\n  - 5\n  - runs/absent.yaml\n\
         metadata:\n  lock: {python: three, platform: 'a b', exclude_newer: 2026-11-01, pyton: 3}\n",
    ),
    (
        "runs/q3.yaml",
        "name: q3\nml_task: VQA\ndataset: docs\nmodel:\n  name: q3\n  framework: vlm\n  engine_parms: {}\n  env: {A: .nan}\nmetrics: [anls, cer]\nreports: nothing\n",
    ),
    (
        "runs/ok.yaml",
        "name: OK\nml_task: vqa\ndataset: documents\nmodel: {name: x, framework: sglang, package_manager: poetry}\nmetrics: [cer]\n",
    ),
    (
        "runs/fine.yaml",
        "name: fine\nml_task: vqa\ndataset: docvqa\nmodel: {name: x, framework: sglang}\nmetrics: [cer]\nreports: [table]\n",
    ),
    (
        "tasks/vqa.yaml",
        "name: vqa\nentry_point: v.q\nrequired_packages: [vqa-datset, 'numpy =', requests>=2]\nsupported_metrics: [anls, bleu]\nsupported_frameworks: [vllm]\n",
    ),
    (
        "datasets/docvqa.yaml",
        "name: documents\ntype: folder\npath: d\n",
    ),
    (
        "datasets/other.yaml",
        "name: documents\ntype: folder\npath: 5\nparams: [a]\n",
    ),
    (
        "metrics/anls.yaml",
        "name: anls\nclass_path: m.Anls\npackage: Metrics\n",
    ),
    (
        "metrics/cer.yaml",
        "name: cer\nclass_path: m.Cer\nparams: {a: 1, a: 2}\n",
    ),
    ("reports/table.yaml", "name: table\nclass_path: 1.5\n"),
    (
        "packages/vqa_dataset.yaml",
        "name: vqa_dataset\nsource: {path: p}\n",
    ),
    (
        "packages/metrics.yaml",
        "name: metrics\nsource: {type: git, url: '--upload-pack=x', ref: 'a b', subdirectory: ../x}\n",
    ),
    (
        "packages/lib.yaml",
        "name: lib\nsource: {type: pypi, name: 'not ok', version: one, extras: [a, 'b c'], index: nowhere}\n",
    ),
    (
        "packages/conda.yaml",
        "name: conda\nsource: {type: conda, name: x}\n",
    ),
    ("packages/empty.yaml", ""),
    ("packages/cut.yaml", "name: cut\nsource: {type: local\n"),
    ("packages/alone.dev.yaml", "name: alone\n"),
    (
        "frameworks/sglang.yaml",
        "name: sglang\ndefault_adapter_package: nobody\ndefault_backend_class: s.G\nspecialized_adapters:\n  - {match_models: ['[a'], package: x}\n  - oops\n",
    ),
    (
        "experiments/again.yaml",
        "name: again\ntasks: [linked, fine, linked]\n",
    ),
    (
        "runs/linked.yaml",
        "name: linked\nml_task: vqa\ndataset: documents\nmodel: {name: x, framework: vlm}\nreports: [summary]\n",
    ),
    (
        "datasets/third.yaml",
        "name: documents\ntype: folder\npath: t\n",
    ),
    (
        "reports/summary.yaml",
        "name: Summary\nclass_path: r.S\npackage: reader-lib\n",
    ),
    (
        "packages/reader.yaml",
        "name: reader-lib\nsource: {type: local, path: r, editable: maybe}\n",
    ),
    (
        "packages/readers.yaml",
        "name: reader-lib\nsource: {type: local, path: r}\n",
    ),
    (
        "tasks/read.yaml",
        "name: read\nentry_point: r\nrequired_packages: [reders]\n",
    ),
    (
        "packages/solo.yaml",
        "name: solo-lib\nsource: {type: local, path: s}\ninstall_args: {extras: [x]}\n",
    ),
    (
        "metrics/solo.yaml",
        "name: solo\nclass_path: s.S\npackage: solo-lib\n",
    ),
    ("misc/x.yaml", "name: x\n"),
    ("runs/extra.yml", "name: x\n"),
];

#[test]
fn every_problem_is_told_at_once() {
    let files: Vec<_> = FILES
        .iter()
        .map(|(path, text)| (*path, text.as_bytes()))
        .collect();
    let hostile = Hostile::new(&files);
    let text = hostile.check(&["--color", "never"]);
    assert_eq!(text.code, 1);
    insta::assert_snapshot!(
        "text",
        format!("{}----- stderr -----\n{}", text.stdout, text.stderr)
    );
    let json = hostile.check(&["--format", "json"]);
    assert_eq!((json.code, json.stderr.as_str()), (1, ""));
    insta::assert_snapshot!("json", json.stdout);
    let strict = hostile.check(&["--strict", "--quiet"]);
    assert!(!strict.stdout.contains("warning["), "{strict:#?}");
    assert_eq!(strict.stderr, "");
}

/// Every code that is about registries is in the text above or in the tests beside this one.
#[test]
fn no_finding_of_the_registry_is_left_out() {
    let files: Vec<_> = FILES
        .iter()
        .map(|(path, text)| (*path, text.as_bytes()))
        .collect();
    let found = Hostile::new(&files).codes();
    let elsewhere = [
        "unreadable-file",
        "not-utf8",
        "yaml-limit",
        "overlay-drops-field",
        "unsupported-report",
    ];
    let all = vhb::finding::Code::ALL.iter().map(|code| code.as_str());
    let missing: Vec<_> = all
        .take_while(|code| *code != "mutable-ref")
        .filter(|code| !elsewhere.contains(code) && !found.iter().any(|there| there == code))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}
