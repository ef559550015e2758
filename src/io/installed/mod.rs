//! Installed Python environments, read from disk. No Python is run.
//!
//! What a distribution lists is hashed, everything else in the directories of modules is only
//! named. Links to directories are not followed.
//!
//! | module | holds |
//! |---|---|
//! | `layout` | where the modules of an environment lie |
//! | `metadata` | what says of itself that it is installed |

mod layout;
mod metadata;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use self::layout::Layout;
use crate::io::hash::{Algorithm, DigestOptions, Found, Stamp, Tree, digests};
use crate::model::{FileDigest, Installed, InstalledDist, InstalledFile, RecordedDigest};
use crate::remote::{Progress, TreeError};

/// The version of the rules by which files are found.
const RULES: &str = "installed-1";
/// So many files that cannot be read are told one by one.
const MOST_UNREADABLE: usize = 16;

/// Why a directory is no environment that can be looked at.
#[derive(Debug, thiserror::Error)]
pub enum InstalledError {
    /// There is nothing, or it may not be read.
    #[error("cannot read `{0}`")]
    Unreadable(PathBuf, #[source] io::Error),
    /// It is a file.
    #[error("`{0}` is not a directory")]
    NotADirectory(PathBuf),
    /// It holds no Python modules.
    #[error("`{0}` holds no Python environment")]
    NoEnvironment(PathBuf),
    /// Its files change, or many cannot be read.
    #[error("cannot read the files of `{0}`")]
    Files(PathBuf, #[source] TreeError),
}

/// Looks at the environment in a directory. `python` is the one that is expected there, `3.11`.
pub fn read_installed(
    directory: &Path,
    python: &str,
    options: &DigestOptions,
    progress: &dyn Progress,
) -> Result<Installed, InstalledError> {
    let layout = Layout::of(directory, python)?;
    let entries = entries(&layout)
        .map_err(|(path, error)| InstalledError::Unreadable(directory.join(path), error))?;
    let distributions: Vec<_> = entries
        .par_iter()
        .filter_map(|(site, name)| metadata::read(&layout.root, site, &name.to_string_lossy()))
        .collect();
    let (mut stamps, mut files) = walked(&layout, &entries);
    find_recorded(&layout, &distributions, &mut stamps, &mut files);
    let wanted = wanted(&layout, &distributions, &stamps);
    files.extend(stamps.into_keys().map(|path| (path, InstalledFile::Unread)));
    let read = hash(&layout.root, wanted, options, progress)
        .map_err(|error| InstalledError::Files(directory.to_path_buf(), error))?;
    files.extend(read);
    Ok(Installed {
        python: layout.python,
        sees_base: layout.sees_base,
        is_base: layout.is_base,
        sites: layout.sites,
        distributions,
        files,
    })
}

/// The names in each directory of modules, sorted.
fn entries(layout: &Layout) -> Result<Vec<(String, std::ffi::OsString)>, (String, io::Error)> {
    let mut entries = Vec::new();
    for site in &layout.sites {
        let told = |error| (site.clone(), error);
        let mut names = Vec::new();
        for entry in fs::read_dir(layout.root.join(site)).map_err(told)? {
            names.push(entry.map_err(told)?.file_name());
        }
        names.sort();
        entries.extend(names.into_iter().map(|name| (site.clone(), name)));
    }
    Ok(entries)
}

type Stamps = BTreeMap<String, Stamp>;
type Files = BTreeMap<String, InstalledFile>;

/// Every file below the entries: the regular ones by their stamps, and what else there is.
fn walked(layout: &Layout, entries: &[(String, std::ffi::OsString)]) -> (Stamps, Files) {
    let found = entries.par_iter().map(|(site, name)| {
        let mut found = Vec::new();
        walk(&layout.root, joined(site, name), &mut found);
        found
    });
    let mut files = Files::new();
    let found: Vec<Vec<FoundAt>> = found.collect();
    let regular = found
        .into_iter()
        .flatten()
        .filter_map(|(path, what)| match what {
            Ok(stamp) => Some((path, stamp)),
            Err(file) => {
                files.insert(path, file);
                None
            }
        });
    (regular.collect(), files)
}

fn joined(prefix: &str, name: &OsStr) -> String {
    let name = name.to_string_lossy();
    if prefix.is_empty() {
        name.into_owned()
    } else {
        format!("{prefix}/{name}")
    }
}

type FoundAt = (String, Result<Stamp, InstalledFile>);

fn walk(root: &Path, path: String, found: &mut Vec<FoundAt>) {
    let full = root.join(&path);
    let unreadable = |error: io::Error| Err(InstalledFile::Unreadable(error.to_string()));
    let kind = match fs::symlink_metadata(&full) {
        Ok(metadata) => metadata.file_type(),
        Err(error) => return found.push((path, unreadable(error))),
    };
    if !kind.is_dir() {
        let what = stamp(&full);
        return found.push((path, what));
    }
    let entries = match fs::read_dir(&full) {
        Ok(entries) => entries,
        Err(error) => return found.push((path, unreadable(error))),
    };
    for entry in entries {
        match entry {
            Ok(entry) => walk(root, joined(&path, &entry.file_name()), found),
            Err(error) => found.push((path.clone(), unreadable(error))),
        }
    }
}

/// The stamp of a regular file, also where a link leads to it.
fn stamp(path: &Path) -> Result<Stamp, InstalledFile> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => Err(InstalledFile::LinkedDirectory),
        Ok(metadata) => Stamp::of(&metadata)
            .ok_or_else(|| InstalledFile::Unreadable("it is not a regular file".to_owned())),
        Err(error) => Err(InstalledFile::Unreadable(error.to_string())),
    }
}

