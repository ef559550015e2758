//! Files in which a merge stopped.

/// Whether git, or another tool, left the marks of a conflict in a text.
pub fn has_conflict_marks(text: &[u8]) -> bool {
    text.split(|byte| *byte == b'\n')
        .any(|line| line.starts_with(b"<<<<<<< "))
}
