//! Directories of this machine: their content by the rules `manifest-1`, and how git sees them.
//!
//! In a git work tree the files are those that are tracked or could be (untracked and not
//! ignored); elsewhere all but `.git`. Python's caches (`__pycache__`, `*.pyc`) never count unless
//! they are tracked: running the code must not change its identity.

mod data;
mod git;
mod links;
mod walk;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::Path;

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

pub use crate::io::hash::DigestOptions;
use crate::io::hash::{Algorithm, Found, Stamp, Tree, changed, digests, unreadable};
use crate::model::{FileDigest, FilePin, FilePins, MANIFEST_RULES, Sha256Digest};
use crate::remote::{
    Checkout, DataWanted, LocalTrees, Progress, RemoteError, TreeContent, TreeError,
};

/// Directories on disk, by the system's own calls and the `git` program. By default no digests are
/// kept.
#[derive(Clone, Debug, Default)]
pub struct DiskTrees {
    options: DigestOptions,
}

impl DiskTrees {
    /// Reads no file again that has not changed since its digest was kept.
    pub fn new(options: DigestOptions) -> Self {
        Self { options }
    }
}

impl LocalTrees for DiskTrees {
    fn content(&self, path: &Path, into: Option<&Path>) -> Result<TreeContent, RemoteError> {
        match path.metadata() {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => {
                let message = format!("`{}` is not a directory", path.display());
                return Err(RemoteError::NotFound(message));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let message = format!("there is no directory `{}`", path.display());
                return Err(RemoteError::NotFound(message));
            }
            Err(error) => return Err(unreadable(".", &error).into()),
        }
        let paths = match git::work_tree(path) {
            Some(_) => git::files(path)?,
            None => None,
        };
        let paths = match paths {
            Some(paths) => paths,
            None => walk::files(path)?,
        };
        self.read_tree(path, &paths, into)
    }

    fn data(
        &self,
        path: &Path,
        wanted: &DataWanted<'_>,
        progress: &dyn Progress,
    ) -> Result<FilePins, RemoteError> {
        let gathered = data::gather(path, wanted)?;
        let tree = Tree {
            root: &gathered.root,
            place: path,
            rules: data::RULES,
            files: &gathered.files,
        };
        let digests = digests(&tree, &self.options, Some(progress))?;
        let pins = gathered.files.into_iter().zip(digests);
        let pins = pins.map(|(file, digest)| {
            let size = file.stamp.size();
            (file.name, FilePin { size, digest })
        });
        Ok(pins.collect())
    }

    fn small_file(&self, path: &Path, limit: u64) -> Result<Option<Vec<u8>>, RemoteError> {
        let shown = path.display().to_string();
        let failed = |error: &std::io::Error| RemoteError::from(unreadable(&shown, error));
        match path.metadata() {
            Ok(metadata) if metadata.is_file() => {}
            Ok(_) => return Ok(None),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(&error)),
        }
        let file = File::open(path).map_err(|error| failed(&error))?;
        let mut bytes = Vec::new();
        let read = file.take(limit.saturating_add(1)).read_to_end(&mut bytes);
        let read = read.map_err(|error| failed(&error))?;
        if read as u64 > limit {
            let reason = format!("it is longer than {limit} bytes");
            return Err(TreeError::Unreadable {
                path: shown,
                reason,
            }
            .into());
        }
        Ok(Some(bytes))
    }

    fn checkout(&self, path: &Path) -> Result<Option<Checkout>, RemoteError> {
        git::checkout(path)
    }
}

fn utf8(name: Vec<u8>) -> Result<String, RemoteError> {
    String::from_utf8(name).map_err(|error| {
        let shown = String::from_utf8_lossy(error.as_bytes()).into_owned();
        TreeError::Name(format!("file name `{shown}` is not UTF-8")).into()
    })
}

fn is_cache(path: &str) -> bool {
    let pyc = Path::new(path).extension().is_some_and(|end| end == "pyc");
    pyc || path.split('/').any(|part| part == "__pycache__")
}

