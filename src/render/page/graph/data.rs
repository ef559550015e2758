//! The graph as the scripts read it.
//!
//! Lists stand for tables whose keys are positions: a thousand distributions in twenty environments
//! have a hundred thousand edges, and nearly all of these are the same in several environments.

use std::collections::{BTreeMap, BTreeSet};

use pep508_rs::ExtraName;
use serde::Serialize;

use crate::lock::{Demand, Graph, Lock, LockedEnvironment, Selected};
use crate::model::{Dist, Pin, Stage};
use crate::render::page::distributions::{all, license};
use crate::view::{Chain, Link, Origins};

/// Environments, what they hold, what that requires, and who names the packages at the roots.
#[derive(Serialize)]
pub(crate) struct GraphData<'a> {
    environments: Vec<EnvironmentData<'a>>,
    distributions: Vec<DistributionData<'a>>,
    packages: Vec<PackageData<'a>>,
    /// The texts of requirements.
    requirements: Vec<String>,
    /// Lists of extras: the one that a requirement belongs to, those that it asks for.
    extras: Vec<Vec<&'a str>>,
    /// Six numbers for each requirement: who requires, what, the text, the extra of who requires
    /// that it belongs to, the extras that it asks for, the set.
    demands: Vec<usize>,
    /// The sets of environments that things are in, each by the positions of its environments.
    sets: Vec<Vec<usize>>,
}

#[derive(Serialize)]
struct EnvironmentData<'a> {
    id: &'a str,
    stage: Stage,
    target: String,
    /// Whether what the roots require in turn is locked.
    closed: bool,
    roots: Vec<RootData<'a>>,
}

#[derive(Serialize)]
struct RootData<'a> {
    package: &'a str,
    /// The distribution that it installs; none where the lock does not have it.
    dist: Option<usize>,
    /// The extras of it that are asked for.
    extras: Vec<&'a str>,
}

#[derive(Serialize)]
struct DistributionData<'a> {
    key: String,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// `pypi`, `git` or `local`.
    kind: &'static str,
    /// The package of the lock that it is built from.
    #[serde(skip_serializing_if = "Option::is_none")]
    package: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    license: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    yanked: Option<&'a str>,
    /// Whether what it says of itself was only known from a build.
    built: bool,
    set: usize,
}

#[derive(Serialize)]
struct PackageData<'a> {
    key: &'a str,
    origins: Vec<OriginData>,
}

/// An entry of the registry that names a package: `runs` runs name the entry by `uses`, and it
/// names the package by `field`.
#[derive(Serialize)]
struct OriginData {
    run: String,
    runs: usize,
    uses: String,
    entry: String,
    field: String,
    set: usize,
}

/// Values by the order in which they were first met.
struct Table<T>(BTreeMap<T, usize>);

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: Ord> Table<T> {
    fn place(&mut self, value: T) -> usize {
        let next = self.0.len();
        *self.0.entry(value).or_insert(next)
    }

    fn into_values(self) -> Vec<T> {
        let mut values: Vec<_> = self.0.into_iter().collect();
        values.sort_by_key(|(_, place)| *place);
        values.into_iter().map(|(value, _)| value).collect()
    }
}

/// A requirement by the positions of its ends.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Required<'a> {
    from: usize,
    to: usize,
    text: String,
    /// The extra of who requires that it belongs to, if there is one.
    extra: Vec<&'a str>,
    /// The extras that it asks for.
    asks: Vec<&'a str>,
}

/// Requirements with the environments that they hold in.
type Demands<'a> = BTreeMap<Required<'a>, Vec<usize>>;

pub(crate) fn data(lock: &Lock) -> GraphData<'_> {
    let all = all(lock);
    let positions = all.keys().enumerate();
    let places: BTreeMap<&Dist, usize> = positions.map(|(at, dist)| (*dist, at)).collect();
    let (environments, holders, demands) = environments(lock, &places);
    let mut sets = Table::default();
    let mut set = |holders: Vec<usize>| sets.place(holders);
    let distributions = all.iter().zip(holders).map(|((dist, selected), holders)| {
        let holders = holders.into_iter().collect();
        distribution(lock, dist, selected, set(holders))
    });
    let distributions = distributions.collect();
    let (mut requirements, mut extras) = (Table::default(), Table::default());
    let demands = demands.into_iter().flat_map(|(required, holders)| {
        [
            required.from,
            required.to,
            requirements.place(required.text),
            extras.place(required.extra),
            extras.place(required.asks),
            set(holders),
        ]
    });
    let demands = demands.collect();
    let packages = packages(lock, &mut set);
    GraphData {
        environments,
        distributions,
        packages,
        requirements: requirements.into_values(),
        extras: extras.into_values(),
        demands,
        sets: sets.into_values(),
    }
}

