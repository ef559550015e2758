//! Which packages each stage of a run needs, and the environments that this makes.

use std::collections::{BTreeMap, BTreeSet};

use pep508_rs::{VerbatimUrl, VersionOrUrl};

use super::decode::Placed;
use super::link::RunLinks;
use super::plan::{Plan, PlannedPackage};
use super::uses::{PackageUse, RunUses};
use super::{Component, Entry, Registry, Task};
use crate::model::{
    EntryRef, Environment, Kind, OneOrMany, PypiSource, Source, Stage, Target, VersionAsked,
    parse_requirement,
};

/// A package that a stage of a run needs, and the field that says so.
struct Asked {
    stage: Stage,
    by: EntryRef,
    field: String,
    package: String,
}

impl Plan {
    /// The environments of each stage of a run: their ids, kept among the plan's environments.
    /// What the run uses in them is added.
    pub(super) fn environments(
        &mut self,
        registry: &Registry,
        model: &str,
        links: &RunLinks<'_>,
        uses: &mut RunUses,
    ) -> BTreeMap<Stage, OneOrMany<String>> {
        let mut ids: BTreeMap<Stage, Vec<String>> = BTreeMap::new();
        for target in self.targets.clone() {
            let asked = self.asked(registry, model, links, &target);
            let mut stages: BTreeMap<Stage, BTreeSet<String>> = BTreeMap::new();
            for asked in &asked {
                let roots = stages.entry(asked.stage).or_default();
                roots.insert(asked.package.clone());
            }
            let mut of_stage = BTreeMap::new();
            for (stage, roots) in stages {
                let environment = Environment {
                    stage,
                    target: target.clone(),
                    roots,
                };
                let id = environment.id();
                self.environments.insert(id.clone(), environment);
                ids.entry(stage).or_default().push(id.clone());
                of_stage.insert(stage, id);
            }
            uses.packages
                .extend(asked.into_iter().map(|asked| PackageUse {
                    by: asked.by,
                    field: asked.field,
                    package: asked.package,
                    environment: of_stage[&asked.stage].clone(),
                }));
        }
        ids.into_iter()
            .filter_map(|(stage, ids)| Some((stage, OneOrMany::new(ids)?)))
            .collect()
    }

    /// The packages of each stage on a target.
    fn asked(
        &mut self,
        registry: &Registry,
        model: &str,
        links: &RunLinks<'_>,
        target: &Target,
    ) -> Vec<Asked> {
        let mut all = Vec::new();
        let mut add = |stage, kind, id: &str, field: &str, package: Option<String>| {
            all.extend(package.map(|package| Asked {
                stage,
                by: EntryRef::new(kind, id),
                field: field.to_owned(),
                package,
            }));
        };
        if let Some(task) = links.task {
            for text in &task.body.required_packages {
                let key = self
                    .package(registry, text)
                    .or_else(|| self.requirement(registry, task, text, target));
                let field = "required_packages";
                add(Stage::Inference, Kind::Tasks, &task.id, field, key);
            }
        }
        if let Some(framework) = links.framework {
            let (field, package) = framework.body.adapter_for(model);
            let key = self.package(registry, package);
            let id = &framework.id;
            add(Stage::Inference, Kind::Frameworks, id, &field, key);
        }
        if let Some(dataset) = links.dataset
            && let Some(package) = &dataset.body.package
        {
            let key = self.package(registry, package);
            for stage in [Stage::Inference, Stage::Evaluation] {
                add(stage, Kind::Datasets, &dataset.id, "package", key.clone());
            }
        }
        let metrics = (Stage::Evaluation, Kind::Metrics, &links.metrics);
        let reports = (Stage::Report, Kind::Reports, &links.reports);
        for (stage, kind, entries) in [metrics, reports] {
            for (entry, package) in with_packages(entries) {
                let key = self.package(registry, package);
                add(stage, kind, &entry.id, "package", key);
            }
        }
        all
    }

    /// Adds a registry package by id or name; gives its key.
    fn package(&mut self, registry: &Registry, text: &Placed<String>) -> Option<String> {
        let entry = registry.packages.get(&text.value).or_else(|| {
            registry
                .packages
                .values()
                .find(|entry| entry.name == text.value)
        });
        let Some(entry) = entry else {
            self.reached
                .insert(EntryRef::new(Kind::Packages, &text.value));
            return None;
        };
        self.reach(Kind::Packages, entry);
        let planned = PlannedPackage {
            source: entry.body.source.clone(),
            location: entry.files.locate(entry.body.mark),
        };
        self.packages.insert(entry.id.clone(), planned);
        Some(entry.id.clone())
    }

    /// Adds a requirement that is no registry package; none where its marker excludes the target.
    fn requirement(
        &mut self,
        registry: &Registry,
        task: &Entry<Task>,
        text: &Placed<String>,
        target: &Target,
    ) -> Option<String> {
        let broken = EntryRef::new(Kind::Packages, &text.value);
        if registry.broken.contains(&broken) {
            return None;
        }
        let (requirement, source) = requirement(&text.value).ok()?;
        if !requirement.evaluate_markers(&target.marker_environment(), &[]) {
            return None;
        }
        let key = requirement.to_string();
        let planned = PlannedPackage {
            source: Source::Pypi(source),
            location: task.files.locate(text.mark),
        };
        self.packages.insert(key.clone(), planned);
        Some(key)
    }
}

fn with_packages<'a>(
    entries: &'a [&'a Entry<Component>],
) -> impl Iterator<Item = (&'a Entry<Component>, &'a Placed<String>)> {
    let entries = entries.iter();
    entries.filter_map(|entry| Some((*entry, entry.body.package.as_ref()?)))
}

/// A requirement (PEP 508) as a PyPI source.
pub(super) fn requirement(
    text: &str,
) -> Result<(pep508_rs::Requirement<VerbatimUrl>, PypiSource), String> {
    let requirement = parse_requirement(text)?;
    let version = match &requirement.version_or_url {
        None => VersionAsked::Latest,
        Some(VersionOrUrl::VersionSpecifier(specifiers)) => {
            VersionAsked::from_specifiers(specifiers.clone())
        }
        Some(VersionOrUrl::Url(_)) => {
            return Err("an address needs a package entry of its own".to_owned());
        }
    };
    let source = PypiSource {
        name: requirement.name.clone(),
        version,
        extras: requirement.extras.iter().cloned().collect(),
        index: None,
    };
    Ok((requirement, source))
}
