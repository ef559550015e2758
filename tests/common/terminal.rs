//! What a terminal would take for an order.
//!
//! What is written to a pipe has lost its escapes on the way, so nothing can be seen there of what
//! a terminal would get: ask for colours (`--color always`), which passes on every byte.

/// The styles that vhb writes itself: none, bold, red and green.
const STYLES: [&str; 4] = ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[31m", "\u{1b}[32m"];

/// The characters of a text that drive a terminal, other than ends of lines and vhb's own styles.
pub(crate) fn driving(text: &str) -> Vec<char> {
    let plain = STYLES
        .iter()
        .fold(text.to_owned(), |text, style| text.replace(style, ""));
    let drives = |c: &char| {
        (c.is_control() && *c != '\n')
            || matches!(c,
                '\u{61c}' | '\u{200e}' | '\u{200f}'
                | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    plain.chars().filter(drives).collect()
}
