//! Small damages to a file.

use proptest::prelude::*;
use proptest::sample::Index;

/// One damage, at some place.
#[derive(Clone, Debug)]
pub(crate) enum Edit {
    /// A byte becomes another one.
    Byte(Index, u8),
    /// Some bytes are gone.
    Cut(Index, Index),
    /// Some bytes stand twice.
    Repeat(Index, Index),
    /// Something that means something in this format is put in.
    Token(Index, Index),
    /// The same many times over, nested or in a row.
    Many(Index, Index, u16),
    /// The end is gone.
    Truncate(Index),
}

/// A few damages.
pub(crate) fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let one = prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Edit::Byte(at, byte)),
        any::<(Index, Index)>().prop_map(|(a, b)| Edit::Cut(a, b)),
        any::<(Index, Index)>().prop_map(|(a, b)| Edit::Repeat(a, b)),
        any::<(Index, Index)>().prop_map(|(at, token)| Edit::Token(at, token)),
        (any::<(Index, Index)>(), 1..3000_u16)
            .prop_map(|((at, token), n)| Edit::Many(at, token, n)),
        any::<Index>().prop_map(Edit::Truncate),
    ];
    proptest::collection::vec(one, 1..5)
}

impl Edit {
    pub(crate) fn apply(&self, bytes: &mut Vec<u8>, tokens: &[&str]) {
        let length = bytes.len() + 1;
        let range = |a: &Index, b: &Index| {
            let (a, b) = (a.index(length), b.index(length));
            a.min(b)..a.max(b).min(a.min(b) + 400)
        };
        match self {
            Self::Byte(at, byte) => {
                if let Some(there) = bytes.get_mut(at.index(length)) {
                    *there = *byte;
                }
            }
            Self::Cut(a, b) => drop(bytes.drain(range(a, b))),
            Self::Repeat(a, b) => {
                let range = range(a, b);
                let copy = bytes[range.clone()].to_vec();
                bytes.splice(range.end..range.end, copy);
            }
            Self::Token(at, token) => {
                insert(bytes, at.index(length), tokens[token.index(tokens.len())]);
            }
            Self::Many(at, token, count) => {
                let many = tokens[token.index(tokens.len())].repeat((*count).into());
                insert(bytes, at.index(length), &many);
            }
            Self::Truncate(at) => bytes.truncate(at.index(length)),
        }
    }
}

fn insert(bytes: &mut Vec<u8>, at: usize, text: &str) {
    bytes.splice(at..at, text.bytes());
}

/// What means something in each format.
pub(crate) mod tokens {
    pub(crate) const METADATA: &[&str] = &[
        "\n",
        ":",
        " ",
        "Requires-Dist: ",
        "; extra == 'x'",
        "(",
        ")",
        "[",
        ">=",
        "==1.*",
        "and ",
        "\n\n",
        "\n ",
        "Version: ",
        "Metadata-Version: 1.0\n",
        "License: ",
        "\u{e9}",
        "\r",
        "\0",
        "\u{202e}",
        "<",
        "@",
        "not in '",
        "\"",
    ];
    pub(crate) const RECORD: &[&str] = &[
        ",", "\"", "\n", "sha256=", "../", "/", "\r\n", "=", "\0", "\\", "\u{e9}", "sha256=,",
    ];
    pub(crate) const JSON: &[&str] = &[
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "null",
        "1e999",
        "-",
        "\\u0000",
        "\\ud800",
        "{\"a\":",
        "[[",
        "true",
        "\"sha256:\"",
        "\n",
        "99999999999999999999",
        "\u{e9}",
        "\"payload\":\"\",",
    ];
    pub(crate) const YAML: &[&str] = &[
        "\n",
        ": ",
        "- ",
        "&a ",
        "*a",
        "<<: *a\n",
        "!!binary ",
        "? ",
        "|\n",
        ">-\n",
        "[",
        "]",
        "{",
        "}",
        "\t",
        "---\n",
        "...\n",
        "%YAML 1.1\n",
        "'",
        "\"",
        "#",
        "  ",
        "~",
        ".inf",
        "0o7",
        "\0",
        "\u{feff}",
        "\u{85}",
        "name: x\n",
        "a: &b [*b]\n",
    ];
}
