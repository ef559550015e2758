//! What leads to what inside of an environment: from its roots, by what distributions require.
//!
//! Requirements are read as uv reads them: markers are evaluated for the environment's target, an
//! extra brings in what is declared for it, and an override holds instead of every requirement on
//! its distribution. Whether what is required is there, and fits, is not asked here.

use std::collections::{BTreeMap, BTreeSet};

use pep508_rs::{ExtraName, MarkerEnvironment, PackageName};

use super::{Closure, Lock, LockedEnvironment, Selected};
use crate::model::{Dist, Pin, Requirement};

/// The distributions of an environment that its roots lead to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Graph<'a> {
    /// What the environment's own packages install.
    pub roots: BTreeSet<&'a Dist>,
    /// What each distribution requires of the others; one that requires nothing is there too,
    /// one that nothing leads to is not.
    pub edges: BTreeMap<&'a Dist, BTreeSet<&'a Dist>>,
}

impl<'a> Graph<'a> {
    /// The graph of an environment; none where it has no closure.
    pub fn of(lock: &'a Lock, environment: &'a LockedEnvironment) -> Option<Self> {
        let closure = environment.closure.as_ref()?;
        let mut walk = Walk::new(lock, environment, closure);
        for key in &environment.asked.roots {
            walk.begin(key);
        }
        while let Some((name, extra)) = walk.open.pop_last() {
            walk.step(name, extra);
        }
        Some(walk.graph)
    }
}

/// A distribution as it is asked for: itself, or one of its extras.
type Wanted<'a> = (&'a PackageName, Option<&'a ExtraName>);

struct Walk<'a> {
    lock: &'a Lock,
    markers: MarkerEnvironment,
    overrides: BTreeMap<&'a PackageName, Vec<&'a Requirement>>,
    by_name: BTreeMap<&'a PackageName, (&'a Dist, &'a Selected)>,
    by_package: BTreeMap<&'a str, &'a Dist>,
    seen: BTreeSet<Wanted<'a>>,
    open: BTreeSet<Wanted<'a>>,
    graph: Graph<'a>,
}

impl<'a> Walk<'a> {
    fn new(lock: &'a Lock, environment: &'a LockedEnvironment, closure: &'a Closure) -> Self {
        let target = &environment.asked.target;
        let mut overrides: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for requirement in &target.overrides {
            let same: &mut Vec<_> = overrides.entry(requirement.name()).or_default();
            same.push(requirement);
        }
        let held = closure.distributions.iter();
        let by_package = held.clone().filter_map(|(dist, selected)| match selected {
            Selected::Package(key) => Some((key.as_str(), dist)),
            Selected::File(_) => None,
        });
        Self {
            lock,
            markers: target.marker_environment(),
            overrides,
            by_package: by_package.collect(),
            by_name: held.map(|held| (&held.0.name, held)).collect(),
            seen: BTreeSet::new(),
            open: BTreeSet::new(),
            graph: Graph::default(),
        }
    }

    fn begin(&mut self, key: &str) {
        let Some(package) = self.lock.packages.get(key) else {
            return;
        };
        let pinned = self.by_package.get(key).map(|dist| &dist.name);
        let stated = package.distribution.as_ref().map(|dist| &dist.name);
        let root = match (&package.pin, pinned.or(stated)) {
            (Pin::Pypi(pin), _) => self.want(&pin.name, &pin.extras),
            (Pin::Git(_) | Pin::Local(_), Some(name)) => self.want(name, []),
            (Pin::Git(_) | Pin::Local(_), None) => None,
        };
        self.graph.roots.extend(root);
    }

