//! Environments: what they are for, what they begin with, and what is installed in them.

use std::collections::BTreeMap;

use super::change::{Affected, Leaf, Subject, Value};
use super::experiment::{TargetsTold, target_leaves};
use super::heads::{Head, Heads};
use super::moves::{Move, moves};
use super::packages;
use super::pairs::Pairs;
use super::rank::Rank;
use super::sides::Both;
use super::told::Told;
use crate::lock::{LockedEnvironment, Selected};
use crate::model::counted;

pub(super) fn tell(both: &Both<'_>, pairs: &Pairs<'_>, targets: &TargetsTold, told: &mut Told) {
    for (ids, affected) in &pairs.affected {
        let [old, new] = both.environments(*ids);
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
            for (run, stage) in pairs.users.get(ids).into_iter().flatten() {
                let mut heads = Heads::default();
                let leaf = Leaf::words(&format!("environments.{stage}"), before, after);
                heads.lead(Rank::Direct, leaf);
                told.tell_run(run, heads);
            }
        }
    }
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
        Value::Text(counted(count, noun))
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
