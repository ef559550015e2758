//! Floor 2: two locks that were one, put together again.
//!
//! Three-way and by structure: what only one side changed since their common ancestor is taken,
//! what both changed alike is taken once, and what both changed in different ways is a conflict.
//! Nobody is asked, no file is read, and who is called ours does not matter.
//!
//! What follows from something else is not merged but derived again: from the merged entries the
//! plan, from the plan the runs and the environments. What comes of it may not hold together yet
//! ([`Candidate`]): two requirements may contradict each other, or a source that both sides
//! changed a part of may have no pin. Whoever merges resolves that, with the candidate as the lock
//! to keep pins of.
//!
//! | module | holds |
//! |---|---|
//! | `three` | one thing in three versions |
//! | `entries`, `lists` | the recorded entries of the registry, key by key |
//! | `limits` | what the experiment is locked for |
//! | `pins` | packages, models, datasets and images, each whole |
//! | `environments` | what each environment holds, distribution by distribution |
//! | `releases` | the files of what they hold |
//! | `moves` | what one side alone brings, and what of it was lost |
//! | `words` | conflicts as findings |

mod entries;
mod environments;
mod limits;
mod lists;
mod moves;
mod pins;
mod releases;
#[cfg(test)]
mod tests;
mod three;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Finding, Severity};
use crate::lock::{Lock, LockedExperiment};
use crate::model::{OneOrMany, canonical_digest};
use crate::registry::{Plan, Registry};

pub use moves::{brought_by_one, undone};
use three::Three;
use words::Conflicts;

/// Two locks, and the one that both come from.
#[derive(Clone, Copy, Debug)]
pub struct Sides<'a> {
    /// None where both sides made the lock.
    pub base: Option<&'a Lock>,
    /// What is merged into.
    pub ours: &'a Lock,
    /// What is merged.
    pub theirs: &'a Lock,
}

impl<'a> Sides<'a> {
    /// Something of each lock.
    fn each<T>(self, of: impl Fn(&'a Lock) -> Option<T>) -> Three<T> {
        Three {
            base: self.base.and_then(&of),
            ours: of(self.ours),
            theirs: of(self.theirs),
        }
    }

    /// The keys of a section in any of the locks.
    fn keys<K: Ord, V: 'a>(
        self,
        section: impl Fn(&'a Lock) -> &'a BTreeMap<K, V>,
    ) -> BTreeSet<&'a K> {
        let locks = [self.base, Some(self.ours), Some(self.theirs)];
        let locks = locks.into_iter().flatten();
        locks.flat_map(|lock| section(lock).keys()).collect()
    }
}

/// What two locks come to.
#[derive(Clone, Debug)]
pub struct Merged {
    /// What both sides changed in different ways; where there is any, the rest is a guess.
    pub conflicts: Vec<Finding>,
    /// None where both sides come to no experiment at all.
    pub candidate: Option<Candidate>,
}

/// A lock that need not hold together yet.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The experiment put together, from the merged entries.
    pub plan: Plan,
    /// The lock; what has no pin is missing.
    pub lock: Lock,
    /// Whether direct sources alone are locked.
    pub direct: bool,
}

/// Merges two locks.
pub fn locks(sides: Sides<'_>, generator: &str) -> Merged {
    let mut conflicts = Conflicts::default();
    limits::same_experiment(sides, &mut conflicts);
    let config = entries::merged(sides, &mut conflicts);
    let mut registry = Registry::from_values(&config);
    registry.mode = sides.ours.experiment.run_mode;
    for entry in &registry.broken {
        conflicts.say(
            entry,
            format!("what both sides come to is no valid `{entry}`"),
        );
    }
    let candidate = candidate(sides, &registry, generator, &mut conflicts);
    if candidate.is_none() && conflicts.findings.is_empty() {
        conflicts.say("lock", "what both sides come to is no experiment");
    }
    Merged {
        conflicts: conflicts.findings,
        candidate,
    }
}

fn candidate(
    sides: Sides<'_>,
    registry: &Registry,
    generator: &str,
    conflicts: &mut Conflicts,
) -> Option<Candidate> {
    let LockedExperiment { id, file, .. } = &sides.ours.experiment;
    let targets = limits::targets(sides, registry, id, conflicts)?;
    let mut plan = Plan::of(registry, id, targets)?;
    plan.file.clone_from(file);
    contradictions(sides, registry, id, conflicts);
    let direct = limits::direct(sides, conflicts);
    let packages = pins::packages(sides, &plan, direct, conflicts);
    let mut lock = Lock {
        generator: generator.to_owned(),
        resolved_at: None,
        experiment: LockedExperiment {
            id: id.clone(),
            name: plan.name.clone(),
            file: file.clone(),
            run_mode: plan.mode,
            target: OneOrMany::new(plan.targets.clone())?,
        },
        registry: plan
            .entries
            .iter()
            .map(|(entry, value)| (entry.clone(), canonical_digest(value)))
            .collect(),
        config: plan.entries.clone(),
        runs: plan.runs.clone(),
        packages,
        models: pins::models(sides, &plan, conflicts),
        datasets: pins::datasets(sides, &plan, conflicts),
        images: pins::images(sides, &plan, conflicts),
        environments: BTreeMap::new(),
        distributions: BTreeMap::new(),
    };
    let mut moved = Conflicts::default();
    lock.environments = environments::merged(sides, &plan, &lock.packages, direct, &mut moved);
    // What leads where is told by releases, so that some are looked at that are not needed.
    releases::add(sides, &mut lock, direct, &mut Conflicts::default());
    environments::drop_unneeded(&mut lock, &mut moved);
    releases::add(sides, &mut lock, direct, conflicts);
    conflicts.findings.append(&mut moved.findings);
    lock.resolved_at = lock.newest_instant();
    Some(Candidate { plan, lock, direct })
}

/// Adds what is wrong with the merged experiment and its runs, and was not with either side's.
fn contradictions(sides: Sides<'_>, registry: &Registry, id: &str, conflicts: &mut Conflicts) {
    let of = |registry: &Registry| -> Vec<Finding> {
        let mut findings = registry.experiment_findings(id);
        findings.retain(|finding| finding.severity == Severity::Error);
        findings
    };
    let known = [sides.ours, sides.theirs].map(|lock| of(&Registry::from_values(&lock.config)));
    for finding in of(registry) {
        if !known.iter().flatten().any(|known| *known == finding) {
            let subject = finding.subject.clone().unwrap_or_default();
            let message = format!(
                "what both sides come to contradicts itself: {}",
                finding.message
            );
            conflicts.say(subject, message);
        }
    }
}

/// The merged lock as it is written: a side's own bytes where nothing but the program that wrote
/// them differs, and of two such sides the newer program's.
pub fn as_written(merged: Lock, sides: Sides<'_>) -> Lock {
    let same = [sides.ours, sides.theirs].map(|side| side.same_content(&merged));
    match same {
        [true, true] => {
            let ours = limits::is_newer(&sides.ours.generator, &sides.theirs.generator);
            if ours { sides.ours } else { sides.theirs }.clone()
        }
        [true, false] => sides.ours.clone(),
        [false, true] => sides.theirs.clone(),
        [false, false] => merged,
    }
}
