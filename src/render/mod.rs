//! Floor 3: reports, locks and what differs between them as text and as a page for people, as JSON
//! for programs, and reports in the formats that CI reads.
//!
//! Every format of a report is a function of one [`Shown`], in a file of its own.

pub mod diff;
pub mod escape;
mod excerpt;
mod explain;
mod github;
mod json;
mod junit;
mod labels;
mod list;
mod markdown;
pub mod page;
mod places;
mod sarif;
mod show;
mod shown;
mod suites;
mod text;
mod tree;
mod visible;
mod why;
mod words;

use std::path::Path;

pub use explain::{codes, explain};
pub use github::report as github_report;
pub use json::{pretty as json, report as json_report};
pub use junit::report as junit_report;
pub use list::Listing;
pub use markdown::report as markdown_report;
pub use places::Ground;
pub use sarif::report as sarif_report;
pub use show::show;
pub use shown::{Of, Shown, Skipped, summary};
pub use text::{Style, findings, report as text_report, verification};
pub use tree::{Charset, Drawing, MOST_ROWS, tree, tree_json};
pub use visible::{named, visible};
pub use why::why;

/// Gives the text of a file that a finding is about, by its path from the project root.
pub type ReadText<'a> = &'a dyn Fn(&Path) -> Option<String>;
