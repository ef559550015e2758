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

/// On one line where it fits, else with what would make it too long on lines of their own.
fn write_row(row: &Row, out: &mut String) {
    let places = row
        .places
        .as_ref()
        .map(|places| places.words(str::to_owned));
    let mut places = places.map(|words| format!("({words})"));
    let indented = |text: String| format!("  {text}");
    let whole = |paint: Paint<'_>| vec![indented(head(row, paint))];
    let below = |paint: Paint<'_>| {
        let values = format!("{INNER}{}", values(&row.cell, paint));
        vec![indented(subject(row)), values]
    };
    let apart = |paint: Paint<'_>| {
        let [old, new] = [&row.cell.old, &row.cell.new].map(|side| side.as_deref());
        let old = format!("{INNER}{}", paint(Tone::Old, old.unwrap_or_default()));
        let new = format!("{INNER}-> {}", paint(Tone::New, new.unwrap_or_default()));
        vec![indented(subject(row)), old, new]
    };
    let fits = |lines: Vec<String>| lines.iter().all(|line| columns(line) <= WIDTH);
    let (lines, last) = if fits(whole(&unpainted)) {
        (whole(&painted), whole(&unpainted).pop())
    } else if fits(below(&unpainted)) || row.cell.old.is_none() || row.cell.new.is_none() {
        (below(&painted), below(&unpainted).pop())
    } else {
        (apart(&painted), apart(&unpainted).pop())
    };
    let _ = write!(out, "{}", lines.join("\n"));
    let width = last.map_or(0, |line| columns(&line));
    let fitting = places.take_if(|words| width + 1 + columns(words) <= WIDTH);
    let _ = writeln!(
        out,
        "{}",
        fitting.map_or(String::new(), |words| format!(" {words}"))
    );
    if let Some(words) = places {
        worded(out, INNER, INNER.len(), &words);
    }
    also(row, out);
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
