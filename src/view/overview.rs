//! A lock at a glance.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::identity::{Identity, Named};
use crate::lock::{Lock, LockedExperiment, LockedPackage};
use crate::model::{
    DatasetOrigin, DatasetSource, Dist, EntryRef, Instant, Kind, ModelPin, ModelSource, Moving,
    OneOrMany, Pin, PlannedRun, Source, Stage, Target,
};

/// What there is in a lock, by key, with what each thing is.
///
/// Its JSON has the fields in this order; all maps are sorted by key.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Overview<'a> {
    /// The experiment: `id`, `name`, `file`, `run_mode`, `target` (one, or a list).
    pub experiment: &'a LockedExperiment,
    /// What its entry says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// The program that wrote the lock.
    pub generator: &'a str,
    /// The newest instant among the pins.
    pub resolved_at: Option<Instant>,
    /// How many there are of each.
    pub counts: Counts,
    /// The runs by id.
    pub runs: BTreeMap<&'a str, RunSummary<'a>>,
    /// The packages by registry id or requirement.
    pub packages: BTreeMap<&'a str, Identity<'a>>,
    /// The models by name, with the revision where one is asked for.
    pub models: BTreeMap<&'a str, Identity<'a>>,
    /// The datasets by registry id.
    pub datasets: BTreeMap<&'a str, Identity<'a>>,
    /// The container images by name.
    pub images: BTreeMap<&'a str, Identity<'a>>,
    /// The environments by id.
    pub environments: BTreeMap<&'a str, EnvironmentSummary<'a>>,
    /// What may mean something else tomorrow, and why, by subject: `packages/jiwer`.
    pub moving: BTreeMap<String, Moving>,
    /// The releases that were yanked when they were locked, with the reason.
    pub yanked: BTreeMap<&'a Dist, &'a str>,
}

/// How many there are of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct Counts {
    pub runs: usize,
    pub packages: usize,
    pub models: usize,
    pub datasets: usize,
    pub images: usize,
    pub environments: usize,
    /// All that environments hold, and the releases among the packages; each once.
    pub distributions: usize,
}

/// A run and what it needs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[allow(missing_docs)]
pub struct RunSummary<'a> {
    pub task: &'a str,
    pub framework: &'a str,
    pub package_manager: &'a str,
    pub image: Option<Named<'a>>,
    pub metrics: &'a [String],
    pub reports: &'a [String],
    /// The ids of the environments of each stage: one for each target.
    pub environments: &'a BTreeMap<Stage, OneOrMany<String>>,
    pub model: Named<'a>,
    pub dataset: Named<'a>,
}

/// An environment by its size.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EnvironmentSummary<'a> {
    /// Which part of a run it is for.
    pub stage: Stage,
    /// What it is locked for.
    pub target: &'a Target,
    /// How many packages it begins with.
    pub roots: usize,
    /// How many distributions it holds; none where only direct sources are locked.
    pub distributions: Option<usize>,
    /// The program that resolved it.
    pub resolver: Option<&'a str>,
    /// How many runs use it.
    pub runs: usize,
}

impl<'a> Overview<'a> {
    /// Looks over a lock.
    pub fn of(lock: &'a Lock) -> Self {
        let entry = EntryRef::new(Kind::Experiments, &lock.experiment.id);
        let description = lock.config.get(&entry).and_then(|it| it.get("description"));
        let images = lock.images.iter();
        Self {
            experiment: &lock.experiment,
            description: description.and_then(|text| text.as_str()),
            generator: &lock.generator,
            resolved_at: lock.resolved_at,
            counts: Counts::of(lock),
            runs: by_key(&lock.runs, |run| RunSummary::of(lock, run)),
            packages: by_key(&lock.packages, Identity::of_package),
            models: by_key(&lock.models, Identity::of_model),
            datasets: by_key(&lock.datasets, Identity::of_dataset),
            images: images
                .filter_map(|(key, image)| Some((key.as_str(), Identity::of_image(image)?)))
                .collect(),
            environments: environments(lock),
            moving: moving(lock),
            yanked: yanked(lock),
        }
    }
}

fn by_key<'a, T, V>(
    map: &'a BTreeMap<String, T>,
    view: impl Fn(&'a T) -> V,
) -> BTreeMap<&'a str, V> {
    let entries = map.iter();
    entries
        .map(|(key, value)| (key.as_str(), view(value)))
        .collect()
}

