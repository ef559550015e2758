//! `vhb lock` and `vhb verify` with models, datasets and container images.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod buckets;
mod copies;
mod datasets;
mod images;
mod model_faults;
mod models;
mod unresolved;

use vhb::model::HubKind;

use self::common::hub_server::{File, HubServer, Repo};
use self::common::project::Project;

/// The token of the only user of the Hub.
const TOKEN: &str = "hf_do-not-leak";
/// The repository of the model.
const MODEL: &str = "org/vlm";
/// The repository of the dataset.
const DATASET: &str = "org/docs";

/// A Hub, and a project that may ask it.
struct Setting {
    hub: HubServer,
    project: Project,
}

impl Setting {
    /// The Hub has nothing; the project has a run with a model that only its framework knows.
    fn new() -> Self {
        let hub = HubServer::start();
        hub.with(|state| state.token = Some(TOKEN.to_owned()));
        let mut project = Project::new(&[("plugin", "type: local\npath: plugin\n")]);
        project.write(
            "plugin/pyproject.toml",
            "[project]\nname = \"plugin\"\nversion = \"1.0\"\n",
        );
        project.set("HF_ENDPOINT", hub.url());
        project.set("VHB_TIMEOUT", "2");
        Self { hub, project }
    }

    /// The same with a model on the Hub, which the run names without a revision.
    fn with_model() -> Self {
        let setting = Self::new();
        setting.model().commit("main", &files_of_a_model());
        setting.run(&format!("name: {MODEL}\n"));
        setting
    }

    fn model(&self) -> Repo<'_> {
        self.hub.repo(HubKind::Model, MODEL)
    }

    fn dataset(&self) -> Repo<'_> {
        self.hub.repo(HubKind::Dataset, DATASET)
    }

    /// Writes the run; `model` are the fields of its model beside the framework, as YAML.
    fn run(&self, model: &str) {
        let model: Vec<_> = model.lines().map(|line| format!("  {line}\n")).collect();
        let model = model.concat();
        let run =
            format!("ml_task: task\nmodel:\n  framework: plain\n{model}dataset: data\nname: run\n");
        self.project.write("registries/runs/run.yaml", &run);
    }

    /// Writes the dataset's entry.
    fn path(&self, path: &str) {
        let text = format!("type: demo.Data\npath: {path}\nname: data\n");
        self.project.write("registries/datasets/data.yaml", &text);
    }

    /// What the lock has of a model, a dataset or an image.
    fn locked(&self, section: &str, key: &str) -> serde_json::Value {
        self.project.lock_json()[section][key].take()
    }
}

fn files_of_a_model() -> [File; 6] {
    [
        File::text("README.md", "---\nlicense: apache-2.0\n---\n"),
        File::text("config.json", "{\"model_type\": \"vlm\"}\n"),
        File::lfs("model.safetensors", b"parameters"),
        File::text("tokenizer.json", "{\"vocab\": 1}\n"),
        File::text("chat_template.json", "{\"chat_template\": \"a\"}\n"),
        File::text("preprocessor_config.json", "{\"size\": 1}\n"),
    ]
}
