//! The kinds of registry entries as types, and how each is read from its fields.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::decode::Placed;
use super::fields::Fields;
use super::node::{Mark, Node, Problem, Value};
use super::shapes::{ADAPTER, INLINE_RUN};
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

    /// Takes what the kind needs of `metadata`, which is free for most.
    fn take_metadata(&mut self, _metadata: Fields<'_, '_>) {}
}

impl Decode for Task {
    fn decode(fields: &mut Fields<'_, '_>) -> Option<Self> {
        let entry_point = fields.text("entry_point");
        let required_packages = fields.texts("required_packages");
        let supported_metrics = fields.texts("supported_metrics");
        let supported_reports = fields.texts("supported_reports");
        let supported_frameworks = fields.texts("supported_frameworks");
        Some(Self {
            entry_point: entry_point?.value,
            required_packages,
            supported_metrics,
            supported_reports,
            supported_frameworks: values(supported_frameworks),
        })
    }
}

fn values(texts: Vec<Placed<String>>) -> Vec<String> {
    texts.into_iter().map(|text| text.value).collect()
}

impl Decode for Component {
    fn decode(fields: &mut Fields<'_, '_>) -> Option<Self> {
        let class_path = fields.text("class_path");
        let params = fields.free_form("params");
        let package = fields.text("package");
        Some(Self {
            class_path: class_path?.value,
            params,
            package,
        })
    }
}

impl Decode for Dataset {
    fn decode(fields: &mut Fields<'_, '_>) -> Option<Self> {
        let class = fields.text("type");
        let path = fields.text("path");
        let params = fields.free_form("params");
        let package = fields.text("package");
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
        let ml_task = fields.text("ml_task");
        let dataset = fields.text("dataset");
        let metrics = fields.texts("metrics");
        let reports = fields.texts("reports");
        let model = fields.mapping("model").and_then(Model::read);
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

    fn read(mut fields: Fields<'_, '_>) -> Option<Self> {
        let name = fields.text("name");
        let framework = fields.text("framework");
        let docker_image = fields.text("docker_image").and_then(|text| {
            let value = fields.parse("docker_image", &text, str::parse)?;
            let mark = text.mark;
            Some(Placed { value, mark })
        });
        let package_manager = fields.choice("package_manager");
        let engine_params = fields.free_form("engine_params");
        let env = fields.free_form("env");
        fields.finish();
        Some(Self {
            name: name?,
            framework: framework?,
            docker_image,
            package_manager: package_manager?.to_owned(),
            engine_params,
            env,
        })
    }
}

impl Decode for Experiment {
    fn decode(fields: &mut Fields<'_, '_>) -> Option<Self> {
        let parallelism = fields.count("parallelism");
        let nodes = fields.nodes("tasks");
        let tasks = nodes
            .iter()
            .filter_map(|node| Member::read(node, fields.problems()))
            .collect();
        Some(Self {
            parallelism,
            tasks,
            targets: vec![Target::default()],
        })
    }

    fn take_metadata(&mut self, mut metadata: Fields<'_, '_>) {
        if let Some(lock) = metadata.node("lock") {
            self.targets = read_targets(lock, metadata.problems());
        }
        metadata.finish();
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
        let mut fields = Fields::of(&INLINE_RUN, node, problems)?;
        let id = fields.text("name");
        fields.text("version");
        fields.text("description");
        fields.mapping("metadata");
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
        let package = fields.text("default_adapter_package");
        let class = fields.text("default_backend_class");
        let nodes = fields.nodes("specialized_adapters");
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
        let mut fields = Fields::of(&ADAPTER, node, problems)?;
        let patterns = fields.texts("match_models");
        for pattern in &patterns {
            fields.parse("match_models", pattern, globset::Glob::new);
        }
        let package = fields.text("package");
        let class = fields.text("backend_class");
        fields.finish();
        Some(Self {
            match_models: values(patterns),
            package: package?,
            backend_class: class?.value,
        })
    }
}
