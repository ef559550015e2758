//! How components belong together: which environment holds which, what requires what, and of
//! which of them all that is known. What an interpreter requires is never known.

use std::collections::{BTreeMap, BTreeSet};

use super::Members;
use super::components::Refs;
use super::cyclonedx::{Composition, Dependency};
use crate::lock::{Graph, Lock, LockedEnvironment};
use crate::model::{CoreMetadata, ModelPin};

/// What each environment holds, by its id: everything where it is closed, else its own packages;
/// in either case its interpreter.
pub(super) fn members<'a>(lock: &'a Lock, refs: &'a Refs) -> Members<'a> {
    let of = |environment| {
        let parts = held(lock, environment, refs).into_iter();
        let python = refs.of_python(environment);
        parts.map(|(part, _)| part).chain(python).collect()
    };
    lock.environments
        .iter()
        .map(|(id, environment)| (id.as_str(), of(environment)))
        .collect()
}

/// The components of what an environment holds, each with what it says of itself there.
fn held<'a>(
    lock: &'a Lock,
    environment: &'a LockedEnvironment,
    refs: &'a Refs,
) -> Vec<(&'a str, Option<&'a CoreMetadata>)> {
    match &environment.closure {
        Some(closure) => {
            let distributions = closure.distributions.iter();
            let held = distributions.filter_map(|(dist, selected)| {
                let part = refs.of_selected(dist, selected)?;
                Some((part, lock.metadata_of(dist, selected)))
            });
            held.collect()
        }
        None => {
            let asked = environment.asked.roots.iter().filter_map(|key| {
                let package = lock.packages.get(key)?;
                Some((refs.of_package(key)?, package.metadata.as_ref()))
            });
            asked.collect()
        }
    }
}

/// What components require, over all environments that hold them.
pub(super) struct Relations<'a> {
    /// What the experiment itself asks for.
    roots: BTreeSet<&'a str>,
    /// What each component requires, where the lock tells.
    required: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// The components that may require more than that.
    open: BTreeSet<&'a str>,
}

impl<'a> Relations<'a> {
    pub(super) fn of(lock: &'a Lock, refs: &'a Refs, members: &Members<'a>) -> Self {
        let mut relations = Self {
            roots: BTreeSet::new(),
            required: BTreeMap::new(),
            open: refs.all().collect(),
        };
        // Known only once an environment that is closed says so, and none that is not holds it.
        let mut known = BTreeSet::new();
        let mut unknown = BTreeSet::new();
        for (id, environment) in &lock.environments {
            let before = &members[id.as_str()];
            relations.interpret(lock, environment, refs);
            match Graph::of(lock, environment) {
                Some(graph) => {
                    let stated = relations.read(lock, environment, &graph, refs);
                    unknown.extend(before.difference(&stated).copied());
                    known.extend(stated);
                }
                None => {
                    let asked = held(lock, environment, refs).into_iter();
                    relations.roots.extend(asked.map(|(part, _)| part));
                    unknown.extend(before);
                }
            }
        }
        relations.add_artifacts(lock, refs);
        relations
            .open
            .retain(|part| unknown.contains(part) || !known.contains(part));
        relations
    }

    /// Adds what runs ask for beside packages, and the repositories whose Python a model runs.
    fn add_artifacts(&mut self, lock: &'a Lock, refs: &'a Refs) {
        let artifacts = &refs.artifacts;
        for run in lock.runs.values() {
            let model = artifacts.models.get(&run.model);
            let dataset = artifacts.datasets.get(&run.dataset);
            let image = run.image.as_ref().and_then(|key| artifacts.images.get(key));
            let asked = model
                .into_iter()
                .chain(dataset)
                .chain(image.into_iter().flatten());
            self.roots.extend(asked.map(String::as_str));
        }
        for (key, locked) in &lock.models {
            let (Ok(ModelPin::Huggingface(pin)), Some(model)) =
                (&locked.pin, artifacts.models.get(key))
            else {
                continue;
            };
            for repo in &pin.remote_code {
                // At whichever revisions it is locked.
                let code = lock.models.iter().filter(|(_, other)| {
                    matches!(&other.pin, Ok(ModelPin::Huggingface(other)) if other.repo == *repo)
                });
                let code = code.filter_map(|(key, _)| artifacts.models.get(key));
                let required = self.required.entry(model).or_default();
                required.extend(code.map(String::as_str).filter(|code| code != model));
            }
        }
    }

