//! What an experiment is locked for: its mode, its targets, and whether all that it requires or
//! direct sources alone.

use pep440_rs::Version;

use super::Sides;
use super::words::{CHANGED, Conflicts};
use crate::lock::Lock;
use crate::model::Target;
use crate::registry::Registry;

/// Refuses locks of two experiments, or of two modes: overlays may replace anything.
pub(super) fn same_experiment(sides: Sides<'_>, conflicts: &mut Conflicts) {
    let [ours, theirs] = [sides.ours, sides.theirs].map(|lock| &lock.experiment);
    let same = [
        (
            "run_mode",
            ours.run_mode.to_string(),
            theirs.run_mode.to_string(),
        ),
        ("id", ours.id.clone(), theirs.id.clone()),
        ("file", ours.file.clone(), theirs.file.clone()),
    ];
    for (field, ours, theirs) in same {
        if ours != theirs {
            let message = format!("the sides are locks of another `{field}`");
            conflicts.differ("experiment", message, ours, theirs);
        }
    }
}

/// The merged targets. Where both sides changed them in their entries, the merged entry tells.
pub(super) fn targets(
    sides: Sides<'_>,
    registry: &Registry,
    id: &str,
    conflicts: &mut Conflicts,
) -> Option<Vec<Target>> {
    let versions = sides.each(|lock| Some(&lock.experiment.target));
    let clash = match versions.merged() {
        Ok(targets) => return Some(targets?.to_vec()),
        Err(clash) => clash,
    };
    let declared = |lock: &Lock| {
        let registry = Registry::from_values(&lock.config);
        let there = registry.experiments.get(id);
        there.is_some_and(|entry| entry.body.targets[..] == lock.experiment.target[..])
    };
    if declared(sides.ours) && declared(sides.theirs) {
        return Some(registry.experiments.get(id)?.body.targets.clone());
    }
    let shown = clash.map(|targets| {
        let shown: Vec<_> = targets.iter().map(ToString::to_string).collect();
        shown.join(", ")
    });
    conflicts.clash("experiment", (CHANGED, "what is locked for"), shown);
    Some(clash.fallback()?.to_vec())
}

/// Whether direct sources alone are locked. A lock without environments may be either.
pub(super) fn direct(sides: Sides<'_>, conflicts: &mut Conflicts) -> bool {
    let is_direct = |lock: &Lock| {
        let mut environments = lock.environments.values();
        let first = environments.next()?;
        Some(first.closure.is_none())
    };
    let versions = sides.each(is_direct);
    match versions.needed() {
        Ok(direct) => direct.unwrap_or_default(),
        Err(clash) => {
            let shown = clash.map(|direct| {
                let what = if direct {
                    "direct sources alone"
                } else {
                    "everything"
                };
                what.to_owned()
            });
            conflicts.clash("experiment", (CHANGED, "what is locked"), shown);
            clash.fallback().unwrap_or_default()
        }
    }
}

/// Whether the first of two programs is not older than the second: `vhb 0.10.0`, `vhb 0.9.1`.
pub(super) fn is_newer(one: &str, two: &str) -> bool {
    let order = |program: &str| {
        let version = program.rsplit(' ').next().unwrap_or_default();
        (version.parse::<Version>().ok(), program.to_owned())
    };
    order(one) >= order(two)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_compared_by_their_versions() {
        assert!(is_newer("vhb 0.10.0", "vhb 0.9.1"));
        assert!(!is_newer("uv 0.9.1", "uv 0.10.0"));
        assert!(is_newer("uv 0.9.1", "uv"));
    }
}
