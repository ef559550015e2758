//! Floor 3: reports as text for people and as JSON for programs.

mod json;
mod text;

pub use json::report as json_report;
pub use text::{Style, changes, explain, findings, summary, verification, visible};
