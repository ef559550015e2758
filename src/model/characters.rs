//! Characters that are not what they seem.

/// Whether a character shows nothing, or moves others about: those of no width, marks of direction,
/// other ends of lines, tags. Two texts that differ by one look the same.
///
/// Control characters and white space are other questions.
pub fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
    )
}
