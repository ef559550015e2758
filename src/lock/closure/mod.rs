//! Whether an environment holds everything that its distributions require, and nothing else.
//!
//! Judged by the locked metadata and by the target's markers alone, so the answer does not depend
//! on the program that resolved. It does not say which of the versions that would do is the best:
//! that was decided when the lock was made.

mod distributions;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::walk::{Asked, Held, Walk};
use super::{Closure, Lock, LockedEnvironment, Selected};
use crate::finding::{Code, Finding};
use crate::model::Requirement;

/// What is wrong with each environment that has a closure, by its id.
pub fn closure_findings(lock: &Lock) -> BTreeMap<String, Vec<Finding>> {
    let environments = lock.environments.iter().filter_map(|(id, environment)| {
        let closure = environment.closure.as_ref()?;
        Some((id, environment, closure))
    });
    environments
        .map(|(id, environment, closure)| {
            let subject = format!("environments/{id}");
            let findings = faults(lock, environment, closure).into_iter();
            let findings = findings.map(|finding| finding.about(&subject)).collect();
            (id.clone(), findings)
        })
        .collect()
}

fn faults(lock: &Lock, environment: &LockedEnvironment, closure: &Closure) -> Vec<Finding> {
    let walk = Walk::through(lock, environment, closure);
    let mut findings = distributions::faults(lock, environment, closure, &walk.held);
    findings.extend(distributions::root_faults(lock, environment, closure));
    findings.extend(walk.asked.iter().filter_map(unmet));
    findings.extend(overstepped(environment, &walk));
    findings.extend(leftovers(&walk));
    findings
}

/// What is wrong with the answer to a requirement.
fn unmet(asked: &Asked<'_>) -> Option<Finding> {
    let requirement = asked.in_force();
    let Some(held) = asked.answer else {
        let name = requirement.name();
        let message = format!("{asked}, but no `{name}` is locked");
        return Some(Finding::new(Code::ClosureMissing, message));
    };
    // Whether an override is satisfied is asked once, not by everyone whom it is for.
    if asked.instead.is_some() || held.satisfies(requirement) {
        return None;
    }
    let message = format!("{asked}, but {} is locked", held.described(requirement));
    let finding = Finding::new(Code::ClosureUnsatisfied, message);
    Some(finding.compare(requirement, held.dist))
}

/// Holds everything locked to the target's constraints and overrides.
fn overstepped(environment: &LockedEnvironment, walk: &Walk<'_>) -> Vec<Finding> {
    let target = &environment.asked.target;
    let constraints = target.constraints.iter().map(|it| ("constraint", it));
    let overrides = target.overrides.iter().map(|it| ("override", it));
    let faults = constraints.chain(overrides).filter_map(|(kind, limit)| {
        let held = walk.held.get(limit.name())?;
        if !limit.applies(&walk.markers, &[]) || held.satisfies(limit) {
            return None;
        }
        let locked = held.described(limit);
        let message = format!("the {kind} `{limit}` holds, but {locked} is locked");
        let finding = Finding::new(Code::ClosureUnsatisfied, message);
        Some(finding.compare(limit, held.dist))
    });
    faults.collect()
}

/// What is locked, and nothing leads to it.
fn leftovers(walk: &Walk<'_>) -> impl Iterator<Item = Finding> {
    let held = walk.held.values();
    let left = held.filter(|held| !walk.leads_to(held));
    left.map(|held| {
        let message = format!("`{}` is locked, but nothing here requires it", held.dist);
        Finding::new(Code::ClosureUnreachable, message)
    })
}

impl Held<'_> {
    /// Whether it is what a requirement asks for.
    fn satisfies(&self, requirement: &Requirement) -> bool {
        if requirement.is_direct() {
            return matches!(self.selected, Selected::Package(_));
        }
        // A version that only a build can tell contradicts nobody.
        let version = self.dist.version.as_ref();
        version.is_none_or(|version| requirement.admits(version))
    }

    /// What it is, in contrast to what was required.
    fn described(&self, required: &Requirement) -> String {
        if required.is_direct() {
            format!("`{}` of an index", self.dist)
        } else {
            format!("`{}`", self.dist)
        }
    }
}