/// Adds what distributions list outside of the directories of modules, such as programs.
fn find_recorded(
    layout: &Layout,
    distributions: &[InstalledDist],
    stamps: &mut Stamps,
    files: &mut Files,
) {
    let listed: BTreeSet<_> = recorded(distributions).map(|(path, _)| path).collect();
    for path in listed {
        if stamps.contains_key(path) || files.contains_key(path) {
            continue;
        }
        let full = layout.root.join(path);
        if full.symlink_metadata().is_err() {
            continue;
        }
        match stamp(&full) {
            Ok(stamp) => drop(stamps.insert(path.to_owned(), stamp)),
            Err(file) => drop(files.insert(path.to_owned(), file)),
        }
    }
}

fn recorded(distributions: &[InstalledDist]) -> impl Iterator<Item = (&str, &RecordedDigest)> {
    let files = distributions.iter().filter_map(InstalledDist::recorded);
    files.flat_map(|recorded| {
        let files = recorded.files.iter();
        files.map(|(path, digest)| (path.as_str(), digest))
    })
}

/// The files whose bytes somebody says something of, and those that are known by their bytes.
fn wanted(layout: &Layout, distributions: &[InstalledDist], stamps: &Stamps) -> Vec<Found> {
    let hashed = |(path, digest): (&str, &RecordedDigest)| {
        matches!(digest, RecordedDigest::Sha256(_)).then(|| path.to_owned())
    };
    let mut paths: BTreeSet<String> = recorded(distributions).filter_map(hashed).collect();
    let known = KNOWN_BY_BYTES.iter();
    paths.extend(known.flat_map(|name| {
        let sites = layout.sites.iter();
        sites.map(move |site| joined(site, OsStr::new(name)))
    }));
    let found = paths.into_iter().filter_map(|name| {
        let stamp = *stamps.get(&name)?;
        Some(Found {
            name,
            stamp,
            algorithm: Algorithm::Sha256,
        })
    });
    found.collect()
}

/// What those who make virtual environments put there, and no distribution lists.
const KNOWN_BY_BYTES: [&str; 2] = ["_virtualenv.pth", "_virtualenv.py"];

/// The digests of files, or why some could not be read.
fn hash(
    root: &Path,
    mut wanted: Vec<Found>,
    options: &DigestOptions,
    progress: &dyn Progress,
) -> Result<Files, TreeError> {
    let mut files = Files::new();
    loop {
        let tree = Tree {
            root,
            place: root,
            rules: RULES,
            files: &wanted,
        };
        match digests(&tree, options, Some(progress)) {
            Ok(digests) => {
                let read = wanted.into_iter().zip(digests);
                files.extend(read.map(|(file, digest)| (file.name, read_as(&digest))));
                return Ok(files);
            }
            Err(TreeError::Unreadable { path, reason }) if files.len() < MOST_UNREADABLE => {
                let before = wanted.len();
                wanted.retain(|file| file.name != path);
                if wanted.len() == before {
                    return Err(TreeError::Unreadable { path, reason });
                }
                files.insert(path, InstalledFile::Unreadable(reason));
            }
            Err(error) => return Err(error),
        }
    }
}

fn read_as(digest: &FileDigest) -> InstalledFile {
    let sha256 = digest.sha256();
    InstalledFile::Read(sha256.expect("git's names were not asked for"))
}
