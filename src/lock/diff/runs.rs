//! Runs: which came and went, and how they are asked to answer.
//!
//! What a run names (its model, image and dataset) is told where that is compared, and its
//! environments with theirs.

use super::change::{Affected, Leaf, Subject, Value};
use super::heads::Heads;
use super::leaves::{leaves_of, list_leaves};
use super::rank::Rank;
use super::sides::{Both, joined};
use super::told::Told;
use crate::model::{EntryRef, Kind, PlannedRun};

/// The parameter that chooses a model's revision, and so is a part of the model's key.
const REVISION: &str = "engine_params.revision";

pub(super) fn tell(both: &Both<'_>, told: &mut Told) {
    for (id, old, new) in joined(&both.old.lock.runs, &both.new.lock.runs) {
        match (old, new) {
            (Some(old), Some(new)) => {
                told.tell_run(id, differing(old, new));
                told.entries.extend(named(old, new));
            }
            whole => {
                let heads = Heads::whole(Rank::Runs, whole.into(), |run| Value::text(&run.model));
                told.tell(&Subject::Run(id.clone()), heads, &Affected::run(id));
            }
        }
    }
}

fn differing(old: &PlannedRun, new: &PlannedRun) -> Heads {
    let PlannedRun {
        task,
        entry_point,
        model,
        image: _,
        dataset: _,
        framework,
        package_manager,
        engine_params,
        env,
        metrics,
        reports,
        environments: _,
    } = old;
    let mut heads = Heads::default();
    let mut params = leaves_of(
        "engine_params",
        Some(engine_params),
        Some(&new.engine_params),
    );
    if *model != new.model {
        params.retain(|leaf| leaf.field != REVISION);
    }
    heads.lead(Rank::Engine, params);
    heads.lead(Rank::Engine, leaves_of("env", Some(env), Some(&new.env)));
    heads.lead(
        Rank::Engine,
        Leaf::words("framework", framework, &new.framework),
    );
    let manager = Leaf::words("package_manager", package_manager, &new.package_manager);
    heads.lead(Rank::Engine, manager);
    heads.lead(Rank::Code, Leaf::words("task", task, &new.task));
    let entry_point = Leaf::words("entry_point", entry_point, &new.entry_point);
    heads.follow(&["task"], Rank::Code, entry_point);
    heads.lead(Rank::Code, list_leaves("metrics", metrics, &new.metrics));
    heads.lead(Rank::Code, list_leaves("reports", reports, &new.reports));
    heads
}

/// What a run that names another model says of its revision: it is a part of the model's name.
pub(super) fn revision(old: &PlannedRun, new: &PlannedRun) -> Vec<Leaf> {
    let params = leaves_of(
        "engine_params",
        Some(&old.engine_params),
        Some(&new.engine_params),
    );
    params
        .into_iter()
        .filter(|leaf| leaf.field == REVISION)
        .collect()
}

/// The entries that come or go because the run names others: that is told of the run.
fn named<'a>(old: &'a PlannedRun, new: &'a PlannedRun) -> impl Iterator<Item = EntryRef> + use<'a> {
    let of = |run: &'a PlannedRun| {
        let only = [
            (Kind::Tasks, &run.task),
            (Kind::Frameworks, &run.framework),
            (Kind::Datasets, &run.dataset),
        ];
        let metrics = run.metrics.iter().map(|id| (Kind::Metrics, id));
        let reports = run.reports.iter().map(|id| (Kind::Reports, id));
        only.into_iter().chain(metrics).chain(reports)
    };
    let (before, after): (Vec<_>, Vec<_>) = (of(old).collect(), of(new).collect());
    let left: Vec<_> = before
        .iter()
        .filter(|entry| !after.contains(entry))
        .copied()
        .collect();
    let joined = after
        .into_iter()
        .filter(move |entry| !before.contains(entry));
    let moved = left.into_iter().chain(joined);
    moved.map(|(kind, id)| EntryRef::new(kind, id))
}
