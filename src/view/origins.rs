//! Who brought something in: down from the experiment, by the fields of registry entries and by
//! what distributions require.

use std::collections::{BTreeMap, BTreeSet};

use super::chain::{Answer, Chain, Link, Node, Step};
use super::ways::{Search, Way, Ways};
use crate::lock::{Graph, Lock};
use crate::model::{Dist, EntryRef, Kind};
use crate::registry::{Plan, RunUses};

/// A lock, with the plan that its recorded entries make.
pub struct Origins<'a> {
    pub(super) lock: &'a Lock,
    pub(super) plan: Plan,
}

/// Which chains are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chains {
    /// The shortest for every package that an entry names and every environment.
    Shortest,
    /// All that come to nothing twice, up to [`MOST_WAYS`](super::MOST_WAYS).
    All,
}

/// The runs of an experiment that come to a package, by environment.
pub(super) type Users<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;
/// How runs come to packages: the package, and the steps from the run down to it.
pub(super) type Heads<'a> = BTreeMap<(&'a str, Vec<Step<'a>>), Users<'a>>;

/// Chains by their steps, so that what is the same for several runs is told once.
#[derive(Default)]
struct Found<'a>(BTreeMap<Vec<Step<'a>>, (BTreeSet<&'a str>, BTreeSet<&'a str>)>);

impl<'a> Found<'a> {
    fn add(
        &mut self,
        steps: Vec<Step<'a>>,
        runs: impl IntoIterator<Item = &'a str>,
        environment: Option<&'a str>,
    ) {
        let (known, environments) = self.0.entry(steps).or_default();
        known.extend(runs);
        environments.extend(environment);
    }

    fn answer(self, subject: Node<'a>, complete: bool) -> Answer<'a> {
        let chains = self.0.into_iter();
        let mut chains: Vec<_> = chains
            .map(|(steps, (runs, environments))| Chain {
                runs,
                environments,
                steps,
            })
            .collect();
        chains.sort_by_key(|chain| chain.steps.len());
        Answer {
            subject,
            chains,
            complete,
        }
    }
}

impl<'a> Origins<'a> {
    /// The origins of what is in a lock; none where its recorded entries make no plan.
    pub fn of(lock: &'a Lock) -> Option<Self> {
        let asked = &lock.experiment;
        let targets = asked.target.to_vec();
        let plan = Plan::from_values(&lock.config, &asked.id, asked.run_mode, targets)?;
        Some(Self { lock, plan })
    }

    /// The experiment that all chains begin with.
    pub fn experiment(&self) -> &EntryRef {
        &self.plan.experiment
    }

    /// Whether a run is written inside of the experiment, and so is no entry of its own.
    pub fn is_inline(&self, run: &str) -> bool {
        self.plan.uses.get(run).is_some_and(|uses| uses.inline)
    }

    /// How the experiment comes to something.
    pub fn answer(&self, subject: &Node<'a>, which: Chains) -> Answer<'a> {
        let mut found = Found::default();
        let mut complete = true;
        match subject {
            Node::Distribution(dist) => match which {
                Chains::Shortest => self.shortest(dist, &mut found),
                Chains::All => complete = self.all(dist, &mut found),
            },
            Node::Package(key) => {
                for ((package, head), users) in self.heads() {
                    for (environment, runs) in users.into_iter().filter(|_| package == *key) {
                        found.add(head.clone(), runs, Some(environment));
                    }
                }
            }
            Node::Model(key) => self.model(key, &mut found),
            Node::Image(key) => {
                let runs = self.lock.runs.iter();
                for (id, _) in runs.filter(|(_, run)| run.image.as_deref() == Some(*key)) {
                    let step = named("model.docker_image", subject);
                    found.add(vec![step], [id.as_str()], None);
                }
            }
            Node::Entry(entry) => self.entry(entry, &mut found),
        }
        found.answer(subject.clone(), complete)
    }

    fn entry(&self, entry: &EntryRef, found: &mut Found<'a>) {
        if *entry == self.plan.experiment {
            found.add(Vec::new(), [], None);
        }
        if entry.kind == Kind::Runs
            && let Some((id, _)) = self.lock.runs.get_key_value(&entry.id)
        {
            found.add(Vec::new(), [id.as_str()], None);
        }
        for (run, uses) in self.uses() {
            if let Some(field) = uses.entries.get(entry) {
                let to = Node::Entry(entry.clone());
                found.add(vec![named(field, &to)], [run], None);
            }
        }
    }

    fn model(&self, key: &'a str, found: &mut Found<'a>) {
        for (id, run) in &self.lock.runs {
            let model = run.model.as_str();
            let step = named("model.name", &Node::Model(model));
            if model == key {
                found.add(vec![step], [id.as_str()], None);
                continue;
            }
            let pin = self.lock.models.get(model).map(|locked| &locked.pin);
            if let (Some(planned), Some(Ok(pin))) = (self.plan.models.get(model), pin)
                && planned.code(pin).contains_key(key)
            {
                let code = named("auto_map", &Node::Model(key));
                found.add(vec![step, code], [id.as_str()], None);
            }
        }
    }

    /// The runs that are locked, with what they use.
    fn uses(&self) -> impl Iterator<Item = (&'a str, &RunUses)> {
        let runs = self.plan.uses.iter();
        runs.filter_map(|(run, uses)| {
            let (run, _) = self.lock.runs.get_key_value(run)?;
            Some((run.as_str(), uses))
        })
    }

    /// How runs come to packages, in environments that are locked.
    pub(super) fn heads(&self) -> Heads<'a> {
        let mut heads = Heads::new();
        for (run, uses) in self.uses() {
            for asked in &uses.packages {
                let package = self.lock.packages.get_key_value(&asked.package);
                let environment = self.lock.environments.get_key_value(&asked.environment);
                let field = uses.entries.get(&asked.by);
                if let (Some((package, _)), Some((environment, _)), Some(field)) =
                    (package, environment, field)
                {
                    let entry = named(field, &Node::Entry(asked.by.clone()));
                    let head = vec![entry, named(&asked.field, &Node::Package(package))];
                    let users = heads.entry((package, head)).or_default();
                    users.entry(environment).or_default().insert(run);
                }
            }
        }
        heads
    }

