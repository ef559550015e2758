//! What differs of one thing: what leads, and what follows from it.
//!
//! When the commit of a package moves, its tree, its files and their size move as well. That is
//! one change: the commit leads, the others follow. What would follow leads where nothing else
//! differs, so that nothing is ever lost.

use serde::Serialize;

use super::change::{Leaf, Value};
use super::leaves::leaves_of;
use super::rank::Rank;

/// What differs of one thing.
#[derive(Debug, Default)]
pub(super) struct Heads(pub(super) Vec<Head>);

/// A leaf that leads, and those that follow from it.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) rank: Rank,
    pub(super) leaf: Leaf,
    pub(super) also: Vec<Leaf>,
    pub(super) implied: Vec<Leaf>,
}

impl Head {
    pub(super) fn new(rank: Rank, leaf: Leaf) -> Self {
        Self {
            rank,
            leaf,
            also: Vec::new(),
            implied: Vec::new(),
        }
    }
}

impl Heads {
    /// Leaves that lead, if they differ.
    pub(super) fn lead(&mut self, rank: Rank, leaves: impl IntoIterator<Item = Leaf>) {
        let heads = leaves.into_iter().map(|leaf| Head::new(rank, leaf));
        self.0.extend(heads);
    }

    /// Leaves that follow from the first of these fields that differs, and say more of it; they
    /// lead where none does.
    pub(super) fn follow(
        &mut self,
        leaders: &[&str],
        rank: Rank,
        leaves: impl IntoIterator<Item = Leaf>,
    ) {
        match self.leader(leaders) {
            Some(leader) => leader.also.extend(leaves),
            None => self.lead(rank, leaves),
        }
    }

    /// The same for leaves that say nothing more: another commit has another tree.
    pub(super) fn imply(
        &mut self,
        leaders: &[&str],
        rank: Rank,
        leaves: impl IntoIterator<Item = Leaf>,
    ) {
        match self.leader(leaders) {
            Some(leader) => leader.implied.extend(leaves),
            None => self.lead(rank, leaves),
        }
    }

    /// Leaves that follow from the first head of a rank; they lead where there is none.
    pub(super) fn follow_rank(&mut self, rank: Rank, leaves: impl IntoIterator<Item = Leaf>) {
        match self.0.iter_mut().find(|head| head.rank == rank) {
            Some(leader) => leader.also.extend(leaves),
            None => self.lead(rank, leaves),
        }
    }

    /// The same for leaves that say nothing more.
    pub(super) fn imply_rank(&mut self, rank: Rank, leaves: impl IntoIterator<Item = Leaf>) {
        match self.0.iter_mut().find(|head| head.rank == rank) {
            Some(leader) => leader.implied.extend(leaves),
            None => self.lead(rank, leaves),
        }
    }

    /// Whether a field is told.
    pub(super) fn tells(&self, field: &str) -> bool {
        let leaves = self
            .0
            .iter()
            .flat_map(|head| head.also.iter().chain([&head.leaf]));
        leaves.into_iter().any(|leaf| leaf.field == field)
    }

    fn leader(&mut self, fields: &[&str]) -> Option<&mut Head> {
        let at = fields
            .iter()
            .find_map(|field| self.0.iter().position(|head| head.leaf.field == *field))?;
        self.0.get_mut(at)
    }

    /// A thing that came or went whole: what it is leads, all that is said of it is implied.
    pub(super) fn whole<T: Serialize>(
        rank: Rank,
        [old, new]: [Option<&T>; 2],
        value: impl Fn(&T) -> Value,
    ) -> Self {
        let leaf = Leaf {
            field: String::new(),
            old: old.map(&value),
            new: new.map(&value),
        };
        let mut head = Head::new(rank, leaf);
        head.implied = leaves_of("", old, new);
        Self(vec![head])
    }

    /// The same below a path.
    #[must_use]
    pub(super) fn below(self, path: &str) -> Self {
        let below = |leaves: Vec<Leaf>| leaves.into_iter().map(|leaf| leaf.below(path)).collect();
        let heads = self.0.into_iter().map(|head| Head {
            rank: head.rank,
            leaf: head.leaf.below(path),
            also: below(head.also),
            implied: below(head.implied),
        });
        Self(heads.collect())
    }

    /// What leads, and what follows from it, where all of it follows from something else.
    pub(super) fn flattened(self) -> (Vec<Leaf>, Vec<Leaf>) {
        let mut leading = Vec::new();
        let mut following = Vec::new();
        for head in self.0 {
            leading.push(head.leaf);
            following.extend(head.also.into_iter().chain(head.implied));
        }
        (leading, following)
    }
}
