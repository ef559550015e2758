//! Differences for the comments of pull requests: GitHub Flavored Markdown.
//!
//! The verdict comes first. What may move scores is in sight, closure and metadata are folded. Every
//! text of a lock is code, in which nothing means anything. A comment takes 65,536 characters, so
//! what is too much is left out from the end, and said.

use std::fmt::Write as _;

use super::super::escape::markdown_code;
use super::row::{Cell, Row, name};
use super::{Compared, verdict};
use crate::lock::diff::{Direction, Group, Rank};

/// How many bytes the rows may have together. What a comment takes is counted in characters.
const ROOM: usize = 56_000;
/// How many rows a group may have.
const ROWS: usize = 200;
/// What is kept for each group that follows, so that none is without rows.
const KEPT: usize = 4_000;

/// What differs, as Markdown.
pub fn markdown(compared: &Compared<'_>) -> String {
    let [old, new] = compared.names.map(markdown_code);
    let mut out = String::new();
    if compared.has_two_experiments() {
        let [one, two] = compared.experiments.map(|id| markdown_code(&name(id)));
        let _ = writeln!(
            out,
            "**These are locks of two experiments**, {one} and {two}.\n"
        );
    }
    if compared.diff.is_empty() {
        let _ = writeln!(out, "**The locks are equal**: {old} and {new}.");
        return out;
    }
    let (may, counts) = verdict(compared.diff);
    let may = capitalised(&may);
    let counts = counts.join(" ");
    let _ = writeln!(out, "**{may}**: {counts}\n\nFrom {old} to {new}.");
    let groups = &compared.diff.groups;
    let mut room = ROOM;
    for (at, group) in groups.iter().enumerate() {
        let kept = KEPT * (groups.len() - 1 - at);
        room -= write_group(group, room - kept, &mut out);
    }
    out
}

/// Writes as many rows of a group as there is room for; gives what they took.
fn write_group(group: &Group, room: usize, out: &mut String) -> usize {
    let count = group.changes.len();
    let title = capitalised(group.rank.title());
    let folded = matches!(group.rank, Rank::Closure | Rank::Metadata);
    if folded {
        let _ = write!(out, "\n<details>\n<summary>{title} ({count})</summary>\n\n");
    } else {
        let _ = write!(out, "\n#### {title} ({count})\n\n");
    }
    let mut rows = String::new();
    let mut told = 0;
    for change in group.changes.iter().take(ROWS) {
        let row = row(&Row::of(change));
        if rows.len() + row.len() > room {
            break;
        }
        rows.push_str(&row);
        told += 1;
    }
    if told > 0 {
        out.push_str("| what | old | new | where |\n|---|---|---|---|\n");
        out.push_str(&rows);
    }
    match (told, count - told) {
        (_, 0) => {}
        (0, left) => {
            let _ = writeln!(out, "{left} left out; `vhb diff` shows all.");
        }
        (_, left) => {
            let _ = writeln!(out, "\n{left} more left out; `vhb diff` shows all.");
        }
    }
    if folded {
        out.push_str("\n</details>\n");
    }
    rows.len()
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

fn row(row: &Row) -> String {
    let name = [&row.name, &row.cell.field].map(|part| markdown_code(part));
    let name = name.into_iter().filter(|part| !part.is_empty());
    let mut what = name.collect::<Vec<_>>().join(" ");
    if let Some(also) = also(row) {
        let _ = write!(what, "<br><sub>{also}</sub>");
    }
    let side = |value: &Option<String>| match value {
        Some(text) => markdown_code(text),
        None => "–".to_owned(),
    };
    let way = match row.direction {
        Some(Direction::Up) => " ↑",
        Some(Direction::Down) => " ↓",
        None => "",
    };
    let (old, new) = (side(&row.cell.old), side(&row.cell.new));
    let places = row
        .places
        .as_ref()
        .map(|places| places.words(markdown_code));
    format!(
        "| {what} | {old} | {new}{way} | {} |\n",
        places.unwrap_or_default()
    )
}

/// What follows: digests by name alone.
fn also(row: &Row) -> Option<String> {
    let value = |cell: &Cell| {
        let field = markdown_code(&cell.field);
        match (&cell.old, &cell.new) {
            _ if cell.opaque => field,
            (Some(old), Some(new)) => {
                format!("{field} {} → {}", markdown_code(old), markdown_code(new))
            }
            (None, Some(new)) => format!("{field} added {}", markdown_code(new)),
            (Some(old), None) => format!("{field} removed {}", markdown_code(old)),
            (None, None) => field,
        }
    };
    let mut words: Vec<_> = row.also.iter().map(value).collect();
    if row.more > 0 {
        words.push(format!("{} more", row.more));
    }
    (!words.is_empty()).then(|| format!("also {}", words.join(", ")))
}
