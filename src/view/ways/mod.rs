//! Ways through the graph of an environment, down to one distribution.
//!
//! What belongs to an extra is required by those alone who asked for that extra: a way goes by
//! stops, each a distribution with at most one of its extras.

mod search;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use pep508_rs::ExtraName;

use crate::lock::{Demand, Graph};
use crate::model::Dist;

pub use search::MOST_WAYS;
pub(super) use search::Search;

/// A distribution, or what one of its extras adds to it.
pub(super) type Stop<'a> = (&'a Dist, Option<&'a ExtraName>);
/// A way: from what a package installs to the distribution, both included.
pub(super) type Way<'a> = Vec<Stop<'a>>;

/// A graph, with how far each stop is from one of the distributions.
pub(super) struct Ways<'a> {
    graph: Graph<'a>,
    onward: BTreeMap<Stop<'a>, BTreeSet<Stop<'a>>>,
    distance: BTreeMap<Stop<'a>, usize>,
}

impl<'a> Ways<'a> {
    pub(super) fn to(graph: Graph<'a>, target: &'a Dist) -> Self {
        let onward = explored(&graph);
        let distance = distances(&onward, target);
        Self {
            graph,
            onward,
            distance,
        }
    }

    /// The shortest way from a package; of several the first by name.
    pub(super) fn shortest(&self, package: &str) -> Option<Way<'a>> {
        let starts = starts(&self.graph, package).into_iter();
        let far = starts.filter_map(|stop| Some((*self.distance.get(&stop)?, stop)));
        let (mut left, mut at) = far.min()?;
        let mut way = vec![at];
        while left > 0 {
            left -= 1;
            let nearer = |stop: &&Stop<'a>| self.distance.get(*stop) == Some(&left);
            at = *self.onward.get(&at)?.iter().find(nearer)?;
            way.push(at);
        }
        Some(way)
    }

    /// The requirements that lead from one stop to the next.
    pub(super) fn demands(&self, from: Stop<'a>, to: Stop<'a>) -> BTreeSet<Demand<'a>> {
        let active = with_own(&self.graph, from);
        let between = self.graph.edges.get(from.0).and_then(|it| it.get(to.0));
        let between = between.into_iter().flatten();
        let leads = |demand: &&Demand<'a>| {
            let extras = demand.in_force().extras();
            active.contains(&demand.extra) && to.1.is_none_or(|extra| extras.contains(extra))
        };
        between.filter(leads).copied().collect()
    }
}

/// Where ways from a package start: what it installs, with each extra that is asked for.
fn starts<'a>(graph: &Graph<'a>, package: &str) -> Vec<Stop<'a>> {
    let Some(root) = graph.roots.get(package) else {
        return Vec::new();
    };
    let extras = graph.extras.get(package).into_iter().flatten();
    let extras = extras.map(|extra| Some(*extra));
    std::iter::once(None)
        .chain(extras)
        .map(|extra| (*root, extra))
        .collect()
}

/// The extra of a stop, and those of its own that it leads to.
fn with_own<'a>(graph: &Graph<'a>, (dist, extra): Stop<'a>) -> BTreeSet<Option<&'a ExtraName>> {
    let mut active = BTreeSet::from([extra]);
    let mut ahead = vec![extra];
    while let Some(extra) = ahead.pop() {
        let own = graph.own.get(dist).into_iter().flatten();
        let own = own.filter(|demand| demand.extra == extra);
        for extra in own.flat_map(|demand| demand.in_force().extras()) {
            if active.insert(Some(extra)) {
                ahead.push(Some(extra));
            }
        }
    }
    active
}

/// All stops that packages lead to, each with those that it leads to.
fn explored<'a>(graph: &Graph<'a>) -> BTreeMap<Stop<'a>, BTreeSet<Stop<'a>>> {
    let packages = graph.roots.keys();
    let mut ahead: Vec<_> = packages.flat_map(|key| starts(graph, key)).collect();
    let mut onward: BTreeMap<Stop<'a>, BTreeSet<Stop<'a>>> = BTreeMap::new();
    while let Some(stop) = ahead.pop() {
        if onward.contains_key(&stop) {
            continue;
        }
        let active = with_own(graph, stop);
        let mut next = BTreeSet::new();
        for (dist, demands) in graph.edges.get(stop.0).into_iter().flatten() {
            for demand in demands.iter().filter(|it| active.contains(&it.extra)) {
                let extras = demand.in_force().extras().iter().map(Some);
                next.extend(
                    std::iter::once(None)
                        .chain(extras)
                        .map(|extra| (*dist, extra)),
                );
            }
        }
        ahead.extend(next.iter().copied());
        onward.insert(stop, next);
    }
    onward
}

/// How far each stop is from a distribution, where it leads there at all.
fn distances<'a>(
    onward: &BTreeMap<Stop<'a>, BTreeSet<Stop<'a>>>,
    target: &'a Dist,
) -> BTreeMap<Stop<'a>, usize> {
    let mut users: BTreeMap<Stop<'a>, Vec<Stop<'a>>> = BTreeMap::new();
    for (stop, next) in onward {
        for to in next {
            users.entry(*to).or_default().push(*stop);
        }
    }
    let target = (target, None);
    let mut distance = BTreeMap::from([(target, 0)]);
    let mut ahead = VecDeque::from([target]);
    while let Some(stop) = ahead.pop_front() {
        let next = distance[&stop] + 1;
        for user in users.get(&stop).into_iter().flatten() {
            distance.entry(*user).or_insert_with(|| {
                ahead.push_back(*user);
                next
            });
        }
    }
    distance
}
