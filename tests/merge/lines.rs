//! What both sides wrote into the same place of a registry, where git has a conflict of lines.

use crate::entries::{three_runs, write_experiment, write_run};
use crate::setting::{LOCK, Setting};

const RUN: &str = "registries/runs/first.yaml";

/// Appends engine parameters to a run, in one line.
fn parameters(setting: &Setting, path: &str, parameters: &str) {
    let text = std::fs::read_to_string(setting.project.root().join(path)).unwrap();
    let model = "  framework: plain\n";
    assert!(text.contains(model));
    let more = format!("{model}  engine_params: {{{parameters}}}\n");
    setting.project.write(path, &text.replace(model, &more));
}

/// Nobody has a run with the parameters of both.
#[test]
fn a_run_that_both_sides_added_in_different_ways_is_a_conflict() {
    let setting = three_runs();
    for (branch, more) in [
        ("a", "threshold: 1, temperature: 0"),
        ("b", "threshold: 1, max_shift: 2, top_p: 0.9"),
    ] {
        setting.branch(branch, "main", |setting| {
            write_run(setting, "fourth", "plot");
            parameters(setting, "registries/runs/fourth.yaml", more);
            write_experiment(setting, &["first", "second", "third", "fourth"]);
            setting.lock(&[]).exits(0);
        });
    }
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(1);
    let alone = |what: &str| {
        format!(
            "of what both sides added, one alone has `model.engine_params.{what}` of `runs/fourth`"
        )
    };
    run.says(&alone("max_shift"))
        .says(&alone("temperature"))
        .says(&alone("top_p"))
        .says("nothing was merged: 3 problems above");
    setting.conflicts("b");
}

/// Of one line git merges nothing, of its keys vhb does: whoever settles the line otherwise is told.
#[test]
fn a_line_that_is_settled_otherwise_than_its_keys_is_noticed() {
    let setting = three_runs();
    setting.branch("base", "main", |setting| {
        parameters(setting, RUN, "one: 1, two: 1");
        setting.lock(&[]).exits(0);
    });
    for (branch, changed) in [("a", "one: 2, two: 1"), ("b", "one: 1, two: 2")] {
        setting.branch(branch, "base", |setting| {
            let text = std::fs::read_to_string(setting.project.root().join(RUN)).unwrap();
            let text = text.replace("one: 1, two: 1", changed);
            setting.project.write(RUN, &text);
            setting.lock(&[]).exits(0);
        });
    }
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(1);
    run.says("merged `locks/exp.lock.json`");
    let status = setting.git(&["status", "--porcelain"]).exits(0).stdout;
    assert!(status.contains(&format!("UU {RUN}\n")), "{status}");
    assert!(status.contains(&format!("M  {LOCK}\n")), "{status}");

    let settle = |text: &str| {
        let ours = setting.at("b", RUN);
        assert!(ours.contains("one: 1, two: 2"));
        let text = ours.replace("one: 1, two: 2", text);
        setting.project.write(RUN, &text);
    };
    settle("one: 1, two: 2");
    let report = setting.project.verify(&[]).exits(1).report();
    report.only("config-changed");
    settle("one: 2, two: 2");
    setting.commit("both");
    setting.verifies();
}
