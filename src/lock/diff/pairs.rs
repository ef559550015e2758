//! Which environments of two locks belong together.
//!
//! The id of an environment holds what it begins with, so an environment that begins with one
//! package more has another id. It is still that environment: the runs that use both say so.

use std::collections::{BTreeMap, BTreeSet};

use super::change::Affected;
use super::experiment::{place, platform, python};
use super::sides::{Both, Ids, Likeness, joined, pair_up};
use crate::model::Stage;

/// The environments of two locks, those that belong together in one.
pub(super) struct Pairs<'a> {
    /// Where each counts.
    pub(super) affected: BTreeMap<Ids<'a>, Affected>,
    /// The runs and stages by which two belong together.
    pub(super) users: Users<'a>,
}

type Users<'a> = BTreeMap<Ids<'a>, Vec<(&'a str, Stage)>>;

impl<'a> Pairs<'a> {
    pub(super) fn of(both: &Both<'a>) -> Self {
        let mut users: Users<'a> = BTreeMap::new();
        for (run, old, new) in both.lasting_runs() {
            for (stage, before, after) in joined(&old.environments, &new.environments) {
                let [before, after] = [before, after].map(|ids| {
                    let ids = ids.into_iter().flat_map(|ids| ids.iter());
                    ids.map(String::as_str).collect::<Vec<_>>()
                });
                for ids in pair_ids(both, &before, &after) {
                    users.entry(ids).or_default().push((run, *stage));
                }
            }
        }
        let mut affected = BTreeMap::new();
        for (ids, users) in &users {
            let mut places = Affected::runs(users.iter().map(|(run, _)| *run));
            places.stages = users.iter().map(|(_, stage)| *stage).collect();
            places.environments = ids.iter().flatten().map(ToString::to_string).collect();
            affected.insert(*ids, places);
        }
        for ids in unpaired(both, &users) {
            let [old, new] =
                [0, 1].map(|side| ids[side].map(|id| both.sides()[side].environment(id)));
            let places = old.unwrap_or_default().and(&new.unwrap_or_default());
            affected.insert(ids, places);
        }
        Self { affected, users }
    }
}

/// The environments that no run uses in both locks.
fn unpaired<'a>(both: &Both<'a>, users: &Users<'a>) -> BTreeSet<Ids<'a>> {
    let [old, new] = both.sides().map(|side| &side.lock.environments);
    let paired = [0, 1].map(|side| {
        let ids = users.keys().filter_map(|ids| ids[side]);
        ids.collect::<BTreeSet<&str>>()
    });
    let all = joined(old, new).into_iter().map(|(id, old, new)| {
        let id = id.as_str();
        [old.map(|_| id), new.map(|_| id)]
    });
    let alone = |ids: &Ids<'_>| {
        let mut sides = ids.iter().zip(&paired);
        sides.any(|(id, paired)| id.is_some_and(|id| !paired.contains(id)))
    };
    all.filter(alone).collect()
}

/// By id, else by what they are locked for, else by platform or Python, else by order.
fn pair_ids<'a>(both: &Both<'a>, old: &[&'a str], new: &[&'a str]) -> Vec<Ids<'a>> {
    let target = |id: &str| {
        let mut sides = both.sides().into_iter();
        let found = sides.find_map(|side| side.lock.environments.get(id));
        found.map(|environment| &environment.asked.target)
    };
    let by_id: Likeness<'_, &'a str> = &|id| Some((*id).to_owned());
    let by_place: Likeness<'_, &'a str> = &|id| target(id).map(place);
    let by_platform: Likeness<'_, &'a str> = &|id| target(id).map(platform);
    let by_python: Likeness<'_, &'a str> = &|id| target(id).map(python);
    let pairs = pair_up(old, new, &[by_id, by_place, by_platform, by_python]);
    pairs
        .into_iter()
        .map(|(old, new)| [old.copied(), new.copied()])
        .collect()
}
