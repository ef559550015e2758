//! Merged ancestors, by the digest of their bytes.
//!
//! Where two branches have several common ancestors, git merges these first. What comes of it is in
//! no commit, yet the SBOM of it names it, and the SBOM is merged before the lock.

use std::path::PathBuf;

use super::super::Result;
use super::super::args::CacheArgs;
use super::super::world::cache_dir;
use crate::io::write::{FileToWrite, write_all};
use crate::lock::Lock;
use crate::model::Sha256Digest;

/// Where they are kept.
pub(super) struct Remembered {
    directory: PathBuf,
}

impl Remembered {
    pub(super) fn of(args: &CacheArgs) -> Result<Self> {
        let directory = cache_dir(args)?.join("ancestors");
        Ok(Self { directory })
    }

    /// Keeps a lock. Where that fails, its SBOM alone cannot be merged, which is told then.
    pub(super) fn keep(&self, lock: &Lock) {
        let bytes = lock.to_bytes();
        let path = self.path(&Sha256Digest::of(&bytes).hex());
        let _ = write_all(&[FileToWrite { path, bytes }]);
    }

    /// The bytes of these digits, as they were kept.
    pub(super) fn bytes(&self, hex: &str) -> Option<Vec<u8>> {
        let digest: Sha256Digest = format!("sha256:{hex}").parse().ok()?;
        let bytes = std::fs::read(self.path(&digest.hex())).ok()?;
        (Sha256Digest::of(&bytes) == digest).then_some(bytes)
    }

    fn path(&self, hex: &str) -> PathBuf {
        self.directory.join(format!("{hex}.lock.json"))
    }
}
