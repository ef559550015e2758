//! What one call of the driver leaves to another, in the cache.
//!
//! Where two branches have several common ancestors, git merges these first. What comes of it is in
//! no commit, yet the SBOM of it names it, and the SBOM is merged before the lock.
//!
//! What was resolved for the SBOM is taken for the lock: a server that answers otherwise in between
//! would else make them two different ones.
//!
//! Everything is kept with its digest; what is not of that digest is not there.

use std::path::PathBuf;

use super::super::Result;
use super::super::args::CacheArgs;
use super::super::world::cache_dir;
use crate::io::write::{FileToWrite, write_all};
use crate::lock::Lock;
use crate::model::Sha256Digest;

/// Where it is kept.
pub(super) struct Remembered {
    directory: PathBuf,
}

impl Remembered {
    pub(super) fn of(args: &CacheArgs) -> Result<Self> {
        let directory = cache_dir(args)?.join("merges");
        Ok(Self { directory })
    }

    /// Keeps a merged ancestor. Where that fails, its SBOM alone cannot be merged, which is told
    /// then.
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

/// Which of the two files git calls the driver for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    /// The first: paths are merged in reverse.
    Sbom,
    /// The second, or the only one.
    Lock,
}

/// What three locks were resolved to: kept by the first call, taken by the second.
pub(super) struct Resolved<'a> {
    pub(super) remembered: &'a Remembered,
    /// The digest of the three.
    pub(super) inputs: Sha256Digest,
    pub(super) call: Call,
}

impl Resolved<'_> {
    /// Keeps it for the other call, which resolves by itself where that fails.
    pub(super) fn keep(&self, lock: &Lock) {
        if self.call == Call::Sbom {
            let bytes = lock.to_bytes();
            let digest = format!("{}\n", Sha256Digest::of(&bytes));
            let bytes = [digest.into_bytes(), bytes].concat();
            let path = self.path();
            let _ = write_all(&[FileToWrite { path, bytes }]);
        }
    }

    /// What the other call kept, once: the next merge of the same three is another one.
    pub(super) fn take(&self) -> Option<Lock> {
        if self.call == Call::Sbom {
            return None;
        }
        let kept = std::fs::read(self.path()).ok()?;
        let _ = std::fs::remove_file(self.path());
        let newline = kept.iter().position(|byte| *byte == b'\n')?;
        let (digest, bytes) = (&kept[..newline], &kept[newline + 1..]);
        let digest: Sha256Digest = str::from_utf8(digest).ok()?.parse().ok()?;
        let lock = (Sha256Digest::of(bytes) == digest).then_some(bytes)?;
        Lock::from_bytes(lock).ok()
    }

    fn path(&self) -> PathBuf {
        let name = format!("{}.resolved", self.inputs.hex());
        self.remembered.directory.join(name)
    }
}
