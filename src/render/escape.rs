//! Other people's texts inside of a terminal or a page: nothing in them may mean anything there.
//!
//! Registries, locks and servers are foreign ground, and what they say is shown.

use std::fmt::Write as _;

use super::visible::visible;

/// A text as a line of GitHub Flavored Markdown, in a paragraph, a list or a cell of a table.
///
/// What stands in backticks becomes code, as messages mean it. So does every word of which GitHub
/// would make a link, a mention or a reference, for in code it makes none, and whoever copies the
/// word gets what it is.
pub fn markdown(text: &str) -> String {
    let text = visible(text);
    let mut parts = text.split('`').peekable();
    let mut out = String::new();
    let mut quoted = false;
    while let Some(part) = parts.next() {
        match (quoted, parts.peek().is_some()) {
            (false, _) => words(part, &mut out),
            (true, true) => out.push_str(&markdown_code(part)),
            // A quote that nobody closes is a character like others.
            (true, false) => {
                out.push_str("&#96;");
                words(part, &mut out);
            }
        }
        quoted = !quoted;
    }
    at_line_start(&one_line(&out))
}

/// A text as code in a line of Markdown, whatever is in it.
pub fn markdown_code(text: &str) -> String {
    let text = one_line(&visible(text));
    // A table would be cut at `|` even inside of code, where nothing escapes it everywhere.
    let parts = text.split('|').map(code_span).collect::<Vec<_>>();
    parts.join("&#124;")
}

/// Code of CommonMark §6.1: between runs of backticks that are longer than any in it.
fn code_span(text: &str) -> String {
    if text.trim().is_empty() {
        return text.to_owned();
    }
    let runs = text.split(|c| c != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or_default() + 1);
    let edge = |c: char| c == '`' || c == ' ';
    let pad = if text.starts_with(edge) || text.ends_with(edge) {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Words outside of backticks, with the space between them.
fn words(text: &str, out: &mut String) {
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end_matches(char::is_whitespace);
        if becomes_a_link(bare) {
            out.push_str(&markdown_code(bare));
        } else {
            escape(bare, out);
        }
        out.push_str(&word[bare.len()..]);
    }
}

/// Whether GitHub may make of a word an address, a mention, a reference to an issue or an emoji.
fn becomes_a_link(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let inner_colon = word.trim_end_matches(':').contains(':');
    // `GH-1` is an issue, `high-1` is not.
    let begins = lower.trim_start_matches(|c: char| !c.is_alphanumeric());
    let issue = begins.strip_prefix("gh-");
    let issue = issue.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    inner_colon || issue || word.contains(['@', '#']) || lower.contains("www.")
}

/// A character that Markdown or HTML would read becomes an entity, which both of them show.
fn escape(word: &str, out: &mut String) {
    let mut before = None;
    let mut letters = word.chars().peekable();
    while let Some(c) = letters.next() {
        let joins = |c: Option<&char>| c.is_some_and(char::is_ascii_alphanumeric);
        let means_something = match c {
            // Between letters it emphasises nothing (CommonMark §6.2).
            '_' => !(joins(before.as_ref()) && joins(letters.peek())),
            '&' | '<' | '>' | '\\' | '*' | '[' | ']' | '~' | '|' | '$' => true,
            _ => false,
        };
        if means_something {
            let _ = write!(out, "&#{};", u32::from(c));
        } else {
            out.push(c);
        }
        before = Some(c);
    }
}

/// A line that begins like a list or the underline of a heading is neither.
fn at_line_start(line: &str) -> String {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let means_something = match line[digits..].chars().next() {
        Some('-' | '+' | '=') => digits == 0,
        Some('.' | ')') => digits > 0,
        _ => false,
    };
    let escape = if means_something { "\\" } else { "" };
    format!("{}{escape}{}", &line[..digits], &line[digits..])
}

fn one_line(text: &str) -> String {
    text.split(['\n', '\u{2028}', '\u{2029}'])
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use comrak::{Options, markdown_to_html};

    use super::*;

    /// What GitHub would show, by another reader of its dialect.
    fn html(markdown: &str) -> String {
        let mut options = Options::default();
        options.render.r#unsafe = true;
        let extension = &mut options.extension;
        extension.autolink = true;
        extension.footnotes = true;
        extension.math_dollars = true;
        extension.strikethrough = true;
        extension.table = true;
        extension.tasklist = true;
        markdown_to_html(markdown, &options)
    }

    /// The text of a paragraph that holds nothing but text and code.
    fn shown(html: &str) -> Option<String> {
        let text = html.strip_prefix("<p>")?.strip_suffix("</p>\n")?;
        let text = text.replace("<code>", "").replace("</code>", "");
        let unescape = |text: &str| {
            let text = text.replace("&lt;", "<").replace("&gt;", ">");
            text.replace("&quot;", "\"").replace("&amp;", "&")
        };
        (!text.contains(['<', '>'])).then(|| unescape(&text))
    }

    proptest::proptest! {
        /// Nothing but text and code comes of it, and no character of it that can be shown is lost.
        #[test]
        fn no_text_means_anything_in_markdown(
            text in r"([ -~\n]|[@#|`<&:\\*_\[\]-]|https://|<b>|<!--|\PC){1,40}",
        ) {
            let essence = |text: &str| text.replace(|c: char| c == '`' || c.is_whitespace(), "");
            for line in [markdown(&text), markdown_code(&text)] {
                let page = html(&line);
                let found = if line.trim().is_empty() { Some(String::new()) } else { shown(&page) };
                let found = found.map(|found| essence(&found));
                proptest::prop_assert_eq!(found, Some(essence(&visible(&text))), "{} {}", line, page);
                let table = html(&format!("| a | b |\n|---|---|\n| {line} | end |\n"));
                proptest::prop_assert!(table.contains("<td>end</td>"), "{} {}", line, table);
            }
        }
    }

    #[test]
    fn what_is_quoted_is_code() {
        for (text, expected) in [
            ("run has no field `datset`", "run has no field `datset`"),
            ("`a` of `b|c`", "`a` of `b`&#124;`c`"),
            (
                "ask @someone at https://h/x",
                "ask `@someone` at `https://h/x`",
            ),
            ("</details><!-- **", "&#60;/details&#62;&#60;!-- &#42;&#42;"),
            ("one ` and no other", "one &#96; and no other"),
            ("(GH-12 is high-12", "`(GH-12` is high-12"),
            ("- a\n- b", "\\- a - b"),
            ("1. first", "1\\. first"),
        ] {
            assert_eq!(markdown(text), expected);
        }
        assert_eq!(markdown_code("a ``` b`"), "```` a ``` b` ````");
    }

    #[test]
    fn nothing_that_is_shown_drives_the_terminal() {
        let hostile = "a\u{1b}[2J\u{9b}m\r\u{202e}\x7fé\n";
        assert_eq!(visible(hostile), "a␛[2J\u{fffd}m␍\u{fffd}\u{fffd}é\n");
    }
}
