//! The kinds of registry entries as types, and how each is read from its fields.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::decode::{Fields, Placed};
use super::node::{Mark, Node, Problem, Value};
use super::targets::read_targets;
use crate::model::{DatasetSource, ImageReference, Target};

/// `tasks`: a kind of work and what suits it.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Task {
    pub entry_point: String,
    pub required_packages: Vec<Placed<String>>,
    pub supported_metrics: Vec<Placed<String>>,
    pub supported_reports: Vec<Placed<String>>,
    pub supported_frameworks: Vec<String>,
}

/// `metrics` and `reports`: a class with its parameters.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Component {
    pub class_path: String,
    pub params: BTreeMap<String, Json>,
    pub package: Option<Placed<String>>,
}

/// `datasets`: samples and the class that reads them.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Dataset {
    pub class: String,
    /// What `path` and `params.revision` name.
    pub source: DatasetSource,
    /// The place of `path`.
    pub path: Mark,
    pub params: BTreeMap<String, Json>,
    pub package: Option<Placed<String>>,
}

/// `runs`: one model on one dataset.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Run {
    pub ml_task: Placed<String>,
    pub model: Model,
    pub dataset: Placed<String>,
    pub metrics: Vec<Placed<String>>,
    pub reports: Vec<Placed<String>>,
}

/// The model of a run and how it is served.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Model {
    pub name: Placed<String>,
    pub framework: Placed<String>,
    pub docker_image: Option<Placed<ImageReference>>,
    pub package_manager: String,
    pub engine_params: BTreeMap<String, Json>,
    pub env: BTreeMap<String, Json>,
}

/// `experiments`: the runs that make up one result.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Experiment {
    pub parallelism: u64,
    pub tasks: Vec<Member>,
    /// At least one; all with one `exclude_newer`.
    pub targets: Vec<Target>,
}

/// One element of an experiment's `tasks`.
#[derive(Clone, Debug, PartialEq)]
pub enum Member {
    /// A run by its id, or by the path of its file.
    Reference(Placed<String>),
    /// A run that is written inside of the experiment.
    Inline {
        /// Its `name`.
        id: String,
        /// The run.
        run: Box<Run>,
        /// Its place.
        mark: Mark,
    },
}

/// `frameworks`: which package adapts models to a serving framework.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Framework {
    pub default_adapter_package: Placed<String>,
    pub default_backend_class: String,
    pub specialized_adapters: Vec<SpecializedAdapter>,
}

/// An adapter for some models of a framework.
#[derive(Clone, Debug, PartialEq)]
pub struct SpecializedAdapter {
    /// Model names, where `*` and `?` stand for any characters and one character.
    pub match_models: Vec<String>,
    /// The adapter package.
    pub package: Placed<String>,
    /// The class that serves.
    pub backend_class: String,
}

impl Framework {
    /// The adapter package for a model, of the first adapter that matches, else the default; and
    /// the field that names it.
    pub fn adapter_for(&self, model: &str) -> (String, &Placed<String>) {
        let matches = |adapter: &SpecializedAdapter| {
            adapter.match_models.iter().any(|pattern| {
                globset::Glob::new(pattern).is_ok_and(|glob| glob.compile_matcher().is_match(model))
            })
        };
        match self.specialized_adapters.iter().position(matches) {
            Some(at) => (
                format!("specialized_adapters[{at}].package"),
                &self.specialized_adapters[at].package,
            ),
            None => (
                "default_adapter_package".to_owned(),
                &self.default_adapter_package,
            ),
        }
    }
}

/// A kind's own fields; the common ones are read by the caller.
pub(super) trait Decode: Sized {
    /// Reads the fields; none where a problem leaves nothing to work with.
    fn decode(fields: &mut Fields<'_, '_>) -> Option<Self>;
}

impl Decode for Task {
    fn decode(fields: &mut Fields<'_, '_>) -> Option<Self> {
        let entry_point = fields.required_string("entry_point");
        let required_packages = fields.strings("required_packages").unwrap_or_default();
        let supported_metrics = fields.strings("supported_metrics").unwrap_or_default();
        let supported_reports = fields.strings("supported_reports").unwrap_or_default();
        let supported_frameworks = fields.strings("supported_frameworks").map_or_else(
            || {
                ["vllm", "huggingface", "sglang"]
                    .map(str::to_owned)
                    .to_vec()
            },
            |words| words.into_iter().map(|word| word.value).collect(),
        );
        Some(Self {
            entry_point: entry_point?.value,
            required_packages,
            supported_metrics,
            supported_reports,
            supported_frameworks,
        })
    }
}

impl Decode for Component {
    fn decode(fields: &mut Fields<'_, '_>) -> Option<Self> {
        let class_path = fields.required_string("class_path");
        let params = fields.free_form("params");
        let package = fields.string("package");
        Some(Self {
            class_path: class_path?.value,
            params,
            package,
        })
    }
}

