//! What differs between two locks: told once, from the most exact place, the weightiest first.
//!
//! A change is a leaf of a lock that differs, with what follows from it, the runs, stages and
//! environments where it counts, and a [`Rank`]: how likely it moves a score. Nothing that differs
//! is left out: what a more exact place tells (the pin before the source, the source before the
//! entry) is told there, and every other leaf by itself.
//!
//! What came or went is told where it matters most. A run that came or went is the first of all,
//! since its score has nothing to be compared with. A target is as weighty as an image. An
//! environment that came or went without its runs or its target is told among the direct packages,
//! since these are what it installs. A package that nobody asks for any more, and that others still
//! require, is asked for no longer; it did not go. The commit of a model that touched nothing but its card, a
//! directory that was committed as it was, and new files of a release that nobody installs are
//! metadata: the bytes that answer are the same.

mod artifacts;
mod asked;
mod change;
mod code;
mod entries;
mod environments;
mod experiment;
mod heads;
mod leaves;
mod models;
mod moves;
mod packages;
mod pairs;
mod pins;
mod rank;
mod releases;
mod repeated;
mod runs;
mod sides;
mod told;

pub use change::{Affected, Change, Direction, Leaf, Subject, Value};
pub use leaves::leaves;
pub use rank::Rank;
pub use repeated::entry_field;

use self::pairs::Pairs;
use self::sides::Both;
use self::told::Told;
use super::Lock;

/// What differs between two locks.
#[derive(Clone, Debug, PartialEq)]
pub struct Diff {
    /// The changes by rank, the weightiest first; no group is empty.
    pub groups: Vec<Group>,
}

/// The changes of one rank.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// How likely they move a score.
    pub rank: Rank,
    /// By subject and field.
    pub changes: Vec<Change>,
}

impl Diff {
    /// Compares two locks.
    pub fn of(old: &Lock, new: &Lock) -> Self {
        let both = Both::of(old, new);
        let mut told = Told::default();
        runs::tell(&both, &mut told);
        artifacts::tell(&both, &mut told);
        let targets = experiment::tell(&both, &mut told);
        let pairs = Pairs::of(&both);
        packages::tell(&both, &pairs, &mut told);
        environments::tell(&both, &pairs, &targets, &mut told);
        releases::tell(&both, &mut told);
        entries::tell(&both, &targets, &mut told);
        experiment::tell_lock(&both, &mut told);

        let mut groups: Vec<Group> = Vec::new();
        let mut changes: Vec<_> = told.into_changes().collect();
        changes.sort_by_key(|(rank, _)| *rank);
        for (rank, mut change) in changes {
            both.complete(&mut change.affected);
            match groups.last_mut() {
                Some(group) if group.rank == rank => group.changes.push(change),
                _ => groups.push(Group {
                    rank,
                    changes: vec![change],
                }),
            }
        }
        Self { groups }
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// How many changes there are.
    pub fn len(&self) -> usize {
        self.groups.iter().map(|group| group.changes.len()).sum()
    }
}
