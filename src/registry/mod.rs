//! Floor 1: the YAML files below `registries/` as one validated [`Registry`].
//!
//! Compatible with the upstream Python loader: the same files, the same scalars, the same shallow
//! overlays. Reading never stops at the first problem; whatever is wrong comes back as Findings
//! beside the entries that could be read. This module opens no file: texts are handed in.

mod decode;
mod fields;
mod kinds;
mod link;
mod node;
mod overlay;
mod package;
mod places;
mod plan;
mod references;
mod scalar;
mod schema;
mod shapes;
mod stages;
mod support;
mod targets;
mod uses;
mod written;
mod yaml;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use rayon::prelude::*;
use serde_json::Value as Json;

pub use decode::Placed;
pub use decode::nearest;
pub use kinds::{
    Component, Dataset, Experiment, Framework, Member, Model, Run, SpecializedAdapter, Task,
};
pub use node::Mark;
pub use package::Package;
pub use places::FieldPlaces;
pub use plan::{Plan, Planned, PlannedModel, PlannedPackage};
pub use references::{Reference, references};
pub use schema::schema;
pub use shapes::{Absent, Field, Shape, Type, Union, Variant, Word, explanation, shape, shapes};
pub use uses::{PackageUse, RunUses};
pub use written::{Written, to_yaml, yaml_text};
pub use yaml::{MAX_DEPTH, MAX_NODES};

use crate::finding::{Code, Finding, Location, Severity};
use crate::model::{EntryRef, Kind, RunMode, without_credentials, without_secrets};
use fields::Fields;
use kinds::Decode;
use node::{Node, Problem};
use overlay::Layers;

/// A file below the project root, as far as it could be read.
#[derive(Clone, Debug)]
pub struct RegistryFile {
    /// Relative to the project root, with `/`: `registries/runs/q3.yaml`.
    pub path: String,
    /// Its bytes, or why they could not be had.
    pub content: Result<Vec<u8>, String>,
}

/// Reads a file that an experiment names by its path, relative to the project root.
pub type ReadExtra<'a> = &'a dyn Fn(&str) -> Option<RegistryFile>;

/// One entry of the registry, after its overlay.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<T> {
    /// The stem of its file.
    pub id: String,
    /// Its `name`.
    pub name: String,
    /// Its `version`.
    pub version: String,
    /// Its `description`.
    pub description: Option<String>,
    /// The whole entry as canonical JSON without credentials.
    pub value: Json,
    /// Its files.
    pub files: EntryFiles,
    /// What its kind adds.
    pub body: T,
}

/// The base file of an entry and the overlay that was merged over it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryFiles {
    /// Relative to the project root.
    pub base: PathBuf,
    /// Relative to the project root.
    pub overlay: Option<PathBuf>,
}

impl EntryFiles {
    /// The place of a mark.
    pub fn locate(&self, mark: Mark) -> Location {
        let file = match &self.overlay {
            Some(overlay) if mark.in_overlay => overlay,
            _ => &self.base,
        };
        Location {
            file: file.clone(),
            line: mark.line.max(1),
            column: mark.column.max(1),
            span: mark.start..mark.end,
        }
    }
}

/// The entries of one kind by id.
pub type Entries<T> = BTreeMap<String, Entry<T>>;

/// Everything below `registries/`.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)]
pub struct Registry {
    pub mode: RunMode,
    pub packages: Entries<Package>,
    pub tasks: Entries<Task>,
    pub metrics: Entries<Component>,
    pub reports: Entries<Component>,
    pub datasets: Entries<Dataset>,
    pub runs: Entries<Run>,
    pub experiments: Entries<Experiment>,
    pub frameworks: Entries<Framework>,
    /// Entries that exist but could not be read; the findings say why.
    pub broken: BTreeSet<EntryRef>,
}

/// An entry of any kind.
enum AnyEntry {
    Package(Entry<Package>),
    Task(Entry<Task>),
    Metric(Entry<Component>),
    Report(Entry<Component>),
    Dataset(Entry<Dataset>),
    Run(Box<Entry<Run>>),
    Experiment(Entry<Experiment>),
    Framework(Entry<Framework>),
}

