//! Differences for programs.

use std::collections::BTreeSet;

use serde::Serialize;

use super::super::json::pretty;
use super::Compared;
use crate::lock::diff::{Change, Direction, Leaf, Rank, Value};
use crate::model::Stage;

#[derive(Serialize)]
struct Wire<'a> {
    old: &'a str,
    new: &'a str,
    experiments: Experiments<'a>,
    differs: bool,
    groups: Vec<GroupWire<'a>>,
}

#[derive(Serialize)]
struct Experiments<'a> {
    old: &'a str,
    new: &'a str,
}

#[derive(Serialize)]
struct GroupWire<'a> {
    rank: Rank,
    may_move_scores: bool,
    changes: Vec<ChangeWire<'a>>,
}

#[derive(Serialize)]
struct ChangeWire<'a> {
    subject: String,
    #[serde(flatten)]
    leaf: LeafWire<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    direction: Option<Direction>,
    runs: &'a BTreeSet<String>,
    all_runs: bool,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    stages: &'a BTreeSet<Stage>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    environments: &'a BTreeSet<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also: Vec<LeafWire<'a>>,
}

#[derive(Serialize)]
struct LeafWire<'a> {
    field: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: &'a Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: &'a Option<Value>,
}

/// What differs as JSON, with two-space indent and a final newline:
///
/// ```json
/// {
///   "old": "HEAD~1:locks/x.lock.json",
///   "new": "locks/x.lock.json",
///   "experiments": { "old": "x", "new": "x" },
///   "differs": true,
///   "groups": [
///     {
///       "rank": "closure",
///       "may_move_scores": true,
///       "changes": [
///         {
///           "subject": "distributions/numpy",
///           "field": "version",
///           "old": "1.26.4",
///           "new": "2.0.1",
///           "direction": "up",
///           "runs": ["clean", "noisy"],
///           "all_runs": true,
///           "stages": ["inference"],
///           "environments": ["inference-x86_64-9442eaec"]
///         }
///       ]
///     }
///   ]
/// }
/// ```
///
/// `old` and `new` at the top are the locks as the user named them. The groups come in the order of
/// [`Rank`]: `runs`, `model`, `image`, `engine`, `dataset`, `code`, `direct`, `closure`,
/// `metadata`; those without changes are left out. `subject` is what a change is about: `runs/ID`,
/// or `runs` where it is about all that `runs` lists, `models/NAME`, `images/NAME`, `datasets/ID`,
/// `packages/KEY`, another entry of the registry, `distributions/NAME` in whatever version or
/// `distributions/NAME==VERSION`, `environments/ID` or `environments` likewise, `experiment`,
/// `lock`. `field` is the path below that in the lock or in the entry, and empty where the whole
/// thing came or went, and then its value is what it is in one word; `old` or `new` is left out
/// where there is none. `direction` is there where a version went `up` or `down`. `all_runs` says
/// whether `runs` are all that are in both locks. `stages` and `environments` are left out where
/// whole runs are affected. `also` has what follows from the change, such as the tree of a commit;
/// it is left out where nothing does.
pub fn json(compared: &Compared<'_>) -> String {
    let [old, new] = compared.names;
    let [before, after] = compared.experiments;
    let groups = compared.diff.groups.iter().map(|group| GroupWire {
        rank: group.rank,
        may_move_scores: group.rank.may_move_scores(),
        changes: group.changes.iter().map(change).collect(),
    });
    let wire = Wire {
        old,
        new,
        experiments: Experiments {
            old: before,
            new: after,
        },
        differs: !compared.diff.is_empty(),
        groups: groups.collect(),
    };
    pretty(&wire)
}

fn change(change: &Change) -> ChangeWire<'_> {
    ChangeWire {
        subject: change.about(),
        leaf: leaf(&change.leaf),
        direction: change.direction(),
        runs: &change.affected.runs,
        all_runs: change.affected.all_runs,
        stages: &change.affected.stages,
        environments: &change.affected.environments,
        also: change
            .also
            .iter()
            .chain(&change.implied)
            .map(leaf)
            .collect(),
    }
}

fn leaf(leaf: &Leaf) -> LeafWire<'_> {
    LeafWire {
        field: &leaf.field,
        old: &leaf.old,
        new: &leaf.new,
    }
}
