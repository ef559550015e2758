//! Locks made of registry entries and releases, without asking anybody: what `vhb lock` would
//! write if indexes, hubs and disks had answered so.

mod artifacts;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};
use vhb::lock::{
    Closure, Distribution, Graph, Lock, LockedEnvironment, LockedExperiment, LockedPackage,
    Selected,
};
use vhb::model::{
    CoreMetadata, Dist, EntryRef, OneOrMany, RunMode, Sha256Digest, Source, VersionAsked,
    canonical_digest,
};
use vhb::registry::{Plan, Registry};

use crate::common::project::{Project, Run};

pub(crate) const LOCK: &str = "locks/exp.lock.json";
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// What a lock is made of.
#[derive(Clone)]
pub(crate) struct Setting {
    pub(crate) mode: RunMode,
    /// Whether what packages require is left open.
    pub(crate) direct: bool,
    entries: BTreeMap<EntryRef, Json>,
    /// What indexes have, each with what it requires.
    releases: BTreeMap<Dist, Vec<String>>,
    /// What packages that are no releases install, by their keys.
    built: BTreeMap<String, (Dist, Vec<String>)>,
    /// Models, datasets and images that could not be resolved: `models/org/name`.
    unresolved: BTreeSet<String>,
    /// The full name of what git and the Hub found, by subject.
    found: BTreeMap<String, String>,
}

impl Setting {
    /// One run of a task that needs nothing; the tests add to it.
    pub(crate) fn new() -> Self {
        let mut setting = Self {
            mode: RunMode::Prod,
            direct: false,
            entries: BTreeMap::new(),
            releases: BTreeMap::new(),
            built: BTreeMap::new(),
            unresolved: BTreeSet::new(),
            found: BTreeMap::new(),
        };
        setting
            .entry("experiments/exp", json!({ "tasks": ["run"] }))
            .entry("tasks/task", json!({ "entry_point": "demo.run" }))
            .entry(
                "datasets/data",
                json!({ "type": "demo.Data", "path": "data" }),
            )
            .entry("runs/run", run("plain-model"));
        setting
    }

    /// Adds an entry, or takes the place of one; its name is its id.
    pub(crate) fn entry(&mut self, entry: &str, mut value: Json) -> &mut Self {
        let entry: EntryRef = entry.parse().unwrap();
        if value.get("name").is_none() {
            value["name"] = entry.id.clone().into();
        }
        self.entries.insert(entry, value);
        self
    }

    /// Adds a package of the index at its newest release.
    pub(crate) fn package(&mut self, id: &str, dist: &str, requires: &[&str]) -> &mut Self {
        let (name, version) = dist.split_once("==").unwrap();
        let source = json!({ "type": "pypi", "name": name, "version": version });
        self.entry(&format!("packages/{id}"), json!({ "source": source }));
        self.release(dist, requires)
    }

    /// Adds a release to the index.
    pub(crate) fn release(&mut self, dist: &str, requires: &[&str]) -> &mut Self {
        let requires = requires.iter().map(|text| (*text).to_owned()).collect();
        self.releases.insert(dist.parse().unwrap(), requires);
        self
    }

    /// Adds a package that is no release, by its source.
    pub(crate) fn built(
        &mut self,
        id: &str,
        source: &Json,
        dist: &str,
        requires: &[&str],
    ) -> &mut Self {
        self.entry(&format!("packages/{id}"), json!({ "source": source }));
        let requires = requires.iter().map(|text| (*text).to_owned()).collect();
        self.built
            .insert(id.to_owned(), (dist.parse().unwrap(), requires));
        self
    }

    /// Says what git or the Hub found for a subject, where it is no tag and no default branch.
    pub(crate) fn found(&mut self, subject: &str, reference: &str) -> &mut Self {
        self.found.insert(subject.to_owned(), reference.to_owned());
        self
    }

    /// Says that a subject could not be resolved.
    pub(crate) fn unresolved(&mut self, subject: &str) -> &mut Self {
        self.unresolved.insert(subject.to_owned());
        self
    }

    /// The lock; it contradicts itself in nothing.
    pub(crate) fn lock(&self) -> Lock {
        let registry = Registry::from_values(&self.entries);
        let broken: Vec<_> = registry.broken.iter().collect();
        assert!(broken.is_empty(), "entries that cannot be read: {broken:?}");
        let targets = registry.experiments["exp"].body.targets.clone();
        let plan = Plan::from_values(&self.entries, "exp", self.mode, targets.clone()).unwrap();
        let mut lock = Lock {
            generator: "vhb 0.0.0".to_owned(),
            resolved_at: None,
            experiment: LockedExperiment {
                id: "exp".to_owned(),
                name: plan.name.clone(),
                file: "registries/experiments/exp.yaml".to_owned(),
                run_mode: self.mode,
                target: OneOrMany::new(targets).unwrap(),
            },
            registry: plan
                .entries
                .iter()
                .map(|(entry, value)| (entry.clone(), canonical_digest(value)))
                .collect(),
            config: plan.entries.clone(),
            runs: plan.runs.clone(),
            packages: self.packages(&plan),
            models: BTreeMap::new(),
            datasets: BTreeMap::new(),
            images: BTreeMap::new(),
            environments: BTreeMap::new(),
            distributions: BTreeMap::new(),
        };
        self.add_artifacts(&plan, &mut lock);
        self.add_environments(&plan, &mut lock);
        lock.resolved_at = lock.newest_instant();
        let bytes = lock.to_bytes();
        let doubts = vhb::verify::doubts(&lock, &bytes, None);
        assert!(doubts.is_empty(), "{doubts:#?}");
        Lock::from_bytes(&bytes).unwrap()
    }

