//! The registries of today against those that the lock was made from.

use std::collections::BTreeSet;

use crate::finding::{Code, Finding, Layer, Report};
use crate::lock::Lock;
use crate::lock::diff::leaves;
use crate::model::EntryRef;
use crate::registry::{Plan, Registry};

pub(super) fn check(lock: &Lock, registry: Result<&Registry, &Finding>, report: &mut Report) {
    let experiment = format!("experiments/{}", lock.experiment.id);
    let registry = match registry {
        Ok(registry) => registry,
        Err(finding) => {
            report.check(Layer::Config, experiment, vec![finding.clone()]);
            return;
        }
    };
    let targets = lock.experiment.target.to_vec();
    let Some(plan) = Plan::of(registry, &lock.experiment.id, targets) else {
        let message = format!("`{experiment}` is not in the registry, or cannot be read");
        let finding = Finding::new(Code::ConfigRemoved, message);
        report.check(Layer::Config, experiment, vec![finding]);
        return;
    };
    // What only a broken entry leads to is not lost; the broken entry is what is to be mended.
    let broken = plan
        .reached
        .iter()
        .any(|entry| registry.broken.contains(entry));
    let lost = |entry: &EntryRef| {
        broken && !plan.entries.contains_key(entry) && !registry.broken.contains(entry)
    };
    let entries: BTreeSet<&EntryRef> = lock
        .config
        .keys()
        .chain(&plan.reached)
        .filter(|entry| !lost(entry))
        // What a run names and nobody has, then or now, is no entry to compare.
        .filter(|entry| lock.config.contains_key(entry) || plan.entries.contains_key(entry))
        .collect();
    for entry in entries {
        report.check(Layer::Config, entry, compare(lock, registry, &plan, entry));
    }
}

fn compare(lock: &Lock, registry: &Registry, plan: &Plan, entry: &EntryRef) -> Vec<Finding> {
    let finding = |code: Code, message: String| Finding::new(code, message);
    match (lock.config.get(entry), plan.entries.get(entry)) {
        (Some(old), Some(new)) => leaves(old, new)
            .into_iter()
            .map(|change| {
                let [old, new] =
                    [&change.old, &change.new].map(|value| value.as_ref().map(ToString::to_string));
                let (old, new) = (old.as_deref(), new.as_deref());
                let message = match (old, new) {
                    (Some(old), Some(new)) => {
                        format!(
                            "`{}` of `{entry}` changed from {old} to {new}",
                            change.field
                        )
                    }
                    (None, new) => {
                        format!(
                            "`{entry}` gained `{}`: {}",
                            change.field,
                            new.unwrap_or_default()
                        )
                    }
                    (Some(old), None) => {
                        format!("`{entry}` lost `{}`, which was {old}", change.field)
                    }
                };
                let none = "nothing";
                finding(Code::ConfigChanged, message)
                    .in_field(change.field)
                    .compare(old.unwrap_or(none), new.unwrap_or(none))
            })
            .collect(),
        (Some(_), None) => {
            let why = if registry.broken.contains(entry) {
                "cannot be read any more; `vhb check` says why"
            } else {
                "is no longer part of the experiment"
            };
            vec![finding(Code::ConfigRemoved, format!("`{entry}` {why}"))]
        }
        (None, Some(_)) => {
            let message = format!("`{entry}` was not part of the experiment when it was locked");
            vec![finding(Code::ConfigAdded, message)]
        }
        // Named by a run, but not there, neither then nor now.
        (None, None) => Vec::new(),
    }
}
