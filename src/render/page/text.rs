//! Texts of the lock in HTML, and the few shapes that every section is made of.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::model::{Instant, License, Moving, plural};
pub(super) use crate::render::visible;
use crate::view::Identity;

/// How many characters stand in a line of text; longer ones get a box that scrolls.
const LONG: usize = 300;
/// How many digits of a digest are shown; the scripts show as many.
const DIGITS: usize = 12;

/// A text of the lock: nothing in it turns the direction around, and the page stays readable
/// however long it is.
pub(super) fn shown(text: &str) -> Markup {
    let text = visible(text);
    if text.chars().nth(LONG).is_some() {
        return html! { span.long tabindex="0" role="group" aria-label="Long text" { (text) } };
    }
    html! { bdi { (text) } }
}

/// A sentence of vhb or of a finding, with what stands in backticks as code.
pub(super) fn prose(text: &str) -> Markup {
    let parts: Vec<_> = text.split('`').collect();
    // A backtick without its partner is one.
    if parts.len().is_multiple_of(2) || text.chars().nth(LONG).is_some() {
        return shown(text);
    }
    html! {
        @for (index, part) in parts.iter().enumerate() {
            @if index % 2 == 1 { (code(part)) } @else { (visible(part)) }
        }
    }
}

/// A name of something, or a value as it is written in files.
pub(super) fn code(text: &str) -> Markup {
    html! { code { (shown(text)) } }
}

/// A digest or the id of a commit: whole in the document, short on a screen with scripts.
pub(super) fn digest<T: ToString + ?Sized>(text: &T) -> Markup {
    let text = text.to_string();
    let digits = text.rfind(':').map_or(0, |at| at + 1) + DIGITS;
    let (short, rest) = text.split_at_checked(digits).unwrap_or((&text, ""));
    html! { span.copied { code.digest { (short) span.rest { (rest) } } } }
}

/// A word in a frame, that stands out without its colour.
pub(super) fn mark(word: &str, kind: &str) -> Markup {
    html! { span class=(format!("mark {kind}")) { " " (word) } }
}

/// What the lock does not have.
pub(super) fn gap(words: &str) -> Markup {
    mark(words, "gap")
}

/// What may mean something else tomorrow, by subject.
pub(super) type MovingNames = BTreeMap<String, Moving>;

/// That what was asked for may mean something else tomorrow, where it may.
pub(super) fn may_move(moving: Option<&Moving>) -> Markup {
    html! {
        @if let Some(why) = moving { (mark("may move", "warning")) " " (prose(&why.to_string())) }
    }
}

/// Names with what is known of them, in their order.
pub(super) fn facts(pairs: impl IntoIterator<Item = (&'static str, Option<Markup>)>) -> Markup {
    let known = pairs
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    html! {
        dl.facts {
            @for (name, value) in known {
                div { dt { (name) } dd { (value) } }
            }
        }
    }
}

/// A table that scrolls by itself where it is wider than the screen.
pub(super) fn table(
    label: &str,
    columns: &[&str],
    rows: impl IntoIterator<Item = Markup>,
) -> Markup {
    html! {
        div.wide tabindex="0" role="region" aria-label=(label) {
            table {
                thead { tr { @for column in columns { th scope="col" { (column) } } } }
                tbody { @for row in rows { tr { (row) } } }
            }
        }
    }
}

/// Texts one below the other; none where there are none.
pub(super) fn list<'a>(texts: impl IntoIterator<Item = &'a str>) -> Option<Markup> {
    let mut texts = texts.into_iter().peekable();
    texts.peek()?;
    Some(html! { ul.plain { @for text in texts { li { (code(text)) } } } })
}

/// Names in a line; none where there are none.
pub(super) fn inline(texts: &[String]) -> Option<Markup> {
    (!texts.is_empty()).then(|| {
        html! {
            @for (index, text) in texts.iter().enumerate() {
                @if index > 0 { ", " }
                (code(text))
            }
        }
    })
}

/// What something exactly is, in a word: a digest, a commit, a version, or that it is not known.
pub(super) fn identity(identity: &Identity<'_>) -> Markup {
    match identity {
        Identity::Commit(commit) => digest(commit),
        Identity::Content(sha256) | Identity::Digest(sha256) => digest(sha256),
        Identity::Version(version) => code(&version.to_string()),
        Identity::Unresolved(_) => mark("unresolved", "bad"),
    }
}

/// A section that has nothing to show.
pub(super) fn nothing(words: &str) -> Markup {
    html! { p.aside { (words) } }
}

/// A licence in the words of who declared it.
pub(super) fn declared(license: &License) -> String {
    match license {
        License::Expression(text) | License::Text(text) => text.clone(),
        License::Classifiers(classifiers) => {
            let last = classifiers
                .iter()
                .map(|classifier| classifier.rsplit(" :: ").next().unwrap_or(classifier));
            last.collect::<Vec<_>>().join("; ")
        }
    }
}

/// A licence, or that none is declared.
pub(super) fn licence(text: Option<&str>) -> Markup {
    text.map_or_else(|| gap("not declared"), shown)
}

/// An instant, for people and for programs.
pub(super) fn instant(instant: Instant) -> Markup {
    let text = instant.to_string();
    html! { time datetime=(text) { (text) } }
}

/// `1 file`, `2 files`, `1,204 files`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{} {}", grouped(count as u64), plural(count, noun))
}

/// A size in bytes, grouped by thousands.
pub(super) fn bytes(size: u64) -> String {
    let count = usize::try_from(size).unwrap_or(usize::MAX);
    format!("{} {}", grouped(size), plural(count, "byte"))
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_and_do_not_turn_around() {
        let hostile = "</script><img src=x onerror=alert(1)>\u{202e}\u{1b}[2J\"'&";
        let html = shown(hostile).into_string();
        assert_eq!(
            html,
            "<bdi>&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;\u{fffd}\u{241b}[2J\
             &quot;'&amp;</bdi>"
        );
        let long = shown(&"x".repeat(10_000)).into_string();
        assert!(long.starts_with("<span class=\"long\""), "{}", &long[..80]);
    }

    #[test]
    fn backticks_make_code_in_pairs() {
        let html = |text: &str| prose(text).into_string();
        assert_eq!(html("a `b<` c"), "a <code><bdi>b&lt;</bdi></code> c");
        assert_eq!(html("a ` b"), "<bdi>a ` b</bdi>");
        assert_eq!(html("plain"), "plain");
    }

    #[test]
    fn digests_are_whole_and_cut_at_digits() {
        let html = digest("sha256:0123456789abcdef").into_string();
        assert!(
            html.contains("sha256:0123456789ab<span class=\"rest\">cdef</span>"),
            "{html}"
        );
        // Not a digest, but whoever wrote the lock may have written it there.
        assert!(digest("é").into_string().contains("é<span"));
    }

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in [
            (1, "1 byte"),
            (999, "999 bytes"),
            (1_234_567, "1,234,567 bytes"),
        ] {
            assert_eq!(bytes(number), text);
        }
        assert_eq!(counted(1, "run"), "1 run");
        assert_eq!(counted(1000, "run"), "1,000 runs");
    }
}
