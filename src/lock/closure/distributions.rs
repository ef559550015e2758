//! The distributions of one environment: what each is, and whether it can be there at all.

use std::collections::BTreeMap;

use pep508_rs::{ExtraName, PackageName};

use super::super::{Closure, Lock, LockedEnvironment, Selected};
use crate::finding::{Code, Finding};
use crate::model::{CoreMetadata, Dist, Pin, Requirement, Target, wheel_rank};

/// A distribution that an environment holds.
pub(super) struct Held<'a> {
    pub(super) dist: &'a Dist,
    selected: &'a Selected,
    /// None where the lock does not have it, which is a finding of its own.
    pub(super) metadata: Option<&'a CoreMetadata>,
}

impl Held<'_> {
    /// Whether it is what a requirement asks for.
    pub(super) fn satisfies(&self, requirement: &Requirement) -> bool {
        if requirement.is_direct() {
            return matches!(self.selected, Selected::Package(_));
        }
        // A version that only a build can tell contradicts nobody.
        let version = self.dist.version.as_ref();
        version.is_none_or(|version| requirement.admits(version))
    }

    /// What it is, in contrast to what was required.
    pub(super) fn described(&self, required: &Requirement) -> String {
        if required.is_direct() {
            format!("`{}` of an index", self.dist)
        } else {
            format!("`{}`", self.dist)
        }
    }
}

/// The distributions by name; of two with one name the first.
pub(super) fn held<'a>(
    lock: &'a Lock,
    environment: &LockedEnvironment,
    closure: &'a Closure,
    findings: &mut Vec<Finding>,
) -> BTreeMap<&'a PackageName, Held<'a>> {
    let mut held: BTreeMap<&PackageName, Held<'_>> = BTreeMap::new();
    for (dist, selected) in &closure.distributions {
        let target = &environment.asked.target;
        let metadata = lock.metadata_of(dist, selected);
        let contradictions = contradictions(lock, environment, dist, selected);
        if contradictions.is_empty() && metadata.is_none() {
            let message = format!("what `{dist}` requires is not recorded");
            findings.push(inconsistent(message));
        }
        findings.extend(contradictions.into_iter().map(inconsistent));
        let misfits = misfits(dist, selected, metadata, target);
        findings.extend(misfits.map(|message| Finding::new(Code::ClosureUnsatisfied, message)));
        if let Some(first) = held.get(&dist.name) {
            let message = format!("both `{}` and `{dist}` are locked", first.dist);
            findings.push(inconsistent(message));
            continue;
        }
        let entry = Held {
            dist,
            selected,
            metadata,
        };
        held.insert(&dist.name, entry);
    }
    held
}

fn inconsistent(message: impl Into<String>) -> Finding {
    Finding::new(Code::LockInconsistent, message)
}

/// In what the source of a distribution's bytes does not agree with the rest of the lock.
fn contradictions(
    lock: &Lock,
    environment: &LockedEnvironment,
    dist: &Dist,
    selected: &Selected,
) -> Vec<String> {
    let mut faults = Vec::new();
    match selected {
        Selected::File(name) => match lock.distributions.get(dist) {
            None => faults.push(format!("the files of `{dist}` are not recorded")),
            Some(release) if !release.files.contains_key(name) => {
                faults.push(format!("`{name}` is no file of `{dist}`"));
            }
            Some(_) => {}
        },
        Selected::Package(key) => {
            if !environment.asked.roots.contains(key) {
                faults.push(format!("`{selected}` is no root of the environment"));
            }
            match lock.packages.get(key) {
                None => faults.push(format!("`{selected}` is not locked")),
                Some(package) if package.distribution.as_ref() != Some(dist) => {
                    faults.push(format!("`{selected}` does not install `{dist}`"));
                }
                Some(package) if matches!(package.pin, Pin::Pypi(_)) => {
                    faults.push(format!("`{selected}` has files, and none is selected"));
                }
                Some(_) => {}
            }
        }
    }
    faults
}

/// Why a distribution does not run on a target.
fn misfits(
    dist: &Dist,
    selected: &Selected,
    metadata: Option<&CoreMetadata>,
    target: &Target,
) -> impl Iterator<Item = String> {
    let python = metadata
        .and_then(|metadata| metadata.requires_python.as_ref())
        .filter(|python| !python.contains(&target.python_version()))
        .map(|python| {
            let there = target.python();
            format!("`{dist}` requires Python `{python}`, but the environment has {there}")
        });
    let wheel = match selected {
        Selected::File(name) => name
            .strip_suffix(".whl")
            .filter(|_| wheel_rank(name, target).is_none())
            .map(|_| format!("`{name}` of `{dist}` does not run on {target}")),
        Selected::Package(_) => None,
    };
    python.into_iter().chain(wheel)
}

/// The roots that the environment holds, with the extras that are asked of them.
pub(super) fn roots<'a>(
    lock: &'a Lock,
    environment: &LockedEnvironment,
    closure: &Closure,
    findings: &mut Vec<Finding>,
) -> Vec<(&'a Dist, impl Iterator<Item = &'a ExtraName> + use<'a>)> {
    let mut roots = Vec::new();
    for key in &environment.asked.roots {
        let Some(package) = lock.packages.get(key) else {
            findings.push(inconsistent(format!("the root `{key}` is not locked")));
            continue;
        };
        let Some(dist) = &package.distribution else {
            let message = format!("what the root `{key}` installs is not recorded");
            findings.push(inconsistent(message));
            continue;
        };
        let selected = closure.distributions.get(dist);
        let (extras, holds) = match (&package.pin, selected) {
            (Pin::Pypi(pin), selected) => (
                Some(&pin.extras),
                matches!(selected, Some(Selected::File(_))),
            ),
            (Pin::Git(_) | Pin::Local(_), Some(Selected::Package(other))) => (None, other == key),
            (Pin::Git(_) | Pin::Local(_), _) => (None, false),
        };
        if !holds {
            let message = format!("the root `{key}` is not among the distributions");
            findings.push(inconsistent(message));
        }
        roots.push((dist, extras.into_iter().flatten()));
    }
    roots
}
