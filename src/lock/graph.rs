//! What leads to what inside of an environment: from its roots, by what distributions require.

use std::collections::{BTreeMap, BTreeSet};

use pep508_rs::ExtraName;
use serde::Serialize;

use super::walk::{Held, Walk, roots};
use super::{Lock, LockedEnvironment};
use crate::model::{Dist, Requirement};

/// The distributions of an environment that its roots lead to.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Graph<'a> {
    /// What each of the environment's own packages installs, by the key of the package.
    pub roots: BTreeMap<&'a str, &'a Dist>,
    /// The extras of it that are asked for, where there are any.
    pub extras: BTreeMap<&'a str, BTreeSet<&'a ExtraName>>,
    /// What each distribution requires of the others; one that requires nothing is there too,
    /// one that nothing leads to is not.
    pub edges: BTreeMap<&'a Dist, Required<'a>>,
    /// What distributions require of themselves, which is extras of their own: no edges.
    pub own: BTreeMap<&'a Dist, BTreeSet<Demand<'a>>>,
}

/// What a distribution requires, each with the demands on it; there is at least one.
pub type Required<'a> = BTreeMap<&'a Dist, BTreeSet<Demand<'a>>>;

/// One requirement that leads from a distribution to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Demand<'a> {
    /// As the distribution declares it.
    #[serde(rename = "requirement")]
    pub declared: &'a Requirement,
    /// The override of the target that holds instead.
    #[serde(rename = "override", skip_serializing_if = "Option::is_none")]
    pub instead: Option<&'a Requirement>,
    /// The extra of the distribution that this belongs to: without it, this would not hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra: Option<&'a ExtraName>,
}

impl<'a> Demand<'a> {
    /// The requirement that counts.
    pub fn in_force(&self) -> &'a Requirement {
        self.instead.unwrap_or(self.declared)
    }
}

impl<'a> Graph<'a> {
    /// The graph of an environment; none where it has no closure.
    pub fn of(lock: &'a Lock, environment: &'a LockedEnvironment) -> Option<Self> {
        let walk = Walk::through(lock, environment, environment.closure.as_ref()?);
        let reached = |held: &&Held<'_>| walk.leads_to(held);
        let nothing = |held: &Held<'a>| (held.dist, Required::new());
        let mut graph = Self {
            edges: walk.held.values().filter(reached).map(nothing).collect(),
            ..Self::default()
        };
        for (key, package) in roots(lock, environment) {
            let name = package.distribution.as_ref().map(|dist| &dist.name);
            let held = name.and_then(|name| walk.held.get(name));
            let Some(held) = held.filter(reached) else {
                continue;
            };
            graph.roots.insert(key, held.dist);
            let extras = walk.extras_of_root(package).unwrap_or_default();
            if !extras.is_empty() {
                graph.extras.insert(key, extras);
            }
        }
        for asked in &walk.asked {
            let Some(required) = asked.answer.map(|held| held.dist) else {
                continue;
            };
            let demands = if required == asked.by {
                graph.own.entry(required).or_default()
            } else {
                let of = graph.edges.entry(asked.by).or_default();
                of.entry(required).or_default()
            };
            demands.insert(Demand {
                declared: asked.requirement,
                instead: asked.instead,
                extra: asked.extra,
            });
        }
        Some(graph)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::{Closure, Distribution, LockedExperiment, LockedPackage, Selected};
    use crate::model::{
        CoreMetadata, Environment, OneOrMany, Requirement, RunMode, Sha256Digest, Stage, Target,
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
            models: BTreeMap::new(),
            datasets: BTreeMap::new(),
            images: BTreeMap::new(),
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
            "distribution": format!("{}==1", asked.name()),
        });
        serde_json::from_value(text).unwrap()
    }

    /// `a -> b c` for each distribution, by name.
    fn edges(lock: &Lock) -> Vec<String> {
        let graph = Graph::of(lock, &lock.environments["env"]).unwrap();
        let line = |(dist, required): (&&Dist, &Required<'_>)| {
            let required: Vec<_> = required.keys().map(|dist| dist.name.as_ref()).collect();
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

    /// As the closure's check has it: nothing is brought in by two extras together, nor undone by
    /// one, and an override leaves nothing of such a marker.
    #[test]
    fn extras_count_one_by_one_also_where_an_override_holds() {
        let held: &[(&str, &[&str])] = &[
            (
                "a==1",
                &["b; extra == 'x' and extra == 'y'", "c; extra != 'x'"],
            ),
            ("b==1", &[]),
            ("c==1", &[]),
        ];
        assert_eq!(edges(&lock(held, &["a[x,y]"], &[])), ["a -> c", "c -> "]);
        let overrides = ["b", "c"];
        assert_eq!(
            edges(&lock(held, &["a[x,y]"], &overrides)),
            ["a -> b c", "b -> ", "c -> "]
        );
    }

    #[test]
    fn an_override_of_a_root_decides_on_its_extras() {
        let held: &[(&str, &[&str])] = &[
            ("a==1", &["b; extra == 'x'", "c; extra == 'y'"]),
            ("b==1", &[]),
            ("c==1", &[]),
        ];
        let lock = lock(held, &["a[x]"], &["a[y]"]);
        assert_eq!(edges(&lock), ["a -> c", "c -> "]);
    }

    /// The demands of `a` on `b`: what it declares, and what holds instead.
    #[test]
    fn an_edge_has_the_requirements_that_count() {
        let held: &[(&str, &[&str])] = &[
            (
                "a==1",
                &[
                    "b>=1; python_version > '3'",
                    "b[x]<3; extra == 'all'",
                    "b>9; os_name == 'nt'",
                ],
            ),
            ("b==1", &[]),
        ];
        let demands = |roots: &[&str], overrides: &[&str]| {
            let lock = lock(held, roots, overrides);
            let graph = Graph::of(&lock, &lock.environments["env"]).unwrap();
            let [a, b] = ["a==1", "b==1"].map(|dist| dist.parse::<Dist>().unwrap());
            let demands = graph.edges[&a][&b].iter();
            let told = |demand: &Demand<'_>| match (demand.instead, demand.extra) {
                (None, None) => demand.declared.to_string(),
                (None, Some(extra)) => format!("[{extra}] {}", demand.declared),
                (Some(instead), _) => format!("{} -> {instead}", demand.declared),
            };
            demands.map(told).collect::<Vec<_>>()
        };
        let plain = "b>=1; python_version > '3'";
        assert_eq!(demands(&["a"], &[]), [plain]);
        assert_eq!(
            demands(&["a[all]"], &[]),
            [plain, "[all] b[x]<3; extra == 'all'"]
        );
        assert_eq!(
            demands(&["a"], &["b==1"]),
            [
                "b>9; os_name == 'nt' -> b==1".to_owned(),
                format!("{plain} -> b==1")
            ]
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
            "distribution": "built-name",
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
        let roots = graph.roots.iter();
        let roots: Vec<_> = roots.map(|(key, dist)| format!("{key}: {dist}")).collect();
        assert_eq!(roots, ["mine: built-name"]);
        assert_eq!(edges(&lock), ["b -> ", "built-name -> b"]);
        lock.environments.get_mut("env").unwrap().closure = None;
        assert_eq!(Graph::of(&lock, &lock.environments["env"]), None);
    }
}
