//! What each environment of the merged plan holds, distribution by distribution.
//!
//! An environment is named by its roots, so one that both sides had may be another one now. Its
//! counterpart in a lock is the environment of the same stage of the same run.

use std::collections::{BTreeMap, BTreeSet};

use pep508_rs::PackageName;

use super::Sides;
use super::limits::is_newer;
use super::three::Three;
use super::words::{Conflicts, MOVED};
use crate::lock::{Closure, Graph, Lock, LockedEnvironment, LockedPackage, Selected};
use crate::model::{Dist, Environment, Pin, Stage, Target};
use crate::registry::Plan;

/// Everything that an environment may need; what nothing leads to is still among it.
pub(super) fn merged(
    sides: Sides<'_>,
    plan: &Plan,
    packages: &BTreeMap<String, LockedPackage>,
    direct: bool,
    conflicts: &mut Conflicts,
) -> BTreeMap<String, LockedEnvironment> {
    let environments = plan.environments.iter().map(|(id, asked)| {
        let places = places(plan, id);
        let versions = sides.each(|lock| Counterpart::of(lock, id, asked, &places));
        let closure = if direct {
            None
        } else {
            closure(asked, versions, packages, conflicts)
        };
        let asked = asked.clone();
        (id.clone(), LockedEnvironment { asked, closure })
    });
    environments.collect()
}

/// What either side moved to in the place of an environment.
pub(super) fn moved_to<'a>(
    id: &str,
    asked: &Environment,
    plan: &Plan,
    sides: Sides<'a>,
) -> BTreeSet<&'a Dist> {
    let places = places(plan, id);
    let versions = sides.each(|lock| Counterpart::of(lock, id, asked, &places));
    let before = |dist: &Dist| {
        versions
            .base
            .is_some_and(|base| base.file_of(dist).is_some())
    };
    let there = [versions.ours, versions.theirs].into_iter().flatten();
    let files = there.flat_map(|side| side.files());
    let dists = files.map(|(dist, _)| dist);
    dists.filter(|dist| !before(dist)).collect()
}

/// A stage of a run.
type Place<'a> = (&'a str, Stage);

/// Where an environment is used.
fn places<'a>(plan: &'a Plan, id: &str) -> Vec<Place<'a>> {
    let stages = plan.runs.iter().flat_map(|(run, planned)| {
        let stages = planned.environments.iter();
        let used = stages.filter(|(_, ids)| ids.iter().any(|it| it == id));
        used.map(|(stage, _)| (run.as_str(), *stage))
    });
    stages.collect()
}

/// What a lock has in the place of an environment.
#[derive(Clone, Copy)]
struct Counterpart<'a> {
    target: &'a Target,
    closure: &'a Closure,
}

impl<'a> Counterpart<'a> {
    fn of(lock: &'a Lock, id: &str, asked: &Environment, places: &[Place<'_>]) -> Option<Self> {
        let there = match lock.environments.get(id) {
            Some(same) => same,
            None => by_place(lock, asked, places).or_else(|| by_stage(lock, asked))?,
        };
        Some(Self {
            target: &there.asked.target,
            closure: there.closure.as_ref()?,
        })
    }

    /// A distribution by its name, where it is not one of this lock's own packages.
    fn held(&self, name: &PackageName) -> Option<(&'a Dist, &'a str)> {
        self.files().find(|(dist, _)| dist.name == *name)
    }

    fn file_of(&self, dist: &Dist) -> Option<&'a str> {
        match self.closure.distributions.get(dist)? {
            Selected::File(name) => Some(name),
            Selected::Package(_) => None,
        }
    }

    fn files(&self) -> impl Iterator<Item = (&'a Dist, &'a str)> + use<'a> {
        let held = self.closure.distributions.iter();
        held.filter_map(|(dist, selected)| match selected {
            Selected::File(name) => Some((dist, name.as_str())),
            Selected::Package(_) => None,
        })
    }
}

/// The environment of the same stage of one of the same runs, for the target that is most alike.
fn by_place<'a>(
    lock: &'a Lock,
    asked: &Environment,
    places: &[Place<'_>],
) -> Option<&'a LockedEnvironment> {
    let of_place = |(run, stage): &Place<'_>| {
        let ids = lock.runs.get(*run)?.environments.get(stage)?;
        let there: Vec<_> = ids
            .iter()
            .filter_map(|id| lock.environments.get(id))
            .collect();
        let alike = |other: &Target| {
            let same_platform = other.platform() == asked.target.platform();
            let same_python = other.python() == asked.target.python();
            (other.same_place(&asked.target), same_platform, same_python)
        };
        // Of equals, the first that is listed.
        there
            .into_iter()
            .rev()
            .max_by_key(|environment| alike(&environment.asked.target))
    };
    places.iter().find_map(of_place)
}

