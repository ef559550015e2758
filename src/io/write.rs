//! Files that are either whole or not there: written aside, flushed to disk, renamed.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// What unfinished files are called; those of a run that was killed are swept by the next one.
const SUFFIX: &str = ".vhb-tmp";
/// Temporary files are private by default; a lock is as readable as any other file. The umask of
/// the process still applies.
const SHARED: u32 = 0o666;

/// A file is to hold these bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileToWrite {
    /// Where.
    pub path: PathBuf,
    /// What.
    pub bytes: Vec<u8>,
}

impl FileToWrite {
    /// Whether the file holds these bytes already.
    pub fn is_written(&self) -> bool {
        std::fs::read(&self.path).is_ok_and(|bytes| bytes == self.bytes)
    }
}

/// Writes files, leaving alone those that hold their bytes already; says which were written.
///
/// All are written aside before the first is put in place, so that running out of disk leaves
/// everything as it was, and being killed leaves each file old or new.
pub fn write_all(files: &[FileToWrite]) -> std::io::Result<Vec<&Path>> {
    // Also where nothing is to be written: a run that was killed may have been undone since.
    let directories: BTreeSet<_> = files.iter().map(|file| parent(&file.path)).collect();
    for directory in directories {
        sweep(directory);
    }
    let mut staged = Vec::new();
    for file in files.iter().filter(|file| !file.is_written()) {
        staged.push((stage(file)?, file.path.as_path()));
    }
    let mut written = Vec::new();
    for (temporary, path) in staged {
        temporary
            .persist(path)
            .map_err(|error| named(path, &error.error))?;
        written.push(path);
    }
    for path in &written {
        sync_directory(path);
    }
    Ok(written)
}

/// A file that must not be there yet.
#[derive(Debug)]
pub struct NewFile<'a> {
    /// Where.
    pub path: PathBuf,
    /// What.
    pub bytes: &'a [u8],
    /// Whether its owner alone may read it.
    pub private: bool,
}

/// Writes files that are not there yet, all or none; what is there is an error of the kind
/// [`AlreadyExists`](std::io::ErrorKind::AlreadyExists), and stays. Directories that were made for
/// them do not.
pub fn write_new(files: &[NewFile<'_>]) -> std::io::Result<()> {
    let mut missing = BTreeSet::new();
    for file in files {
        let above = parent(&file.path).ancestors();
        missing.extend(above.take_while(|above| above.symlink_metadata().is_err()));
    }
    write_all_new(files).inspect_err(|_| {
        // The deepest first; one that somebody else uses by now is not empty, and stays.
        for directory in missing.iter().rev() {
            let _ = std::fs::remove_dir(directory);
        }
    })
}

fn write_all_new(files: &[NewFile<'_>]) -> std::io::Result<()> {
    let directories: BTreeSet<_> = files.iter().map(|file| parent(&file.path)).collect();
    for directory in directories {
        sweep(directory);
    }
    let staged = files.iter().map(|file| {
        let mode = if file.private { 0o600 } else { SHARED };
        Ok((
            stage_with(&file.path, file.bytes, mode)?,
            file.path.as_path(),
        ))
    });
    let staged: Vec<_> = staged.collect::<std::io::Result<_>>()?;
    let mut written: Vec<&Path> = Vec::new();
    for (temporary, path) in staged {
        if let Err(error) = temporary.persist_noclobber(path) {
            for path in written {
                let _ = std::fs::remove_file(path);
            }
            return Err(named(path, &error.error));
        }
        written.push(path);
    }
    for path in &written {
        sync_directory(path);
    }
    Ok(())
}

fn stage(file: &FileToWrite) -> std::io::Result<NamedTempFile> {
    if file.path.is_dir() {
        let error = std::io::Error::from(std::io::ErrorKind::IsADirectory);
        return Err(named(&file.path, &error));
    }
    stage_with(&file.path, &file.bytes, SHARED)
}

fn stage_with(path: &Path, bytes: &[u8], mode: u32) -> std::io::Result<NamedTempFile> {
    let fail = |error: std::io::Error| named(path, &error);
    std::fs::create_dir_all(parent(path)).map_err(fail)?;
    let mut temporary = beside_with(path, mode).map_err(fail)?;
    temporary.write_all(bytes).map_err(fail)?;
    temporary.as_file().sync_all().map_err(fail)?;
    Ok(temporary)
}

/// An empty file to be renamed to a path later; otherwise it vanishes, at the latest in
/// the next sweep.
pub(crate) fn beside(path: &Path) -> std::io::Result<NamedTempFile> {
    beside_with(path, SHARED)
}

#[cfg_attr(not(unix), allow(unused_variables))]
fn beside_with(path: &Path, mode: u32) -> std::io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".").suffix(SUFFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(mode));
    }
    let temporary = builder.tempfile_in(parent(path))?;
    // Held until the file is in place: a sweep by another process sees that it is in use.
    temporary.as_file().lock()?;
    Ok(temporary)
}

fn named(path: &Path, error: &std::io::Error) -> std::io::Error {
    std::io::Error::new(
        error.kind(),
        format!("cannot write `{}`: {error}", path.display()),
    )
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Removes what killed runs left behind; whatever cannot be removed does no harm.
fn sweep(directory: &Path) {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let ours = name
            .to_str()
            .is_some_and(|name| name.starts_with('.') && name.ends_with(SUFFIX));
        if ours
            && let Ok(file) = std::fs::File::open(entry.path())
            && file.try_lock().is_ok()
        {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// The rename itself survives a power cut only once its directory is flushed; not every file
/// system can do it, and the file is whole either way.
fn sync_directory(path: &Path) {
    if let Ok(directory) = std::fs::File::open(parent(path)) {
        let _ = directory.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_written_once_and_leftovers_are_swept() {
        let directory = tempfile::tempdir().unwrap();
        let leftover = directory.path().join(".abc.vhb-tmp");
        std::fs::write(&leftover, "half").unwrap();
        let file = FileToWrite {
            path: directory.path().join("deep/../x.json"),
            bytes: b"{}".to_vec(),
        };
        std::fs::create_dir(directory.path().join("deep")).unwrap();
        assert_eq!(write_all(std::slice::from_ref(&file)).unwrap().len(), 1);
        assert!(!leftover.exists());
        std::fs::write(&leftover, "half").unwrap();
        assert_eq!(write_all(std::slice::from_ref(&file)).unwrap().len(), 0);
        assert!(!leftover.exists());
    }

    #[test]
    fn new_files_replace_nothing_and_come_together() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let new = |name: &str, private| NewFile {
            path: path(name),
            bytes: b"new",
            private,
        };
        std::fs::write(path("b"), "old").unwrap();
        let error = write_new(&[new("a", true), new("b", false)]).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(path("b")).unwrap(), b"old");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
        let error = write_new(&[new("made/deep/a", false), new("b/c", false)]).unwrap_err();
        assert!(error.to_string().starts_with("cannot write `"), "{error}");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
        write_new(&[new("a", true), new("c", false)]).unwrap();
        assert_eq!(std::fs::read(path("a")).unwrap(), b"new");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = path("a").metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn nothing_is_put_in_place_when_one_file_cannot_be_written() {
        let directory = tempfile::tempdir().unwrap();
        let good = FileToWrite {
            path: directory.path().join("a"),
            bytes: b"a".to_vec(),
        };
        let bad = FileToWrite {
            path: directory.path().to_owned(),
            bytes: b"b".to_vec(),
        };
        let error = write_all(&[good.clone(), bad]).unwrap_err().to_string();
        assert!(error.starts_with("cannot write `"), "{error}");
        assert!(!good.path.exists());
    }
}
