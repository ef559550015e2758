//! The files of published results, by name: relative to the directory that was named, or the name
//! of the file that was.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::args::{CacheArgs, RehashArgs};
use super::error::CliError;
use super::manifest::unusable;
use super::world::{cache_dir, disk_trees};
use super::{Output, Result};
use crate::model::Sha256Digest;
use crate::remote::{DataWanted, LocalTrees as _, Progress as _};

/// Result files, each with its place and its digest.
pub(super) type ResultFiles = BTreeMap<String, (PathBuf, Sha256Digest)>;

/// Reads results. Files that belong to the lock (`own`) are no results, wherever they lie.
pub(super) fn read(
    results: &[PathBuf],
    own: &[PathBuf],
    (cache, rehash): (&CacheArgs, &RehashArgs),
    output: &Output,
) -> Result<ResultFiles> {
    let trees = disk_trees(&cache_dir(cache)?, rehash.rehash);
    let wanted = DataWanted {
        as_git_blob: &|_| false,
        links_lead_out: false,
    };
    let own = OwnFiles::of(own);
    let progress = output.progress();
    progress.expect(results.len());
    let mut files = ResultFiles::new();
    for result in results {
        progress.begin(&result.display().to_string());
        let found = trees.data(result, &wanted, &progress);
        let found = found.map_err(|error| unusable(result, &error))?;
        let directory = result.is_dir();
        for (name, file) in found {
            let place = if directory {
                result.join(&name)
            } else {
                result.clone()
            };
            if own.contains(&place) {
                continue;
            }
            refuse_private_key(&place, file.size)?;
            let digest = file
                .digest
                .sha256()
                .expect("git's names were not asked for");
            if let Some((other, _)) = files.insert(name.clone(), (place.clone(), digest))
                && !is_same(&other, &place)
            {
                return Err(same_name(&name, &other, &place));
            }
        }
        progress.end(&result.display().to_string());
    }
    Ok(files)
}

/// Results are published, and a private key among them would be as well.
fn refuse_private_key(place: &Path, size: u64) -> Result<()> {
    if size > LARGEST_KEY {
        return Ok(());
    }
    let bytes = std::fs::read(place);
    let bytes = bytes.map_err(|error| CliError::unreadable("result", place, &error))?;
    let label = PRIVATE_KEY.as_bytes();
    if !bytes.windows(label.len()).any(|there| there == label) {
        return Ok(());
    }
    let message = format!(
        "`{}` holds a private key, and results are published",
        place.display()
    );
    Err(CliError::new(message)
        .hint("keep keys elsewhere; if it was published before, make another"))
}

/// How the first line of every private key in PEM ends, also of encrypted ones.
const PRIVATE_KEY: &str = "PRIVATE KEY-----";
/// No key in PEM is larger, in bytes.
const LARGEST_KEY: u64 = 64 * 1024;

/// Two files of one name, of which a statement can only name one.
pub(super) fn same_name(name: &str, one: &Path, other: &Path) -> CliError {
    let (one, other) = (one.display(), other.display());
    CliError::new(format!(
        "`{one}` and `{other}` would both be called `{name}`"
    ))
    .hint("name the directory that holds both, or rename one of them")
}

fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// The files of a lock itself, by where they really are.
struct OwnFiles(Vec<PathBuf>);

impl OwnFiles {
    fn of(paths: &[PathBuf]) -> Self {
        // What is not there cannot be among the results.
        Self(
            paths
                .iter()
                .filter_map(|path| path.canonicalize().ok())
                .collect(),
        )
    }

    fn contains(&self, place: &Path) -> bool {
        // Asking the disk for each of many files would take long.
        let called_so = self
            .0
            .iter()
            .any(|own| own.file_name() == place.file_name());
        called_so
            && place
                .canonicalize()
                .is_ok_and(|place| self.0.contains(&place))
    }
}