impl Counts {
    fn of(lock: &Lock) -> Self {
        let environments = lock.environments.values();
        let closures = environments.filter_map(|environment| environment.closure.as_ref());
        let held = closures.flat_map(|closure| closure.distributions.keys());
        let distributions: BTreeSet<_> = held.chain(lock.distributions.keys()).collect();
        Self {
            runs: lock.runs.len(),
            packages: lock.packages.len(),
            models: lock.models.len(),
            datasets: lock.datasets.len(),
            images: lock.images.len(),
            environments: lock.environments.len(),
            distributions: distributions.len(),
        }
    }
}

impl<'a> RunSummary<'a> {
    fn of(lock: &'a Lock, run: &'a PlannedRun) -> Self {
        let image = run.image.as_deref().map(|name| Named {
            name,
            identity: lock.images.get(name).and_then(Identity::of_image),
        });
        Self {
            task: &run.task,
            framework: &run.framework,
            package_manager: &run.package_manager,
            image,
            metrics: &run.metrics,
            reports: &run.reports,
            environments: &run.environments,
            model: Named {
                name: &run.model,
                identity: lock.models.get(&run.model).map(Identity::of_model),
            },
            dataset: Named {
                name: &run.dataset,
                identity: lock.datasets.get(&run.dataset).map(Identity::of_dataset),
            },
        }
    }
}

fn environments(lock: &Lock) -> BTreeMap<&str, EnvironmentSummary<'_>> {
    let mut users: BTreeMap<&str, usize> = BTreeMap::new();
    for run in lock.runs.values() {
        let ids = run.environments.values().flat_map(|ids| ids.iter());
        for id in ids.collect::<BTreeSet<_>>() {
            *users.entry(id).or_default() += 1;
        }
    }
    let all = lock.environments.iter().map(|(id, environment)| {
        let closure = environment.closure.as_ref();
        let summary = EnvironmentSummary {
            stage: environment.asked.stage,
            target: &environment.asked.target,
            roots: environment.asked.roots.len(),
            distributions: closure.map(|closure| closure.distributions.len()),
            resolver: closure.map(|closure| closure.resolver.as_str()),
            runs: users.get(id.as_str()).copied().unwrap_or_default(),
        };
        (id.as_str(), summary)
    });
    all.collect()
}

/// What may mean something else tomorrow, by subject.
fn moving(lock: &Lock) -> BTreeMap<String, Moving> {
    let packages = lock.packages.iter().filter_map(|(key, package)| {
        let moving = moving_package(package)?;
        Some((format!("packages/{key}"), moving))
    });
    let models = lock.models.iter().filter_map(|(key, model)| {
        let (ModelSource::Huggingface(source), Ok(ModelPin::Huggingface(pin))) =
            (&model.source, &model.pin)
        else {
            return None;
        };
        let moving = source.moving(pin.reference.as_ref())?;
        Some((format!("models/{key}"), moving))
    });
    let datasets = lock.datasets.iter().filter_map(|(id, dataset)| {
        let origin = &dataset.pin.as_ref().ok()?.origin;
        let (DatasetSource::Huggingface(source), DatasetOrigin::Huggingface { reference, .. }) =
            (&dataset.source, origin)
        else {
            return None;
        };
        let moving = source.moving(reference.as_ref())?;
        Some((format!("datasets/{id}"), moving))
    });
    let images = lock.images.iter().filter_map(|(key, image)| {
        let moving = image.source.moving()?;
        Some((format!("images/{key}"), moving))
    });
    packages
        .chain(models)
        .chain(datasets)
        .chain(images)
        .collect()
}

fn moving_package(package: &LockedPackage) -> Option<Moving> {
    match (&package.source, &package.pin) {
        (Source::Git(source), Pin::Git(pin)) => source.moving(pin),
        (Source::Pypi(source), _) => source.moving(),
        _ => None,
    }
}

fn yanked(lock: &Lock) -> BTreeMap<&Dist, &str> {
    let releases = lock.distributions.iter();
    releases
        .filter_map(|(dist, release)| Some((dist, release.yanked.as_deref()?)))
        .collect()
}
