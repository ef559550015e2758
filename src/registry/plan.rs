//! What one experiment reaches: its runs, their packages stage by stage, and every entry.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::link::{RunLinks, RunPlace, run_id};
use super::uses::RunUses;
use super::{Entry, EntryFiles, Experiment, Member, Model, Registry};
use crate::finding::Location;
use crate::model::{
    DatasetSource, EntryRef, Environment, ImageReference, Kind, ModelPin, ModelSource, PlannedRun,
    RunMode, Source, Target, masked_env, masked_params,
};

/// An experiment put together.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The experiment.
    pub experiment: EntryRef,
    /// Its `name`.
    pub name: String,
    /// Its file, relative to the project root, with `/`.
    pub file: String,
    /// The mode that the registry was read in.
    pub mode: RunMode,
    /// What its environments are locked for; at least one.
    pub targets: Vec<Target>,
    /// Every entry it reaches, with its canonical value.
    pub entries: BTreeMap<EntryRef, Json>,
    /// Every entry it refers to, also those that are missing or broken.
    pub reached: BTreeSet<EntryRef>,
    /// Its runs by id.
    pub runs: BTreeMap<String, PlannedRun>,
    /// What each of them refers to, and by which entries its packages came in.
    pub uses: BTreeMap<String, RunUses>,
    /// The packages of all stages: by id, or by the requirement as normalised.
    pub packages: BTreeMap<String, PlannedPackage>,
    /// The environments of all stages by id; equal ones are one.
    pub environments: BTreeMap<String, Environment>,
    /// The models by key: the name, with the revision where one is asked for.
    pub models: BTreeMap<String, PlannedModel>,
    /// The datasets by id.
    pub datasets: BTreeMap<String, Planned<DatasetSource>>,
    /// The container images by name, as it is written.
    pub images: BTreeMap<String, Planned<ImageReference>>,
}

/// A model that a plan needs.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedModel {
    /// Where it comes from; none where only the framework understands the name.
    pub source: Option<ModelSource>,
    /// At which revisions the Python that it names is run (`engine_params.code_revision`; none is
    /// the default branch); empty where none is run.
    pub code_revisions: BTreeSet<Option<String>>,
    /// Where it is written.
    pub location: Location,
}

/// Something that a plan needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned<S> {
    /// Where it comes from.
    pub source: S,
    /// Where that is written.
    pub location: Location,
}

/// A package that a plan needs.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedPackage {
    /// Where it comes from.
    pub source: Source,
    /// Where that is written.
    pub location: Location,
}

impl PlannedModel {
    /// The repositories whose Python it runs, by their key: those that its pin names, and its own
    /// where another revision of that is asked for.
    pub fn code(&self, pin: &ModelPin) -> BTreeMap<String, ModelSource> {
        let own = match pin {
            ModelPin::Huggingface(pin) => Some(&pin.repo),
            ModelPin::Local(_) => None,
        };
        let at = |revision: &Option<String>| -> Vec<(String, ModelSource)> {
            let own = own.filter(|_| revision.is_some());
            let repos = pin.remote_code().iter().chain(own);
            let revision = revision.as_deref();
            let named = repos.filter_map(|repo| {
                let source = ModelSource::of(repo.as_str(), revision)?;
                Some((ModelSource::key(repo.as_str(), revision), source))
            });
            named.collect()
        };
        self.code_revisions.iter().flat_map(at).collect()
    }
}

impl Plan {
    /// Puts an experiment together; none where it is not in the registry or is broken.
    ///
    /// References that do not hold are left out: whoever read the registry has their findings.
    pub fn of(registry: &Registry, id: &str, targets: Vec<Target>) -> Option<Self> {
        let entry = registry.experiments.get(id)?;
        let experiment = EntryRef::new(Kind::Experiments, id);
        let mut plan = Self {
            name: entry.name.clone(),
            file: entry.files.base.to_string_lossy().into_owned(),
            mode: registry.mode,
            targets,
            entries: BTreeMap::new(),
            reached: BTreeSet::new(),
            runs: BTreeMap::new(),
            uses: BTreeMap::new(),
            packages: BTreeMap::new(),
            environments: BTreeMap::new(),
            models: BTreeMap::new(),
            datasets: BTreeMap::new(),
            images: BTreeMap::new(),
            experiment: experiment.clone(),
        };
        plan.reach(Kind::Experiments, entry);
        plan.add_members(registry, &experiment, entry);
        Some(plan)
    }