    fn packages(&self, plan: &Plan) -> BTreeMap<String, LockedPackage> {
        let packages = plan.packages.iter().map(|(key, planned)| {
            let content = Sha256Digest::of(key.as_bytes());
            let pin = match &planned.source {
                Source::Pypi(source) => {
                    let fits = |dist: &&Dist| dist.name == source.name && admits(source, dist);
                    let dist = self.releases.keys().rev().find(fits);
                    let dist = dist.unwrap_or_else(|| panic!("no release for `{key}`"));
                    let mut pin = serde_json::to_value(source).unwrap();
                    pin["type"] = "pypi".into();
                    pin["version"] = dist.version.as_ref().unwrap().to_string().into();
                    pin
                }
                Source::Git(source) => json!({
                    "type": "git", "url": source.url, "commit": COMMIT, "tree": COMMIT,
                    "ref": self.reference(&format!("packages/{key}"), source.reference.as_deref()),
                    "committed": "2026-01-01T00:00:00Z", "content": content,
                    "files": 1, "bytes": 1,
                }),
                Source::Local(source) => json!({
                    "type": "local", "path": source.path, "content": content,
                    "files": 1, "bytes": 1,
                }),
            };
            let built = self.built.get(key);
            let dist = match built {
                Some((dist, _)) => dist.to_string(),
                None => format!(
                    "{}=={}",
                    pin["name"].as_str().unwrap(),
                    pin["version"].as_str().unwrap()
                ),
            };
            let metadata = built.filter(|_| !self.direct);
            let package = json!({
                "source": planned.source, "pin": pin, "distribution": dist,
                "metadata": metadata.map(|(_, requires)| stated(requires)),
            });
            (key.clone(), serde_json::from_value(package).unwrap())
        });
        packages.collect()
    }

    /// Adds environments with everything that their packages lead to, and its releases.
    fn add_environments(&self, plan: &Plan, lock: &mut Lock) {
        let release = |(dist, requires): (&Dist, &Vec<String>)| {
            let release = Distribution {
                files: [(file(dist), Sha256Digest::of(dist.to_string().as_bytes()))].into(),
                uploaded: None,
                yanked: None,
                metadata: Some(stated(requires)).filter(|_| !self.direct),
                variants: BTreeMap::new(),
            };
            (dist.clone(), release)
        };
        lock.distributions = self.releases.iter().map(release).collect();
        for (id, asked) in &plan.environments {
            let files = self.releases.keys();
            let files = files.map(|dist| (dist.clone(), Selected::File(file(dist))));
            let built = self
                .built
                .iter()
                .filter(|(key, _)| asked.roots.contains(*key));
            let built =
                built.map(|(key, (dist, _))| (dist.clone(), Selected::Package(key.clone())));
            let closure = Closure {
                resolver: "uv 0.0.0".to_owned(),
                distributions: files.chain(built).collect(),
            };
            let mut environment = LockedEnvironment {
                asked: asked.clone(),
                closure: Some(closure),
            };
            let graph = Graph::of(lock, &environment).unwrap();
            let reached: BTreeSet<Dist> = graph.edges.keys().map(|dist| (*dist).clone()).collect();
            if let Some(closure) = &mut environment.closure {
                closure
                    .distributions
                    .retain(|dist, _| reached.contains(dist));
            }
            environment.closure = environment.closure.filter(|_| !self.direct);
            lock.environments.insert(id.clone(), environment);
        }
        let environments = lock.environments.values();
        let held = environments.filter_map(|environment| environment.closure.as_ref());
        let held: BTreeSet<_> = held
            .flat_map(|closure| closure.distributions.keys())
            .collect();
        let packages = lock.packages.values();
        let named: BTreeSet<_> = packages.filter_map(|it| it.distribution.as_ref()).collect();
        lock.distributions
            .retain(|dist, _| held.contains(dist) || named.contains(dist));
    }

    /// A project with the lock in it.
    pub(crate) fn project(&self) -> Project {
        in_project(&self.lock())
    }

    /// Runs vhb on the lock: `show`, then its options.
    pub(crate) fn vhb(&self, arguments: &[&str]) -> Run {
        vhb(&self.project(), arguments)
    }
}

/// A project with a lock in it.
pub(crate) fn in_project(lock: &Lock) -> Project {
    let project = Project::new::<&str, &str>(&[]);
    project.write(LOCK, &String::from_utf8(lock.to_bytes()).unwrap());
    project
}

/// Runs a command on the lock of a project.
pub(crate) fn vhb(project: &Project, arguments: &[&str]) -> Run {
    let (command, rest) = arguments.split_first().unwrap();
    project.vhb(&[&[command, LOCK], rest].concat())
}

/// A run of the task on the data.
pub(crate) fn run(model: &str) -> Json {
    json!({
        "ml_task": "task",
        "dataset": "data",
        "model": { "name": model, "framework": "plain" },
    })
}

fn admits(source: &vhb::model::PypiSource, dist: &Dist) -> bool {
    let Some(version) = &dist.version else {
        return false;
    };
    match &source.version {
        VersionAsked::Latest => true,
        VersionAsked::Exact(asked) => asked == version,
        VersionAsked::Range(specifiers) => specifiers.contains(version),
    }
}

fn stated(requires: &[String]) -> CoreMetadata {
    CoreMetadata {
        requires: requires.iter().map(|text| text.parse().unwrap()).collect(),
        ..CoreMetadata::default()
    }
}

fn file(dist: &Dist) -> String {
    let name = dist.name.to_string().replace('-', "_");
    let version = dist.version.as_ref().unwrap();
    format!("{name}-{version}-py3-none-any.whl")
}
