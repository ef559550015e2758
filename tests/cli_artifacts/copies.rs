//! Copies of models and datasets on this machine.

use std::os::unix::fs::symlink;

use super::{MODEL, Setting};

/// Lays out a copy as downloads into a directory do.
fn write_copy(setting: &Setting, files: &[(&str, &str)]) {
    for (path, text) in files {
        setting
            .project
            .write(&format!("copies/{MODEL}/{path}"), text);
    }
}

const COPY: [(&str, &str); 6] = [
    ("README.md", "---\nlicense: apache-2.0\n---\n"),
    ("config.json", "{\"model_type\": \"vlm\"}\n"),
    ("model.safetensors", "parameters"),
    ("tokenizer.json", "{\"vocab\": 1}\n"),
    ("chat_template.json", "{\"chat_template\": \"a\"}\n"),
    ("preprocessor_config.json", "{\"size\": 1}\n"),
];

#[test]
fn a_copy_is_held_against_the_lock_by_role() {
    let setting = Setting::with_model();
    setting.project.lock(&[]).exits(0);
    write_copy(&setting, &COPY);
    // The notes of a download are no part of the model.
    write_copy(
        &setting,
        &[(".cache/huggingface/download/config.json.metadata", "x")],
    );
    let verify = |code| {
        let run = setting.project.verify(&["--offline", "--models", "copies"]);
        run.exits(code).report()
    };
    assert_eq!(verify(0).codes(), [""; 0]);

    write_copy(
        &setting,
        &[
            ("chat_template.json", "{\"chat_template\": \"b\"}\n"),
            ("extra.py", ""),
        ],
    );
    let report = verify(1);
    let changed = report.finding("model-changed");
    let message = changed["message"].as_str().unwrap();
    let expected = "chat template: changed `chat_template.json`. code: extra `extra.py`";
    assert!(message.ends_with(expected), "{message}");
}

#[test]
fn what_a_download_left_out_is_told_and_is_no_change() {
    let setting = Setting::with_model();
    setting.project.lock(&[]).exits(0);
    // Nothing reads the card.
    write_copy(&setting, &COPY[1..]);
    let run = setting.project.verify(&["--offline", "--models", "copies"]);
    assert_eq!(run.exits(0).report().codes(), [""; 0]);
    let root = setting.project.root();
    std::fs::remove_file(root.join("copies/org/vlm/tokenizer.json")).unwrap();
    let run = setting
        .project
        .verify(&["--offline", "--models", "copies"])
        .exits(3);
    let report = run.report();
    assert_eq!(report.codes(), ["model-incomplete"]);
    let message = report.finding("model-incomplete")["message"].clone();
    assert!(
        message
            .as_str()
            .unwrap()
            .ends_with("tokenizer: missing `tokenizer.json`"),
        "{message}"
    );
    // Weights in another format are as good; none are not.
    std::fs::remove_file(root.join("copies/org/vlm/model.safetensors")).unwrap();
    let run = setting
        .project
        .verify(&["--offline", "--models", "copies"])
        .exits(3);
    let message = run.report().finding("model-incomplete")["message"].clone();
    assert!(message.as_str().unwrap().contains("tokenizer"), "{message}");
    write_copy(&setting, &[("tokenizer.json", COPY[3].1)]);
    let run = setting
        .project
        .verify(&["--offline", "--models", "copies"])
        .exits(3);
    let message = run.report().finding("model-incomplete")["message"].clone();
    assert!(
        message.as_str().unwrap().ends_with("all weights"),
        "{message}"
    );
}

#[test]
fn the_cache_of_the_hub_is_read_through_its_links() {
    let mut setting = Setting::with_model();
    setting.project.lock(&[]).exits(0);
    let commit = setting.model().target("refs/heads/main");
    let cache = setting.project.home().join("hub/models--org--vlm");
    let snapshot = cache.join("snapshots").join(&commit);
    std::fs::create_dir_all(cache.join("blobs")).unwrap();
    std::fs::create_dir_all(&snapshot).unwrap();
    for (number, (path, text)) in COPY.iter().enumerate() {
        let blob = format!("blobs/{number}");
        std::fs::write(cache.join(&blob), text).unwrap();
        symlink(format!("../../{blob}"), snapshot.join(path)).unwrap();
    }
    setting.project.set("HF_HOME", setting.project.home());
    let run = setting
        .project
        .verify(&["--offline", "--hub-cache"])
        .exits(0);
    assert_eq!(run.report().codes(), [""; 0]);
    std::fs::write(cache.join("blobs/2"), "Parameters").unwrap();
    let run = setting
        .project
        .verify(&["--offline", "--hub-cache"])
        .exits(1);
    let report = run.report();
    let message = report.finding("model-changed")["message"].clone();
    assert!(
        message
            .as_str()
            .unwrap()
            .ends_with("weights: changed `model.safetensors`")
    );
}

