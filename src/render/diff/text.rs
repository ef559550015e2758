//! Differences for people, in 80 columns where the values allow it.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::super::list::{WIDTH, filled, worded};
use super::super::visible::columns;
use super::row::{Cell, Row, name};
use super::{Compared, verdict};
use crate::lock::diff::{Diff, Direction};

const INNER: &str = "      ";

/// The verdict, then the changes of each rank. It holds colours, which `cli` takes out again where
/// they are not wanted.
pub fn text(compared: &Compared<'_>) -> String {
    let mut out = String::new();
    if compared.has_two_experiments() {
        let [old, new] = compared.experiments.map(name);
        let _ = writeln!(
            out,
            "these are locks of two experiments, `{old}` and `{new}`\n"
        );
    }
    if compared.diff.is_empty() {
        out.push_str("the locks are equal\n");
        return out;
    }
    let (may, counts) = verdict(compared.diff);
    filled(&mut out, &format!("{may}: "), 2, counts.into_iter());
    let bold = Style::new().bold();
    for group in &compared.diff.groups {
        let _ = writeln!(out, "\n{bold}{}{bold:#}", group.rank.title());
        for change in &group.changes {
            write_row(&Row::of(change), &mut out);
        }
    }
    out
}

/// One line for each change, in the same order: what `vhb lock` says of what it did.
pub fn summary(diff: &Diff) -> String {
    let changes = diff.groups.iter().flat_map(|group| &group.changes);
    changes.fold(String::new(), |mut out, change| {
        let _ = writeln!(out, "  {}", head(&Row::of(change), &unpainted));
        out
    })
}

/// Which of two values is painted.
#[derive(Clone, Copy)]
enum Tone {
    Old,
    New,
}

fn painted(tone: Tone, text: &str) -> String {
    let colour = match tone {
        Tone::Old => AnsiColor::Red,
        Tone::New => AnsiColor::Green,
    };
    let style = colour.on_default();
    format!("{style}{text}{style:#}")
}

fn unpainted(_: Tone, text: &str) -> String {
    text.to_owned()
}

type Paint<'a> = &'a dyn Fn(Tone, &str) -> String;

/// A change in as few lines as are not too long, then where it counts and what follows.
fn write_row(row: &Row, out: &mut String) {
    let plain = layouts(row, &unpainted);
    let fits = |lines: &Vec<String>| lines.iter().all(|line| columns(line) <= WIDTH);
    let chosen = plain.iter().position(fits).unwrap_or(plain.len() - 1);
    out.push_str(&layouts(row, &painted)[chosen].join("\n"));
    let taken = plain[chosen].last().map_or(0, |line| columns(line));
    let places = row.places.as_ref();
    let places = places.map(|places| format!("({})", places.words(str::to_owned)));
    match places {
        Some(words) if taken + 1 + columns(&words) <= WIDTH => {
            let _ = writeln!(out, " {words}");
        }
        Some(words) => {
            out.push('\n');
            worded(out, INNER, INNER.len(), &words);
        }
        None => out.push('\n'),
    }
    also(row, out);
}

/// The ways to lay out a change: on one line, with its values below, with each of two values on a
/// line of its own.
fn layouts(row: &Row, paint: Paint<'_>) -> Vec<Vec<String>> {
    let begin = format!("  {}", subject(row));
    let values = format!("{INNER}{}", values(&row.cell, paint));
    let mut ways = vec![
        vec![format!("  {}", head(row, paint))],
        vec![begin.clone(), values],
    ];
    if let (Some(old), Some(new)) = (&row.cell.old, &row.cell.new) {
        let old = format!("{INNER}{}", paint(Tone::Old, old));
        let new = format!("{INNER}-> {}", paint(Tone::New, new));
        ways.push(vec![begin, old, new]);
    }
    ways
}

/// `numpy 1.26.4 -> 2.0.1, up`; `datasets/receipts content: 816ff285fc6c -> 11aa22bb33cc`.
fn head(row: &Row, paint: Paint<'_>) -> String {
    let moved = row.direction.map(|direction| match direction {
        Direction::Up => ", up",
        Direction::Down => ", down",
    });
    match moved {
        Some(way) => format!("{} {}{way}", row.name, values(&row.cell, paint)),
        None => format!("{} {}", subject(row), values(&row.cell, paint)),
    }
}

/// The name and the field, with a colon.
fn subject(row: &Row) -> String {
    match (row.name.as_str(), row.cell.field.as_str()) {
        ("", field) => format!("{field}:"),
        (name, "") => format!("{name}:"),
        (name, field) => format!("{name} {field}:"),
    }
}

fn values(cell: &Cell, paint: Paint<'_>) -> String {
    match (&cell.old, &cell.new) {
        (Some(old), Some(new)) => {
            format!("{} -> {}", paint(Tone::Old, old), paint(Tone::New, new))
        }
        (None, Some(new)) => format!("added {}", paint(Tone::New, new)),
        (Some(old), None) => format!("removed {}", paint(Tone::Old, old)),
        (None, None) => String::new(),
    }
}

/// What follows: digests by name alone, since the change itself says that bytes differ.
fn also(row: &Row, out: &mut String) {
    let words = row.also.iter().map(|cell| {
        if cell.opaque {
            cell.field.clone()
        } else {
            format!("{} {}", cell.field, values(cell, &unpainted))
        }
    });
    let more = (row.more > 0).then(|| format!("{} more", row.more));
    let words: Vec<_> = words.chain(more).collect();
    let Some(last) = words.len().checked_sub(1) else {
        return;
    };
    let words = words.into_iter().enumerate();
    let words = words.map(|(at, word)| if at == last { word } else { format!("{word},") });
    filled(out, &format!("{INNER}also "), INNER.len(), words);
}
