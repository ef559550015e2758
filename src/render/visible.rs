//! Text of others as it may stand on a terminal.
//!
//! Registries and locks are other people's files, and what they say is shown. JSON stays what it
//! is: its escapes mean the same characters.

use std::fmt::Write as _;

use crate::model::is_hidden;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// A text without what drives a terminal, or hides on it: control characters, those that change its
/// direction, and those that show nothing.
pub fn visible(text: &str) -> String {
    let replace = |c: char| match c {
        '\n' => c,
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        c if drives(c) => '\u{fffd}',
        c => c,
    };
    text.chars().map(replace).collect()
}

fn drives(c: char) -> bool {
    c.is_control() || is_hidden(c)
}

/// As many characters of a text, without those that drive a terminal.
pub(super) fn first(limit: usize, text: &str) -> String {
    let mut out: String = visible(text).chars().take(limit).collect();
    if text.chars().nth(limit).is_some() {
        out.push('…');
    }
    out
}

/// A name within a line: nothing in it drives the terminal, ends the line, or takes more columns
/// than these. Where it would, its middle is left out, since names are told apart at their ends.
pub(super) fn name(text: &str, columns: usize) -> String {
    // Nothing that is further inside can be shown.
    let most = columns.max(3);
    let line = |c: char| if c == '\n' { '\u{240a}' } else { c };
    let whole: Vec<_> = visible(text).chars().map(line).collect();
    if whole.iter().copied().map(taken).sum::<usize>() <= most {
        return whole.into_iter().collect();
    }
    let half = (most - 1) / 2;
    let front = fitting(whole.iter(), most - 1 - half);
    let back = fitting(whole.iter().rev(), half);
    let front = whole[..front].iter();
    let back = whole[whole.len() - back..].iter();
    front.chain(&['…']).chain(back).collect()
}

/// A name within a message.
pub fn named(text: &str) -> String {
    name(text, 200)
}

/// How many characters fit into these columns.
fn fitting<'a>(characters: impl Iterator<Item = &'a char>, columns: usize) -> usize {
    let mut left = columns;
    let fits = |c: &&char| match left.checked_sub(taken(**c)) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    };
    characters.take_while(fits).count()
}

/// How many columns are kept for a character: one also for those that pile up on others.
fn taken(c: char) -> usize {
    c.width().unwrap_or_default().max(1)
}

/// How many columns a text takes.
pub(super) fn columns(text: &str) -> usize {
    text.width()
}

/// JSON with what drives a terminal escaped, which stands in texts alone.
pub(super) fn escaped_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        // What was laid out and not written by others.
        if c != '\n' && drives(c) {
            escape(c, &mut out);
        } else {
            out.push(c);
        }
    }
    out
}

/// A character as JSON has it where it must not stand itself.
pub(super) fn escape(c: char, out: &mut String) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        let _ = write!(out, "\\u{unit:04x}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "a\u{1b}[2J\u{9b}m\r\u{202e}\x7fé\u{200b}\u{e0041}\n";

    #[test]
    fn nothing_that_is_shown_drives_the_terminal() {
        let shown = "a␛[2J\u{fffd}m␍\u{fffd}\u{fffd}é\u{fffd}\u{fffd}";
        assert_eq!(visible(HOSTILE), format!("{shown}\n"));
        assert_eq!(name(HOSTILE, 80), format!("{shown}␊"));
    }

    #[test]
    fn long_names_lose_their_middle() {
        assert_eq!(name("abcdefghij", 10), "abcdefghij");
        assert_eq!(name("abcdefghij", 7), "abc…hij");
        assert_eq!(name("abcdefghij", 0), "a…j");
        // Of two columns each.
        assert_eq!(name("日本語日本語", 7), "日…語");
        assert_eq!(columns(&name(&"日".repeat(10_000), 60)), 59);
        let piled = format!("a{}", "\u{301}".repeat(10_000));
        assert_eq!(name(&piled, 10).chars().count(), 10);
    }

    #[test]
    fn json_keeps_its_meaning() {
        let json = serde_json::to_string_pretty(&[HOSTILE]).unwrap();
        let escaped = escaped_json(&json);
        assert!(
            !escaped.chars().any(|c| c != '\n' && drives(c)),
            "{escaped}"
        );
        let [back]: [String; 1] = serde_json::from_str(&escaped).unwrap();
        assert_eq!(back, HOSTILE);
    }
}
