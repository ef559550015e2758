//! Packages of an index that only one of two locks has: what is asked for no longer, or newly.
//!
//! A distribution that nobody asks for any more is still there where others require it, and one
//! that is newly asked for may have been there before. Only what an environment does not hold came
//! or went; elsewhere the requirement did, and the version may have moved with it.

use std::collections::BTreeMap;

use pep440_rs::Version;
use pep508_rs::PackageName;

use super::change::{Affected, Leaf, Subject, Value};
use super::heads::Heads;
use super::leaves::leaves_of;
use super::packages::identity;
use super::pairs::Pairs;
use super::rank::Rank;
use super::sides::{Both, Side};
use super::told::Told;
use crate::lock::{LockedEnvironment, LockedPackage};
use crate::model::Dist;

/// The keys of packages that only the old lock has, and those that only the new one has.
pub(super) type Keys<'a> = [Vec<&'a str>; 2];

/// What became of packages in some environments.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Case<'a> {
    /// `tinylib>=1` that became `tinylib>=2` is still that package.
    Renamed([&'a str; 2]),
    /// One that is asked for on this side alone, where the other side holds its distribution too:
    /// in this version, if that can be compared.
    Held(usize, &'a str, Option<&'a Version>),
    /// One that is asked for on this side alone, where the other side does not hold it.
    Whole(usize, &'a str),
}

impl<'a> Case<'a> {
    fn keys(&self) -> Vec<&'a str> {
        match *self {
            Self::Renamed(keys) => keys.to_vec(),
            Self::Held(_, key, _) | Self::Whole(_, key) => vec![key],
        }
    }
}

/// Tells what became of the packages of one distribution.
pub(super) fn tell(
    both: &Both<'_>,
    pairs: &Pairs<'_>,
    name: &PackageName,
    keys: &Keys<'_>,
    told: &mut Told,
) {
    let mut found: BTreeMap<Case<'_>, Affected> = BTreeMap::new();
    let mut unpaired = keys.clone();
    for (ids, affected) in &pairs.affected {
        let [Some(old), Some(new)] = both.environments(*ids) else {
            continue;
        };
        let environments = [old, new];
        let asked = [0, 1].map(|side| {
            let roots = &environments[side].asked.roots;
            let is_asked = |key: &&str| roots.contains(*key);
            unpaired[side].retain(|key| !is_asked(key));
            keys[side].iter().copied().filter(is_asked).collect()
        });
        let held = |side: usize| held(both.sides()[side], environments[side], name);
        let alone = |side, key| match held(1 - side)[..] {
            [] => Case::Whole(side, key),
            [dist] => Case::Held(side, key, dist.version.as_ref()),
            _ => Case::Held(side, key, None),
        };
        for case in cases(&asked, &alone) {
            found.entry(case).or_default().extend(affected);
        }
    }
    // What came or went with its runs: then the locks are all that can be compared.
    let alone = |side, key| {
        if is_held(both.sides()[1 - side], name) {
            Case::Held(side, key, None)
        } else {
            Case::Whole(side, key)
        }
    };
    for case in cases(&unpaired, &alone) {
        let affected = case.keys().into_iter().map(|key| both.package(key));
        let affected = affected.reduce(|one, two| one.and(&two));
        found.insert(case, affected.unwrap_or_default());
    }
    let subject = Subject::Distribution(name.clone());
    for (case, affected) in found {
        told.tell(&subject, heads(both, &case), &affected);
    }
}

/// What became of packages, some of each side; `alone` says it of one that has no other.
fn cases<'a>(keys: &Keys<'a>, alone: &dyn Fn(usize, &'a str) -> Case<'a>) -> Vec<Case<'a>> {
    if let [[old], [new]] = keys.each_ref().map(Vec::as_slice) {
        return vec![Case::Renamed([old, new])];
    }
    let sides = keys.iter().enumerate();
    let all = sides.flat_map(|(side, keys)| keys.iter().map(move |key| alone(side, key)));
    all.collect()
}

/// Whether any environment of a lock holds a distribution.
fn is_held(side: &Side<'_>, name: &PackageName) -> bool {
    let mut environments = side.lock.environments.values();
    environments.any(|environment| !held(side, environment, name).is_empty())
}

/// What an environment holds of a distribution: what is installed, or where that is not locked,
/// what it begins with.
fn held<'a>(
    side: &Side<'a>,
    environment: &'a LockedEnvironment,
    name: &PackageName,
) -> Vec<&'a Dist> {
    let is_meant = |dist: &&Dist| dist.name == *name;
    match &environment.closure {
        Some(closure) => closure.distributions.keys().filter(is_meant).collect(),
        None => {
            let roots = environment.asked.roots.iter();
            let packages = roots.filter_map(|root| side.lock.packages.get(root));
            let dists = packages.filter_map(|package| package.distribution.as_ref());
            dists.filter(is_meant).collect()
        }
    }
}

fn heads(both: &Both<'_>, case: &Case<'_>) -> Heads {
    let [before, after] = both.sides().map(|side| &side.lock.packages);
    match *case {
        Case::Renamed([old, new]) => {
            let [before, after] = [&before[old], &after[new]];
            let versions = [before, after].map(|package| Some(identity(package)));
            moved(
                versions,
                [Some(old), Some(new)],
                [Some(before), Some(after)],
            )
        }
        Case::Held(side, key, version) => {
            let package = &[before, after][side][key];
            let there = version.map(|version| Value::Version(version.clone()));
            let here = there.as_ref().map(|_| identity(package));
            moved(
                placed(side, here, there),
                placed(side, Some(key), None),
                placed(side, Some(package), None),
            )
        }
        Case::Whole(side, key) => {
            let package = &[before, after][side][key];
            Heads::whole(Rank::Direct, placed(side, Some(package), None), identity)
        }
    }
}

/// A value of a side, and one of the other side: the old one first.
fn placed<T>(side: usize, here: T, there: T) -> [T; 2] {
    if side == 0 {
        [here, there]
    } else {
        [there, here]
    }
}

/// A release that moved, if it did, and by which words it is asked for.
fn moved(
    [old, new]: [Option<Value>; 2],
    keys: [Option<&str>; 2],
    [before, after]: [Option<&LockedPackage>; 2],
) -> Heads {
    let rank = Rank::Direct;
    let mut heads = Heads::default();
    heads.lead(rank, Leaf::between("version", old, new));
    let [from, to] = keys.map(|key| key.map(Value::text));
    heads.follow(&["version"], rank, Leaf::between("requirement", from, to));
    let leaves = leaves_of("", before, after);
    heads.imply(&["version", "requirement"], rank, leaves);
    heads
}
