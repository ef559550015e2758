//! Models of the Hub: what is pinned, and what becomes of the pin.

use serde_json::json;

use super::common::hub_server::File;
use super::common::index_server::sha256;
use super::{MODEL, Setting, TOKEN};

#[test]
fn a_commit_is_pinned_with_every_file_and_a_digest_for_each_role() {
    let setting = Setting::with_model();
    let card = json!({"license": "apache-2.0"});
    setting.model().card(Some("image-text-to-text"), card);
    let commit = setting.model().target("refs/heads/main");
    setting
        .project
        .lock(&[])
        .exits(0)
        .says("no revision is given");
    let locked = setting.locked("models", MODEL);
    let pin = &locked["pin"];
    assert_eq!(pin["commit"], commit);
    assert_eq!(pin["ref"], "refs/heads/main");
    assert_eq!(pin["task"], "image-text-to-text");
    assert_eq!(pin["license"], "apache-2.0");
    let roles: Vec<_> = pin["roles"].as_object().unwrap().keys().collect();
    let expected = [
        "chat_template",
        "config",
        "other",
        "processor",
        "tokenizer",
        "weights",
    ];
    assert_eq!(roles, expected);
    let weights = &pin["files"]["model.safetensors"];
    assert_eq!(weights["size"], 10);
    assert_eq!(
        weights["digest"],
        format!("sha256:{}", sha256(b"parameters"))
    );
    let config = pin["files"]["config.json"]["digest"].as_str().unwrap();
    assert!(config.starts_with("gitoid:blob:sha1:"), "{config}");
    let report = setting.project.verify(&[]).exits(0).report();
    assert_eq!(report.codes(), [""; 0]);
    assert_eq!(report.checked(&format!("models/{MODEL}")), "match");
}

#[test]
fn the_pin_holds_while_the_branch_moves_on() {
    let setting = Setting::with_model();
    setting.project.lock(&[]).exits(0);
    let before = setting.project.lock_text();
    let template = File::text("chat_template.json", "{\"chat_template\": \"b\"}\n");
    setting.model().commit("main", &[template]);
    setting.project.lock(&[]).exits(0);
    assert_eq!(setting.project.lock_text(), before);

    let run = setting.project.verify(&[]).exits(0);
    let report = run.report();
    assert_eq!(report.codes(), ["hub-branch-advanced"]);
    let message = report.finding("hub-branch-advanced")["message"].clone();
    let message = message.as_str().unwrap();
    assert!(
        message.ends_with("chat template: changed `chat_template.json`"),
        "{message}"
    );

    let upgraded = setting.project.lock(&["--upgrade-package", MODEL]).exits(0);
    upgraded
        .says("models/org/vlm chat template: ")
        .says_nothing_of("tokenizer");
    assert_ne!(setting.project.lock_text(), before);
}

#[test]
fn a_tag_and_a_commit_are_no_branch() {
    let setting = Setting::with_model();
    let commit = setting.model().target("refs/heads/main");
    setting.model().tag("v1", &commit);
    for revision in ["v1", &commit] {
        setting.run(&format!(
            "name: {MODEL}\nengine_params: {{revision: {revision}}}\n"
        ));
        let run = setting.project.lock(&["--require-immutable"]).exits(0);
        run.says_nothing_of("mutable-ref");
        let key = format!("{MODEL}@{revision}");
        assert_eq!(setting.locked("models", &key)["pin"]["commit"], commit);
        assert_eq!(setting.project.lock_json()["runs"]["run"]["model"], key);
    }
    setting.run(&format!(
        "name: {MODEL}\nengine_params: {{revision: main}}\n"
    ));
    let refused = setting.project.lock(&["--require-immutable"]).exits(1);
    refused
        .says("`main` is a branch")
        .says("registries/runs/run.yaml:4:9");
}

#[test]
fn a_moved_tag_is_drift() {
    let setting = Setting::with_model();
    let first = setting.model().target("refs/heads/main");
    setting.model().tag("v1", &first);
    setting.run(&format!("name: {MODEL}\nengine_params: {{revision: v1}}\n"));
    setting.project.lock(&[]).exits(0);
    let second = setting
        .model()
        .commit("main", &[File::text("README.md", "new\n")]);
    setting.model().tag("v1", &second);
    let report = setting.project.verify(&[]).exits(1).report();
    let moved = report.finding("hub-ref-moved");
    assert_eq!(
        (&moved["expected"], &moved["actual"]),
        (&json!(first), &json!(second))
    );
    setting.model().delete_tag("v1");
    let report = setting.project.verify(&[]).exits(1).report();
    assert_eq!(report.codes(), ["hub-ref-gone"]);
}

#[test]
fn a_squashed_history_is_drift() {
    let setting = Setting::with_model();
    setting.project.lock(&[]).exits(0);
    let locked = setting.model().target("refs/heads/main");
    let now = setting.model().squash("main");
    assert_ne!(locked, now);
    let report = setting.project.verify(&[]).exits(1).report();
    assert_eq!(
        report.codes(),
        ["hub-commit-gone", "hub-commit-unreachable"]
    );
}

