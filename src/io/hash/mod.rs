//! The digests of files of this machine, at the speed of the machine.
//!
//! Files are read by as many threads as there are processors, each file in pieces of a few dozen
//! kilobytes. Where the processor has no instructions for SHA-256, each thread hashes eight files
//! at once in the lanes of its vectors. What was read before and has not changed since is not read
//! again (see [`kept`]).

#[cfg(target_arch = "x86_64")]
mod compress;
mod kept;
#[cfg(target_arch = "x86_64")]
mod lanes;
mod opened;
mod reading;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rayon::prelude::*;

use self::kept::Kept;
use self::reading::Engine;
use crate::model::FileDigest;
use crate::remote::{Progress, TreeError};

pub(crate) use self::opened::{Stamp, changed, unreadable};

/// How a digest is made of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    /// SHA-256.
    Sha256,
    /// What git calls the bytes: SHA-1 of `blob <length>\0` and the bytes.
    GitBlob,
}

/// A regular file of a tree, as it was found.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// Relative to the tree, with `/` between the parts.
    pub(crate) name: String,
    /// What the system said of it.
    pub(crate) stamp: Stamp,
    /// How it is to be hashed.
    pub(crate) algorithm: Algorithm,
}

/// What is hashed, and as what it is remembered.
pub(crate) struct Tree<'a> {
    /// The directory that all names start from.
    pub(crate) root: &'a Path,
    /// What was asked for: the directory, or the one file.
    pub(crate) place: &'a Path,
    /// By which rules its files were found: the same directory has other files by others.
    pub(crate) rules: &'static str,
    /// The files.
    pub(crate) files: &'a [Found],
}

/// Where digests are kept between runs.
#[derive(Clone, Debug, Default)]
pub struct DigestOptions {
    /// A directory; none keeps nothing.
    pub cache: Option<PathBuf>,
    /// Whether every file is read, also those whose digests are kept.
    pub rehash: bool,
}

/// The digests of the files of a tree, in their order.
pub(crate) fn digests(
    tree: &Tree<'_>,
    options: &DigestOptions,
    progress: Option<&dyn Progress>,
) -> Result<Vec<FileDigest>, TreeError> {
    digests_at(SystemTime::now(), tree, options, progress)
}

fn digests_at(
    began: SystemTime,
    tree: &Tree<'_>,
    options: &DigestOptions,
    progress: Option<&dyn Progress>,
) -> Result<Vec<FileDigest>, TreeError> {
    let kept = options.cache.as_deref().map(|cache| Kept::new(cache, tree));
    let mut known = vec![None; tree.files.len()];
    let mut records = 0;
    if let Some(kept) = &kept
        && !options.rehash
    {
        let loaded = kept.load();
        records = loaded.len();
        let found = known.par_iter_mut().zip(tree.files).enumerate();
        found
            .with_min_len(256)
            .for_each(|(number, (known, file))| *known = loaded.get(number, file));
    }
    let hits = known.iter().filter(|known| known.is_some()).count();
    if hits < known.len() {
        reading::read_all(tree, &mut known, progress, Engine::fastest())?;
    }
    let digests: Vec<_> = known
        .into_iter()
        .map(|digest| digest.expect("what was not known was read"))
        .collect();
    if let Some(kept) = &kept {
        if hits == digests.len() && records == hits {
            kept.touch();
        } else {
            // A full or read-only disk costs the next run some time, nothing more.
            let _ = kept.store(tree.files, &digests, began);
        }
    }
    Ok(digests)
}