impl Decode for Dataset {
    fn decode(fields: &mut Fields<'_, '_>) -> Option<Self> {
        let class = fields.required_string("type");
        let path = fields.required_string("path");
        let params = fields.free_form("params");
        let package = fields.string("package");
        fields.texts_within("params", &["revision"]);
        let revision = params.get("revision").and_then(Json::as_str);
        let path = path?;
        let source = fields.parse("path", &path, |text| DatasetSource::of(text, revision));
        Some(Self {
            class: class?.value,
            source: source?,
            path: path.mark,
            params,
            package,
        })
    }
}

impl Decode for Run {
    fn decode(fields: &mut Fields<'_, '_>) -> Option<Self> {
        let ml_task = fields.required_string("ml_task");
        let dataset = fields.required_string("dataset");
        let metrics = fields.strings("metrics").unwrap_or_default();
        let reports = fields.strings("reports").unwrap_or_default();
        let Some(node) = fields.node("model") else {
            fields.missing("model");
            return None;
        };
        let model = Model::read(node, fields.problems());
        Some(Self {
            ml_task: ml_task?,
            model: model?,
            dataset: dataset?,
            metrics,
            reports,
        })
    }
}

impl Model {
    /// A parameter of the engine that is a text.
    pub fn text_param(&self, name: &str) -> Option<&str> {
        self.engine_params.get(name)?.as_str()
    }

    /// Whether Python that comes with the model is run.
    pub fn trusts_remote_code(&self) -> bool {
        self.engine_params.get("trust_remote_code") == Some(&Json::Bool(true))
    }

    fn read(node: &Node, problems: &mut Vec<Problem>) -> Option<Self> {
        let mut fields = Fields::of("model", node, problems)?;
        let name = fields.required_string("name");
        let framework = fields.string("framework").unwrap_or_else(|| Placed {
            value: "vllm".to_owned(),
            mark: fields.mark(),
        });
        let docker_image = fields.string("docker_image").and_then(|text| {
            let value = fields.parse("docker_image", &text, str::parse)?;
            let mark = text.mark;
            Some(Placed { value, mark })
        });
        let managers = [("pip", "pip"), ("uv", "uv"), ("conda", "conda")];
        let package_manager = fields.choice("package_manager", &managers).unwrap_or("pip");
        let engine_params = fields.free_form("engine_params");
        fields.texts_within("engine_params", &["revision", "code_revision"]);
        let env = fields.free_form("env");
        fields.finish();
        Some(Self {
            name: name?,
            framework,
            docker_image,
            package_manager: package_manager.to_owned(),
            engine_params,
            env,
        })
    }
}

impl Decode for Experiment {
    fn decode(fields: &mut Fields<'_, '_>) -> Option<Self> {
        let parallelism = fields.positive("parallelism").unwrap_or(1);
        let nodes = fields.nodes("tasks").unwrap_or_default();
        let tasks = nodes
            .iter()
            .filter_map(|node| Member::read(node, fields.problems()))
            .collect();
        let targets = fields.node("metadata").and_then(|metadata| {
            let Value::Mapping(entries) = &metadata.value else {
                return None;
            };
            let lock = entries.iter().find(|(key, _)| key.text == "lock")?;
            Some(read_targets(&lock.1, fields.problems()))
        });
        Some(Self {
            parallelism,
            tasks,
            targets: targets.unwrap_or_else(|| vec![Target::default()]),
        })
    }
}

impl Member {
    fn read(node: &Node, problems: &mut Vec<Problem>) -> Option<Self> {
        if let Value::String(text) = &node.value {
            return Some(Self::Reference(Placed {
                value: text.clone(),
                mark: node.mark,
            }));
        }
        let mut fields = Fields::of("an element of `tasks`", node, problems)?;
        let id = fields.required_string("name");
        for common in ["version", "description", "metadata"] {
            fields.node(common);
        }
        let run = Run::decode(&mut fields);
        fields.finish();
        Some(Self::Inline {
            id: id?.value,
            run: Box::new(run?),
            mark: node.mark,
        })
    }
}

impl Decode for Framework {
    fn decode(fields: &mut Fields<'_, '_>) -> Option<Self> {
        let package = fields.required_string("default_adapter_package");
        let class = fields.required_string("default_backend_class");
        let nodes = fields.nodes("specialized_adapters").unwrap_or_default();
        let specialized_adapters = nodes
            .iter()
            .filter_map(|node| SpecializedAdapter::read(node, fields.problems()))
            .collect();
        Some(Self {
            default_adapter_package: package?,
            default_backend_class: class?.value,
            specialized_adapters,
        })
    }
}

impl SpecializedAdapter {
    fn read(node: &Node, problems: &mut Vec<Problem>) -> Option<Self> {
        let mut fields = Fields::of("adapter", node, problems)?;
        let patterns = fields.strings("match_models").unwrap_or_default();
        for pattern in &patterns {
            fields.parse("match_models", pattern, globset::Glob::new);
        }
        let package = fields.required_string("package");
        let class = fields.required_string("backend_class");
        fields.finish();
        Some(Self {
            match_models: patterns.into_iter().map(|text| text.value).collect(),
            package: package?,
            backend_class: class?.value,
        })
    }
}
