//! The distributions of one environment: what each is, and whether it can be there at all.

use super::super::walk::HeldByName;
use super::super::{Closure, Lock, LockedEnvironment, Selected};
use crate::finding::{Code, Finding};
use crate::model::{CoreMetadata, Dist, Pin, Target, best_wheel, is_wheel, wheel_rank};

/// What is wrong with each distribution by itself.
pub(super) fn faults(
    lock: &Lock,
    environment: &LockedEnvironment,
    closure: &Closure,
    held: &HeldByName<'_>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (dist, selected) in &closure.distributions {
        let target = &environment.asked.target;
        let first = held[&dist.name];
        let metadata = if first.dist == dist {
            first.metadata
        } else {
            let message = format!("both `{}` and `{dist}` are locked", first.dist);
            findings.push(inconsistent(message));
            lock.metadata_of(dist, selected)
        };
        let contradictions = contradictions(lock, environment, dist, selected);
        if contradictions.is_empty() && metadata.is_none() {
            let message = format!("what `{dist}` requires is not recorded");
            findings.push(inconsistent(message));
        }
        findings.extend(contradictions.into_iter().map(inconsistent));
        let misfits = misfits(dist, selected, metadata, target);
        let misfits = misfits.chain(passed_over(lock, dist, selected, target));
        findings.extend(misfits.map(|message| Finding::new(Code::ClosureUnsatisfied, message)));
    }
    findings
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

/// A wheel that suits the target, where a source distribution is to be built instead.
///
/// Of two wheels the worse one is nobody's fault: installers leave out what is yanked or for
/// another Python file by file, which a lock does not record.
fn passed_over(lock: &Lock, dist: &Dist, selected: &Selected, target: &Target) -> Option<String> {
    let Selected::File(name) = selected else {
        return None;
    };
    let release = lock.distributions.get(dist)?;
    if is_wheel(name) || !release.files.contains_key(name) {
        return None;
    }
    let wheel = best_wheel(release.files.keys().map(String::as_str), target)?;
    Some(format!(
        "`{dist}` has a better file for {target}: `{wheel}`, but `{name}` is locked"
    ))
}

/// What is wrong with the roots: each must be among the distributions.
pub(super) fn root_faults(
    lock: &Lock,
    environment: &LockedEnvironment,
    closure: &Closure,
) -> Vec<Finding> {
    let fault = |key: &String| {
        let Some(package) = lock.packages.get(key) else {
            return Some(format!("the root `{key}` is not locked"));
        };
        let Some(dist) = &package.distribution else {
            return Some(format!("what the root `{key}` installs is not recorded"));
        };
        let holds = match (&package.pin, closure.distributions.get(dist)) {
            (Pin::Pypi(_), Some(Selected::File(_))) => true,
            (Pin::Git(_) | Pin::Local(_), Some(Selected::Package(other))) => other == key,
            _ => false,
        };
        (!holds).then(|| format!("the root `{key}` is not among the distributions"))
    };
    let faults = environment.asked.roots.iter().filter_map(fault);
    faults.map(inconsistent).collect()
}
