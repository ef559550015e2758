//! Words and texts in a script for a POSIX shell, whatever they hold.

/// One word, in single quotes, in which nothing but a single quote has a meaning.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// One word as somebody would type it: quoted where it has to be.
pub fn as_typed(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if text.chars().all(plain) && !text.starts_with('-') && !text.is_empty() {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// A text as a here-document, in which nothing is expanded; it ends with a line break.
pub(super) fn document(text: &str) -> String {
    let end = delimiter(text);
    let ended = text.is_empty() || text.ends_with('\n');
    let rest = if ended { "" } else { "\n" };
    format!("<<'{end}'\n{text}{rest}{end}\n")
}

/// A word that is no line of the text, and with whose first letter no line begins.
///
/// dash 0.5.12 loses a byte of a line that begins as the word does and goes on with another letter
/// than an ASCII one.
fn delimiter(text: &str) -> String {
    let begins = |first: char| text.lines().any(|line| line.starts_with(first));
    let first = ('A'..='Z').chain(['_']).find(|first| !begins(*first));
    let is_line = |word: &str| text.lines().any(|line| line.trim() == word);
    let first = first.unwrap_or('_');
    let numbered = (1_u64..).map(|number| format!("{first}VHB{number}"));
    let mut words = std::iter::once(format!("{first}VHB")).chain(numbered);
    words
        .find(|word| !is_line(word))
        .expect("a text has fewer lines than there are numbers")
}

/// A text that stays in its comment: a line break in it would begin a command.
pub(super) fn in_comment(text: &str) -> String {
    text.replace(
        |c: char| c.is_control() || "\u{2028}\u{2029}".contains(c),
        "\u{fffd}",
    )
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What `sh` makes of a script.
    fn sh(script: &str) -> Vec<u8> {
        use std::io::Write as _;
        use std::process::{Command, Stdio};
        let mut child = Command::new("sh")
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(script.as_bytes()).unwrap();
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{script}");
        output.stdout
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_word_is_one_word_and_itself(text in "(\\PC|[\n\t'\"\\\\$`!*#~;&|<>(){}\\[\\]= -]){0,24}") {
            let printed = sh(&format!("set -- {}\nprintf '%s:%s' \"$#\" \"$1\"\n", quoted(&text)));
            prop_assert_eq!(String::from_utf8(printed).unwrap(), format!("1:{text}"));
        }

        #[test]
        fn a_document_is_itself(text in "((AVHB1?|[AV]\\PC{0,4}|\\PC{0,8}|\\$HOME|`id`|\\\\)\n){0,6}") {
            let printed = sh(&format!("cat {}", document(&text)));
            prop_assert_eq!(String::from_utf8(printed).unwrap(), text);
        }

        #[test]
        fn a_comment_is_one_line(text in "(\\PC|[\n\r\u{85}\u{2028}]){0,24}") {
            let printed = sh(&format!("# {}\necho after\n", in_comment(&text)));
            prop_assert_eq!(printed, b"after\n");
        }
    }
}