/// The only environment of the stage for the target.
fn by_stage<'a>(lock: &'a Lock, asked: &Environment) -> Option<&'a LockedEnvironment> {
    let mut there = lock.environments.values().filter(|other| {
        other.asked.stage == asked.stage && other.asked.target.same_place(&asked.target)
    });
    let only = there.next()?;
    there.next().is_none().then_some(only)
}

fn closure(
    asked: &Environment,
    versions: Three<Counterpart<'_>>,
    packages: &BTreeMap<String, LockedPackage>,
    conflicts: &mut Conflicts,
) -> Option<Closure> {
    let there = [versions.base, versions.ours, versions.theirs];
    let files = there.iter().flatten().flat_map(Counterpart::files);
    let mut names: BTreeSet<&PackageName> = files.map(|(dist, _)| &dist.name).collect();
    let mut distributions = BTreeMap::new();
    for key in &asked.roots {
        let package = packages.get(key);
        let Some((package, dist)) = package.and_then(|it| Some((it, it.distribution.as_ref()?)))
        else {
            continue;
        };
        names.remove(&dist.name);
        let selected = match &package.pin {
            Pin::Git(_) | Pin::Local(_) => Some(Selected::Package(key.clone())),
            Pin::Pypi(_) => selected(asked, dist, versions),
        };
        distributions.extend(selected.map(|selected| (dist.clone(), selected)));
    }
    let held = names.into_iter();
    distributions.extend(held.filter_map(|name| held_by_name(name, asked, versions, conflicts)));
    let resolver = resolver(versions)?.to_owned();
    Some(Closure {
        resolver,
        distributions,
    })
}

/// What the sides come to of a distribution that is not one of their own packages.
fn held_by_name(
    name: &PackageName,
    asked: &Environment,
    versions: Three<Counterpart<'_>>,
    conflicts: &mut Conflicts,
) -> Option<(Dist, Selected)> {
    let held = versions.and_then(|side| Some(side.held(name)?.0));
    match held.needed() {
        Ok(dist) => Some((dist?.clone(), selected(asked, dist?, versions)?)),
        Err(clash) => {
            let version = |dist: &Dist| dist.version.as_ref().map(ToString::to_string);
            let what = format!("`{name}`");
            let shown = clash.and_then(version);
            conflicts.clash(whatever_version(name), (MOVED, &what), shown);
            // Whether anything leads to it is told by what stands in its place.
            let stand_in = versions.and_then(|side| side.held(name)).fallback();
            stand_in.map(|(dist, file)| (dist.clone(), Selected::File(file.to_owned())))
        }
    }
}

/// The program that resolved it; where both sides have another one, the newer.
fn resolver(versions: Three<Counterpart<'_>>) -> Option<&str> {
    match versions.map(|side| side.closure.resolver.as_str()).needed() {
        Ok(resolver) => resolver,
        Err(Three { ours, theirs, .. }) => {
            let (ours, theirs) = (ours?, theirs?);
            Some(if is_newer(ours, theirs) { ours } else { theirs })
        }
    }
}

/// The file of a release; where the sides have different ones, the one for the same target.
fn selected(
    asked: &Environment,
    dist: &Dist,
    versions: Three<Counterpart<'_>>,
) -> Option<Selected> {
    let files = versions.and_then(|side| side.file_of(dist));
    let file = files.needed().or_else(|_| {
        let suits = |side: &Counterpart<'_>| side.target.same_place(&asked.target);
        let alike = versions.and_then(|side| Some(side).filter(suits));
        alike.and_then(|side| side.file_of(dist)).needed()
    });
    Some(Selected::File(file.ok()??.to_owned()))
}

/// A distribution in whatever version, as a subject.
fn whatever_version(name: &PackageName) -> String {
    format!("distributions/{name}")
}

/// Takes out of each environment what nothing leads to, and what there is to say of it.
pub(super) fn drop_unneeded(lock: &mut Lock, moved: &mut Conflicts) {
    let needed = |environment: &LockedEnvironment| -> Option<BTreeSet<Dist>> {
        let graph = Graph::of(lock, environment)?;
        Some(graph.edges.into_keys().cloned().collect())
    };
    let environments = lock.environments.iter();
    let needed: BTreeMap<String, BTreeSet<Dist>> = environments
        .filter_map(|(id, environment)| Some((id.clone(), needed(environment)?)))
        .collect();
    for (id, environment) in &mut lock.environments {
        if let (Some(closure), Some(needed)) = (&mut environment.closure, needed.get(id)) {
            closure
                .distributions
                .retain(|dist, _| needed.contains(dist));
        }
    }
    let left: BTreeSet<String> = needed
        .values()
        .flatten()
        .map(|dist| whatever_version(&dist.name))
        .collect();
    let is_left = |subject: &String| left.contains(subject);
    let findings = &mut moved.findings;
    findings.retain(|finding| finding.subject.as_ref().is_some_and(is_left));
}