    /// Opens a distribution and its extras; gives it, where the environment has it.
    fn want(
        &mut self,
        name: &'a PackageName,
        extras: impl IntoIterator<Item = &'a ExtraName>,
    ) -> Option<&'a Dist> {
        let (dist, _) = *self.by_name.get(name)?;
        for extra in extras.into_iter().map(Some).chain([None]) {
            if self.seen.insert((name, extra)) {
                self.open.insert((name, extra));
            }
        }
        Some(dist)
    }

    fn step(&mut self, name: &'a PackageName, extra: Option<&'a ExtraName>) {
        let (dist, selected) = self.by_name[name];
        let metadata = self.lock.metadata_of(dist, selected);
        let extras: Vec<ExtraName> = extra.into_iter().cloned().collect();
        let mut required = BTreeSet::new();
        for requirement in metadata.iter().flat_map(|metadata| &metadata.requires) {
            for holding in self.holding(requirement, &extras) {
                required.extend(self.want(holding.name(), holding.extras()));
            }
        }
        // A distribution may ask for its own extras, which is no edge.
        required.remove(dist);
        self.graph.edges.entry(dist).or_default().extend(required);
    }

    /// What holds of a requirement on the target, with at most one extra asked for.
    fn holding(&self, requirement: &'a Requirement, extras: &[ExtraName]) -> Vec<&'a Requirement> {
        let applies = |it: &&Requirement| it.applies(&self.markers, extras);
        match self.overrides.get(requirement.name()) {
            None => Some(requirement).filter(applies).into_iter().collect(),
            // An override replaces markers as well, but it does not make an extra asked for.
            Some(instead) if requirement.may_apply(extras) => {
                instead.iter().copied().filter(applies).collect()
            }
            Some(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::{Distribution, LockedExperiment, LockedPackage};
    use crate::model::{
        CoreMetadata, Environment, OneOrMany, RunMode, Sha256Digest, Stage, Target,
    };

    /// A lock by the distributions of its one environment, each with what it requires; the roots
    /// are packages of that name, each with its extras.
    fn lock(held: &[(&str, &[&str])], roots: &[&str], overrides: &[&str]) -> Lock {
        let mut target = Target::default();
        target.overrides = overrides.iter().map(|text| text.parse().unwrap()).collect();
        let files = |dist: &str| [(format!("{dist}.whl"), Sha256Digest::of(b""))].into();
        let distributions = held.iter().map(|(dist, requires)| {
            let release = Distribution {
                files: files(dist),
                uploaded: None,
                yanked: None,
                metadata: Some(CoreMetadata {
                    requires: requires.iter().map(|text| text.parse().unwrap()).collect(),
                    ..CoreMetadata::default()
                }),
                variants: BTreeMap::new(),
            };
            (dist.parse().unwrap(), release)
        });
        let distributions: BTreeMap<Dist, _> = distributions.collect();
        let selected = distributions
            .iter()
            .map(|(dist, release)| {
                let file = release.files.keys().next().unwrap();
                (dist.clone(), Selected::File(file.clone()))
            })
            .collect();
        let environment = LockedEnvironment {
            asked: Environment {
                stage: Stage::Inference,
                target: target.clone(),
                roots: roots.iter().map(|root| (*root).to_owned()).collect(),
            },
            closure: Some(Closure {
                resolver: "uv 0.0.0".to_owned(),
                distributions: selected,
            }),
        };
        Lock {
            generator: "vhb 0.0.0".to_owned(),
            resolved_at: None,
            experiment: LockedExperiment {
                id: "exp".to_owned(),
                name: "exp".to_owned(),
                file: "registries/experiments/exp.yaml".to_owned(),
                run_mode: RunMode::Prod,
                target: OneOrMany::new(vec![target]).unwrap(),
            },
            config: BTreeMap::new(),
            registry: BTreeMap::new(),
            runs: BTreeMap::new(),
            packages: roots
                .iter()
                .map(|root| ((*root).to_owned(), package(root)))
                .collect(),
            environments: [("env".to_owned(), environment)].into(),
            distributions,
        }
    }

    fn package(root: &str) -> LockedPackage {
        let asked: Requirement = root.parse().unwrap();
        let text = serde_json::json!({
            "source": { "type": "pypi", "name": asked.name() },
            "pin": {
                "type": "pypi", "name": asked.name(), "version": "1",
                "extras": asked.extras(),
            },
        });
        serde_json::from_value(text).unwrap()
    }

    /// `a -> b c` for each distribution, by name.
    fn edges(lock: &Lock) -> Vec<String> {
        let graph = Graph::of(lock, &lock.environments["env"]).unwrap();
        let line = |(dist, required): (&&Dist, &BTreeSet<&Dist>)| {
            let required: Vec<_> = required.iter().map(|dist| dist.name.as_ref()).collect();
            format!("{} -> {}", dist.name, required.join(" "))
        };
        graph.edges.iter().map(line).collect()
    }

    #[test]
    fn markers_are_those_of_the_target_and_what_nothing_leads_to_is_left_out() {
        let held: &[(&str, &[&str])] = &[
            (
                "a==1",
                &[
                    "b>=1",
                    "c; sys_platform == 'win32'",
                    "absent; os_name == 'nt'",
                ],
            ),
            ("b==1", &["a", "b"]),
            ("c==1", &[]),
        ];
        assert_eq!(edges(&lock(held, &["a"], &[])), ["a -> b", "b -> a"]);
    }

    #[test]
    fn extras_lead_on_wherever_they_are_asked_for() {
        let held: &[(&str, &[&str])] = &[
            ("a==1", &["a[one]; extra == 'all'", "b; extra == 'one'"]),
            ("b==1", &["c; extra == 'more'"]),
            ("c==1", &[]),
            ("d==1", &["b[more]"]),
        ];
        assert_eq!(edges(&lock(held, &["a"], &[])), ["a -> "]);
        assert_eq!(edges(&lock(held, &["a[all]"], &[])), ["a -> b", "b -> "]);
        assert_eq!(
            edges(&lock(held, &["a[one]", "d"], &[])),
            ["a -> b", "b -> c", "c -> ", "d -> b"]
        );
    }

    #[test]
    fn an_override_replaces_markers_and_asks_for_no_extra() {
        let held: &[(&str, &[&str])] = &[
            ("a==1", &["b>=2; os_name == 'nt'", "c", "d; extra == 'dev'"]),
            ("b==1", &["e; extra == 'x'"]),
            ("c==1", &[]),
            ("d==1", &[]),
            ("e==1", &[]),
        ];
        let overrides = ["b[x]==1", "c; os_name == 'nt'", "d"];
        assert_eq!(
            edges(&lock(held, &["a"], &overrides)),
            ["a -> b", "b -> e", "e -> "]
        );
        assert_eq!(
            edges(&lock(held, &["a[dev]"], &overrides)),
            ["a -> b d", "b -> e", "d -> ", "e -> "]
        );
    }

    #[test]
    fn a_root_is_the_distribution_that_its_package_installs() {
        let mut lock = lock(&[("a==1", &[]), ("b==1", &[])], &["a"], &[]);
        let local = serde_json::json!({
            "source": { "type": "local", "path": "mine", "editable": true },
            "pin": {
                "type": "local", "path": "mine", "files": 1, "bytes": 1,
                "content": Sha256Digest::of(b"").to_string(),
            },
            "metadata": { "requires": ["b"] },
        });
        let local = serde_json::from_value(local).unwrap();
        lock.packages.insert("mine".to_owned(), local);
        let environment = lock.environments.get_mut("env").unwrap();
        environment.asked.roots = ["mine".to_owned()].into();
        let closure = environment.closure.as_mut().unwrap();
        let selected = Selected::Package("mine".to_owned());
        closure
            .distributions
            .insert("built-name".parse().unwrap(), selected);
        let graph = Graph::of(&lock, &lock.environments["env"]).unwrap();
        let roots: Vec<_> = graph.roots.iter().map(ToString::to_string).collect();
        assert_eq!(roots, ["built-name"]);
        assert_eq!(edges(&lock), ["b -> ", "built-name -> b"]);
        lock.environments.get_mut("env").unwrap().closure = None;
        assert_eq!(Graph::of(&lock, &lock.environments["env"]), None);
    }
}
