//! What was told so far: the same difference in several places is one change.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Affected, Change, Leaf, Subject, Value};
use super::heads::{Head, Heads};
use super::rank::Rank;
use crate::model::EntryRef;

/// The changes that were told, and what need not be told again because of them.
///
/// A lock says many things twice: as the registry has them, as they were asked for, and as they
/// are. The most exact place tells; the others look here, and are silent where it did.
#[derive(Default)]
pub(super) struct Told {
    changes: BTreeMap<Key, (Rank, Change)>,
    /// What differs of runs, by run.
    fields: BTreeSet<(String, Key)>,
    /// Entries that came or went because a run names others now.
    pub(super) entries: BTreeSet<EntryRef>,
    /// The keys of packages that came or went.
    pub(super) packages: BTreeSet<String>,
    /// The keys of packages that environments begin with now, or no longer do.
    pub(super) roots: BTreeSet<String>,
}

/// What makes two differences the same one.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    subject: Subject,
    field: String,
    old: Option<String>,
    new: Option<String>,
}

impl Key {
    fn of(subject: &Subject, leaf: &Leaf) -> Self {
        let text = |side: &Option<Value>| side.as_ref().map(Value::bare);
        Self {
            subject: subject.clone(),
            field: leaf.field.clone(),
            old: text(&leaf.old),
            new: text(&leaf.new),
        }
    }
}

impl Told {
    /// Tells what differs of a thing.
    pub(super) fn tell(&mut self, subject: &Subject, heads: Heads, affected: &Affected) {
        for head in heads.0 {
            self.tell_one(subject, head, affected);
        }
    }

    /// Tells one difference; the weightiest of several ranks is its rank.
    pub(super) fn tell_one(&mut self, subject: &Subject, head: Head, affected: &Affected) {
        let Head {
            rank,
            leaf,
            also,
            implied,
        } = head;
        let told = self.changes.entry(Key::of(subject, &leaf));
        let (weightiest, change) = told.or_insert_with(|| {
            let change = Change {
                subject: subject.clone(),
                leaf,
                also: Vec::new(),
                implied: Vec::new(),
                affected: Affected::default(),
            };
            (rank, change)
        });
        *weightiest = rank.min(*weightiest);
        change.affected.extend(affected);
        merge(&mut change.also, also);
        merge(&mut change.implied, implied);
    }

    /// Tells what differs of a run, and notes which fields these are.
    pub(super) fn tell_run(&mut self, id: &str, heads: Heads) {
        for head in &heads.0 {
            for leaf in std::iter::once(&head.leaf).chain(&head.also) {
                self.fields
                    .insert((id.to_owned(), Key::of(&Subject::Runs, leaf)));
            }
        }
        self.tell(&Subject::Runs, heads, &Affected::run(id));
    }

    /// Whether the same difference of a run was told.
    pub(super) fn has_told_of(&self, run: &str, leaf: &Leaf) -> bool {
        let key = Key::of(&Subject::Runs, leaf);
        self.fields.contains(&(run.to_owned(), key))
    }

    /// All changes by rank, and in one order within each.
    pub(super) fn into_changes(self) -> impl Iterator<Item = (Rank, Change)> {
        self.changes.into_values()
    }
}

/// Adds what is not there yet.
fn merge(leaves: &mut Vec<Leaf>, more: Vec<Leaf>) {
    if leaves.is_empty() {
        *leaves = more;
    } else if *leaves != more {
        let new: Vec<_> = more
            .into_iter()
            .filter(|leaf| !leaves.contains(leaf))
            .collect();
        leaves.extend(new);
    }
}
