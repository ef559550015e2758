//! The lines of a file that a finding is about, unless they hold a secret.

use crate::finding::Location;
use crate::model::{is_hidden, looks_secret, without_credentials};

/// The lines that a span touches, at most three, so that a huge value does not fill the screen.
pub(super) fn excerpt(
    location: &Location,
    text: &str,
) -> Option<(usize, String, std::ops::Range<usize>)> {
    const LINES: usize = 3;
    let span = location.span.clone();
    if span.end < span.start.max(1)
        || span.start >= text.len()
        || !text.is_char_boundary(span.start)
    {
        return None;
    }
    let begin = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let mut lines = String::new();
    for line in text[begin..].split_inclusive('\n').take(LINES) {
        lines.push_str(line);
        if begin + lines.len() >= span.end {
            break;
        }
    }
    let lines = lines.trim_end_matches(['\n', '\r']).to_owned();
    // Without the excerpt the place is still told, and no password reaches the log of a CI.
    // The key of a value may stand in the line before.
    let above = text[..begin.saturating_sub(1)]
        .rfind('\n')
        .map_or(0, |at| at + 1);
    if holds_secret(&text[above..begin + lines.len()]) {
        return None;
    }
    let start = span.start - begin;
    if start > lines.len() {
        return None;
    }
    let mut end = (span.end - begin).clamp(start, lines.len());
    while !lines.is_char_boundary(end) {
        end -= 1;
    }
    // A mapping's own span reaches to the next key; its first line is what is meant.
    if let Some(first) = lines[start..end].find('\n') {
        end = start + first;
    }
    let shown = |part: std::ops::Range<usize>| shown(&lines[part]);
    let (before, meant, after) = (shown(0..start), shown(start..end), shown(end..lines.len()));
    let span = before.len()..before.len() + meant.len();
    Some((location.line, before + &meant + &after, span))
}

/// What the renderer does not replace by itself.
fn shown(text: &str) -> String {
    let is_left = |c: char| is_hidden(c) || matches!(c, '\u{80}'..='\u{9f}');
    text.replace(is_left, "\u{fffd}")
}

/// Whether lines of a registry file hold a password or the value of a secret variable.
fn holds_secret(lines: &str) -> bool {
    let is_separator = |c: char| c.is_whitespace() || "{,'\"".contains(c);
    let secret_key = |line: &str| {
        let before_values = line.match_indices([':', '=']).map(|(at, _)| &line[..at]);
        before_values
            .filter_map(|before| {
                before
                    .trim_end_matches(is_separator)
                    .rsplit(is_separator)
                    .next()
            })
            .any(looks_secret)
    };
    without_credentials(lines) != lines || lines.lines().any(secret_key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_holds_credentials_is_not_shown() {
        let location = Location {
            span: 0..3,
            ..Location::start_of("x")
        };
        assert!(excerpt(&location, "url: https://h/x").is_some());
        assert_eq!(excerpt(&location, "url: https://me:s3cret@h/x"), None);
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_no_problem() {
        let location = Location {
            file: "x".into(),
            line: 9,
            column: 1,
            span: 100..120,
        };
        assert_eq!(excerpt(&location, "short"), None);
        let inside = Location {
            span: 1..3,
            ..location
        };
        assert_eq!(excerpt(&inside, "é"), None);
    }

    #[test]
    fn nothing_that_is_shown_drives_the_terminal() {
        let location = Location {
            file: "x".into(),
            line: 1,
            column: 2,
            span: 3..4,
        };
        // A span that ends inside of a character ends before it.
        let (_, lines, span) = excerpt(&location, "a\u{9b}é!").expect("it lies inside");
        assert_eq!((lines.as_str(), span), ("a\u{fffd}é!", 4..4));
        let location = Location {
            span: 1..4,
            ..location
        };
        let (_, lines, span) = excerpt(&location, "a\u{200b}b").expect("it lies inside");
        assert_eq!((lines.as_str(), span), ("a\u{fffd}b", 1..4));
    }

    #[test]
    fn lines_with_secrets_are_not_shown() {
        for lines in [
            "url: https://me:pw@h/x",
            "env: {A: 1, HF_TOKEN: x}",
            "  'api-key' : x",
            "  HF_TOKEN:\n    x",
            "PASSWORD=x",
        ] {
            assert!(holds_secret(lines), "{lines}");
        }
        for lines in [
            "url: https://h/x",
            "max_tokens: 5",
            "name: token",
            "- a\n- b",
        ] {
            assert!(!holds_secret(lines), "{lines}");
        }
    }
}
