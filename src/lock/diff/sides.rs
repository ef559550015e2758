//! The two locks, who uses what in them, and what belongs to what across them.

use std::collections::{BTreeMap, BTreeSet};

use super::change::Affected;
use crate::lock::{Lock, LockedEnvironment, Selected};
use crate::model::{Dist, Pin, PlannedRun, Stage};

/// Two environments that belong together, the old one first, or one that only one lock has.
pub(super) type Ids<'a> = [Option<&'a str>; 2];

/// The old lock and the new one.
pub(super) struct Both<'a> {
    pub(super) old: Side<'a>,
    pub(super) new: Side<'a>,
    /// The runs of either.
    runs: BTreeSet<&'a str>,
    /// The runs of both; of either where they have none in common.
    lasting: BTreeSet<&'a str>,
}

/// A lock, and who uses what in it.
pub(super) struct Side<'a> {
    pub(super) lock: &'a Lock,
    /// The runs and stages of each environment.
    environments: BTreeMap<&'a str, Vec<(&'a str, Stage)>>,
    /// The environments of each package: as a root of it, or installed in it.
    packages: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// The environments of each release of an index.
    releases: BTreeMap<&'a Dist, BTreeSet<&'a str>>,
}

impl<'a> Both<'a> {
    pub(super) fn of(old: &'a Lock, new: &'a Lock) -> Self {
        let [before, after] = [old, new].map(|lock| lock.runs.keys().map(String::as_str));
        let [before, after]: [BTreeSet<_>; 2] = [before.collect(), after.collect()];
        let runs: BTreeSet<_> = before.union(&after).copied().collect();
        let lasting: BTreeSet<_> = before.intersection(&after).copied().collect();
        Self {
            lasting: if lasting.is_empty() {
                runs.clone()
            } else {
                lasting
            },
            runs,
            old: Side::of(old),
            new: Side::of(new),
        }
    }

    pub(super) fn sides(&self) -> [&Side<'a>; 2] {
        [&self.old, &self.new]
    }

    /// What the locks have of two environments.
    pub(super) fn environments(&self, ids: Ids<'_>) -> [Option<&'a LockedEnvironment>; 2] {
        let of = |side: &Side<'a>, id: Option<&str>| side.lock.environments.get(id?);
        [of(&self.old, ids[0]), of(&self.new, ids[1])]
    }

    /// The runs of which something holds, in either lock.
    pub(super) fn runs_where(&self, holds: impl Fn(&PlannedRun) -> bool) -> Affected {
        let runs = self.sides().into_iter().flat_map(|side| &side.lock.runs);
        let using = runs.filter(|(_, run)| holds(run));
        Affected::runs(using.map(|(id, _)| id.as_str()))
    }

    /// All runs of both locks.
    pub(super) fn all_runs(&self) -> Affected {
        Affected::runs(self.runs.iter().copied())
    }

    /// The runs that are in both locks.
    pub(super) fn lasting_runs(
        &self,
    ) -> impl Iterator<Item = (&'a str, &'a PlannedRun, &'a PlannedRun)> + use<'a> {
        let runs = joined(&self.old.lock.runs, &self.new.lock.runs).into_iter();
        runs.filter_map(|(id, old, new)| Some((id.as_str(), old?, new?)))
    }

    /// Where a package is installed, or asked for, in either lock.
    pub(super) fn package(&self, key: &str) -> Affected {
        let of = |side: &Side<'a>| side.those(side.packages.get(key).into_iter().flatten());
        of(&self.old).and(&of(&self.new))
    }

    /// Where a release of an index is installed, in either lock.
    pub(super) fn release(&self, dist: &Dist) -> Affected {
        let of = |side: &Side<'a>| side.those(side.releases.get(dist).into_iter().flatten());
        of(&self.old).and(&of(&self.new))
    }

    /// Completes what was gathered: whether these are all runs, and all environments of a stage.
    pub(super) fn complete(&self, affected: &mut Affected) {
        let mut all = self.lasting.iter();
        affected.all_runs = !self.runs.is_empty() && all.all(|id| affected.runs.contains(*id));
        let environments = &affected.environments;
        let left_out = |side: &Side<'a>| {
            let using = affected.runs.iter().filter_map(|id| side.lock.runs.get(id));
            let staged = using.flat_map(|run| &run.environments);
            let mut ids = staged
                .filter(|(stage, _)| affected.stages.contains(stage))
                .flat_map(|(_, ids)| ids.iter());
            ids.any(|id| !environments.contains(id))
        };
        affected.partly = !environments.is_empty() && self.sides().into_iter().any(left_out);
    }
}

