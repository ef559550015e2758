//! What a command reads is not replaced by what it writes.

use std::path::{Path, PathBuf};

use super::Result;
use super::error::CliError;

/// Refuses a file to write that is one of the inputs, or lies in a directory that is.
///
/// `what` is what would be written, and `option` the one that names the file.
pub(super) fn refuse_input(
    (what, option): (&str, &str),
    file: &Path,
    inputs: &[PathBuf],
) -> Result<()> {
    let place = resolved(file);
    if !inputs.iter().any(|path| place.starts_with(resolved(path))) {
        return Ok(());
    }
    let message = format!(
        "cannot write {what} to `{}`: that is what it is about",
        file.display()
    );
    Err(CliError::new(message).hint(format!("name another file for `{option}`")))
}

/// The file that a path leads to, whether it is there or not.
pub(super) fn resolved(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    if let Ok(canonical) = absolute.canonicalize() {
        return canonical;
    }
    let parent = absolute.parent().map(resolved);
    match (parent, absolute.file_name()) {
        (Some(parent), Some(name)) => parent.join(name),
        // Only `..` is no name.
        (Some(parent), None) => parent.parent().map_or(absolute, Path::to_path_buf),
        _ => absolute,
    }
}
