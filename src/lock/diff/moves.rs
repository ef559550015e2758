//! Distributions that came, went or moved between two environments that belong together.

use std::collections::{BTreeMap, BTreeSet};

use pep508_rs::PackageName;

use super::change::{Leaf, Value};
use super::heads::{Head, Heads};
use super::rank::Rank;
use super::sides::Both;
use crate::lock::{LockedEnvironment, Selected};
use crate::model::{Dist, Pin};

/// A difference of one distribution.
pub(super) struct Move {
    pub(super) name: PackageName,
    pub(super) head: Head,
    /// Whether it came or went.
    pub(super) is_whole: bool,
    /// Whether the package that it comes from tells it.
    pub(super) is_told: bool,
}

type Held<'a> = (&'a Dist, &'a Selected);
type Installed = BTreeMap<Dist, Selected>;

/// Every difference between what two environments hold.
pub(super) fn moves(
    both: &Both<'_>,
    environments: [&LockedEnvironment; 2],
    installed: [&Installed; 2],
) -> Vec<Move> {
    let mut names: BTreeMap<&PackageName, [Vec<Held<'_>>; 2]> = BTreeMap::new();
    for (side, all) in installed.into_iter().enumerate() {
        let other = installed[1 - side];
        // What is the same on both sides is no difference.
        let differing = all
            .iter()
            .filter(|(dist, selected)| other.get(dist) != Some(selected));
        for held in differing {
            names.entry(&held.0.name).or_default()[side].push(held);
        }
    }
    let all = names
        .into_iter()
        .flat_map(|(name, [old, new])| match (&old[..], &new[..]) {
            ([old], [new]) => vec![(name, [Some(*old), Some(*new)])],
            // One of them twice in one environment: nobody installs that, but it may be written.
            _ => {
                let left = old.into_iter().map(|held| (name, [Some(held), None]));
                let joined = new.into_iter().map(|held| (name, [None, Some(held)]));
                left.chain(joined).collect()
            }
        });
    let roots = direct(both, environments);
    all.filter(|(_, pair)| !told_of_package(both, *pair))
        .filter_map(|(name, pair)| one(&roots, name, pair))
        .collect()
}

/// Whether the package that it comes from tells it: it came, went, or says so of its version.
fn told_of_package(both: &Both<'_>, pair: [Option<Held<'_>>; 2]) -> bool {
    let key = |held: Option<Held<'_>>| match held {
        Some((_, Selected::Package(key))) => Some(key.clone()),
        _ => None,
    };
    let locked = |side: usize, key: &str| both.sides()[side].lock.packages.get(key);
    match pair.map(key) {
        [Some(old), Some(new)] if old != new => false,
        [None, None] => false,
        [Some(key), _] | [_, Some(key)] => [0, 1].into_iter().all(|side| {
            let says = locked(side, &key).and_then(|package| package.distribution.as_ref());
            match pair[side] {
                Some((dist, _)) => says == Some(dist),
                None => locked(side, &key).is_none(),
            }
        }),
    }
}

/// The releases of indexes that two environments begin with.
fn direct<'a>(
    both: &Both<'a>,
    environments: [&'a LockedEnvironment; 2],
) -> BTreeSet<&'a PackageName> {
    let roots = both
        .sides()
        .into_iter()
        .zip(environments)
        .flat_map(|(side, environment)| {
            let roots = environment.asked.roots.iter();
            roots.filter_map(|root| side.lock.packages.get(root))
        });
    let names = roots.filter_map(|package| match &package.pin {
        Pin::Pypi(pin) => Some(&pin.name),
        Pin::Git(_) | Pin::Local(_) => None,
    });
    names.collect()
}

fn one(
    roots: &BTreeSet<&PackageName>,
    name: &PackageName,
    pair: [Option<Held<'_>>; 2],
) -> Option<Move> {
    let version = |held: Held<'_>| match &held.0.version {
        Some(version) => Value::Version(version.clone()),
        None => Value::text("unknown"),
    };
    let package = |held: Option<Held<'_>>| matches!(held, Some((_, Selected::Package(_))));
    let is_whole = pair.contains(&None);
    let [old, new] = pair.map(|held| held.map(version));
    let field = if is_whole { "" } else { "version" };
    let [before, after] = pair.map(|held| held.map(|held| Value::text(held.1)));
    let file = Leaf::between("file", before, after);
    let moved = Leaf::between(field, old, new);
    let rank = match roots.contains(name) {
        _ if pair.into_iter().any(package) => Rank::Code,
        true => Rank::Direct,
        false => Rank::Closure,
    };
    let mut heads = Heads::default();
    heads.lead(rank, moved);
    if is_whole || package(pair[0]) == package(pair[1]) {
        // Files have the version in their names.
        heads.imply(&[field], rank, file);
    } else {
        heads.follow(&[field], rank, file);
    }
    Some(Move {
        name: name.clone(),
        head: heads.0.pop()?,
        is_whole,
        is_told: false,
    })
}
