//! What a place said of the files of a dataset: sizes, and the names that it gives their states.
//!
//! A token (an ETag, a version id, a git object id) tells whether a file was replaced there since.
//! It never stands for the file's bytes: that is what the Manifest is for. The text form is one
//! line for each file, `<size> <token>  <path>`, sorted bytewise by path, and is kept beside a
//! lock under its own digest.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{ManifestError, Sha256Digest};

/// The files of a place by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    files: BTreeMap<String, Token>,
}

/// The state of one file as its place names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// How many bytes the file has.
    pub size: u64,
    /// The name of its state; `-` where the place gives none.
    pub name: String,
}

impl Token {
    /// What stands for a state that its place gives no name.
    pub const NONE: &str = "-";

    /// Whether a name that a place gives is this one; white space is no part of it.
    pub fn is_of(&self, name: &str) -> bool {
        self.name == plain(name)
    }
}

fn plain(name: &str) -> String {
    let name: String = name.split_whitespace().collect();
    if name.is_empty() {
        Token::NONE.to_owned()
    } else {
        name
    }
}

impl Tokens {
    /// Adds a file; white space in a token's name is no part of it.
    pub fn insert(&mut self, path: String, size: u64, name: &str) -> Result<(), ManifestError> {
        if path.contains(['\n', '\r']) {
            return Err(ManifestError::LineBreak(path.escape_debug().to_string()));
        }
        let name = plain(name);
        self.files.insert(path, Token { size, name });
        Ok(())
    }

    /// The files in order of path.
    pub fn files(&self) -> impl ExactSizeIterator<Item = (&str, &Token)> {
        let files = self.files.iter();
        files.map(|(path, token)| (path.as_str(), token))
    }

    /// The state of one file.
    pub fn get(&self, path: &str) -> Option<&Token> {
        self.files.get(path)
    }

    /// The text form.
    pub fn to_text(&self) -> String {
        let mut text = String::with_capacity(self.files.len() * 96);
        for (path, Token { size, name }) in &self.files {
            let _ = writeln!(text, "{size} {name}  {path}");
        }
        text
    }

    /// The SHA-256 of the text form.
    pub fn digest(&self) -> Sha256Digest {
        Sha256Digest::of(self.to_text().as_bytes())
    }

    /// Reads the text form.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let mut tokens = Self::default();
        for (index, line) in text.split_terminator('\n').enumerate() {
            let read = line.split_once("  ").and_then(|(token, path)| {
                let (size, name) = token.split_once(' ')?;
                Some((path.to_owned(), size.parse().ok()?, name))
            });
            let (path, size, name) = read.ok_or(ManifestError::Line { line: index + 1 })?;
            tokens.insert(path, size, name)?;
        }
        Ok(tokens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_round_trips() {
        let mut tokens = Tokens::default();
        tokens.insert("b  c".to_owned(), 3, "\"x y\"").unwrap();
        tokens.insert("a".to_owned(), 0, "").unwrap();
        assert_eq!(tokens.to_text(), "0 -  a\n3 \"xy\"  b  c\n");
        assert_eq!(Tokens::parse(&tokens.to_text()).unwrap(), tokens);
        assert!(tokens.insert("a\nb".to_owned(), 0, "x").is_err());
        assert!(Tokens::parse("three x  a\n").is_err());
    }
}