    /// The environments that hold a distribution, each with its graph; equal graphs are one.
    fn holding(&self, dist: &'a Dist) -> Vec<(Ways<'a>, Vec<&'a str>)> {
        let mut graphs: BTreeMap<Graph<'a>, Vec<&'a str>> = BTreeMap::new();
        for (id, environment) in &self.lock.environments {
            let closure = environment.closure.as_ref();
            if closure.is_some_and(|closure| closure.distributions.contains_key(dist)) {
                let graph = Graph::of(self.lock, environment);
                graphs
                    .entry(graph.unwrap_or_default())
                    .or_default()
                    .push(id);
            }
        }
        let graphs = graphs.into_iter();
        graphs
            .map(|(graph, ids)| (Ways::to(graph, dist), ids))
            .collect()
    }

    fn shortest(&self, dist: &'a Dist, found: &mut Found<'a>) {
        let heads = self.heads();
        self.direct(dist, &heads, found);
        for (ways, environments) in self.holding(dist) {
            for ((package, head), users) in &heads {
                let Some(way) = ways.shortest(package) else {
                    continue;
                };
                let steps = steps(head, &ways, &way);
                for environment in &environments {
                    let runs = users.get(environment).into_iter().flatten().copied();
                    let mut runs = runs.peekable();
                    if runs.peek().is_some() {
                        found.add(steps.clone(), runs, Some(environment));
                    }
                }
            }
        }
    }

    /// Says whether these are all.
    fn all(&self, dist: &'a Dist, found: &mut Found<'a>) -> bool {
        let heads = self.heads();
        self.direct(dist, &heads, found);
        let (graphs, environments): (Vec<_>, Vec<_>) = self.holding(dist).into_iter().unzip();
        let search = Search::through(&graphs);
        for way in &search.found {
            let starting = heads.iter().filter(|((key, _), _)| *key == way.package);
            for ((_, head), users) in starting {
                for environment in &environments[way.graph] {
                    if let Some(runs) = users.get(environment) {
                        let steps = steps(head, &graphs[way.graph], &way.way);
                        found.add(steps, runs.iter().copied(), Some(environment));
                    }
                }
            }
        }
        search.complete
    }

    /// What packages are themselves, where what they require is not locked.
    fn direct(&self, dist: &'a Dist, heads: &Heads<'a>, found: &mut Found<'a>) {
        for ((package, head), users) in heads {
            if self.lock.packages[*package].distribution.as_ref() != Some(dist) {
                continue;
            }
            for (environment, runs) in users {
                if self.lock.environments[*environment].closure.is_none() {
                    let steps = head.iter().cloned().chain([installs(dist)]).collect();
                    found.add(steps, runs.iter().copied(), Some(environment));
                }
            }
        }
    }
}

fn named<'a>(field: &str, to: &Node<'a>) -> Step<'a> {
    Step {
        link: Link::Field(field.to_owned()),
        to: to.clone(),
    }
}

fn installs(dist: &Dist) -> Step<'_> {
    Step {
        link: Link::Installs,
        to: Node::Distribution(dist),
    }
}

/// The steps to a package, then those from what it installs on.
fn steps<'a>(head: &[Step<'a>], ways: &Ways<'a>, way: &Way<'a>) -> Vec<Step<'a>> {
    let root = way.first().map(|(root, _)| installs(root));
    let required = way.windows(2).map(|pair| Step {
        link: Link::Requires(ways.demands(pair[0], pair[1])),
        to: Node::Distribution(pair[1].0),
    });
    head.iter().cloned().chain(root).chain(required).collect()
}
