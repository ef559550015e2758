//! What entries say that was told from a more exact place.
//!
//! A run's own values, a package's source, a dataset's path and what environments are locked for
//! stand in the registry, and a second time where they were worked out. The same difference is
//! told from there; one that only the entry has is told of the entry.

use super::change::{Leaf, Value};
use super::experiment::TargetsTold;
use super::leaves::leaves_of;
use super::rank::Rank;
use super::sides::Both;
use super::told::Told;
use crate::model::{EntryRef, Kind, PlannedRun, parse_requirement};

/// The fields of a run's entry: how weighty each is, and the field of the planned run that it
/// decides.
pub(super) const RUN: [(&str, Rank, &str); 10] = [
    ("ml_task", Rank::Code, "task"),
    ("model.name", Rank::Model, "model"),
    ("model.framework", Rank::Engine, "framework"),
    ("model.docker_image", Rank::Image, "image"),
    ("model.package_manager", Rank::Engine, "package_manager"),
    ("model.engine_params", Rank::Engine, "engine_params"),
    ("model.env", Rank::Engine, "env"),
    ("dataset", Rank::Dataset, "dataset"),
    ("metrics", Rank::Code, "metrics"),
    ("reports", Rank::Code, "reports"),
];

/// The field of a run's entry that decides a field of the planned run; a field that none decides
/// by itself stays as it is.
pub fn entry_field(planned: &str) -> String {
    let own = RUN.iter().find_map(|(own, _, decided)| {
        let rest = below(planned, decided)?;
        Some(format!("{own}{rest}"))
    });
    own.unwrap_or_else(|| planned.to_owned())
}

/// Whether the same difference was told.
pub(super) fn is_repeated(
    both: &Both<'_>,
    entry: &EntryRef,
    leaf: &Leaf,
    targets: &TargetsTold,
    told: &Told,
) -> bool {
    match (entry.kind, leaf.field.as_str()) {
        (Kind::Runs, "model.name") => model_is_told(both, &entry.id, leaf),
        (Kind::Runs, field) => RUN.iter().any(|(own, _, planned)| {
            let rest = below(field, own);
            rest.is_some_and(|rest| {
                told.has_told_of(&entry.id, &renamed(leaf, format!("{planned}{rest}")))
            })
        }),
        (Kind::Tasks, "required_packages") => package_is_told(leaf, told),
        (Kind::Tasks, "entry_point") => both
            .lasting_runs()
            .any(|(id, old, _)| old.task == entry.id && told.has_told_of(id, leaf)),
        (Kind::Packages, _) => source_is_told(both, &entry.id, leaf),
        (Kind::Datasets, "path") => path_is_told(both, &entry.id, leaf),
        (Kind::Experiments, "tasks") => run_is_told(both, leaf),
        (Kind::Experiments, field) => {
            let field = below(field, "metadata.lock").unwrap_or_default();
            let target = field.rsplit('.').next().unwrap_or_default();
            targets.has(&renamed(leaf, target.to_owned()))
        }
        _ => false,
    }
}

/// What of a path lies below another one, with the dot or bracket that it begins with.
pub(super) fn below<'a>(field: &'a str, path: &str) -> Option<&'a str> {
    let rest = field.strip_prefix(path)?;
    (rest.is_empty() || rest.starts_with(['.', '['])).then_some(rest)
}

fn renamed(leaf: &Leaf, field: String) -> Leaf {
    let (old, new) = (leaf.old.clone(), leaf.new.clone());
    Leaf { field, old, new }
}

fn bare(leaf: &Leaf) -> [Option<String>; 2] {
    [&leaf.old, &leaf.new].map(|side| side.as_ref().map(Value::bare))
}

/// The one word that left or joined a list.
fn word(leaf: &Leaf) -> Option<String> {
    match bare(leaf) {
        [Some(word), None] | [None, Some(word)] => Some(word),
        _ => None,
    }
}

/// A model's key is its name, with the revision where one is asked for.
fn model_is_told(both: &Both<'_>, run: &str, leaf: &Leaf) -> bool {
    let names = bare(leaf);
    let is_of = |name: &Option<String>, run: &PlannedRun| {
        let rest = name
            .as_deref()
            .and_then(|name| run.model.strip_prefix(name));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('@'))
    };
    let [old, new] = both.sides().map(|side| side.lock.runs.get(run));
    old.zip(new).is_some_and(|(old, new)| {
        old.model != new.model && is_of(&names[0], old) && is_of(&names[1], new)
    })
}

/// A package that a task requires, or no longer does, came or went, or begins an environment.
fn package_is_told(leaf: &Leaf, told: &Told) -> bool {
    let Some(text) = word(leaf) else {
        return false;
    };
    let requirement = parse_requirement(&text).map(|it| it.to_string()).ok();
    let mut keys = [Some(text), requirement].into_iter().flatten();
    keys.any(|key| told.packages.contains(&key) || told.roots.contains(&key))
}

fn source_is_told(both: &Both<'_>, key: &str, leaf: &Leaf) -> bool {
    let [old, new] = both.sides().map(|side| side.lock.packages.get(key));
    let Some((old, new)) = old.zip(new) else {
        return false;
    };
    let told = leaves_of("source", Some(&old.source), Some(&new.source));
    told.iter()
        .any(|told| told.field == leaf.field && bare(told) == bare(leaf))
}

fn path_is_told(both: &Both<'_>, id: &str, leaf: &Leaf) -> bool {
    let sides = both.sides().map(|side| side.lock.datasets.get(id));
    let told = sides.map(|dataset| dataset.map(|dataset| dataset.source.to_string()));
    bare(leaf) == told
}

/// A run that the experiment names, or no longer does, came or went.
fn run_is_told(both: &Both<'_>, leaf: &Leaf) -> bool {
    let Some(text) = word(leaf) else {
        return false;
    };
    let name = text.rsplit('/').next().unwrap_or(&text);
    let id = name.strip_suffix(".yaml").unwrap_or(name);
    let [old, new] = both.sides().map(|side| side.lock.runs.contains_key(id));
    old != new
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_runs_are_those_of_their_entries() {
        for (planned, own) in [
            ("engine_params.seed", "model.engine_params.seed"),
            ("image", "model.docker_image"),
            ("task", "ml_task"),
            ("metrics", "metrics"),
            // What the task says.
            ("entry_point", "entry_point"),
        ] {
            assert_eq!(entry_field(planned), own);
        }
    }
}