impl Registry {
    /// Reads all files; those of an experiment that lie elsewhere are asked for by `extra`.
    pub fn read(
        files: Vec<RegistryFile>,
        mode: RunMode,
        extra: ReadExtra<'_>,
    ) -> (Self, Vec<Finding>) {
        let mut findings = Vec::new();
        let layers = overlay::sort_files(files, mode, &mut findings);
        let mut registry = Self {
            mode,
            ..Self::default()
        };
        registry.add(&layers, &mut findings);
        let outside = registry.runs_by_path(mode, extra, &mut findings);
        registry.add(&outside, &mut findings);
        registry.link_all(&mut findings);
        (registry, findings)
    }

    /// Puts entries together again from the canonical values that a lock records.
    pub fn from_values<'a>(values: impl IntoIterator<Item = (&'a EntryRef, &'a Json)>) -> Self {
        let mut registry = Self::default();
        for (entry, value) in values {
            let mut problems = Vec::new();
            let node = decode::from_json(value);
            let files = EntryFiles::default();
            let any = any_entry(entry, &node, files, &mut problems);
            let wrong = |problem: &Problem| problem.code.severity() == Severity::Error;
            match any.filter(|_| !problems.iter().any(wrong)) {
                Some(any) => registry.insert(any),
                None => {
                    registry.broken.insert(entry.clone());
                }
            }
        }
        registry
    }

    /// Every entry that exists, also those that could not be read.
    pub fn entries(&self) -> BTreeSet<EntryRef> {
        fn of<T>(kind: Kind, entries: &Entries<T>) -> impl Iterator<Item = EntryRef> {
            entries.keys().map(move |id| EntryRef::new(kind, id))
        }
        let mut all = self.broken.clone();
        all.extend(of(Kind::Packages, &self.packages));
        all.extend(of(Kind::Tasks, &self.tasks));
        all.extend(of(Kind::Metrics, &self.metrics));
        all.extend(of(Kind::Reports, &self.reports));
        all.extend(of(Kind::Datasets, &self.datasets));
        all.extend(of(Kind::Runs, &self.runs));
        all.extend(of(Kind::Experiments, &self.experiments));
        all.extend(of(Kind::Frameworks, &self.frameworks));
        all
    }

    /// The files of an entry; none where it is not there or broken.
    pub fn files(&self, entry: &EntryRef) -> Option<&EntryFiles> {
        fn of<'a, T>(entries: &'a Entries<T>, id: &str) -> Option<&'a EntryFiles> {
            entries.get(id).map(|entry| &entry.files)
        }
        let id = &entry.id;
        match entry.kind {
            Kind::Packages => of(&self.packages, id),
            Kind::Tasks => of(&self.tasks, id),
            Kind::Metrics => of(&self.metrics, id),
            Kind::Reports => of(&self.reports, id),
            Kind::Datasets => of(&self.datasets, id),
            Kind::Runs => of(&self.runs, id),
            Kind::Experiments => of(&self.experiments, id),
            Kind::Frameworks => of(&self.frameworks, id),
        }
    }

    fn add(&mut self, layers: &[Layers], findings: &mut Vec<Finding>) {
        let read: Vec<_> = layers.par_iter().map(read_entry).collect();
        for (entry, any, found) in read {
            findings.extend(found);
            match any {
                Some(any) => self.insert(any),
                None => {
                    self.broken.insert(entry);
                }
            }
        }
    }

    fn insert(&mut self, any: AnyEntry) {
        match any {
            AnyEntry::Package(entry) => drop(self.packages.insert(entry.id.clone(), entry)),
            AnyEntry::Task(entry) => drop(self.tasks.insert(entry.id.clone(), entry)),
            AnyEntry::Metric(entry) => drop(self.metrics.insert(entry.id.clone(), entry)),
            AnyEntry::Report(entry) => drop(self.reports.insert(entry.id.clone(), entry)),
            AnyEntry::Dataset(entry) => drop(self.datasets.insert(entry.id.clone(), entry)),
            AnyEntry::Run(entry) => drop(self.runs.insert(entry.id.clone(), *entry)),
            AnyEntry::Experiment(entry) => drop(self.experiments.insert(entry.id.clone(), entry)),
            AnyEntry::Framework(entry) => drop(self.frameworks.insert(entry.id.clone(), entry)),
        }
    }

    /// The files of runs that experiments name by path and that are not read yet.
    fn runs_by_path(
        &self,
        mode: RunMode,
        extra: ReadExtra<'_>,
        findings: &mut Vec<Finding>,
    ) -> Vec<Layers> {
        let mut seen = BTreeSet::new();
        let mut files = Vec::new();
        for experiment in self.experiments.values() {
            for member in &experiment.body.tasks {
                let Member::Reference(text) = member else {
                    continue;
                };
                let Some(path) = link::run_path(&text.value) else {
                    continue;
                };
                let id = link::stem(&path).to_owned();
                if self.runs.contains_key(&id) || !seen.insert(path.clone()) {
                    continue;
                }
                files.extend(extra(&path));
                files.extend(extra(&overlay::overlay_path(&path)));
            }
        }
        overlay::pair_runs(files, mode, findings)
    }
}

