//! The content identity of a tree of files: sorted `sha256  path` lines and their digest.
//!
//! The text form is what `sha256sum -c` and BagIt (RFC 8493 §2.1.3) read: for each regular file
//! 64 hexadecimal digits, two spaces, the path with `/`, a newline; sorted bytewise by path.
//! Which files belong to a tree is decided by those who gather it (rules `manifest-1`).

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::Sha256Digest;

/// How many lines a piece of the text form has at most.
const PIECE: usize = 1024;

/// The version of the rules by which a tree becomes a manifest.
pub const MANIFEST_RULES: &str = "manifest-1";

/// The files of a tree by path, each with the digest of its bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    files: BTreeMap<String, Sha256Digest>,
}

/// A path or a line that a manifest cannot hold.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The format has one line for each file, so a path cannot hold a line break.
    #[error("file name `{0}` holds a line break, which a manifest cannot write")]
    LineBreak(String),
    /// A path that is empty, absolute or not in its shortest form.
    #[error("`{0}` is not a relative path inside the tree")]
    NotInside(String),
    /// The text form is damaged.
    #[error("line {line} is not `<64 hexadecimal digits>  <path>`")]
    Line {
        /// Counted from 1.
        line: usize,
    },
    /// The text form is not sorted, or names a path twice.
    #[error("line {line} is out of order or names a path twice")]
    Order {
        /// Counted from 1.
        line: usize,
    },
}

/// Whether a Manifest can hold a path; also for those who only list files.
pub fn check_path(path: &str) -> Result<(), ManifestError> {
    if path.contains(['\n', '\r']) {
        return Err(ManifestError::LineBreak(path.escape_debug().to_string()));
    }
    if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err(ManifestError::NotInside(path.to_owned()));
    }
    Ok(())
}

/// Whether a file of a model or a dataset counts: not what git, downloads from the Hub and Python
/// leave beside it, at whatever depth. Nor `.gitattributes`, which the Hub adds to what is
/// uploaded: the same data would have another identity there.
pub fn counts_as_data(path: &str) -> bool {
    let mut before = "";
    for part in path.split('/') {
        let notes = part == "huggingface" && before == ".cache";
        if notes || matches!(part, ".git" | ".gitattributes" | "__pycache__") {
            return false;
        }
        before = part;
    }
    let extension = before.rsplit_once('.').map(|(_, extension)| extension);
    extension != Some("pyc")
}

impl Manifest {
    /// Adds a file by its path relative to the tree, with `/` between the parts.
    pub fn insert(&mut self, path: String, digest: Sha256Digest) -> Result<(), ManifestError> {
        check_path(&path)?;
        self.files.insert(path, digest);
        Ok(())
    }

    /// The files in order of path.
    pub fn files(&self) -> impl ExactSizeIterator<Item = (&str, &Sha256Digest)> {
        self.files
            .iter()
            .map(|(path, digest)| (path.as_str(), digest))
    }

    /// The digest of one file.
    pub fn get(&self, path: &str) -> Option<&Sha256Digest> {
        self.files.get(path)
    }

    /// The text form.
    pub fn to_text(&self) -> String {
        self.texts().collect()
    }

    /// The text form in pieces of whole lines, since that of a large tree is large.
    pub fn texts(&self) -> impl Iterator<Item = String> {
        let mut files = self.files.iter().peekable();
        std::iter::from_fn(move || {
            files.peek()?;
            let mut text = String::with_capacity(PIECE * 96);
            for (path, digest) in files.by_ref().take(PIECE) {
                text.extend(digest.digits().map(char::from));
                text.push_str("  ");
                text.push_str(path);
                text.push('\n');
            }
            Some(text)
        })
    }

    /// The identity of the tree: the SHA-256 of the text form.
    pub fn digest(&self) -> Sha256Digest {
        let mut hasher = Sha256::new();
        for text in self.texts() {
            hasher.update(text.as_bytes());
        }
        Sha256Digest::from_hasher(hasher)
    }

    /// Reads the text form; anything that [`Manifest::to_text`] would not write is an error.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let mut manifest = Self::default();
        let mut last: Option<&str> = None;
        for (index, line) in text.split_terminator('\n').enumerate() {
            let line_error = || ManifestError::Line { line: index + 1 };
            let (hex, path) = line.split_once("  ").ok_or_else(line_error)?;
            let digest = Sha256Digest::from_hex(hex).map_err(|_| line_error())?;
            if last.is_some_and(|last| last >= path) {
                return Err(ManifestError::Order { line: index + 1 });
            }
            last = Some(path);
            manifest.insert(path.to_owned(), digest)?;
        }
        Ok(manifest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(paths: &[&str]) -> Manifest {
        let mut manifest = Manifest::default();
        for path in paths {
            manifest
                .insert((*path).to_owned(), Sha256Digest::of(path.as_bytes()))
                .unwrap();
        }
        manifest
    }

    #[test]
    fn text_is_sorted_bytewise_and_round_trips() {
        let one = manifest(&["b", "a/z", "a-b", "B"]);
        let paths: Vec<_> = one.files().map(|(path, _)| path.to_owned()).collect();
        assert_eq!(paths, ["B", "a-b", "a/z", "b"]);
        assert_eq!(Manifest::parse(&one.to_text()).unwrap(), one);
        assert_eq!(one.digest(), manifest(&["B", "a/z", "b", "a-b"]).digest());
    }

    #[test]
    fn paths_that_lead_out_or_break_lines_are_refused() {
        for path in ["", "/etc/passwd", "a/../b", "a//b", "./a", "a\nb"] {
            let digest = Sha256Digest::of(b"");
            assert!(
                Manifest::default().insert(path.to_owned(), digest).is_err(),
                "{path}"
            );
        }
    }

    #[test]
    fn what_tools_leave_beside_data_does_not_count() {
        for path in [
            ".git",
            ".git/config",
            ".gitattributes",
            "a/.git/HEAD",
            ".cache/huggingface/download/x.lock",
            "a/.cache/huggingface/x",
            "a/__pycache__/b",
            "a/b.pyc",
        ] {
            assert!(!counts_as_data(path), "{path}");
        }
        for path in [
            "a",
            ".gitignore",
            "a.git/b",
            ".cache/x",
            "huggingface/x",
            ".cache/a/huggingface",
            "a.pyc/b",
            "b.pyc.txt",
        ] {
            assert!(counts_as_data(path), "{path}");
        }
    }

    #[test]
    fn damaged_text_is_refused() {
        let text = manifest(&["a", "b"]).to_text();
        let swapped = text.lines().rev().collect::<Vec<_>>().join("\n");
        assert!(Manifest::parse(&swapped).is_err());
        assert!(Manifest::parse(&text.replace("  a", " a")).is_err());
        assert!(Manifest::parse(&text.repeat(2)).is_err());
    }
}
