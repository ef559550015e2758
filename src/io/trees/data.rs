//! Every file of a model or a dataset, whether git knows it or not.
//!
//! What never counts is told by [`counts_as_data`], which all places share.

use std::fs::DirEntry;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::utf8;
use crate::io::hash::{Algorithm, Found, Stamp, unreadable};
use crate::model::{ManifestError, counts_as_data};
use crate::remote::{DataWanted, RemoteError, TreeError};

/// The version of these rules.
pub(super) const RULES: &str = "data-1";
/// The most that links to directories may add to a tree: they multiply.
const MOST_LINKED: usize = 1_000_000;
/// How many directories are looked into together.
const DIRECTORIES: usize = 64;
/// How many entries of a directory are looked at together.
const ENTRIES: usize = 4096;

/// The files of a directory, or one file.
pub(super) struct Gathered {
    /// The directory that the names start from.
    pub(super) root: PathBuf,
    /// The files, sorted by name.
    pub(super) files: Vec<Found>,
}

/// Finds the files, and reads none.
pub(super) fn gather(path: &Path, wanted: &DataWanted<'_>) -> Result<Gathered, RemoteError> {
    let metadata = path.metadata().map_err(|error| missing(path, &error))?;
    if metadata.is_dir() {
        let root = path.canonicalize();
        let root = root.map_err(|error| unreadable(".", &error))?;
        let mut files = Walk::new(&root, wanted).run()?;
        files.par_sort_unstable_by(|a, b| a.name.cmp(&b.name));
        return Ok(Gathered { root, files });
    }
    let name = path.file_name().unwrap_or(path.as_os_str());
    let name = named("", name.to_os_string())?;
    let file = found(name, &metadata, wanted)?;
    Ok(Gathered {
        root: path.parent().unwrap_or(Path::new("")).to_path_buf(),
        files: vec![file],
    })
}

/// Why there is nothing at the path that was asked for.
fn missing(path: &Path, error: &std::io::Error) -> RemoteError {
    let shown = path.display().to_string();
    let is_link = path.symlink_metadata().is_ok_and(|link| link.is_symlink());
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory if !is_link => {
            RemoteError::NotFound(format!("there is no file or directory `{shown}`"))
        }
        _ if is_link => followed(&shown, error).into(),
        _ => unreadable(&shown, error).into(),
    }
}

/// Why a link cannot be followed.
fn followed(link: &str, error: &std::io::Error) -> TreeError {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => TreeError::LinkDangles(link.to_owned()),
        ErrorKind::PermissionDenied => unreadable(link, error),
        _ => TreeError::LinkLoops(link.to_owned()),
    }
}

fn named(prefix: &str, name: std::ffi::OsString) -> Result<String, RemoteError> {
    let name = prefix.to_owned() + &utf8(name.into_encoded_bytes())?;
    if name.contains(['\n', '\r']) {
        let shown = name.escape_debug().to_string();
        return Err(TreeError::from(ManifestError::LineBreak(shown)).into());
    }
    Ok(name)
}

fn found(
    name: String,
    metadata: &std::fs::Metadata,
    wanted: &DataWanted<'_>,
) -> Result<Found, TreeError> {
    let Some(stamp) = Stamp::of(metadata) else {
        return Err(TreeError::Unreadable {
            path: name,
            reason: "it is not a regular file".to_owned(),
        });
    };
    let algorithm = if (wanted.as_git_blob)(&name) {
        Algorithm::GitBlob
    } else {
        Algorithm::Sha256
    };
    Ok(Found {
        name,
        stamp,
        algorithm,
    })
}

/// A directory that is yet to be looked into.
struct Directory {
    /// What the names of its files begin with.
    prefix: String,
    /// Where it lies, without links.
    real: PathBuf,
    /// The link that led here, if one did.
    trail: Option<Arc<Trail>>,
}

/// A link that was followed, and the one that had led to it.
struct Trail {
    /// The directory that the link lies in.
    from: PathBuf,
    before: Option<Arc<Trail>>,
}

impl Directory {
    /// Whether a link in this directory to another one would be followed for ever.
    fn lies_in(&self, target: &Path) -> bool {
        let mut links = std::iter::successors(self.trail.as_ref(), |link| link.before.as_ref());
        self.real.starts_with(target) || links.any(|link| link.from.starts_with(target))
    }
}

