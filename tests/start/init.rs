//! A new project can be checked, locked, verified and run as it is, and replaces nothing.

use std::os::unix::fs::symlink;
use std::process::Command;

use crate::common::index_server::{File, IndexServer};
use crate::common::place::Place;
use crate::common::sample::git;

#[test]
fn a_new_project_is_checked_locked_and_verified() {
    let server = IndexServer::start();
    let wheel = File::wheel().uploaded("2026-01-01T00:00:00Z").installable();
    server.add("pyyaml", "6.0.3", &[wheel]);
    let mut place = Place::new();
    place.set("UV_DEFAULT_INDEX", server.url());
    place.set("UV_PYTHON_DOWNLOADS", "never");
    let uv = std::env::var("VHB_UV").expect("VHB_UV names the uv that tests use");
    place.set("VHB_UV", uv);
    place
        .vhb(&["init", "demo"])
        .exits(0)
        .says("wrote 30 files in demo: ")
        .says("  cd demo\n  vhb check\n  vhb lock registries/experiments/first.yaml\n");
    let vhb = |arguments: &[&str]| place.vhb_in("demo", arguments);
    vhb(&["check", "--strict"])
        .exits(0)
        .says("checked 9 entries (RUN_MODE=prod): no errors");
    vhb(&["lock", "registries/experiments/first.yaml"])
        .exits(0)
        .says("locked first: 1 run, 2 packages, 1 model, 1 dataset, 0 images\n");
    let verified = vhb(&["verify", "locks/first.lock.json"]).exits(0);
    assert!(
        verified.stdout.ends_with("verdict: match\n"),
        "{}",
        verified.stdout
    );
    vhb(&["lock", "--check", "--offline", "first"]).exits(0);
}

#[test]
fn what_is_written_is_what_the_program_says() {
    let place = Place::new();
    place
        .vhb(&["init", "--name", "010", "--quiet"])
        .exits(0)
        .says_nothing_of("wrote");
    insta::assert_snapshot!(place.names().join("\n"), @r"
    .gitattributes
    .gitignore
    data/capitals/questions.csv
    models/lookup/answers.json
    models/lookup/config.json
    plugins/mybench/pyproject.toml
    plugins/mybench/src/mybench/__init__.py
    plugins/mybench/src/mybench/data.py
    plugins/mybench/src/mybench/model.py
    plugins/mybench/src/mybench/report.py
    plugins/mybench/src/mybench/run.py
    plugins/mybench/src/mybench/scores.py
    registries/datasets/capitals.yaml
    registries/experiments/010.yaml
    registries/frameworks/lookup.yaml
    registries/metrics/exact_match.yaml
    registries/packages/mybench.yaml
    registries/packages/pyyaml.yaml
    registries/reports/summary.yaml
    registries/runs/lookup.yaml
    registries/tasks/answer.yaml
    schemas/dataset.schema.json
    schemas/experiment.schema.json
    schemas/framework.schema.json
    schemas/lock.schema.json
    schemas/metric.schema.json
    schemas/package.schema.json
    schemas/report.schema.json
    schemas/run.schema.json
    schemas/task.schema.json
    ");
    for (path, bytes) in place.files() {
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains('\r'), "{path}");
        if let Some(entry) = path.strip_prefix("registries/") {
            let kind = entry.split('/').next().unwrap().trim_end_matches('s');
            let modeline =
                format!("# yaml-language-server: $schema=../../schemas/{kind}.schema.json");
            assert_eq!(text.lines().next(), Some(modeline.as_str()), "{path}");
        }
        if let Some(schema) = path.strip_prefix("schemas/") {
            let kind = schema.split('.').next().unwrap();
            assert_eq!(place.vhb(&["schema", kind]).exits(0).stdout, text);
        }
    }
    let experiment = place.read("registries/experiments/010.yaml");
    assert!(experiment.contains("\nname: \"010\"\n") && experiment.contains("locks/010.lock.json"));
    place
        .vhb(&["check", "--strict", "registries/experiments/010.yaml"])
        .exits(0);
    let metric = [
        "add",
        "metric",
        "cer",
        "--class",
        "mybench.scores.cer",
        "--package",
        "mybench",
    ];
    place
        .vhb(&metric)
        .exits(0)
        .says("in registries/tasks/answer.yaml\n");
    let added = place.read("registries/metrics/cer.yaml");
    assert!(
        added.starts_with("# yaml-language-server: $schema="),
        "{added}"
    );
}

