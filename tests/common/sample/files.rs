//! The text of the sample project's files.

/// The files of the project; `INDEX` stands for the address of the loopback index.
pub(super) const FILES: &[(&str, &str)] = &[
    ("registries/experiments/bench.yaml", EXPERIMENT),
    ("registries/runs/clean.yaml", CLEAN),
    ("registries/runs/noisy.yaml", NOISY),
    ("registries/tasks/ocr.yaml", TASK),
    (
        "registries/datasets/receipts.yaml",
        "name: receipts\ntype: folder\npath: data/receipts\nparams: {split: test}\npackage: reader\n",
    ),
    (
        "registries/metrics/cer.yaml",
        "name: cer\nclass_path: scorer.Cer\nparams:\n  lowercase: false\n  weights: [1, 0.5]\npackage: scorer\n",
    ),
    (
        "registries/metrics/wer.yaml",
        "name: wer\nclass_path: scorer.Wer\npackage: scorer\n",
    ),
    (
        "registries/reports/summary.yaml",
        "name: summary\nclass_path: plotter.Summary\nparams: {format: md}\npackage: plotter\n",
    ),
    (
        "registries/frameworks/template.yaml",
        "name: template\ndefault_adapter_package: adapter\ndefault_backend_class: adapter.Backend\n\
         specialized_adapters:\n  - match_models: ['tiny-*']\n    package: harness\n    backend_class: harness.Tiny\n",
    ),
    (
        "registries/packages/reader.yaml",
        "name: reader\ndescription: Reads receipts\nsource:\n  type: local\n  path: plugins/reader\n  editable: false\n",
    ),
    (
        "registries/packages/reader.dev.yaml",
        "source:\n  type: local\n  path: plugins/reader-dev\n",
    ),
    (
        "registries/packages/scorer.yaml",
        "name: scorer\nsource:\n  type: local\n  path: plugins/scorer\n",
    ),
    (
        "registries/packages/adapter.yaml",
        "name: adapter\nsource:\n  type: local\n  path: plugins/adapter\n",
    ),
    (
        "registries/packages/harness.yaml",
        "name: harness\nsource:\n  type: git\n  url: ../harness\n  ref: v1.0\n  subdirectory: python\n",
    ),
    (
        "registries/packages/textkit.yaml",
        "name: textkit\nsource:\n  type: pypi\n  name: Text.Kit\n  version: 1.4.0\n  extras: [fast]\n  index: INDEX\n",
    ),
    (
        "registries/packages/plotter.yaml",
        "name: plotter\nsource:\n  type: pypi\n  name: plotter\n  version: '>=2,<3'\ninstall_args:\n  extras: [svg]\n",
    ),
    (
        "plugins/reader/pyproject.toml",
        "[project]\nname = \"reader\"\nversion = \"0.3.1\"\n\
         dependencies = [\"winapi==9; sys_platform == 'win32'\"]\n",
    ),
    (
        "plugins/reader/src/reader.py",
        "def read(path):\n    return open(path).read()\n",
    ),
    (
        "plugins/reader/src/formats.py",
        "FORMATS = ['png', 'pgm']\n",
    ),
    (
        "plugins/reader-dev/pyproject.toml",
        "[project]\nname = \"reader\"\nversion = \"0.4.0\"\n",
    ),
    (
        "plugins/scorer/pyproject.toml",
        "[project]\nname = \"scorer\"\nversion = \"1.0\"\n",
    ),
    ("plugins/scorer/scorer.py", "def cer(a, b):\n    return 0\n"),
    ("plugins/adapter/adapter.py", "class Backend: ...\n"),
    ("data/receipts/labels.csv", "01.png,12.50\n"),
    ("models/large/config.json", "{\"size\": 1}\n"),
    ("models/large/merges.txt", "a b\n"),
    (".gitignore", "__pycache__/\n*.log\n"),
];

const EXPERIMENT: &str = "\
# The runs that are published together.
name: bench
description: Template matching, with and without noise
parallelism: 2
tasks:
  - clean
  - registries/runs/noisy.yaml
metadata:
  owner: lab
  lock:
    python: '3.11'
    platform: x86_64-manylinux_2_28
    exclude_newer: 2026-11-01T00:00:00Z
";
const CLEAN: &str = "\
name: clean
ml_task: ocr
dataset: receipts
model:
  name: ./models/large
  framework: template
  package_manager: uv
  engine_params:
    seed: 7
    temperature: 0.5
    sampling:
      top_k: 40
      stop: ['\\n', null, true]
  env:
    OMP_NUM_THREADS: '4'
    HF_TOKEN: hf_do-not-leak
    PROXY: https://me:git-do-not-leak@proxy.example:8080
metrics: [cer, wer]
reports: [summary]
";
const NOISY: &str = "\
name: noisy
ml_task: ocr
dataset: receipts
model:
  name: tiny-2
  framework: template
  engine_params: {noise: 12}
metrics: [cer]
";
const TASK: &str = "\
name: ocr
entry_point: reader.main
required_packages:
  - reader
  - textkit
  - tinylib>=1
supported_metrics: [cer, wer]
supported_reports: [summary]
supported_frameworks: [template]
";
