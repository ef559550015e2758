//! Environments: what they are for, what they begin with, and what is installed in them.
//!
//! The id of an environment holds what it begins with, so an environment that begins with one
//! package more has another id. It is still that environment: the runs that use both say so.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Affected, Leaf, Subject, Value};
use super::experiment::{TargetsTold, place, platform, python, target_leaves};
use super::heads::{Head, Heads};
use super::moves::{Move, moves};
use super::packages;
use super::rank::Rank;
use super::sides::{Both, Likeness, joined, pair_up};
use super::told::Told;
use crate::lock::{LockedEnvironment, Selected};
use crate::model::Stage;

/// The environments of one stage that belong together, by id: there, or only in one lock.
type Ids<'a> = [Option<&'a str>; 2];

pub(super) fn tell(both: &Both<'_>, targets: &TargetsTold, told: &mut Told) {
    let (pairs, stages) = paired(both);
    for (ids, affected) in &pairs {
        let [old, new] = [0, 1].map(|side| {
            let environments = &both.sides()[side].lock.environments;
            ids[side].and_then(|id| environments.get(id))
        });
        match (old, new) {
            (Some(old), Some(new)) => differing(both, [old, new], affected, targets, told),
            (None, None) => {}
            sides => whole(both, sides.into(), affected, targets, told),
        }
        let follows = |id: &str, environment: Option<&LockedEnvironment>| {
            environment.is_some_and(|environment| environment.asked.id() == id)
        };
        if let [Some(before), Some(after)] = *ids
            && before != after
            && !(follows(before, old) && follows(after, new))
        {
            for (run, stage) in stages.get(ids).into_iter().flatten() {
                let mut heads = Heads::default();
                let leaf = Leaf::words(&format!("environments.{stage}"), before, after);
                heads.lead(Rank::Direct, leaf);
                told.tell_run(run, heads);
            }
        }
    }
}

type Pairs<'a> = BTreeMap<Ids<'a>, Affected>;
type Stages<'a> = BTreeMap<Ids<'a>, Vec<(&'a str, Stage)>>;

/// Which environments belong together, and the runs and stages by which they do.
fn paired<'a>(both: &Both<'a>) -> (Pairs<'a>, Stages<'a>) {
    let mut stages: Stages<'a> = BTreeMap::new();
    for (run, old, new) in both.lasting_runs() {
        for (stage, before, after) in joined(&old.environments, &new.environments) {
            let [before, after] = [before, after].map(|ids| {
                let ids = ids.into_iter().flat_map(|ids| ids.iter());
                ids.map(String::as_str).collect::<Vec<_>>()
            });
            for ids in pair_ids(both, &before, &after) {
                stages.entry(ids).or_default().push((run, *stage));
            }
        }
    }
    let mut pairs: Pairs<'a> = BTreeMap::new();
    for (ids, users) in &stages {
        let mut affected = Affected::runs(users.iter().map(|(run, _)| *run));
        affected.stages = users.iter().map(|(_, stage)| *stage).collect();
        affected.environments = ids.iter().flatten().map(ToString::to_string).collect();
        pairs.insert(*ids, affected);
    }
    for ids in unpaired(both, &stages) {
        let [old, new] = [0, 1].map(|side| ids[side].map(|id| both.sides()[side].environment(id)));
        let affected = old.unwrap_or_default().and(&new.unwrap_or_default());
        pairs.insert(ids, affected);
    }
    (pairs, stages)
}