enum Entry {
    /// Nothing that counts.
    Nothing,
    File(Found),
    Directory(Directory),
}

struct Walk<'a> {
    root: &'a Path,
    wanted: &'a DataWanted<'a>,
    /// How much was found behind links to directories.
    linked: AtomicUsize,
}

impl<'a> Walk<'a> {
    fn new(root: &'a Path, wanted: &'a DataWanted<'a>) -> Self {
        Self {
            root,
            wanted,
            linked: AtomicUsize::new(0),
        }
    }

    /// The directories wait in a list, since trees can be deeper than a stack.
    fn run(self) -> Result<Vec<Found>, RemoteError> {
        let mut files = Vec::new();
        let mut waiting = vec![Directory {
            prefix: String::new(),
            real: self.root.to_path_buf(),
            trail: None,
        }];
        while !waiting.is_empty() {
            let handful = waiting.split_off(waiting.len().saturating_sub(DIRECTORIES));
            let looked: Vec<_> = handful
                .into_par_iter()
                .with_max_len(1)
                .map(|directory| self.look_into(&directory))
                .collect();
            for below in looked {
                let (found, directories) = below?;
                files.extend(found);
                waiting.extend(directories);
            }
        }
        Ok(files)
    }

    /// The files and the directories in a directory.
    fn look_into(
        &self,
        directory: &Directory,
    ) -> Result<(Vec<Found>, Vec<Directory>), RemoteError> {
        let shown = match directory.prefix.trim_end_matches('/') {
            "" => ".",
            prefix => prefix,
        };
        let mut files = Vec::new();
        let mut directories = Vec::new();
        let entries = std::fs::read_dir(&directory.real);
        let mut entries = entries.map_err(|error| unreadable(shown, &error))?;
        loop {
            let handful: Vec<_> = entries.by_ref().take(ENTRIES).collect();
            if handful.is_empty() {
                return Ok((files, directories));
            }
            let looked: Vec<_> = handful
                .into_par_iter()
                .with_min_len(256)
                .map(|entry| {
                    let entry = entry.map_err(|error| unreadable(shown, &error))?;
                    self.look(directory, &entry)
                })
                .collect();
            for entry in looked {
                match entry? {
                    Entry::Nothing => {}
                    Entry::File(file) => files.push(file),
                    Entry::Directory(below) => directories.push(below),
                }
            }
        }
    }

    fn look(&self, directory: &Directory, entry: &DirEntry) -> Result<Entry, RemoteError> {
        let name = named(&directory.prefix, entry.file_name())?;
        if !counts_as_data(&name) {
            return Ok(Entry::Nothing);
        }
        let counted =
            directory.trail.is_none() || self.linked.fetch_add(1, Ordering::Relaxed) < MOST_LINKED;
        if !counted {
            let reason = format!("its links make more than {MOST_LINKED} files of the tree");
            return Err(TreeError::Unreadable { path: name, reason }.into());
        }
        let kind = entry.file_type();
        let kind = kind.map_err(|error| unreadable(&name, &error))?;
        if kind.is_dir() {
            return Ok(Entry::Directory(Directory {
                prefix: format!("{name}/"),
                real: entry.path(),
                trail: directory.trail.clone(),
            }));
        }
        if kind.is_symlink() {
            return Ok(self.follow(directory, &entry.path(), name)?);
        }
        let metadata = entry.metadata();
        let metadata = metadata.map_err(|error| unreadable(&name, &error))?;
        Ok(Entry::File(found(name, &metadata, self.wanted)?))
    }

    fn follow(&self, directory: &Directory, link: &Path, name: String) -> Result<Entry, TreeError> {
        let target = link.canonicalize();
        let target = target.map_err(|error| followed(&name, &error))?;
        if !self.wanted.links_lead_out && !target.starts_with(self.root) {
            return Err(TreeError::LinkLeaves(name));
        }
        let metadata = target.metadata();
        let metadata = metadata.map_err(|error| followed(&name, &error))?;
        if !metadata.is_dir() {
            return Ok(Entry::File(found(name, &metadata, self.wanted)?));
        }
        if directory.lies_in(&target) {
            return Err(TreeError::LinkLoops(name));
        }
        Ok(Entry::Directory(Directory {
            prefix: format!("{name}/"),
            real: target,
            trail: Some(Arc::new(Trail {
                from: directory.real.clone(),
                before: directory.trail.clone(),
            })),
        }))
    }
}