    /// Puts an experiment together again from the canonical values that a lock records.
    pub fn from_values<'a>(
        values: impl IntoIterator<Item = (&'a EntryRef, &'a Json)>,
        id: &str,
        mode: RunMode,
        targets: Vec<Target>,
    ) -> Option<Self> {
        let mut registry = Registry::from_values(values);
        registry.mode = mode;
        Self::of(&registry, id, targets)
    }

    pub(super) fn reach<T>(&mut self, kind: Kind, entry: &Entry<T>) {
        let reference = EntryRef::new(kind, &entry.id);
        self.reached.insert(reference.clone());
        self.entries.insert(reference, entry.value.clone());
    }

    fn add_members(&mut self, registry: &Registry, holder: &EntryRef, entry: &Entry<Experiment>) {
        // Their findings are known from the reading; here only what does resolve counts.
        let mut known = Vec::new();
        for member in &entry.body.tasks {
            match member {
                Member::Inline { id, run, .. } => {
                    let place = RunPlace {
                        holder,
                        files: &entry.files,
                        id,
                        run,
                    };
                    self.add_run(registry, place);
                }
                Member::Reference(text) => {
                    let found = registry
                        .linker(holder, &entry.files, &mut known)
                        .find_run(text);
                    let Some(run) = found else {
                        // By its id also where it is named by its path: findings go by ids.
                        let id = run_id(&text.value);
                        self.reached.insert(EntryRef::new(Kind::Runs, &id));
                        continue;
                    };
                    self.reach(Kind::Runs, run);
                    let place = RunPlace {
                        holder: &EntryRef::new(Kind::Runs, &run.id),
                        files: &run.files,
                        id: &run.id,
                        run: &run.body,
                    };
                    self.add_run(registry, place);
                }
            }
        }
    }

    fn add_run(&mut self, registry: &Registry, place: RunPlace<'_>) {
        let run = place.run;
        let links = registry.link_run(place, &mut Vec::new());
        self.reach_links(&links);
        for (kind, text) in [
            (Kind::Tasks, &run.ml_task),
            (Kind::Datasets, &run.dataset),
            (Kind::Frameworks, &run.model.framework),
        ] {
            self.reached.insert(EntryRef::new(kind, &text.value));
        }
        for (kind, texts) in [(Kind::Metrics, &run.metrics), (Kind::Reports, &run.reports)] {
            self.reached
                .extend(texts.iter().map(|text| EntryRef::new(kind, &text.value)));
        }
        let (Some(task), Some(dataset)) = (links.task, links.dataset) else {
            return;
        };
        let ids = |entries: &[&Entry<super::Component>]| {
            entries.iter().map(|entry| entry.id.clone()).collect()
        };
        let mut uses = RunUses::of(&place, &links);
        let planned = PlannedRun {
            task: task.id.clone(),
            entry_point: task.body.entry_point.clone(),
            model: self.model(&run.model, place.files),
            image: self.image(&run.model, place.files),
            dataset: dataset.id.clone(),
            framework: run.model.framework.value.clone(),
            package_manager: run.model.package_manager.clone(),
            engine_params: masked_params(&run.model.engine_params),
            env: masked_env(&run.model.env),
            metrics: ids(&links.metrics),
            reports: ids(&links.reports),
            environments: self.environments(registry, &run.model.name.value, &links, &mut uses),
        };
        self.uses.insert(place.id.to_owned(), uses);
        self.runs.insert(place.id.to_owned(), planned);
        let planned = Planned {
            source: dataset.body.source.clone(),
            location: dataset.files.locate(dataset.body.path),
        };
        self.datasets.insert(dataset.id.clone(), planned);
    }

    /// Adds the model of a run; gives its key.
    fn model(&mut self, model: &Model, files: &EntryFiles) -> String {
        let revision = model.text_param("revision");
        let name = &model.name.value;
        let key = ModelSource::key(name, revision);
        let planned = self
            .models
            .entry(key.clone())
            .or_insert_with(|| PlannedModel {
                source: ModelSource::of(name, revision),
                code_revisions: BTreeSet::new(),
                location: files.locate(model.name.mark),
            });
        if model.trusts_remote_code() {
            let revision = model.text_param("code_revision").map(str::to_owned);
            planned.code_revisions.insert(revision);
        }
        key
    }

    /// Adds the container image of a run; gives its name.
    fn image(&mut self, model: &Model, files: &EntryFiles) -> Option<String> {
        let image = model.docker_image.as_ref()?;
        let key = image.value.to_string();
        self.images.entry(key.clone()).or_insert_with(|| Planned {
            source: image.value.clone(),
            location: files.locate(image.mark),
        });
        Some(key)
    }

    fn reach_links(&mut self, links: &RunLinks<'_>) {
        if let Some(task) = links.task {
            self.reach(Kind::Tasks, task);
        }
        if let Some(dataset) = links.dataset {
            self.reach(Kind::Datasets, dataset);
        }
        if let Some(framework) = links.framework {
            self.reach(Kind::Frameworks, framework);
        }
        for metric in &links.metrics {
            self.reach(Kind::Metrics, metric);
        }
        for report in &links.reports {
            self.reach(Kind::Reports, report);
        }
    }
}
