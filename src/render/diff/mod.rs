//! What differs between two locks, as text for people, as Markdown for pull requests and as JSON
//! for programs.
//!
//! People are told what they need to review: where digests differ, the digits that tell them
//! apart; of long values, what is around the difference; of many runs, the first. JSON has all.

mod json;
mod markdown;
mod row;
mod text;

pub use json::json;
pub use markdown::markdown;
pub use text::{summary, text};

use crate::lock::diff::Diff;
use crate::model::counted;

/// Two locks, and what differs between them.
#[derive(Clone, Copy, Debug)]
pub struct Compared<'a> {
    /// The locks as the user named them, the old one first.
    pub names: [&'a str; 2],
    /// The ids of their experiments.
    pub experiments: [&'a str; 2],
    /// What differs.
    pub diff: &'a Diff,
}

impl Compared<'_> {
    /// Whether they lock two experiments, which is the first thing to know.
    fn has_two_experiments(&self) -> bool {
        self.experiments[0] != self.experiments[1]
    }
}

/// The verdict in two parts: `3 changes may move scores`, and the counts of each rank, with the
/// commas between them.
fn verdict(diff: &Diff) -> (String, Vec<String>) {
    let groups = &diff.groups;
    let moving = groups.iter().filter(|group| group.rank.may_move_scores());
    let may = match moving.map(|group| group.changes.len()).sum() {
        0 => "no change may move a score".to_owned(),
        count => format!("{} may move scores", counted(count, "change")),
    };
    let counts = groups.iter().enumerate().map(|(at, group)| {
        let end = match groups.get(at + 1) {
            None => "",
            Some(next) if next.rank.may_move_scores() => ",",
            Some(_) => ";",
        };
        format!("{} {}{end}", group.rank, group.changes.len())
    });
    (may, counts.collect())
}
