//! Usage lines that fit a terminal: clap breaks every line of its help but these.

use anstream::adapter::strip_str;
use clap::Command;

/// As wide as clap makes the rest.
const WIDTH: usize = 80;
const HEADING: &str = "Usage: ";

/// The same command, whose usage is broken where it is too long; it is called by this name.
pub(super) fn with_fitting_usage(command: Command, name: &str) -> Command {
    let usage = command.clone().bin_name(name.to_owned()).render_usage();
    if usage.to_string().chars().count() <= WIDTH {
        return command;
    }
    let usage = usage.ansi().to_string();
    match usage.split_once(' ') {
        Some((_, words)) => command.override_usage(broken(words)),
        None => command,
    }
}

/// Breaks before an option, not between it and its value. Words may have colours.
fn broken(words: &str) -> String {
    let mut pieces: Vec<String> = Vec::new();
    let mut follows_option = false;
    for word in words.split(' ') {
        match pieces.last_mut().filter(|_| follows_option) {
            Some(option) => *option = format!("{option} {word}"),
            None => pieces.push(word.to_owned()),
        }
        follows_option = strip_str(word).to_string().starts_with("--");
    }
    let mut out = String::new();
    let mut column = HEADING.len();
    for piece in pieces {
        let width = strip_str(&piece).to_string().chars().count();
        if !out.is_empty() && column + 1 + width > WIDTH {
            out.push('\n');
            out.push_str(&" ".repeat(HEADING.len()));
            column = HEADING.len();
        } else if !out.is_empty() {
            out.push(' ');
            column += 1;
        }
        out.push_str(&piece);
        column += width;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_keep_their_values_and_their_colours() {
        let bold = |text: &str| format!("\u{1b}[1m{text}\u{1b}[0m");
        let words = format!(
            "vhb add {} <{}> {} <NAME> <ID>",
            bold("--class"),
            "X".repeat(45),
            bold("--model"),
        );
        let lines = broken(&words);
        let plain = strip_str(&lines).to_string();
        let expected = format!(
            "vhb add --class <{}>\n       --model <NAME> <ID>",
            "X".repeat(45)
        );
        assert_eq!(plain, expected);
        assert!(lines.contains(&bold("--model")));
    }
}
