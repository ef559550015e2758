//! What both sides changed of the registries, in the lock as in the files.

use std::fmt::Write as _;

use crate::common::index_server::File;
use crate::setting::{LOCK, Setting, source};

/// A project with three runs, each with a task of its own, in files whose lines git merges.
pub(crate) fn three_runs() -> Setting {
    let setting = Setting::new(&[("app", "1.0"), ("plot", "1.0"), ("score", "1.0")]);
    for name in ["app", "plot", "score"] {
        setting.add(name, "1.0", &["base"]);
    }
    setting.add("base", "1.0", &[]);
    for (run, package) in [("first", "app"), ("second", "plot"), ("third", "score")] {
        write_run(&setting, run, package);
    }
    write_experiment(&setting, &["first", "second", "third"]);
    setting.begin();
    setting
}

pub(crate) fn write_run(setting: &Setting, run: &str, package: &str) {
    let task = format!(
        "name: {run}\nentry_point: demo.run\nrequired_packages:\n  - {package}\n\
         supported_metrics: [metric]\nsupported_reports: [report]\n\
         supported_frameworks: [plain]\n"
    );
    setting
        .project
        .write(&format!("registries/tasks/{run}.yaml"), &task);
    let text = format!(
        "name: {run}\nml_task: {run}\nmodel:\n  name: plain-model\n  framework: plain\n\
         dataset: data\nmetrics:\n  - metric\nreports:\n  - report\n"
    );
    setting
        .project
        .write(&format!("registries/runs/{run}.yaml"), &text);
}

pub(crate) fn write_experiment(setting: &Setting, runs: &[&str]) {
    let mut text = "name: exp\ndescription: Runs\nparallelism: 1\ntasks:\n".to_owned();
    for run in runs {
        let _ = writeln!(text, "  - {run}");
    }
    setting
        .project
        .write("registries/experiments/exp.yaml", &text);
}

fn runs(setting: &Setting) -> Vec<String> {
    let lock = setting.project.lock_json();
    lock["runs"].as_object().unwrap().keys().cloned().collect()
}

#[test]
fn a_run_that_one_side_added_and_one_that_the_other_removed() {
    let setting = three_runs();
    setting.branch("a", "main", |setting| {
        write_run(setting, "fourth", "plot");
        write_experiment(setting, &["first", "second", "third", "fourth"]);
        setting.lock(&[]).exits(0);
    });
    setting.branch("b", "main", |setting| {
        write_experiment(setting, &["second", "third"]);
        setting.lock(&[]).exits(0);
    });
    setting.git(&["merge", "a", "-m", "both"]).exits(0);
    assert_eq!(runs(&setting), ["fourth", "second", "third"]);
    setting.verifies();
    let merged = setting.at("HEAD", LOCK);
    setting.git(&["checkout", "-q", "a"]).exits(0);
    setting.git(&["merge", "b^", "-m", "both"]).exits(0);
    assert_eq!(setting.at("HEAD", LOCK), merged);
}

#[test]
fn different_fields_of_one_entry_go_together() {
    let setting = three_runs();
    let path = "registries/runs/first.yaml";
    let edit = |setting: &Setting, from: &str, to: &str| {
        let text = std::fs::read_to_string(setting.project.root().join(path)).unwrap();
        assert!(text.contains(from));
        setting.project.write(path, &text.replace(from, to));
        setting.lock(&[]).exits(0);
    };
    setting.branch("a", "main", |setting| {
        edit(
            setting,
            "name: plain-model\n",
            "name: plain-model\n  env: {A: '1'}\n",
        );
    });
    setting.branch("b", "main", |setting| {
        edit(setting, "reports:\n  - report\n", "description: First\n");
    });
    setting.git(&["merge", "a", "-m", "both"]).exits(0);
    let run = setting.project.lock_json()["runs"]["first"].take();
    assert_eq!(run["env"]["A"], "1");
    assert_eq!(run["reports"].as_array().unwrap().len(), 0);
    setting.verifies();
}

