//! Floor 2: what a reader asks of a lock, as plain data.
//!
//! | question | answer |
//! |---|---|
//! | what is in it? | [`Overview`] |
//! | who brought that in? | [`Origins`]: [`Chain`]s of [`Step`]s down from the experiment |
//! | what do environments hold? | [`Tree`]: [`Row`]s from packages down, or up to them |
//!
//! Everything here follows from the lock alone and borrows from it. Nothing is judged: whether the
//! lock contradicts itself, and what it leaves open, is for `verify` to say.

mod chain;
mod identity;
mod names;
mod origins;
mod overview;
mod packages;
mod tree;
mod ways;

pub use chain::{Answer, Chain, Link, Node, Step};
pub use identity::{Identity, Named};
pub use names::AskedDist;
pub use origins::{Chains, Origins};
pub use overview::{Counts, EnvironmentSummary, Overview, RunSummary};
pub use tree::{Below, Row, Rows, Shape, Tree};
pub use ways::MOST_WAYS;