/// The environments, those that hold each distribution, and what is required in them.
fn environments<'a>(
    lock: &'a Lock,
    places: &BTreeMap<&Dist, usize>,
) -> (Vec<EnvironmentData<'a>>, Vec<BTreeSet<usize>>, Demands<'a>) {
    let mut holders = vec![BTreeSet::new(); places.len()];
    let mut demands = Demands::new();
    let mut environments = Vec::new();
    for (index, (id, environment)) in lock.environments.iter().enumerate() {
        let graph = Graph::of(lock, environment).unwrap_or_default();
        let roots = roots(lock, environment, &graph, places);
        let closure = environment.closure.iter();
        let held = closure.flat_map(|closure| closure.distributions.keys());
        let held = held.filter_map(|dist| places.get(dist).copied());
        for place in held.chain(roots.iter().filter_map(|root| root.dist)) {
            holders[place].insert(index);
        }
        add_demands(&graph, index, places, &mut demands);
        environments.push(EnvironmentData {
            id,
            stage: environment.asked.stage,
            target: environment.asked.target.to_string(),
            closed: environment.closure.is_some(),
            roots,
        });
    }
    (environments, holders, demands)
}

/// What an environment begins with, in the order of the packages.
fn roots<'a>(
    lock: &'a Lock,
    environment: &'a LockedEnvironment,
    graph: &Graph<'a>,
    places: &BTreeMap<&Dist, usize>,
) -> Vec<RootData<'a>> {
    let stated = |key: &str| lock.packages.get(key)?.distribution.as_ref();
    let roots = environment.asked.roots.iter().map(|key| {
        let dist = graph.roots.get(key.as_str()).copied();
        let dist = dist.or_else(|| stated(key));
        RootData {
            package: key,
            dist: dist.and_then(|dist| places.get(dist).copied()),
            extras: names(
                graph
                    .extras
                    .get(key.as_str())
                    .into_iter()
                    .flatten()
                    .copied(),
            ),
        }
    });
    roots.collect()
}

fn names<'a>(extras: impl IntoIterator<Item = &'a ExtraName>) -> Vec<&'a str> {
    extras.into_iter().map(AsRef::as_ref).collect()
}

/// Adds what an environment's distributions require, of others and of themselves.
fn add_demands<'a>(
    graph: &Graph<'a>,
    index: usize,
    places: &BTreeMap<&Dist, usize>,
    demands: &mut Demands<'a>,
) {
    let others = graph.edges.iter().flat_map(|(from, required)| {
        let to = required.iter();
        to.map(|(to, demands)| (*from, *to, demands))
    });
    let own = graph
        .own
        .iter()
        .map(|(dist, demands)| (*dist, *dist, demands));
    for (from, to, asked) in others.chain(own) {
        for demand in asked {
            let required = Required {
                from: places[from],
                to: places[to],
                text: told(demand),
                extra: names(demand.extra),
                asks: names(demand.in_force().extras()),
            };
            demands.entry(required).or_default().push(index);
        }
    }
}

/// The requirement that counts, and that it is an override where it is one.
fn told(demand: &Demand<'_>) -> String {
    let requirement = demand.in_force();
    match demand.instead {
        Some(_) => format!("{requirement} (override)"),
        None => requirement.to_string(),
    }
}

fn distribution<'a>(
    lock: &'a Lock,
    dist: &'a Dist,
    selected: &BTreeSet<&'a Selected>,
    set: usize,
) -> DistributionData<'a> {
    let release = lock.distributions.get(dist);
    let first = selected.first().copied();
    let package = match first {
        Some(Selected::Package(key)) => lock.packages.get_key_value(key),
        Some(Selected::File(_)) | None => None,
    };
    let metadata = first.and_then(|selected| lock.metadata_of(dist, selected));
    DistributionData {
        key: dist.to_string(),
        name: dist.name.as_ref(),
        version: dist.version.as_ref().map(ToString::to_string),
        kind: match package.map(|(_, package)| &package.pin) {
            Some(Pin::Git(_)) => "git",
            Some(Pin::Local(_)) => "local",
            Some(Pin::Pypi(_)) | None => "pypi",
        },
        package: package.map(|(key, _)| key.as_str()),
        license: license(lock, dist, selected),
        yanked: release.and_then(|it| it.yanked.as_deref()),
        built: metadata.is_some_and(|it| it.built),
        set,
    }
}

/// Who names each package; nobody where the recorded entries make no plan.
fn packages<'a>(lock: &'a Lock, set: &mut impl FnMut(Vec<usize>) -> usize) -> Vec<PackageData<'a>> {
    let origins = Origins::of(lock).map(|origins| origins.of_packages());
    let ids = lock.environments.keys().enumerate();
    let places: BTreeMap<&str, usize> = ids.map(|(at, id)| (id.as_str(), at)).collect();
    let packages = origins.into_iter().flatten().map(|(key, chains)| {
        let origins = chains.iter().filter_map(|chain| {
            let within = chain.environments.iter();
            let within = within.filter_map(|id| places.get(id).copied()).collect();
            origin(chain, set(within))
        });
        PackageData {
            key,
            origins: origins.collect(),
        }
    });
    packages.collect()
}

fn origin(chain: &Chain<'_>, set: usize) -> Option<OriginData> {
    let [entry, package] = &chain.steps[..] else {
        return None;
    };
    let (Link::Field(uses), Link::Field(field)) = (&entry.link, &package.link) else {
        return None;
    };
    Some(OriginData {
        run: (*chain.runs.first()?).to_owned(),
        runs: chain.runs.len(),
        uses: uses.clone(),
        entry: entry.to.to_string(),
        field: field.clone(),
        set,
    })
}