impl DiskTrees {
    fn read_tree(
        &self,
        root: &Path,
        paths: &BTreeSet<String>,
        into: Option<&Path>,
    ) -> Result<TreeContent, RemoteError> {
        let canonical = root
            .canonicalize()
            .map_err(|error| unreadable(".", &error))?;
        let mut files = Vec::new();
        let mut links = links::Links::new(&canonical, paths);
        for path in paths {
            links.add(path, path, &mut files)?;
        }
        let hashed = match into {
            Some(into) => copied(&canonical, files, into)?,
            None => self.hashed(&canonical, files)?,
        };
        let mut content = TreeContent::default();
        for (name, digest, bytes) in hashed {
            content.bytes += bytes;
            content
                .manifest
                .insert(name, digest)
                .map_err(TreeError::from)?;
        }
        // Only where it counts as a file: one that git ignores is not part of what is locked.
        if content.manifest.get("pyproject.toml").is_some() {
            content.pyproject = std::fs::read_to_string(canonical.join("pyproject.toml")).ok();
        }
        Ok(content)
    }

    fn hashed(&self, root: &Path, files: Vec<(String, String)>) -> Result<Vec<Hashed>, TreeError> {
        let mut names = Vec::with_capacity(files.len());
        let mut found = Vec::with_capacity(files.len());
        for (name, path) in files {
            let metadata = root.join(&path).metadata();
            let metadata = metadata.map_err(|error| unreadable(&path, &error))?;
            let Some(stamp) = Stamp::of(&metadata) else {
                return Err(changed(&path));
            };
            names.push(name);
            found.push(Found {
                name: path,
                stamp,
                algorithm: Algorithm::Sha256,
            });
        }
        let tree = Tree {
            root,
            place: root,
            rules: MANIFEST_RULES,
            files: &found,
        };
        let digests = digests(&tree, &self.options, None)?;
        let digests = digests.iter().filter_map(FileDigest::sha256);
        let sizes = found.iter().map(|file| file.stamp.size());
        let hashed = names.into_iter().zip(digests).zip(sizes);
        Ok(hashed
            .map(|((name, digest), size)| (name, digest, size))
            .collect())
    }
}

/// The name of a file, its digest and its size.
type Hashed = (String, Sha256Digest, u64);

fn copied(
    root: &Path,
    files: Vec<(String, String)>,
    into: &Path,
) -> Result<Vec<Hashed>, TreeError> {
    files
        .into_par_iter()
        .map(|(name, path)| {
            let (digest, bytes) = copy(&root.join(&path), &path, &into.join(&name))?;
            Ok((name, digest, bytes))
        })
        .collect()
}

/// The digest and the size of a file, which is copied on the way; a file that changes meanwhile has
/// neither.
fn copy(full: &Path, path: &str, copy: &Path) -> Result<(Sha256Digest, u64), TreeError> {
    let fail = |error: std::io::Error| unreadable(path, &error);
    let mut file = File::open(full).map_err(fail)?;
    let before = file.metadata().map_err(fail)?;
    let mut copy = create(copy).map_err(fail)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let mut bytes = 0_u64;
    loop {
        let read = match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(fail(error)),
        };
        hasher.update(&buffer[..read]);
        copy.write_all(&buffer[..read]).map_err(fail)?;
        bytes += read as u64;
    }
    let after = file.metadata().map_err(fail)?;
    // Scripts that a build runs stay executable.
    copy.set_permissions(after.permissions()).map_err(fail)?;
    if before.len() != bytes || before.modified().ok() != after.modified().ok() {
        return Err(changed(path));
    }
    Ok((Sha256Digest::from_hasher(hasher), bytes))
}