impl<'a> Side<'a> {
    fn of(lock: &'a Lock) -> Self {
        let mut side = Self {
            lock,
            environments: BTreeMap::new(),
            packages: BTreeMap::new(),
            releases: BTreeMap::new(),
        };
        for (id, run) in &lock.runs {
            for (stage, environments) in &run.environments {
                for environment in environments.iter() {
                    let users = side.environments.entry(environment).or_default();
                    users.push((id, *stage));
                }
            }
        }
        for (id, environment) in &lock.environments {
            let closure = environment.closure.iter();
            for (dist, selected) in closure.flat_map(|closure| &closure.distributions) {
                match selected {
                    Selected::File(_) => drop(side.releases.entry(dist).or_default().insert(id)),
                    Selected::Package(key) => {
                        side.packages.entry(key).or_default().insert(id);
                    }
                }
            }
            for root in &environment.asked.roots {
                side.packages.entry(root).or_default().insert(id);
            }
        }
        side.add_direct();
        side
    }

    /// Where there is no closure, the roots are what is installed.
    fn add_direct(&mut self) {
        let environments = self.lock.environments.iter();
        for (id, environment) in environments.filter(|(_, it)| it.closure.is_none()) {
            let roots = environment.asked.roots.iter();
            let roots = roots.filter_map(|root| self.lock.packages.get(root));
            for package in roots.filter(|package| matches!(package.pin, Pin::Pypi(_))) {
                let Some(dist) = &package.distribution else {
                    continue;
                };
                self.releases.entry(dist).or_default().insert(id);
            }
        }
    }

    /// Where an environment counts.
    pub(super) fn environment(&self, id: &str) -> Affected {
        self.those([&id])
    }

    fn those<'s>(&self, ids: impl IntoIterator<Item = &'s &'s str>) -> Affected {
        let mut affected = Affected::default();
        for id in ids {
            affected.environments.insert((*id).to_owned());
            for (run, stage) in self.environments.get(id).into_iter().flatten() {
                affected.runs.insert((*run).to_owned());
                affected.stages.insert(*stage);
            }
        }
        affected
    }

    /// Whether a release is installed anywhere.
    pub(super) fn installs(&self, dist: &Dist) -> bool {
        self.releases.contains_key(dist)
    }
}

/// What two maps have of each key.
pub(super) fn joined<'a, K: Ord, V>(
    old: &'a BTreeMap<K, V>,
    new: &'a BTreeMap<K, V>,
) -> Vec<(&'a K, Option<&'a V>, Option<&'a V>)> {
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let both = keys
        .into_iter()
        .map(|key| (key, old.get(key), new.get(key)));
    both.collect()
}

/// What two things that are alike have in common; none for what is like nothing.
pub(super) type Likeness<'a, T> = &'a dyn Fn(&T) -> Option<String>;

/// Pairs elements of two lists: by the first of these likenesses in which two are alike, in their
/// order, and at last by order alone. What is left has nobody.
pub(super) fn pair_up<'a, T>(
    old: &'a [T],
    new: &'a [T],
    likenesses: &[Likeness<'_, T>],
) -> Vec<(Option<&'a T>, Option<&'a T>)> {
    let mut left: Vec<_> = old.iter().collect();
    let mut right: Vec<_> = new.iter().collect();
    let mut pairs = Vec::new();
    for like in likenesses {
        left.retain(|one| {
            let wanted = like(one);
            let found = right
                .iter()
                .position(|two| wanted.is_some() && like(two) == wanted);
            let pair = found.map(|at| (Some(*one), Some(right.remove(at))));
            pairs.extend(pair);
            found.is_none()
        });
    }
    let (left, right) = (left.into_iter(), right.into_iter());
    let longest = left.len().max(right.len());
    let pad = |side: std::vec::IntoIter<&'a T>| side.map(Some).chain(std::iter::repeat(None));
    pairs.extend(pad(left).zip(pad(right)).take(longest));
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_paired_by_likeness_then_by_order() {
        let first: Likeness<'_, &'static str> = &|word| word.get(..1).map(str::to_owned);
        let whole: Likeness<'_, &'static str> = &|word| Some((*word).to_owned());
        let paired = |old: &[&'static str], new: &[&'static str]| {
            let word = |side: Option<&&str>| side.map_or_else(String::new, ToString::to_string);
            let pairs = pair_up(old, new, &[whole, first]).into_iter();
            let mut pairs: Vec<_> = pairs.map(|(a, b)| (word(a), word(b))).collect();
            pairs.sort();
            pairs
        };
        let of = |pairs: &[(&str, &str)]| {
            let owned = pairs
                .iter()
                .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()));
            owned.collect::<Vec<_>>()
        };
        let pairs = paired(&["a1", "b1", "c1"], &["b2", "a1", "a2", "d"]);
        let expected = [("", "d"), ("a1", "a1"), ("b1", "b2"), ("c1", "a2")];
        assert_eq!(pairs, of(&expected));
        assert_eq!(paired(&["x"], &[]), of(&[("x", "")]));
    }
}