/// Each side has a pin of its own part of the source; of the whole, nobody has one.
#[test]
fn a_source_of_which_both_changed_a_part_is_pinned_anew() {
    let setting = Setting::new(&[("app", "1.0")]);
    setting.add("app", "1.0", &["extra-of-app; extra == 'x'"]);
    setting.add("app", "1.1", &["extra-of-app; extra == 'x'"]);
    setting.add("extra-of-app", "1.0", &[]);
    let write = |setting: &Setting, version: &str, extras: &str| {
        let text = format!(
            "source:\n  type: pypi\n  name: app\n  version: \"{version}\"\n\n\
             # What follows may change by itself.\ndescription: App\ninstall_args:\n  \
             extras: [{extras}]\nname: app\n"
        );
        setting.project.write("registries/packages/app.yaml", &text);
    };
    write(&setting, "1.0", "");
    setting.begin();
    for (branch, version, extras) in [("a", "1.1", ""), ("b", "1.0", "x")] {
        setting.branch(branch, "main", |setting| {
            write(setting, version, extras);
            setting.lock(&[]).exits(0);
        });
    }
    setting.git(&["merge", "a", "-m", "both"]).exits(0);
    assert_eq!(setting.held(), ["app==1.1", "extra-of-app==1.0"]);
    setting.verifies();
}

#[test]
fn packages_that_both_sides_added_share_an_environment() {
    let mut setting = Setting::new(&[("app", "1.0"), ("plot", "1.0"), ("score", "1.0")]);
    for name in ["app", "plot", "score"] {
        setting.add(name, "1.0", &["base"]);
    }
    setting.add("base", "1.0", &[]);
    let write = |setting: &Setting, packages: &[&str]| {
        let mut task = "name: task\nentry_point: demo.run\nrequired_packages:\n".to_owned();
        for package in packages {
            let _ = writeln!(task, "  - {package}");
        }
        task.push_str("supported_metrics: [metric]\nsupported_reports: [report]\n");
        task.push_str("supported_frameworks: [plain]\n");
        setting.project.write("registries/tasks/task.yaml", &task);
    };
    write(&setting, &["numbers", "app", "words"]);
    setting.add("numbers", "1.0", &[]);
    setting.add("words", "1.0", &[]);
    setting.begin();
    setting.branch("a", "main", |setting| {
        write(setting, &["numbers", "app", "words", "plot"]);
        setting.lock(&[]).exits(0);
    });
    setting.add("words", "2.0", &[]);
    setting.branch("b", "main", |setting| {
        write(setting, &["score", "numbers", "app", "words"]);
        setting.lock(&["--upgrade-package", "words"]).exits(0);
    });
    setting.without_uv();
    setting.git(&["merge", "a", "-m", "both"]).exits(0);
    assert_eq!(
        setting.held(),
        [
            "app==1.0",
            "base==1.0",
            "numbers==1.0",
            "plot==1.0",
            "score==1.0",
            "words==2.0"
        ]
    );
    setting.verifies();
}

#[test]
fn several_targets_merge_target_by_target() {
    let setting = Setting::new(&[("app", "1.0")]);
    let platforms = ["x86_64-manylinux_2_28", "aarch64-manylinux_2_28"];
    let list = |python: &str| {
        let targets = platforms
            .map(|platform| format!("    - python: \"{python}\"\n      platform: {platform}\n"));
        let targets = targets.concat();
        format!("name: exp\ntasks: [run]\nmetadata:\n  lock:\n{targets}")
    };
    let wheels = |version: &str| {
        let wheels = ["manylinux_2_28_x86_64", "manylinux_2_28_aarch64"].map(|platform| {
            ["cp311", "cp312"].map(|python| {
                let tag = format!("{python}-{python}-{platform}");
                File::wheel_for(&tag).installable()
            })
        });
        setting.server.add("helper", version, &wheels.concat());
    };
    setting.add("app", "1.0", &["helper", "other"]);
    setting.add("other", "1.0", &[]);
    wheels("1.0");
    let path = "registries/experiments/exp.yaml";
    setting.project.write(path, &list("3.11"));
    setting.begin();
    wheels("2.0");
    setting.add("other", "2.0", &[]);
    setting.upgrade("a", &["helper"]);
    setting.upgrade("b", &["other"]);
    setting.git(&["merge", "a", "-m", "both"]).exits(0);
    assert_eq!(setting.held(), ["app==1.0", "helper==2.0", "other==2.0"]);
    setting.verifies();

    // Another Python on one side takes other files of what the other side moved.
    setting.branch("c", "main", |setting| {
        setting.project.write(path, &list("3.12"));
        setting.lock(&[]).exits(0);
    });
    setting.git(&["merge", "a", "-m", "both"]).exits(0);
    assert_eq!(setting.held(), ["app==1.0", "helper==2.0", "other==2.0"]);
    assert!(
        !setting
            .at("HEAD", LOCK)
            .contains("\"helper-2.0-cp311-cp311-manylinux_2_28_x86_64.whl\"\n")
    );
    setting.verifies();
}

