//! Pieces of Markdown.

use std::fmt::Write as _;

/// What every page of the reference begins with.
pub(super) fn head(title: &str, about: &str) -> String {
    format!(
        "# {title}\n\n<!-- Made from the code by `make reference`; changes by hand are lost. -->\n\n{about}\n"
    )
}

/// A table; its cells are Markdown.
pub(super) fn table<const N: usize>(
    head: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut out = String::new();
    let mut row = |cells: [&str; N]| {
        let _ = writeln!(
            out,
            "| {} |",
            cells.map(|cell| cell.replace('|', "\\|")).join(" | ")
        );
    };
    row(head);
    row([const { "---" }; N]);
    for cells in rows {
        row(cells.each_ref().map(String::as_str));
    }
    out
}

/// A value as code.
pub(super) fn code(text: &str) -> String {
    format!("`{text}`")
}

/// Texts with commas between them, and a word before the last.
pub(super) fn listed(texts: &[String], word: &str) -> String {
    match texts.split_last() {
        Some((last, before)) if !before.is_empty() => {
            format!("{} {word} {last}", before.join(", "))
        }
        _ => texts.concat(),
    }
}

/// What a heading is called in a link.
pub(super) fn anchor(heading: &str) -> String {
    comrak::Anchorizer::new().anchorize(heading)
}