#[test]
fn a_rewritten_branch_whose_old_commit_is_kept_is_drift() {
    let setting = Setting::with_model();
    setting.project.lock(&[]).exits(0);
    let locked = setting.model().target("refs/heads/main");
    setting.model().branch("kept", &locked);
    setting.model().squash("main");
    let report = setting.project.verify(&[]).exits(1).report();
    assert_eq!(report.codes(), ["hub-commit-unreachable"]);
}

#[test]
fn code_of_another_repository_is_pinned_where_it_is_run() {
    let setting = Setting::with_model();
    let code = setting.hub.repo(vhb::model::HubKind::Model, "org/code");
    let commit = code.commit("main", &[File::text("modeling.py", "class M: ...\n")]);
    let config = "{\"auto_map\": {\"AutoModel\": \"org/code--modeling.M\"}}\n";
    setting
        .model()
        .commit("main", &[File::text("config.json", config)]);
    setting.project.lock(&[]).exits(0);
    assert!(
        setting.locked("models", "org/code").is_null(),
        "it is not run"
    );

    setting.run(&format!(
        "name: {MODEL}\nengine_params: {{trust_remote_code: true}}\n"
    ));
    setting.project.lock(&[]).exits(0);
    let locked = setting.locked("models", "org/code");
    assert_eq!(locked["pin"]["commit"], commit);
    setting.project.verify(&[]).exits(0);
    let sbom = setting.project.root().join("sboms/exp.cdx.json");
    let sbom = std::fs::read_to_string(sbom).unwrap();
    let sbom: serde_json::Value = serde_json::from_str(&sbom).unwrap();
    let code = format!("pkg:huggingface/org/code@{commit}");
    let requires_code = |entry: &serde_json::Value| {
        let from = entry["ref"].as_str().unwrap();
        from.starts_with("pkg:huggingface/org/vlm@") && entry["dependsOn"] == json!([code])
    };
    assert!(
        sbom["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .any(requires_code)
    );
}

#[test]
fn a_token_opens_what_is_gated_and_is_written_nowhere() {
    let mut setting = Setting::with_model();
    setting.model().private();
    let refused = setting.project.lock(&[]).exits(1);
    refused
        .says("hub-repository-not-found")
        .says("registries/runs/run.yaml:4:9");
    setting.project.set("HF_TOKEN", TOKEN);
    setting.project.lock(&[]).exits(0).conceals(TOKEN);
    setting.project.verify(&[]).exits(0).conceals(TOKEN);
    setting.project.assert_unwritten(TOKEN);
}

#[test]
fn each_revision_of_the_code_is_pinned() {
    let setting = Setting::with_model();
    let code = setting.hub.repo(vhb::model::HubKind::Model, "org/code");
    let commit = code.commit("main", &[File::text("modeling.py", "class M: ...\n")]);
    code.tag("c1", &commit);
    // Python writes such numbers, which are none in JSON.
    let config = "{\"auto_map\": {\"AutoModel\": \"org/code--modeling.M\"}, \"limit\": Infinity}\n";
    let own = setting
        .model()
        .commit("main", &[File::text("config.json", config)]);
    setting.model().tag("c1", &own);
    setting.run(&format!(
        "name: {MODEL}\nengine_params: {{trust_remote_code: true, code_revision: c1}}\n"
    ));
    setting.project.lock(&[]).exits(0);
    let models = setting.project.lock_json()["models"].clone();
    let keys: Vec<_> = models.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["org/code@c1", "org/vlm", "org/vlm@c1"]);
    setting.project.verify(&[]).exits(0);

    let config = File::text("config.json", "{\"auto_map\": nonsense");
    setting.model().commit("main", &[config]);
    let refused = setting.project.lock(&["--upgrade"]).exits(1);
    refused
        .says("error[remote-code-unknown]")
        .says("`config.json`");
}

#[test]
fn code_of_a_model_of_this_machine_is_pinned_too() {
    let setting = Setting::with_model();
    let code = setting.hub.repo(vhb::model::HubKind::Model, "org/code");
    code.commit("main", &[File::text("modeling.py", "class M: ...\n")]);
    let config = "{\"auto_map\": {\"AutoModel\": \"org/code--modeling.M\"}}\n";
    setting.project.write("weights/config.json", config);
    setting.run("name: ./weights\nengine_params: {trust_remote_code: true}\n");
    setting.project.lock(&[]).exits(0);
    assert!(setting.locked("models", "org/code")["pin"].is_object());
    setting.project.verify(&[]).exits(0);
}

#[test]
fn a_revision_that_is_no_text_is_invalid() {
    let setting = Setting::with_model();
    setting.run(&format!(
        "name: {MODEL}\nengine_params: {{revision: 1.0}}\n"
    ));
    let refused = setting.project.lock(&[]).exits(1);
    refused.says("`engine_params.revision` is no text; write it in quotes");
}

#[test]
fn a_directory_of_the_same_name_is_ambiguous() {
    let setting = Setting::with_model();
    setting.project.write(&format!("{MODEL}/config.json"), "{}");
    let refused = setting.project.lock(&[]).exits(1);
    refused
        .says("error[ambiguous-model]")
        .says("write `./org/vlm`");
}