/// Reads one entry with its overlay, and says everything that is wrong with it.
fn read_entry(layers: &Layers) -> (EntryRef, Option<AnyEntry>, Vec<Finding>) {
    let entry = layers.entry.clone();
    let mut problems = Vec::new();
    let node = layers.merge(&mut problems);
    let files = layers.files();
    let any = node.and_then(|node| any_entry(&entry, &node, files.clone(), &mut problems));
    let findings = problems
        .into_iter()
        .map(|problem| to_finding(problem, &entry, &files))
        .collect();
    (entry, any, findings)
}

fn to_finding(problem: Problem, entry: &EntryRef, files: &EntryFiles) -> Finding {
    let finding = Finding::new(problem.code, without_credentials(&problem.message))
        .about(entry)
        .at(files.locate(problem.mark));
    match problem.hint {
        Some(hint) => finding.hint(hint),
        None => finding,
    }
}

fn any_entry(
    entry: &EntryRef,
    node: &Node,
    files: EntryFiles,
    problems: &mut Vec<Problem>,
) -> Option<AnyEntry> {
    let (id, kind) = (&entry.id, entry.kind);
    Some(match kind {
        Kind::Packages => AnyEntry::Package(decode_entry(id, kind, node, files, problems)?),
        Kind::Tasks => AnyEntry::Task(decode_entry(id, kind, node, files, problems)?),
        Kind::Metrics => AnyEntry::Metric(decode_entry(id, kind, node, files, problems)?),
        Kind::Reports => AnyEntry::Report(decode_entry(id, kind, node, files, problems)?),
        Kind::Datasets => AnyEntry::Dataset(decode_entry(id, kind, node, files, problems)?),
        Kind::Runs => AnyEntry::Run(Box::new(decode_entry(id, kind, node, files, problems)?)),
        Kind::Experiments => AnyEntry::Experiment(decode_entry(id, kind, node, files, problems)?),
        Kind::Frameworks => AnyEntry::Framework(decode_entry(id, kind, node, files, problems)?),
    })
}

fn decode_entry<T: Decode>(
    id: &str,
    kind: Kind,
    node: &Node,
    files: EntryFiles,
    problems: &mut Vec<Problem>,
) -> Option<Entry<T>> {
    let value = without_secrets(decode::to_json(node, problems));
    let mut fields = Fields::of(shapes::shape(kind), node, problems)?;
    let name = fields.text("name");
    let version = fields.text("version");
    let description = fields.text("description");
    let mut body = T::decode(&mut fields);
    let metadata = fields.mapping("metadata");
    if let (Some(metadata), Some(body)) = (metadata, &mut body) {
        body.take_metadata(metadata);
    }
    if let Some(name) = &name
        && name.value != id
        && name.value.to_lowercase() == id.to_lowercase()
    {
        let message = format!(
            "the name `{}` differs from the id `{id}` only by case",
            name.value
        );
        fields.problem(Code::NameCaseDiffers, name.mark, message);
    }
    fields.finish();
    Some(Entry {
        id: id.to_owned(),
        name: name?.value,
        version: version?.value,
        description: description.map(|text| text.value),
        value,
        files,
        body: body?,
    })
}