#[test]
fn direct_locks_merge_and_a_side_that_locks_all_wins() {
    let mut setting = Setting::new(&[("app", "1.0"), ("plot", "1.0")]);
    for name in ["app", "plot"] {
        for version in ["1.0", "2.0"] {
            setting.add(name, version, &["base"]);
        }
    }
    setting.add("base", "1.0", &[]);
    setting.git(&["init", "-q", "-b", "main"]).exits(0);
    setting.project.vhb(&["merge", "--install"]).exits(0);
    setting.project.lock(&[]).exits(0);
    setting.commit("first");
    for (branch, name) in [("a", "app"), ("b", "plot")] {
        setting
            .git(&["checkout", "-q", "-b", branch, "main"])
            .exits(0);
        setting.project.package(name, &source(name, "2.0"));
        setting.project.lock(&[]).exits(0);
        setting.commit(branch);
    }
    setting.git(&["merge", "a", "-m", "both"]).exits(0);
    assert_eq!(setting.held(), ["app==2.0", "plot==2.0"]);
    setting.project.verify(&[]).exits(0);
    setting.project.lock(&["--check"]).exits(0);

    setting
        .git(&["checkout", "-q", "-b", "all", "main"])
        .exits(0);
    setting.lock(&[]).exits(0);
    setting.commit("all");
    setting.git(&["merge", "b", "-m", "both"]).exits(0);
    assert_eq!(setting.held(), ["app==2.0", "base==1.0", "plot==2.0"]);
    setting.verifies();
}

/// A limit that moved on one side holds for what the other side brings.
#[test]
fn a_limit_of_one_side_holds_for_the_other() {
    let setting = Setting::new(&[("app", "1.0")]);
    let old = |file: File| file.uploaded("2026-01-01T00:00:00Z").installable();
    let add = |name: &str, version: &str, requires: &[&str]| {
        let file = old(File::wheel().requires(requires));
        setting.server.add(name, version, &[file]);
    };
    let write = |setting: &Setting, constraints: &str, limit: &str| {
        let text = format!(
            "name: exp\ntasks: [run]\nmetadata:\n  lock:\n    constraints: [{constraints}]\n    \
             # Nothing newer.\n    exclude_newer: \"{limit}T00:00:00Z\"\n"
        );
        setting
            .project
            .write("registries/experiments/exp.yaml", &text);
    };
    add("app", "1.0", &["helper"]);
    add("helper", "1.0", &[]);
    add("helper", "2.0", &[]);
    let late = File::sdist().uploaded("2026-03-01T00:00:00Z");
    setting.server.add("helper", "2.0", &[late]);
    write(&setting, "\"helper<2\"", "2026-02-01");
    setting.begin();
    setting.branch("a", "main", |setting| {
        write(setting, "", "2026-02-01");
        setting.lock(&["--upgrade"]).exits(0);
    });
    assert_eq!(setting.held(), ["app==1.0", "helper==2.0"]);
    setting.branch("b", "main", |setting| {
        write(setting, "\"helper<2\"", "2026-04-01");
        setting.lock(&[]).exits(0);
    });
    setting.git(&["merge", "a", "-m", "both"]).exits(0);
    let files = setting.project.distribution("helper==2.0");
    assert_eq!(files["files"].as_object().unwrap().len(), 2);
    setting.verifies();
}
