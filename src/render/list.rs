//! Lists for people: how much of them is told, and how they are laid out in 80 columns.

use std::fmt::Write as _;

use super::visible::{columns, name};

/// No line that can be broken is longer.
pub(super) const WIDTH: usize = 80;

/// How much of long lists is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// What fits on a screen.
    Brief,
    /// All of it.
    All,
}

impl Listing {
    /// How many elements are told of a list that is to be short.
    pub(super) fn most(self, brief: usize) -> usize {
        match self {
            Self::Brief => brief,
            Self::All => usize::MAX,
        }
    }

    /// The beginning of a list of names, and a word on the others.
    pub(super) fn cut<T: AsRef<str>>(self, names: &[T], brief: usize) -> Vec<String> {
        // A word on one other takes as much room as that.
        let most = match self.most(brief) {
            most if names.len().checked_sub(most) == Some(1) => names.len(),
            most => most,
        };
        let shown = names.iter().take(most).map(|it| it.as_ref().to_owned());
        let left = names.len().saturating_sub(most);
        let rest = (left > 0).then(|| format!("... and {left} more (`--all`)"));
        shown.chain(rest).collect()
    }
}

/// Adds names with commas between them behind a beginning, broken where a line would be too long;
/// further lines begin at `indent`.
pub(super) fn listed<T: AsRef<str>>(out: &mut String, begin: &str, indent: usize, names: &[T]) {
    let pieces = names.iter().enumerate().map(|(at, text)| {
        let comma = if at + 1 < names.len() { "," } else { "" };
        name(text.as_ref(), WIDTH - indent - 1) + comma
    });
    filled(out, begin, indent, pieces);
}

/// The same with the words of a text.
pub(super) fn worded(out: &mut String, begin: &str, indent: usize, text: &str) {
    let words = text.split_whitespace();
    filled(
        out,
        begin,
        indent,
        words.map(|word| name(word, WIDTH - indent)),
    );
}

/// The same with pieces that are not broken, whatever stands between them.
pub(super) fn filled(
    out: &mut String,
    begin: &str,
    indent: usize,
    pieces: impl Iterator<Item = String>,
) {
    let mut line = begin.to_owned();
    let mut is_begun = false;
    for piece in pieces {
        let needed = columns(&line) + usize::from(is_begun) + columns(&piece);
        if needed > WIDTH && !line.trim().is_empty() {
            let _ = writeln!(out, "{}", line.trim_end());
            line = " ".repeat(indent);
            is_begun = false;
        }
        if is_begun {
            line.push(' ');
        }
        line.push_str(&piece);
        is_begun = true;
    }
    let _ = writeln!(out, "{}", line.trim_end());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_cut_where_that_saves_room() {
        let names: Vec<_> = (1..=6).map(|at| at.to_string()).collect();
        assert_eq!(Listing::All.cut(&names, 2).len(), 6);
        assert_eq!(Listing::Brief.cut(&names, 5).len(), 6);
        let cut = Listing::Brief.cut(&names, 4);
        assert_eq!(cut.last().unwrap(), "... and 2 more (`--all`)");
    }

    #[test]
    fn lists_are_broken_between_names() {
        let mut out = String::new();
        let names: Vec<_> = (0..6).map(|at| format!("{at}{}", "x".repeat(24))).collect();
        listed(&mut out, "  runs  ", 8, &names);
        let long = "y".repeat(10_000);
        listed(&mut out, "  run: ", 4, &[long.as_str(), "z"]);
        listed(&mut out, "  none ", 4, &[] as &[&str]);
        insta::assert_snapshot!(out, @r"
        runs  0xxxxxxxxxxxxxxxxxxxxxxxx, 1xxxxxxxxxxxxxxxxxxxxxxxx,
              2xxxxxxxxxxxxxxxxxxxxxxxx, 3xxxxxxxxxxxxxxxxxxxxxxxx,
              4xxxxxxxxxxxxxxxxxxxxxxxx, 5xxxxxxxxxxxxxxxxxxxxxxxx
        run:
          yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy,
          z
        none
        ");
        assert!(out.lines().all(|line| columns(line) <= WIDTH));
    }

    #[test]
    fn texts_are_broken_between_words() {
        let mut out = String::new();
        let text = format!("a b\nc {} {} d", "e".repeat(100), "f".repeat(70));
        worded(&mut out, "  1: ", 4, &text);
        insta::assert_snapshot!(out, @r"
        1: a b c
          eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee…eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee
          ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff d
        ");
        assert!(out.lines().all(|line| columns(line) <= WIDTH));
    }
}
