//! Digests of files that were read to their end before, so that a run that was interrupted does
//! not read them again: one file for each in the cache.
//!
//! A digest is remembered under the place, the path, the size and the name that the place gives to
//! the file's state; where that is none, or a date alone, nothing is remembered. It only ever saves time; what is
//! missing or damaged counts as nothing.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::model::Sha256Digest;
use crate::remote::StoredFile;

/// The digests that are remembered, in one directory.
#[derive(Debug)]
pub(super) struct Remembered {
    directory: PathBuf,
}

impl Remembered {
    pub(super) fn new(cache_dir: &Path) -> Self {
        Self {
            directory: cache_dir.join("objects"),
        }
    }

    /// `place` is what no other place is called, without credentials.
    pub(super) fn digest(
        &self,
        place: &str,
        path: &str,
        file: &StoredFile,
    ) -> Option<Sha256Digest> {
        let text = fs_err::read_to_string(self.path(place, path, file)?).ok()?;
        text.strip_suffix('\n')?.parse().ok()
    }

    pub(super) fn keep(&self, place: &str, path: &str, file: &StoredFile, digest: Sha256Digest) {
        if let Some(path) = self.path(place, path, file) {
            // A full or read-only disk costs the next run some time, nothing more.
            let _ = write(&path, &format!("{digest}\n"));
        }
    }

    fn path(&self, place: &str, path: &str, file: &StoredFile) -> Option<PathBuf> {
        let StoredFile { size, token } = file;
        let text = format!("{place}\n{path}\n{size}\n{token}");
        let name = Sha256Digest::of(text.as_bytes()).hex();
        file.tells_changes().then(|| self.directory.join(name))
    }
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let directory = path.parent().expect("the path was joined to a directory");
    fs_err::create_dir_all(directory)?;
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(text.as_bytes())?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(size: u64, token: &str) -> StoredFile {
        let token = token.to_owned();
        StoredFile { size, token }
    }

    #[test]
    fn digests_come_back_for_the_same_state_only() {
        let directory = tempfile::tempdir().unwrap();
        let remembered = Remembered::new(directory.path());
        let digest = Sha256Digest::of(b"a");
        let known = file(1, "etag:x");
        remembered.keep("s3://b", "a", &known, digest);
        assert_eq!(remembered.digest("s3://b", "a", &known), Some(digest));
        for (place, path, other) in [
            ("s3://c", "a", file(1, "etag:x")),
            ("s3://b", "b", file(1, "etag:x")),
            ("s3://b", "a", file(2, "etag:x")),
            ("s3://b", "a", file(1, "etag:y")),
        ] {
            assert_eq!(remembered.digest(place, path, &other), None);
        }
        for token in ["", "modified:2026-01-01T00:00:00Z"] {
            remembered.keep("s3://b", "a", &file(1, token), digest);
            assert_eq!(remembered.digest("s3://b", "a", &file(1, token)), None);
        }
    }

    #[test]
    fn damage_is_as_good_as_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let remembered = Remembered::new(directory.path());
        let known = file(1, "etag:x");
        let path = remembered.path("p", "a", &known).unwrap();
        let digest = Sha256Digest::of(b"a");
        let cut = &digest.to_string()[..70];
        for damaged in ["", "sha256:", cut, &digest.to_string()] {
            remembered.keep("p", "a", &known, digest);
            fs_err::write(&path, damaged).unwrap();
            assert_eq!(remembered.digest("p", "a", &known), None, "{damaged}");
        }
    }
}