#[test]
fn the_benchmark_of_a_new_project_runs() {
    let place = Place::new();
    place.vhb(&["init"]).exits(0);
    let python = std::env::var("VHB_PYTHON").expect("VHB_PYTHON names the Python of the tests");
    let output = Command::new(python)
        .args(["-B", "-m", "mybench.run", "first"])
        .env("PYTHONPATH", place.path("plugins/mybench/src"))
        .current_dir(place.path(""))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "`make tools` installs PyYAML: {told}"
    );
    let page = "# Capitals\n\n- lookup: exact_match 0.5000\n";
    assert_eq!(String::from_utf8(output.stdout).unwrap(), page);
    assert_eq!(place.read("results/first/summary.md"), page);
    assert_eq!(
        place
            .read("results/first/lookup.json")
            .matches("\"given\"")
            .count(),
        4
    );
}

/// git hands out the bytes that were locked, and nothing that a rerun makes is committed.
#[test]
fn git_keeps_the_bytes_of_a_new_project() {
    let place = Place::new();
    place.vhb(&["init"]).exits(0);
    for path in [
        "results/first/x.json",
        ".venv/x",
        "signing.key",
        "plugins/mybench/build/x",
    ] {
        place.write(path, "x");
    }
    place.write("data/capitals/windows.csv", "a\r\nb\r\n");
    git(&place.path(""), &["init", "-q"]);
    let before = place.files();
    git(&place.path(""), &["-c", "core.autocrlf=true", "add", "."]);
    git(&place.path(""), &["commit", "-q", "-m", "first"]);
    let clone = place.path("clone");
    let clone = clone.to_str().unwrap();
    git(
        &place.path(""),
        &["-c", "core.autocrlf=true", "clone", "-q", ".", clone],
    );
    let mut committed = 0;
    for (path, bytes) in &before {
        let there = std::fs::read(place.path("clone").join(path)).ok();
        let ignored = [
            "results/",
            ".venv/",
            "signing.key",
            "plugins/mybench/build/",
        ];
        if ignored.iter().any(|ignored| path.starts_with(ignored)) {
            assert!(there.is_none(), "{path}");
            continue;
        }
        // What git itself reads is locked by nobody.
        if path.starts_with(".git") {
            continue;
        }
        assert_eq!(there.as_ref(), Some(bytes), "{path}");
        committed += 1;
    }
    assert_eq!(committed, 29);
}

#[test]
fn nothing_is_replaced_and_then_nothing_is_written() {
    let files = [
        ".gitignore",
        "registries/runs/lookup.yaml",
        "schemas/lock.schema.json",
    ];
    for path in files {
        let place = Place::new();
        place.write(path, "mine\n");
        let message = format!("`{path}` exists already, so nothing was written\n");
        place
            .vhb(&["init"])
            .exits(2)
            .says(&message)
            .says("hint: vhb overwrites nothing");
        assert_eq!(place.names(), [path]);
        assert_eq!(place.read(path), "mine\n");
    }
    let place = Place::new();
    place.write("file", "mine\n");
    place.write("p/registries", "no directory\n");
    symlink("nowhere", place.path("q")).unwrap();
    std::fs::create_dir_all(place.path("r/.gitignore")).unwrap();
    let before = place.files();
    for (directory, told) in [
        ("file", "`file` exists already"),
        ("file/below", "`file` exists already"),
        ("p", "`p/registries` exists already"),
        ("q", "`q` exists already"),
        ("r", "`r/.gitignore` exists already"),
    ] {
        place.vhb(&["init", directory]).exits(2).says(told);
        assert_eq!(place.files(), before, "{directory}");
        let made = place.path(directory).join("data");
        assert!(!made.exists(), "{}", made.display());
    }
    place
        .vhb(&["init", "new", "--name", "a/b"])
        .exits(2)
        .says("it is a path");
    assert!(!place.path("new").exists());
    // Twice the same is as good as any other file that is there.
    place.vhb(&["init", "twice"]).exits(0);
    let before = place.files();
    place
        .vhb(&["init", "twice"])
        .exits(2)
        .says(" and 25 more exist already");
    assert_eq!(place.files(), before);
}

/// What is to be typed next can be, whatever the directory is called.
#[test]
fn a_directory_may_have_any_name() {
    let place = Place::new();
    place
        .vhb(&["init", "my project", "--name", "first"])
        .exits(0)
        .says("  cd 'my project'\n");
}