fn create(path: &Path) -> std::io::Result<File> {
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory)?;
    }
    File::create(path)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use std::os::unix::fs::symlink;

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = directory.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        directory
    }

    fn names(root: &Path) -> Vec<String> {
        let content = DiskTrees::default().content(root, None).unwrap();
        content
            .manifest
            .files()
            .map(|(path, _)| path.to_owned())
            .collect()
    }

    fn run_git(root: &Path, arguments: &[&str]) {
        let identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
        let output = Command::new("git")
            .arg("-C")
            .arg(root)
            .args(identity)
            .args(arguments)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    #[test]
    fn caches_do_not_count() {
        let root = tree(&[
            ("a.py", ""),
            ("__pycache__/a.pyc", ""),
            ("b/c.pyc", ""),
            (".git2", ""),
        ]);
        assert_eq!(names(root.path()), [".git2", "a.py"]);
    }

    #[test]
    fn a_work_tree_counts_what_git_tracks_or_could() {
        let root = tree(&[
            ("p/a.py", "1"),
            ("p/new.py", "1"),
            ("p/out.log", "1"),
            (".gitignore", "*.log\n"),
        ]);
        run_git(root.path(), &["init", "-q"]);
        run_git(root.path(), &["add", "p/a.py", ".gitignore"]);
        let package = root.path().join("p");
        let before = DiskTrees::default().checkout(&package).unwrap().unwrap();
        assert_eq!((before.commit, before.dirty), (None, true));
        run_git(root.path(), &["commit", "-qm", "one"]);
        assert_eq!(names(&package), ["a.py", "new.py"]);
        assert!(
            DiskTrees::default()
                .checkout(&package)
                .unwrap()
                .unwrap()
                .dirty
        );
        run_git(root.path(), &["add", "p/new.py"]);
        run_git(root.path(), &["commit", "-qm", "two"]);
        std::fs::create_dir(package.join("__pycache__")).unwrap();
        std::fs::write(package.join("__pycache__/a.pyc"), "").unwrap();
        let clean = DiskTrees::default().checkout(&package).unwrap().unwrap();
        assert!(!clean.dirty && clean.commit.is_some() && clean.committed.is_some());
        std::fs::remove_file(package.join("new.py")).unwrap();
        assert_eq!(names(&package), ["a.py"]);
        assert!(
            DiskTrees::default()
                .checkout(&package)
                .unwrap()
                .unwrap()
                .dirty
        );
    }

    #[test]
    fn a_repository_inside_of_a_local_source_is_named() {
        let root = tree(&[("p/a.py", "1"), ("p/vendored/b.py", "1")]);
        run_git(root.path(), &["init", "-q"]);
        let package = root.path().join("p");
        assert_eq!(names(&package), ["a.py", "vendored/b.py"]);
        run_git(&package.join("vendored"), &["init", "-q"]);
        run_git(&package.join("vendored"), &["add", "."]);
        run_git(&package.join("vendored"), &["commit", "-qm", "one"]);
        let error = DiskTrees::default()
            .content(&package, None)
            .unwrap_err()
            .to_string();
        assert!(error.contains("`vendored`"), "{error}");
    }

    #[test]
    fn links_are_followed_inside_the_tree() {
        let root = tree(&[("a/x", "1"), ("b/y", "2")]);
        symlink("../b", root.path().join("a/dir")).unwrap();
        symlink("b/y", root.path().join("file")).unwrap();
        assert_eq!(names(root.path()), ["a/dir/y", "a/x", "b/y", "file"]);
    }

    #[test]
    fn links_that_lead_nowhere_good_are_named() {
        for (target, expected) in [
            ("/etc", "leaves the tree"),
            ("missing", "points at nothing"),
            ("link", "leads back to itself"),
            (".", "leads back to itself"),
        ] {
            let root = tree(&[("a", "")]);
            symlink(target, root.path().join("link")).unwrap();
            let error = DiskTrees::default()
                .content(root.path(), None)
                .unwrap_err()
                .to_string();
            assert!(
                error.contains("`link`") && error.contains(expected),
                "{target}: {error}"
            );
        }
    }

    #[test]
    fn a_directory_that_is_not_there_is_not_found() {
        let root = tree(&[("a", "")]);
        for path in ["nothing", "a"] {
            let error = DiskTrees::default()
                .content(&root.path().join(path), None)
                .unwrap_err();
            assert!(matches!(error, RemoteError::NotFound(_)), "{error}");
        }
    }
}
