//! A directory that is either whole or not there: made aside, then renamed.
//!
//! It is made in a hidden directory beside its place, `.NAME.vhb-sync-XXXXXX`, which holds
//!
//! - `lock`, locked as long as somebody works there,
//! - `made`, what is being made,
//! - `replaced`, what was in its place, between the two renames that put the new one there.
//!
//! What a run that was killed left behind is swept by the next one for the same place, which puts
//! back first what was moved aside.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// The file that makes a directory a virtual environment (PEP 405).
const MARKER: &str = "pyvenv.cfg";
const LOCK: &str = "lock";
const MADE: &str = "made";
const REPLACED: &str = "replaced";

/// Why nothing may, or can, be put in a place.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// There is something, and nobody said that it may be replaced.
    #[error("`{0}` exists and is not empty")]
    NotEmpty(PathBuf),
    /// There is something that is no virtual environment.
    #[error("`{0}` exists and is not a virtual environment: it has no `pyvenv.cfg`")]
    NotAnEnvironment(PathBuf),
    /// There is a file.
    #[error("`{0}` exists and is not a directory")]
    NotADirectory(PathBuf),
    /// Replacing it would take something away that is still needed.
    #[error("`{place}` holds `{inside}`, which would be lost with it")]
    Holds {
        /// What was to be replaced.
        place: PathBuf,
        /// What lies in it.
        inside: PathBuf,
    },
    /// The system does not let it be.
    #[error("cannot write `{place}`: {source}")]
    Unwritable {
        /// What was to be written.
        place: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// A virtual environment on its way to its place.
#[derive(Debug)]
pub struct Staged {
    destination: PathBuf,
    replaces: bool,
    place: Option<TempDir>,
    /// Held as long as the directory is in use.
    _lock: File,
    /// Directories above it that were not there before, the innermost first.
    parents: Vec<PathBuf>,
    finished: bool,
}

impl Staged {
    /// Begins a directory; with `force` it takes the place of a virtual environment, but never of
    /// one that something lies in that is to be `kept`.
    pub fn begin(destination: &Path, force: bool, kept: &[PathBuf]) -> Result<Self, StageError> {
        let fail = |source: io::Error| unwritable(destination, source);
        let destination = match destination.canonicalize() {
            Ok(found) => found,
            Err(_) => std::path::absolute(destination).map_err(fail)?,
        };
        let (Some(parent), Some(name)) = (destination.parent(), destination.file_name()) else {
            return Err(StageError::NotAnEnvironment(destination));
        };
        let prefix = format!(".{}.vhb-sync-", name.to_string_lossy());
        heal(parent, &prefix, &destination);
        let replaces = occupied(&destination, force, kept)?;
        let parents = missing(parent);
        fs::create_dir_all(parent).map_err(fail)?;
        let staged = |place: TempDir| -> io::Result<(TempDir, File)> {
            let lock = lock_file(place.path())?;
            lock.lock()?;
            Ok((place, lock))
        };
        let place = tempfile::Builder::new().prefix(&prefix).tempdir_in(parent);
        match place.and_then(staged) {
            Ok((place, lock)) => Ok(Self {
                replaces,
                place: Some(place),
                _lock: lock,
                parents,
                finished: false,
                destination,
            }),
            Err(source) => {
                remove_empty(&parents);
                Err(unwritable(&destination, source))
            }
        }
    }

    /// Where it is to be made; nothing is there yet.
    pub fn path(&self) -> PathBuf {
        self.inside(MADE)
    }

    /// Where it will be.
    pub fn destination(&self) -> &Path {
        &self.destination
    }

    fn inside(&self, name: &str) -> PathBuf {
        let place = self.place.as_ref().expect("it is taken only when dropped");
        place.path().join(name)
    }

    /// Puts it in its place. Where that fails, what was there before is there again.
    pub fn finish(mut self) -> Result<(), StageError> {
        let (made, replaced) = (self.path(), self.inside(REPLACED));
        let to = &self.destination;
        let fail = |source: io::Error| unwritable(to, source);
        if self.replaces {
            fs::rename(to, &replaced).map_err(fail)?;
        } else if to.is_dir() {
            // Refused where somebody has put something into it in the meantime.
            fs::remove_dir(to).map_err(fail)?;
        }
        if let Err(error) = fs::rename(&made, to) {
            if self.replaces {
                fs::rename(&replaced, to).map_err(fail)?;
            }
            return Err(fail(error));
        }
        self.finished = true;
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next run.
        drop(self.place.take());
        if !self.finished {
            remove_empty(&self.parents);
        }
    }
}

/// Whether something is there that may be replaced.
fn occupied(destination: &Path, force: bool, kept: &[PathBuf]) -> Result<bool, StageError> {
    let mut entries = match fs::read_dir(destination) {
        Ok(entries) => entries,
        // A link to nothing is there, though what it names is not.
        Err(error)
            if error.kind() == io::ErrorKind::NotFound
                && destination.symlink_metadata().is_err() =>
        {
            return Ok(false);
        }
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            return Err(unwritable(destination, error));
        }
        Err(_) => return Err(StageError::NotADirectory(destination.to_owned())),
    };
    if entries.next().is_none() {
        return Ok(false);
    }
    if !force {
        return Err(StageError::NotEmpty(destination.to_owned()));
    }
    if !destination.join(MARKER).is_file() {
        return Err(StageError::NotAnEnvironment(destination.to_owned()));
    }
    match kept.iter().find(|path| lies_in(path, destination)) {
        Some(inside) => Err(StageError::Holds {
            place: destination.to_owned(),
            inside: inside.clone(),
        }),
        None => Ok(true),
    }
}