/// The environments that no run uses in both locks.
fn unpaired<'a>(both: &Both<'a>, stages: &Stages<'a>) -> BTreeSet<Ids<'a>> {
    let [old, new] = both.sides().map(|side| &side.lock.environments);
    let paired = [0, 1].map(|side| {
        let ids = stages.keys().filter_map(|ids| ids[side]);
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

/// Tells what differs between two environments.
fn differing(
    both: &Both<'_>,
    [old, new]: [&LockedEnvironment; 2],
    affected: &Affected,
    targets: &TargetsTold,
    told: &mut Told,
) {
    if old == new {
        return;
    }
    let mut heads = target_leaves(&old.asked.target, &new.asked.target);
    heads.0.retain(|head| !targets.has(&head.leaf));
    let mut heads = heads.below("target");
    heads.lead(
        Rank::Direct,
        Leaf::words("stage", &old.asked.stage, &new.asked.stage),
    );
    let mut moved = match (&old.closure, &new.closure) {
        (Some(before), Some(after)) => {
            heads.lead(
                Rank::Metadata,
                Leaf::words("resolver", &before.resolver, &after.resolver),
            );
            moves(
                both,
                [old, new],
                [&before.distributions, &after.distributions],
            )
        }
        (before, after) => {
            let held = |closed: bool| if closed { "locked" } else { "not locked" };
            let [before, after] = [before, after].map(|closure| held(closure.is_some()));
            heads.lead(Rank::Closure, Leaf::words("distributions", before, after));
            Vec::new()
        }
    };
    told.tell(&Subject::Environments, heads, affected);
    roots(both, [old, new], affected, &mut moved, told);
    for it in moved.into_iter().filter(|it| !it.is_told) {
        told.tell_one(&Subject::Distribution(it.name), it.head, affected);
    }
}

/// Packages that an environment begins with, or no longer does, though the lock has them before
/// and after.
fn roots(
    both: &Both<'_>,
    [old, new]: [&LockedEnvironment; 2],
    affected: &Affected,
    moved: &mut [Move],
    told: &mut Told,
) {
    let (before, after) = (&old.asked.roots, &new.asked.roots);
    let whole = moved.iter().enumerate().filter(|(_, it)| it.is_whole);
    let whole: BTreeMap<_, _> = whole.map(|(at, it)| (it.name.clone(), at)).collect();
    for key in before.symmetric_difference(after) {
        if told.packages.contains(key) {
            continue;
        }
        told.roots.insert(key.clone());
        let [is_root, is_now] =
            [before, after].map(|roots| Value::Json(roots.contains(key).into()));
        let leaf = Leaf::of("root", is_root, is_now);
        let mut locked = both
            .sides()
            .into_iter()
            .map(|side| side.lock.packages.get(key));
        let package = locked.find_map(|package| package);
        let name = package.and_then(|package| Some(&package.distribution.as_ref()?.name));
        let rank = package.map_or(Rank::Direct, packages::rank);
        let installed = name
            .and_then(|name| whole.get(name))
            .map(|at| &mut moved[*at]);
        match installed {
            Some(it) if rank == Rank::Direct => it.head.also.extend(leaf),
            installed => {
                let mut heads = Heads::default();
                heads.lead(rank, leaf);
                if let Some(it) = installed {
                    heads.imply(&["root"], rank, [it.head.leaf.clone()]);
                    it.is_told = true;
                }
                told.tell(&Subject::Package(key.clone()), heads, affected);
            }
        }
    }
}

/// An environment that came or went. Where its runs, or its target, came or went, that was told.
fn whole(
    both: &Both<'_>,
    sides: [Option<&LockedEnvironment>; 2],
    affected: &Affected,
    targets: &TargetsTold,
    told: &mut Told,
) {
    let environment = sides.into_iter().flatten().next();
    let lasting = |id: &String| {
        both.sides()
            .iter()
            .all(|side| side.lock.runs.contains_key(id))
    };
    let used = !affected.runs.is_empty();
    let told_before = used && !affected.runs.iter().any(lasting);
    if told_before || environment.is_some_and(|it| targets.has_whole(&it.asked.target)) {
        return;
    }
    let size = |environment: &LockedEnvironment| {
        let (count, noun) = match &environment.closure {
            Some(closure) => (closure.distributions.len(), "distribution"),
            None => (environment.asked.roots.len(), "package"),
        };
        let plural = if count == 1 { "" } else { "s" };
        Value::Text(format!("{count} {noun}{plural}"))
    };
    let [old, new] = sides.map(|side| side.map(size));
    let field = String::new();
    let leaf = Leaf { field, old, new };
    let closure = environment.and_then(|environment| environment.closure.as_ref());
    let installed = closure.into_iter().flat_map(|it| &it.distributions);
    let is_new = sides[0].is_none();
    let implied = installed.map(|(dist, selected): (_, &Selected)| {
        let value = Some(Value::text(selected));
        let (old, new) = if is_new { (None, value) } else { (value, None) };
        let field = format!("distributions.{dist}");
        Leaf { field, old, new }
    });
    // What no run uses moves nothing.
    let rank = if used { Rank::Direct } else { Rank::Metadata };
    let mut head = Head::new(rank, leaf);
    head.implied = implied.collect();
    told.tell_one(&Subject::Environments, head, affected);
}
