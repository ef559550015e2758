//! The name of a file by revision and path, as git writes it.

use std::fmt;
use std::str::FromStr;

/// No name is longer, in bytes, than what every pipe takes at once.
const LONGEST_NAME: usize = 4096;

/// A file by revision and path, as git writes it (gitrevisions(7)): `HEAD~1:locks/x.lock.json`,
/// `main:./x.lock.json` from the directory, `:locks/x.lock.json` of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlobName {
    revision: String,
    path: String,
}

/// The text names no file by revision and path.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a git revision and a path like `HEAD~1:locks/x.lock.json`")]
pub struct BlobNameError(String);

impl BlobName {
    /// The revision; empty for the index, `:2` for the second stage of a merge in it.
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// The path, from the top of the repository unless it begins with `./` or `../`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The same revision with another path.
    #[must_use]
    pub fn with_path(&self, path: impl Into<String>) -> Self {
        Self {
            revision: self.revision.clone(),
            path: path.into(),
        }
    }

    /// A file of the index, from the top of the repository, at a stage of a merge.
    pub(super) fn staged(stage: &str, path: impl Into<String>) -> Self {
        let revision = match stage {
            "0" => String::new(),
            stage => format!(":{stage}"),
        };
        let path = path.into();
        Self { revision, path }
    }

    /// The stage of the index; none where a revision is named. It is 0 where no merge stopped at
    /// the file, else 1 for what both sides come from, 2 for ours and 3 for theirs.
    pub fn stage(&self) -> Option<&str> {
        match self.revision.as_str() {
            "" => Some("0"),
            revision => revision.strip_prefix(':'),
        }
    }

    pub(super) fn is_relative(&self) -> bool {
        self.path.starts_with("./") || self.path.starts_with("../")
    }
}

impl fmt::Display for BlobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.revision, self.path)
    }
}

impl FromStr for BlobName {
    type Err = BlobNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || BlobNameError(text.to_owned());
        let stage = text.len() > 2
            && text.starts_with(':')
            && (b'0'..=b'3').contains(&text.as_bytes()[1])
            && text.as_bytes()[2] == b':';
        // As git splits: `HEAD@{12:00}:x` has its colon behind the brace.
        let mut depth = 0_usize;
        let colon = text.char_indices().find(|(_, c)| {
            match c {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            *c == ':' && depth == 0
        });
        let colon = if stage {
            Some(2)
        } else {
            colon.map(|(at, _)| at)
        };
        let (revision, path) = text.split_at(colon.ok_or_else(error)?);
        let path = &path[1..];
        // `:/words` looks for a commit.
        let plain = !text.contains(['\n', '\0']) && text.len() <= LONGEST_NAME;
        if path.is_empty() || (revision.is_empty() && path.starts_with('/')) || !plain {
            return Err(error());
        }
        Ok(Self {
            revision: revision.to_owned(),
            path: path.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_as_git_splits_them() {
        for (text, expected) in [
            ("HEAD~1:locks/x.json", Some(("HEAD~1", "locks/x.json"))),
            ("main:./x.json", Some(("main", "./x.json"))),
            (":locks/x.json", Some(("", "locks/x.json"))),
            (":./x.json", Some(("", "./x.json"))),
            (":2:x.json", Some((":2", "x.json"))),
            ("main@{10:30}:a:b", Some(("main@{10:30}", "a:b"))),
            ("HEAD^{/a: b}:x", Some(("HEAD^{/a: b}", "x"))),
            ("-x:y", Some(("-x", "y"))),
            ("main", None),
            ("main:", None),
            (":", None),
            (":/words", None),
            ("main:a\nb", None),
            ("", None),
        ] {
            let name = text.parse::<BlobName>().ok();
            let parts = name.as_ref().map(|name| (name.revision(), name.path()));
            assert_eq!(parts, expected, "{text}");
            if let Some(name) = name {
                assert_eq!(name.to_string(), text);
            }
        }
    }
}
