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
    let inside = |path: &&PathBuf| {
        let path = path.canonicalize().unwrap_or_else(|_| (*path).clone());
        path.starts_with(destination)
    };
    match kept.iter().find(inside) {
        Some(inside) => Err(StageError::Holds {
            place: destination.to_owned(),
            inside: inside.clone(),
        }),
        None => Ok(true),
    }
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
fn heal(parent: &Path, prefix: &str, destination: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let rest = name.to_str().and_then(|name| name.strip_prefix(prefix));
        // Another place may have a name that begins so.
        let ours = rest.is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_alphanumeric()));
        let place = entry.path();
        if !ours {
            continue;
        }
        let Ok(lock) = lock_file(&place) else {
            continue;
        };
        if lock.try_lock().is_err() {
            continue;
        }
        let replaced = place.join(REPLACED);
        if replaced.is_dir() && destination.symlink_metadata().is_err() {
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

fn lock_file(place: &Path) -> io::Result<File> {
    let mut options = File::options();
    options
        .write(true)
        .create(true)
        .truncate(false)
        .open(place.join(LOCK))
}

fn unwritable(place: &Path, source: io::Error) -> StageError {
    StageError::Unwritable {
        place: place.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn make(path: &Path, text: &str) {
        fs::create_dir_all(path).unwrap();
        fs::write(path.join(MARKER), text).unwrap();
    }

    #[test]
    fn what_is_given_up_leaves_nothing_behind() {
        let root = tempfile::tempdir().unwrap();
        let staged = Staged::begin(&root.path().join("a/b/env"), false, &[]).unwrap();
        make(&staged.path(), "half");
        assert_eq!(names(&root.path().join("a/b")).len(), 1);
        drop(staged);
        assert!(names(root.path()).is_empty());
    }

    #[test]
    fn it_takes_an_empty_place_and_no_other() {
        let root = tempfile::tempdir().unwrap();
        let place = root.path().join("env");
        fs::create_dir(&place).unwrap();
        let staged = Staged::begin(&place, false, &[]).unwrap();
        make(&staged.path(), "new");
        staged.finish().unwrap();
        assert_eq!(fs::read_to_string(place.join(MARKER)).unwrap(), "new");
        assert_eq!(names(root.path()), ["env"]);

        let refused = Staged::begin(&place, false, &[]).unwrap_err();
        assert!(matches!(refused, StageError::NotEmpty(_)), "{refused}");
        fs::remove_file(place.join(MARKER)).unwrap();
        fs::write(place.join("thesis.tex"), "").unwrap();
        let refused = Staged::begin(&place, true, &[]).unwrap_err();
        assert!(matches!(refused, StageError::NotAnEnvironment(_)));
        let refused = Staged::begin(&place.join("thesis.tex"), true, &[]).unwrap_err();
        assert!(matches!(refused, StageError::NotADirectory(_)));
        assert_eq!(names(&place), ["thesis.tex"]);
    }

    #[test]
    fn an_environment_is_replaced_only_where_nothing_is_lost() {
        let root = tempfile::tempdir().unwrap();
        let place = root.path().join("env");
        make(&place, "old");
        let staged = Staged::begin(&place, true, &[]).unwrap();
        drop(staged);
        assert_eq!(fs::read_to_string(place.join(MARKER)).unwrap(), "old");

        let kept = place.join("locks/a.lock.json");
        fs::create_dir(place.join("locks")).unwrap();
        fs::write(&kept, "").unwrap();
        let refused = Staged::begin(&place, true, &[kept]).unwrap_err();
        assert!(matches!(refused, StageError::Holds { .. }), "{refused}");

        let staged = Staged::begin(&place, true, &[]).unwrap();
        make(&staged.path(), "new");
        staged.finish().unwrap();
        assert_eq!(fs::read_to_string(place.join(MARKER)).unwrap(), "new");
        assert_eq!(names(root.path()), ["env"]);
    }

    #[test]
    fn an_environment_comes_back_where_the_new_one_cannot_take_its_place() {
        let root = tempfile::tempdir().unwrap();
        let place = root.path().join("env");
        make(&place, "old");
        let staged = Staged::begin(&place, true, &[]).unwrap();
        // Nothing was made.
        assert!(staged.finish().is_err());
        assert_eq!(fs::read_to_string(place.join(MARKER)).unwrap(), "old");
        assert_eq!(names(root.path()), ["env"]);
    }

    #[test]
    fn what_killed_runs_left_is_healed_and_what_others_do_is_left_alone() {
        let root = tempfile::tempdir().unwrap();
        let place = root.path().join("env");
        let dead = root.path().join(".env.vhb-sync-abc123");
        make(&dead.join(REPLACED), "old");
        // The file `lock` may be gone, where a sweep was disturbed.
        let other = root.path().join(".env.vhb-sync-a.vhb-sync-abc123");
        make(&other.join(MADE), "");
        fs::write(other.join(LOCK), "").unwrap();
        let busy = Staged::begin(&root.path().join("busy"), false, &[]).unwrap();

        let staged = Staged::begin(&place, true, &[]).unwrap();
        let second = Staged::begin(&place, true, &[]).unwrap();
        assert!(!dead.exists() && other.exists());
        assert_eq!(fs::read_to_string(place.join(MARKER)).unwrap(), "old");
        make(&staged.path(), "new");
        staged.finish().unwrap();
        assert!(second.inside(LOCK).exists() && busy.inside(LOCK).exists());
    }
}
