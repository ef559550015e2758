//! The lock of the example in this repository, which anybody can hold against the files.

use std::path::Path;

use vhb::lock::Lock;

use crate::common::project::{Project, Run};
use crate::setting::{in_project, vhb};

fn example() -> Project {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("locks/receipts.lock.json");
    in_project(&Lock::from_bytes(&std::fs::read(path).unwrap()).unwrap())
}

/// What a command prints, without what differs whenever the example is changed and locked again.
fn told(arguments: &[&str]) -> String {
    let Run { stdout, .. } = vhb(&example(), arguments).exits(0);
    let lines = stdout.lines().map(|line| {
        let line = match line.split_once("newest pin  ") {
            Some((label, _)) => format!("{label}newest pin  <instant>"),
            None => line.replace(vhb::GENERATOR, "<vhb>"),
        };
        match line.split_once("(content ") {
            Some((before, after)) => format!("{before}(content <digest>{}\n", &after[12..]),
            None => format!("{line}\n"),
        }
    });
    lines.collect()
}

#[test]
fn it_is_told_at_a_glance() {
    insta::assert_snapshot!(told(&["show"]), @r"
    receipts
      Template matching on receipt lines, with and without added noise
      file        registries/experiments/receipts.yaml
      run mode    prod
      target      Python 3.11 on x86_64-manylinux_2_28,
                  nothing from 2026-11-01T00:00:00Z on
      newest pin  <instant>
      written by  <vhb>
      holds       2 runs, 4 packages, 1 model, 1 dataset, 0 images, 3 environments,
                  5 distributions

    2 runs
      task        line_ocr
      framework   template, packages by uv
      image       none
      metrics     cer, wer, similarity
      reports     summary
      inference   inference-x86_64-9442eaec (2 distributions)
      evaluation  evaluation-x86_64-5ce68565 (5 distributions)
      report      report-x86_64-b4b7eaac (2 distributions)
      model       ./example/models/template-5x7 (content <digest>)
        dataset   receipts (content <digest>)
        runs      receipts_clean_v1, receipts_noisy_v1

    may mean something else tomorrow: nothing
    not recorded (2)
      the run names no container image, so the lock pins none
        runs/receipts_clean_v1, runs/receipts_noisy_v1
    ");
}

#[test]
fn its_environments_are_trees() {
    insta::assert_snapshot!(told(&["tree"]), @r"
    evaluation-x86_64-5ce68565:
    packages/glyphbench
    └─ glyphbench==0.1.0
       └─ pyyaml==6.0.3  (>=6.0)
    packages/jiwer
    └─ jiwer==4.0.0
       ├─ click==8.5.0  (>=8.1.8)
       └─ rapidfuzz==3.14.6  (>=3.9.7)
    packages/rapidfuzz
    └─ rapidfuzz==3.14.6

    inference-x86_64-9442eaec:
    packages/glyphbench
    └─ glyphbench==0.1.0
       └─ pyyaml==6.0.3  (>=6.0)
    packages/pyyaml
    └─ pyyaml==6.0.3

    report-x86_64-b4b7eaac:
    packages/glyphbench
    └─ glyphbench==0.1.0
       └─ pyyaml==6.0.3  (>=6.0)
    ");
    let up = [
        "tree",
        "--environment",
        "eval",
        "--invert",
        "rapidfuzz",
        "--charset",
        "ascii",
    ];
    insta::assert_snapshot!(told(&up), @r"
    rapidfuzz==3.14.6
    |- packages/rapidfuzz
    `- jiwer==4.0.0  (>=3.9.7)
       `- packages/jiwer
    ");
    insta::assert_snapshot!(told(&["tree", "--environment", "inference", "--depth", "1"]), @r"
    packages/glyphbench
    └─ glyphbench==0.1.0
    packages/pyyaml
    └─ pyyaml==6.0.3
    ");
}

#[test]
fn everything_in_it_has_its_origins() {
    let mut all = String::new();
    for name in [
        "click",
        "./example/models/template-5x7",
        "datasets/receipts",
        "metrics/wer",
    ] {
        all.push_str(&told(&["why", name]));
        all.push('\n');
    }
    insta::assert_snapshot!(all, @r"
    click==8.5.0

      experiments/receipts
        tasks -> runs/receipts_clean_v1, runs/receipts_noisy_v1
        metrics -> metrics/cer
        package -> packages/jiwer
        installs -> jiwer==4.0.0
        click>=8.1.8 -> click==8.5.0
        in evaluation-x86_64-5ce68565

      experiments/receipts
        tasks -> runs/receipts_clean_v1, runs/receipts_noisy_v1
        metrics -> metrics/wer
        package -> packages/jiwer
        installs -> jiwer==4.0.0
        click>=8.1.8 -> click==8.5.0
        in evaluation-x86_64-5ce68565

    models/./example/models/template-5x7

      experiments/receipts
        tasks -> runs/receipts_clean_v1, runs/receipts_noisy_v1
        model.name -> models/./example/models/template-5x7

    datasets/receipts

      experiments/receipts
        tasks -> runs/receipts_clean_v1, runs/receipts_noisy_v1
        dataset -> datasets/receipts

    metrics/wer

      experiments/receipts
        tasks -> runs/receipts_clean_v1, runs/receipts_noisy_v1
        metrics -> metrics/wer
    ");
}