#[test]
fn a_copy_that_is_not_there_is_never_a_pass() {
    let setting = Setting::with_model();
    setting.project.lock(&[]).exits(0);
    // An empty directory is what a download that failed leaves behind.
    std::fs::create_dir_all(setting.project.root().join("copies/org/vlm")).unwrap();
    let run = setting
        .project
        .verify(&["--offline", "--models", "copies"])
        .exits(3);
    assert_eq!(run.report().codes(), ["local-unreadable"]);
    let run = setting
        .project
        .verify(&["--offline", "--models", "nowhere"])
        .exits(2);
    run.says("`nowhere` is not a directory");
}

#[test]
fn a_copy_of_a_dataset_is_held_against_its_manifest() {
    let setting = Setting::new();
    setting.run("name: plain-model\n");
    let files = [
        super::File::text("a.csv", "1\n"),
        super::File::lfs("b.bin", b"2"),
    ];
    setting.dataset().commit("main", &files);
    setting.path("hf://datasets/org/docs");
    setting.project.lock(&[]).exits(0);
    std::fs::create_dir(setting.project.root().join("copies")).unwrap();
    let run = setting
        .project
        .verify(&["--offline", "--data", "copies"])
        .exits(3);
    assert_eq!(run.report().codes(), ["local-unreadable"]);
    setting.project.write("copies/data/a.csv", "1\n");
    setting.project.write("copies/data/b.bin", "2");
    let verify = |code| {
        let run = setting.project.verify(&["--offline", "--data", "copies"]);
        run.exits(code).report()
    };
    assert_eq!(verify(0).checked("datasets/data"), "match");
    setting.project.write("copies/data/b.bin", "3");
    let report = verify(1);
    let message = report.finding("dataset-changed")["message"].clone();
    assert!(
        message.as_str().unwrap().ends_with("changed `b.bin`"),
        "{message}"
    );
}

#[test]
fn a_model_of_this_machine_is_read_each_time() {
    let setting = Setting::new();
    setting.run("name: ./weights\n");
    setting.project.write("weights/config.json", "{}");
    setting.project.write("weights/w.gguf", "1");
    setting.project.lock(&[]).exits(0);
    let locked = setting.locked("models", "./weights");
    assert_eq!(locked["pin"]["files"]["w.gguf"]["size"], 1);
    setting.project.verify(&[]).exits(0);
    setting.project.write("weights/w.gguf", "2");
    let report = setting.project.verify(&[]).exits(1).report();
    let message = report.finding("model-changed")["message"].clone();
    assert!(
        message
            .as_str()
            .unwrap()
            .ends_with("weights: changed `w.gguf`"),
        "{message}"
    );
    std::fs::remove_dir_all(setting.project.root().join("weights")).unwrap();
    let report = setting.project.verify(&[]).exits(1).report();
    assert_eq!(report.codes(), ["local-missing"]);
    setting
        .project
        .lock(&[])
        .exits(1)
        .says("error[local-missing]");
}

#[test]
fn copies_of_a_dataset_of_this_machine_are_read_too() {
    let setting = Setting::new();
    setting.run("name: plain-model\n");
    setting.project.write("data/samples.csv", "1\n");
    setting.project.lock(&[]).exits(0);
    setting.project.write("copies/data/samples.csv", "2\n");
    let run = setting
        .project
        .verify(&["--offline", "--data", "copies"])
        .exits(1);
    let message = run.report().finding("dataset-changed")["message"].clone();
    assert!(
        message
            .as_str()
            .unwrap()
            .contains("copies/data` is not what"),
        "{message}"
    );
    setting.project.verify(&["--offline"]).exits(0);
    let run = setting.project.verify(&["--models", "copies"]).exits(2);
    run.says("the lock pins no model of the Hugging Face Hub");
}
