//! The versions that a file has had, wherever in the history.

use super::{BlobError, Object, Revisions};

impl Revisions {
    /// The newest version of a file that is what is looked for, in the history of every reference
    /// and of `starts`; none where there is no such version.
    ///
    /// The path is that from the top of the repository. Starts that are no commits here, or may not
    /// be names of any, are passed over.
    pub fn version(
        &self,
        path: &str,
        starts: &[String],
        is_meant: &dyn Fn(&[u8]) -> bool,
    ) -> Result<Option<Vec<u8>>, BlobError> {
        // `--all` means HEAD as well, and stashes.
        let mut arguments = vec!["rev-list", "--objects", "--in-commit-order"];
        // A side that was merged away may be what is looked for.
        arguments.extend(["--full-history", "--all", "--missing=allow-any"]);
        for start in starts.iter().filter(|start| may_be_name(start)) {
            if let Object::Other = self.object(&format!("{start}^{{commit}}"))? {
                arguments.push(start);
            }
        }
        let literally = format!(":(top,literal){path}");
        arguments.extend(["--", &literally]);
        let listed = self.read(&arguments)?;
        for line in listed.split(|byte| *byte == b'\n') {
            let line = str::from_utf8(line).unwrap_or_default();
            let Some((id, _)) = line.split_once(' ').filter(|(_, name)| *name == path) else {
                continue;
            };
            // What a partial clone lacks cannot be looked at.
            let Ok(bytes) = self.read(&["cat-file", "blob", id]) else {
                continue;
            };
            if is_meant(&bytes) {
                return Ok(Some(bytes));
            }
        }
        Ok(None)
    }
}

/// Whether a text can be an id or the name of a reference, and no option.
fn may_be_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !text.is_empty() && text.bytes().all(plain)
}
