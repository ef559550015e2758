//! The files of a directory that git does not know.

use std::collections::BTreeSet;
use std::path::Path;

use super::{is_cache, utf8};
use crate::io::hash::unreadable;
use crate::remote::RemoteError;

/// Every file but those of `.git` and of Python's caches, by its path.
pub(super) fn files(root: &Path) -> Result<BTreeSet<String>, RemoteError> {
    fn below(
        directory: &Path,
        prefix: &str,
        out: &mut BTreeSet<String>,
    ) -> Result<(), RemoteError> {
        let shown = if prefix.is_empty() { "." } else { prefix };
        let entries = std::fs::read_dir(directory).map_err(|error| unreadable(shown, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(shown, &error))?;
            let name = utf8(entry.file_name().into_encoded_bytes())?;
            let path = format!("{prefix}{name}");
            if name == ".git" || is_cache(&name) {
                continue;
            }
            let kind = entry
                .file_type()
                .map_err(|error| unreadable(&path, &error))?;
            if kind.is_dir() {
                below(&entry.path(), &format!("{path}/"), out)?;
            } else {
                out.insert(path);
            }
        }
        Ok(())
    }
    let mut out = BTreeSet::new();
    below(root, "", &mut out)?;
    Ok(out)
}
