//! What the registry said: every value that no more exact place told.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::change::{Affected, Leaf, Subject, Value};
use super::experiment::TargetsTold;
use super::heads::{Head, Heads};
use super::leaves::leaves_below;
use super::packages;
use super::rank::Rank;
use super::repeated::{RUN, below, is_repeated};
use super::sides::{Both, joined};
use super::told::Told;
use crate::lock::Lock;
use crate::model::{EntryRef, Kind, Sha256Digest, Stage, canonical_digest};

type Entries = BTreeMap<EntryRef, Json>;

pub(super) fn tell(both: &Both<'_>, targets: &TargetsTold, told: &mut Told) {
    let [old, new] = both.sides().map(|side| entries(side.lock));
    for (entry, before, after) in joined(&old, &new) {
        let heads = match (before, after) {
            (Some(before), Some(after)) if before == after => continue,
            (Some(before), Some(after)) => {
                let mut heads = differing(both, entry, [before, after]);
                let repeated = |head: &Head| is_repeated(both, entry, &head.leaf, targets, told);
                heads.0.retain(|head| !repeated(head));
                heads
            }
            _ if came_with_others(both, entry, told) => continue,
            whole => {
                let rank = rank(both, entry, "");
                Heads::whole(rank, whole.into(), |value| identity(entry, value))
            }
        };
        told.tell(&subject(both, entry), heads, &users(both, entry));
    }
    digests(both, told);
}

/// The entries of a lock. Runs that stand inside of the experiment are entries like others, and
/// its `tasks` are the names of its runs: it is the same run, wherever it is written. There is one
/// experiment, whatever its id.
fn entries(lock: &Lock) -> Entries {
    let own = EntryRef::new(Kind::Experiments, &lock.experiment.id);
    let mut entries = lock.config.clone();
    let Some(mut experiment) = entries.remove(&own) else {
        return entries;
    };
    if let Some(Json::Array(tasks)) = experiment.get_mut("tasks") {
        for task in tasks {
            let Some(Json::String(name)) = task.get("name").cloned() else {
                continue;
            };
            let run = std::mem::replace(task, Json::String(name.clone()));
            entries.insert(EntryRef::new(Kind::Runs, name), run);
        }
    }
    entries.insert(EntryRef::new(Kind::Experiments, ""), experiment);
    entries
}

fn subject(both: &Both<'_>, entry: &EntryRef) -> Subject {
    if entry.kind != Kind::Experiments || !entry.id.is_empty() {
        return Subject::Entry(entry.clone());
    }
    match both.sides().map(|side| &side.lock.experiment.id) {
        [old, new] if old == new => Subject::Entry(EntryRef::new(Kind::Experiments, old)),
        _ => Subject::Experiment,
    }
}

/// Whether an entry that came or went is told by what it describes, or by the runs that name it.
fn came_with_others(both: &Both<'_>, entry: &EntryRef, told: &Told) -> bool {
    let [old, new] = both.sides().map(|side| side.lock);
    let id = &entry.id;
    match entry.kind {
        Kind::Packages => told.packages.contains(id),
        Kind::Datasets => {
            let whole = old.datasets.contains_key(id) != new.datasets.contains_key(id);
            whole || told.entries.contains(entry)
        }
        Kind::Runs => old.runs.contains_key(id) != new.runs.contains_key(id),
        _ => told.entries.contains(entry),
    }
}

fn users(both: &Both<'_>, entry: &EntryRef) -> Affected {
    let id = &entry.id;
    match entry.kind {
        Kind::Experiments => both.all_runs(),
        Kind::Packages => both.package(id),
        Kind::Datasets => both.runs_where(|run| run.dataset == *id),
        Kind::Frameworks => both.runs_where(|run| run.framework == *id),
        Kind::Tasks => both.runs_where(|run| run.task == *id),
        Kind::Metrics => {
            let scored = both.runs_where(|run| run.metrics.contains(id));
            scored.at(Stage::Evaluation)
        }
        Kind::Reports => {
            let reported = both.runs_where(|run| run.reports.contains(id));
            reported.at(Stage::Report)
        }
        Kind::Runs => Affected::run(id),
    }
}

/// How weighty a field of an entry is. One that the registry does not know is as weighty as the
/// others: some class may read it.
fn rank(both: &Both<'_>, entry: &EntryRef, path: &str) -> Rank {
    let field = path.split(['.', '[']).next().unwrap_or_default();
    match (entry.kind, field) {
        (Kind::Experiments, "parallelism") => Rank::Engine,
        (_, "name" | "version" | "description" | "metadata")
        | (Kind::Experiments, _)
        | (Kind::Tasks, "supported_metrics" | "supported_reports" | "supported_frameworks")
        // Where a run is written moves nothing; what it says is told field by field.
        | (Kind::Runs, "") => Rank::Metadata,
        (Kind::Frameworks | Kind::Metrics | Kind::Reports | Kind::Tasks, _)
        | (Kind::Datasets, "package") => Rank::Code,
        (Kind::Datasets, _) => Rank::Dataset,
        (Kind::Packages, _) => {
            let mut sides = both.sides().into_iter();
            let locked = sides.find_map(|side| side.lock.packages.get(&entry.id));
            locked.map_or(Rank::Code, packages::rank)
        }
        (Kind::Runs, _) => {
            let decides = RUN.iter().find(|(own, _, _)| below(path, own).is_some());
            decides.map_or(Rank::Engine, |(_, rank, _)| *rank)
        }
    }
}

/// What an entry is, in one value.
fn identity(entry: &EntryRef, value: &Json) -> Value {
    let field = match entry.kind {
        Kind::Metrics | Kind::Reports => "class_path",
        Kind::Tasks => "entry_point",
        Kind::Frameworks => "default_backend_class",
        Kind::Datasets => "path",
        Kind::Packages | Kind::Runs | Kind::Experiments => "name",
    };
    let text = value.get(field).and_then(Json::as_str);
    Value::text(text.unwrap_or(&entry.id))
}

fn differing(both: &Both<'_>, entry: &EntryRef, [old, new]: [&Json; 2]) -> Heads {
    let mut heads = Heads::default();
    let empty = Json::Array(Vec::new());
    for field in fields(old, new) {
        let mut sides = [old, new].map(|side| side.get(&field));
        // An absent list is an empty one to the registry.
        if sides.iter().flatten().all(|side| side.is_array()) {
            sides = sides.map(|side| side.or(Some(&empty)));
        }
        for leaf in leaves_below(&field, sides[0], sides[1]) {
            heads.lead(rank(both, entry, &leaf.field), [leaf]);
        }
    }
    heads
}

fn fields(old: &Json, new: &Json) -> BTreeSet<String> {
    let maps = [old, new].into_iter().filter_map(Json::as_object);
    maps.flat_map(Map::keys).cloned().collect()
}

/// Digests of entries that do not follow from the entries: somebody wrote them.
fn digests(both: &Both<'_>, told: &mut Told) {
    let [old, new] = both.sides().map(|side| side.lock);
    let follows = |lock: &Lock, entry: &EntryRef, digest: Option<&Sha256Digest>| {
        lock.config.get(entry).map(canonical_digest).as_ref() == digest
    };
    for (entry, before, after) in joined(&old.registry, &new.registry) {
        if before == after || (follows(old, entry, before) && follows(new, entry, after)) {
            continue;
        }
        let [before, after] = [before, after].map(|digest| digest.map(Value::digest));
        let mut heads = Heads::default();
        heads.lead(Rank::Metadata, Leaf::between("digest", before, after));
        told.tell(&Subject::Entry(entry.clone()), heads, &users(both, entry));
    }
}
