//! Floor 3: reports and locks as text and as a page for people, and as JSON for programs.

pub mod escape;
mod json;
mod labels;
mod list;
pub mod page;
mod show;
mod text;
mod tree;
mod visible;
mod why;

pub use json::{pretty as json, report as json_report};
pub use list::Listing;
pub use show::show;
pub use text::{Style, changes, explain, findings, summary, verification};
pub use tree::{Charset, Drawing, MOST_ROWS, tree, tree_json};
pub use visible::{named, visible};
pub use why::why;

use crate::finding::Layer;

/// A layer that was left out of a verification: a match says nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Which one.
    pub layer: Layer,
    /// Why, in the words of who asked for it: `offline`.
    pub why: &'static str,
}