    /// Adds the interpreter of an environment: what says which Pythons suit it requires one, and
    /// the experiment asks for it.
    fn interpret(&mut self, lock: &'a Lock, environment: &'a LockedEnvironment, refs: &'a Refs) {
        let Some(python) = refs.of_python(environment) else {
            return;
        };
        self.roots.insert(python);
        for (part, metadata) in held(lock, environment, refs) {
            if metadata.is_some_and(|metadata| metadata.requires_python.is_some()) {
                self.required.entry(part).or_default().insert(python);
            }
        }
    }

    /// Adds the graph of an environment; gives the components that said what they require.
    fn read(
        &mut self,
        lock: &'a Lock,
        environment: &'a LockedEnvironment,
        graph: &Graph<'a>,
        refs: &'a Refs,
    ) -> BTreeSet<&'a str> {
        let held = environment.closure.iter();
        let held: BTreeMap<_, _> = held
            .flat_map(|closure| &closure.distributions)
            .filter_map(|(dist, selected)| {
                let part = refs.of_selected(dist, selected)?;
                let stated = lock.metadata_of(dist, selected).is_some();
                Some((dist, (part, stated)))
            })
            .collect();
        let part = |dist| held.get(dist).map(|(part, _)| *part);
        self.roots
            .extend(graph.roots.values().copied().filter_map(part));
        let mut stated = BTreeSet::new();
        for (dist, required) in &graph.edges {
            if let Some((from, true)) = held.get(dist) {
                let to = required.keys().copied().filter_map(part);
                // Two distributions that are one component do not require each other.
                let to = to.filter(|to| to != from);
                self.required.entry(from).or_default().extend(to);
                stated.insert(*from);
            }
        }
        stated
    }

    /// An entry for the experiment, and one for each component whose requirements are known; no
    /// entry means in CycloneDX that they are not.
    pub(super) fn dependencies(&self, experiment: &str) -> Vec<Dependency> {
        let entry = |from: &str, to: &BTreeSet<&str>| Dependency {
            reference: from.to_owned(),
            depends_on: owned(to.iter()),
        };
        let required = self.required.iter();
        // Of a component that may require more, "nothing" is not known either.
        let told = required.filter(|(part, to)| !to.is_empty() || !self.open.contains(*part));
        let parts = told.map(|(from, to)| entry(from, to));
        std::iter::once(entry(experiment, &self.roots))
            .chain(parts)
            .collect()
    }

    /// The experiment's own list is incomplete, since drivers and machines are not locked; that of
    /// each environment is complete, but for components of which not all is known.
    pub(super) fn compositions(
        &self,
        experiment: &str,
        lock: &Lock,
        members: &Members<'_>,
    ) -> Vec<Composition> {
        let mut compositions = vec![Composition {
            bom_ref: "composition-experiment".to_owned(),
            aggregate: "incomplete",
            dependencies: vec![experiment.to_owned()],
        }];
        let closed = |id: &str| lock.environments[id].closure.is_some();
        for (id, members) in members.iter().filter(|(id, _)| closed(id)) {
            compositions.push(Composition {
                bom_ref: format!("environments/{id}"),
                aggregate: "complete",
                dependencies: owned(members.difference(&self.open)),
            });
        }
        compositions.push(Composition {
            bom_ref: "composition-packages".to_owned(),
            aggregate: "unknown",
            dependencies: owned(self.open.iter()),
        });
        compositions.retain(|composition| !composition.dependencies.is_empty());
        compositions
    }
}

fn owned<'a>(parts: impl Iterator<Item = &'a &'a str>) -> Vec<String> {
    parts.map(|part| (*part).to_owned()).collect()
}