/// Whether what a path names lies in a directory, or the link that it is.
fn lies_in(path: &Path, directory: &Path) -> bool {
    let itself = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let parent = path.parent().filter(|it| !it.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new(".")).canonicalize();
    itself.starts_with(directory) || parent.is_ok_and(|it| it.starts_with(directory))
}

/// The directories from here upward that are not there.
fn missing(directory: &Path) -> Vec<PathBuf> {
    let above = directory.ancestors();
    above
        .take_while(|path| path.symlink_metadata().is_err())
        .map(Path::to_path_buf)
        .collect()
}

/// Removes directories, the innermost first, as far as nobody has used them.
fn remove_empty(directories: &[PathBuf]) {
    for directory in directories {
        if fs::remove_dir(directory).is_err() {
            return;
        }
    }
}

/// Sweeps what killed runs left for a place, and puts back what they had moved aside.
///
/// Where others may write too, what has such a name need not be a run's: links are not followed,
/// and directories of other users are left alone.
fn heal(parent: &Path, prefix: &str, destination: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let rest = name.to_str().and_then(|name| name.strip_prefix(prefix));
        // Another place may have a name that begins so.
        let ours = rest.is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_alphanumeric()));
        let place = entry.path();
        if !ours || !is_own_directory(&entry) {
            continue;
        }
        let Ok(lock) = lock_file(&place) else {
            continue;
        };
        if lock.try_lock().is_err() {
            continue;
        }
        let replaced = place.join(REPLACED);
        let moved_aside = replaced.symlink_metadata().is_ok_and(|it| it.is_dir());
        if moved_aside && destination.symlink_metadata().is_err() {
            let _ = fs::rename(&replaced, destination);
        }
        // A program that a killed run started may write on for a while: what cannot be removed now
        // is removed by the next run, and until then nothing takes it for an environment.
        for name in [MADE, REPLACED] {
            let _ = fs::remove_dir_all(place.join(name));
        }
        let _ = fs::remove_dir_all(&place);
    }
}

/// Whether it is a directory, not a link to one, and on Unix one of the user that vhb runs as.
fn is_own_directory(entry: &fs::DirEntry) -> bool {
    // Neither follows links.
    let kind = entry.file_type().is_ok_and(|kind| kind.is_dir());
    kind && entry.metadata().is_ok_and(|found| is_own(&found))
}

#[cfg(unix)]
fn is_own(found: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    // The standard library tells the user only by what the user makes.
    let made = tempfile::tempfile().and_then(|file| file.metadata());
    made.is_ok_and(|made| made.uid() == found.uid())
}

#[cfg(not(unix))]
fn is_own(_: &fs::Metadata) -> bool {
    true
}

/// Opens the lock, which is a regular file and no link to one.
fn lock_file(place: &Path) -> io::Result<File> {
    let path = place.join(LOCK);
    let mut options = File::options();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    }
    let file = options.open(&path)?;
    // Of a link that was followed where no flag forbids it, the second is none.
    let found = [file.metadata()?, path.symlink_metadata()?];
    if found.iter().all(fs::Metadata::is_file) {
        return Ok(file);
    }
    Err(io::Error::other("the lock is not a regular file"))
}

fn unwritable(place: &Path, source: io::Error) -> StageError {
    StageError::Unwritable {
        place: place.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests;
