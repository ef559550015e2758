//! Whether an environment holds everything that its distributions require, and nothing else.
//!
//! Judged by the locked metadata and by the target's markers alone, so the answer does not depend
//! on the program that resolved. It does not say which of the versions that would do is the best:
//! that was decided when the lock was made.
//!
//! What an installer does is what counts. An extra brings in what applies with it alone, also
//! where several extras are asked for; an override takes the place of every requirement on its
//! distribution and leaves nothing of it but the extra that it belongs to (as uv has it).

mod distributions;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use pep508_rs::{ExtraName, MarkerEnvironment, PackageName};

use super::{Closure, Lock, LockedEnvironment};
use crate::finding::{Code, Finding};
use crate::model::{Dist, Requirement};
use distributions::{Held, held, roots};

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
    let mut findings = Vec::new();
    let held = held(lock, environment, closure, &mut findings);
    let roots = roots(lock, environment, closure, &mut findings);
    let mut walk = Walk::new(environment, &held);
    for (dist, extras) in roots {
        walk.begin(dist, extras);
    }
    walk.go_on();
    walk.limits(environment);
    walk.leftovers();
    findings.append(&mut walk.findings);
    findings
}

/// One requirement on the way: who asked, what for, and what holds instead.
struct Asked<'a> {
    by: &'a Dist,
    requirement: &'a Requirement,
    instead: Option<&'a Requirement>,
}

impl Asked<'_> {
    /// The requirement that counts.
    fn in_force(&self) -> &Requirement {
        self.instead.unwrap_or(self.requirement)
    }
}

impl fmt::Display for Asked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` requires `{}`", self.by, self.requirement)?;
        match self.instead {
            Some(instead) => write!(f, ", for which the override `{instead}` holds"),
            None => Ok(()),
        }
    }
}

/// A distribution without extras, or what one of its extras adds to it.
type Stop<'a> = (&'a PackageName, Option<ExtraName>);

/// The way from the roots to everything that they require.
struct Walk<'a> {
    markers: MarkerEnvironment,
    overrides: BTreeMap<&'a PackageName, Vec<&'a Requirement>>,
    held: &'a BTreeMap<&'a PackageName, Held<'a>>,
    seen: BTreeSet<Stop<'a>>,
    ahead: Vec<Stop<'a>>,
    findings: Vec<Finding>,
}

impl<'a> Walk<'a> {
    fn new(
        environment: &'a LockedEnvironment,
        held: &'a BTreeMap<&'a PackageName, Held<'a>>,
    ) -> Self {
        let mut overrides: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for requirement in &environment.asked.target.overrides {
            let same = overrides.entry(requirement.name()).or_default();
            same.push(requirement);
        }
        Self {
            markers: environment.asked.target.marker_environment(),
            overrides,
            held,
            seen: BTreeSet::new(),
            ahead: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// Begins at a root. To a resolver it is a requirement like others, so overrides hold for it.
    fn begin(&mut self, root: &'a Dist, extras: impl Iterator<Item = &'a ExtraName>) {
        let Some(overrides) = self.overrides.get(&root.name) else {
            self.reach(&root.name, extras);
            return;
        };
        for instead in overrides.clone() {
            if instead.applies(&self.markers, &[]) {
                self.reach(&root.name, instead.extras().iter());
            }
        }
    }

    fn reach(&mut self, name: &'a PackageName, extras: impl Iterator<Item = &'a ExtraName>) {
        let stops = std::iter::once(None).chain(extras.cloned().map(Some));
        for stop in stops.map(|extra| (name, extra)) {
            if self.seen.insert(stop.clone()) {
                self.ahead.push(stop);
            }
        }
    }

    fn go_on(&mut self) {
        while let Some((name, extra)) = self.ahead.pop() {
            let Some(held) = self.held.get(name) else {
                continue;
            };
            let Some(metadata) = held.metadata else {
                continue;
            };
            for requirement in &metadata.requires {
                self.follow(held.dist, requirement, extra.as_ref());
            }
        }
    }

    /// Goes where a requirement leads, if it applies with this extra and not without any.
    fn follow(&mut self, by: &'a Dist, requirement: &'a Requirement, extra: Option<&ExtraName>) {
        let extras = extra.map(std::slice::from_ref).unwrap_or_default();
        let Some(overrides) = self.overrides.get(requirement.name()).cloned() else {
            let again = extra.is_some() && requirement.applies(&self.markers, &[]);
            if !again && requirement.applies(&self.markers, extras) {
                self.ask(&Asked {
                    by,
                    requirement,
                    instead: None,
                });
            }
            return;
        };
        if requirement.needed_extra().as_ref() != extra {
            return;
        }
        for instead in overrides {
            if instead.applies(&self.markers, extras) {
                self.ask(&Asked {
                    by,
                    requirement,
                    instead: Some(instead),
                });
            }
        }
    }

    fn ask(&mut self, asked: &Asked<'a>) {
        let requirement = asked.instead.unwrap_or(asked.requirement);
        let name = requirement.name();
        let Some(held) = self.held.get(name) else {
            let message = format!("{asked}, but no `{name}` is locked");
            self.findings
                .push(Finding::new(Code::ClosureMissing, message));
            return;
        };
        // Whether an override is satisfied is asked once, not by everyone whom it is for.
        if asked.instead.is_none() && !held.satisfies(requirement) {
            let message = format!("{asked}, but {} is locked", held.described(requirement));
            let finding = Finding::new(Code::ClosureUnsatisfied, message);
            self.findings
                .push(finding.compare(asked.in_force(), held.dist));
        }
        self.reach(name, requirement.extras().iter());
    }

    /// Holds everything locked to the target's constraints and overrides.
    fn limits(&mut self, environment: &LockedEnvironment) {
        let target = &environment.asked.target;
        let constraints = target.constraints.iter().map(|it| ("constraint", it));
        let overrides = target.overrides.iter().map(|it| ("override", it));
        for (kind, limit) in constraints.chain(overrides) {
            let Some(held) = self.held.get(limit.name()) else {
                continue;
            };
            if limit.applies(&self.markers, &[]) && !held.satisfies(limit) {
                let locked = held.described(limit);
                let message = format!("the {kind} `{limit}` holds, but {locked} is locked");
                let finding = Finding::new(Code::ClosureUnsatisfied, message);
                self.findings.push(finding.compare(limit, held.dist));
            }
        }
    }

    fn leftovers(&mut self) {
        for held in self.held.values() {
            if !self.seen.contains(&(&held.dist.name, None)) {
                let message = format!("`{}` is locked, but nothing here requires it", held.dist);
                self.findings
                    .push(Finding::new(Code::ClosureUnreachable, message));
            }
        }
    }
}
