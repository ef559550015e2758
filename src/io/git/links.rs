//! Which files a directory of a commit holds once its symbolic links are followed.
//!
//! Links are followed as the operating system follows them, but inside the commit's tree: one
//! may leave the directory, never the repository. Paths are bytes with `/` between the parts;
//! the root is the empty path.

use std::collections::{BTreeMap, BTreeSet};

use super::store::Trouble;
use crate::model::GitOid;
use crate::remote::{RemoteError, TreeError};

/// What a path of the tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A regular file, executable or not.
    File,
    Link,
    Directory,
    Submodule,
}

/// An object at a path of the tree.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) kind: Kind,
    pub(super) object: GitOid,
}

/// Every path of a commit's tree, the root included.
pub(super) type Listing = BTreeMap<Vec<u8>, Entry>;

/// The files of a directory, links followed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Files {
    /// Blobs by path relative to the directory.
    pub(super) blobs: Vec<(String, GitOid)>,
    /// Submodules by path relative to the repository.
    pub(super) submodules: BTreeSet<(String, GitOid)>,
}

/// As many as Linux follows in one path.
const MOST_HOPS: usize = 40;

/// Links to directories that hold links to directories can multiply a tiny tree without end, so
/// what is found through them is counted.
const MOST_LINKED: usize = 100_000;

/// Gathers the files of a tree; `read_link` gives a link's target.
pub(super) struct Gatherer<'a, R> {
    listing: &'a Listing,
    read_link: R,
    files: Files,
    /// The links, by their real paths, whose targets are being gathered.
    within: Vec<Vec<u8>>,
    /// How many files and links were found below links.
    linked: usize,
}

/// Where a path leads.
enum Found {
    File(GitOid),
    Directory(Vec<u8>),
    Submodule(Vec<u8>, GitOid),
}

/// Why a path leads nowhere.
enum Lost {
    Leaves,
    Dangles,
    Loops,
    Trouble(Trouble),
}

impl<'a, R> Gatherer<'a, R>
where
    R: FnMut(&GitOid) -> Result<Vec<u8>, Trouble>,
{
    pub(super) fn new(listing: &'a Listing, read_link: R) -> Self {
        Self {
            listing,
            read_link,
            files: Files::default(),
            within: Vec::new(),
            linked: 0,
        }
    }

    /// The real path of a directory that is named by a path from the root.
    pub(super) fn directory(&mut self, named: &str) -> Result<Vec<u8>, Trouble> {
        match self.resolve(Vec::new(), named.as_bytes()) {
            Ok(Found::Directory(path)) => Ok(path),
            Err(Lost::Trouble(trouble)) => Err(trouble),
            Ok(_) | Err(_) => Err(tree_error(TreeError::NotADirectory(named.to_owned()))),
        }
    }

    /// All files below a directory, given by its real path.
    pub(super) fn gather(mut self, directory: &[u8]) -> Result<Files, Trouble> {
        self.walk(directory, b"")?;
        Ok(self.files)
    }

    /// Adds what lies below the real path `directory`, as if it lay below `shown`.
    fn walk(&mut self, directory: &[u8], shown: &[u8]) -> Result<(), Trouble> {
        let listing = self.listing;
        let from = joined(directory, b"");
        let below = listing
            .range(from.clone()..)
            .take_while(|(path, _)| path.starts_with(&from))
            .filter(|(path, _)| !path.is_empty());
        for (path, entry) in below {
            let shown = joined(shown, &path[from.len()..]);
            self.count(&shown)?;
            match entry.kind {
                Kind::Directory => {}
                Kind::File => self.add(&shown, &entry.object)?,
                Kind::Submodule => self.add_submodule(path, &entry.object)?,
                Kind::Link => self.follow(path, &entry.object, &shown)?,
            }
        }
        Ok(())
    }

    fn count(&mut self, shown: &[u8]) -> Result<(), Trouble> {
        if !self.within.is_empty() {
            self.linked += 1;
        }
        if self.linked > MOST_LINKED {
            return Err(tree_error(TreeError::Unreadable {
                path: text(shown)?,
                reason: format!("symbolic links lead to more than {MOST_LINKED} files"),
            }));
        }
        Ok(())
    }

    fn follow(&mut self, link: &[u8], object: &GitOid, shown: &[u8]) -> Result<(), Trouble> {
        let name = || String::from_utf8_lossy(shown).into_owned();
        let target = (self.read_link)(object)?;
        let parent = parent(link).to_vec();
        match self.resolve(parent, &target) {
            Ok(Found::File(object)) => self.add(shown, &object),
            Ok(Found::Submodule(path, commit)) => self.add_submodule(&path, &commit),
            Ok(Found::Directory(directory)) => {
                self.within.push(link.to_vec());
                let below = joined(&directory, b"");
                if self.within.iter().any(|link| link.starts_with(&below)) {
                    return Err(tree_error(TreeError::LinkLoops(name())));
                }
                self.walk(&directory, shown)?;
                self.within.pop();
                Ok(())
            }
            Err(Lost::Leaves) => Err(tree_error(TreeError::LinkLeaves(name()))),
            Err(Lost::Dangles) => Err(tree_error(TreeError::LinkDangles(name()))),
            Err(Lost::Loops) => Err(tree_error(TreeError::LinkLoops(name()))),
            Err(Lost::Trouble(trouble)) => Err(trouble),
        }
    }

    /// Follows `target` from a directory given by its real path.
    fn resolve(&mut self, from: Vec<u8>, target: &[u8]) -> Result<Found, Lost> {
        if target.is_empty() {
            return Err(Lost::Dangles);
        }
        if target.starts_with(b"/") {
            return Err(Lost::Leaves);
        }
        let mut here = from;
        let mut hops = 0;
        // What is left to follow, last part first.
        let mut parts = reversed_parts(target);
        while let Some(part) = parts.pop() {
            match part.as_slice() {
                b"" | b"." => continue,
                b".." if here.is_empty() => return Err(Lost::Leaves),
                b".." => {
                    here.truncate(parent(&here).len());
                    continue;
                }
                _ => {}
            }
            let path = joined(&here, &part);
            let entry = self.listing.get(&path).ok_or(Lost::Dangles)?;
            match entry.kind {
                Kind::Directory => here = path,
                Kind::File if parts.is_empty() => return Ok(Found::File(entry.object.clone())),
                Kind::Submodule if parts.is_empty() => {
                    return Ok(Found::Submodule(path, entry.object.clone()));
                }
                Kind::File | Kind::Submodule => return Err(Lost::Dangles),
                Kind::Link => {
                    hops += 1;
                    if hops > MOST_HOPS {
                        return Err(Lost::Loops);
                    }
                    let next = (self.read_link)(&entry.object).map_err(Lost::Trouble)?;
                    if next.starts_with(b"/") {
                        return Err(Lost::Leaves);
                    }
                    parts.extend(reversed_parts(&next));
                }
            }
        }
        Ok(Found::Directory(here))
    }

    fn add(&mut self, shown: &[u8], object: &GitOid) -> Result<(), Trouble> {
        self.files.blobs.push((text(shown)?, object.clone()));
        Ok(())
    }

    fn add_submodule(&mut self, path: &[u8], commit: &GitOid) -> Result<(), Trouble> {
        self.files.submodules.insert((text(path)?, commit.clone()));
        Ok(())
    }
}

fn tree_error(error: TreeError) -> Trouble {
    RemoteError::Tree(error).into()
}

fn text(path: &[u8]) -> Result<String, Trouble> {
    String::from_utf8(path.to_vec()).map_err(|error| {
        let path = String::from_utf8_lossy(error.as_bytes());
        tree_error(TreeError::Name(format!("file name `{path}` is not UTF-8")))
    })
}

/// `directory/rest`, where the empty directory is the root.
fn joined(directory: &[u8], rest: &[u8]) -> Vec<u8> {
    if directory.is_empty() {
        rest.to_vec()
    } else {
        [directory, b"/", rest].concat()
    }
}

fn parent(path: &[u8]) -> &[u8] {
    let end = path.iter().rposition(|byte| *byte == b'/').unwrap_or(0);
    &path[..end]
}

fn reversed_parts(path: &[u8]) -> Vec<Vec<u8>> {
    path.split(|byte| *byte == b'/')
        .rev()
        .map(<[u8]>::to_vec)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oid(number: usize) -> GitOid {
        format!("{number:040x}").parse().unwrap()
    }

    /// A tree of `path` (file), `path -> target` (link) and `path @` (submodule) lines.
    fn gather(lines: &[&str], directory: &str) -> Result<Vec<String>, String> {
        let mut listing = Listing::new();
        let mut put = |path: &str, kind, number| {
            let object = oid(number);
            listing.insert(path.as_bytes().to_vec(), Entry { kind, object });
        };
        put("", Kind::Directory, 0);
        let mut targets = BTreeMap::new();
        for (number, line) in lines.iter().enumerate() {
            let (path, kind) = if let Some((path, target)) = line.split_once(" -> ") {
                targets.insert(oid(number), target.as_bytes().to_vec());
                (path, Kind::Link)
            } else if let Some(path) = line.strip_suffix(" @") {
                (path, Kind::Submodule)
            } else {
                (*line, Kind::File)
            };
            put(path, kind, number);
            for (at, _) in path.match_indices('/') {
                put(&path[..at], Kind::Directory, 0);
            }
        }
        let mut gatherer = Gatherer::new(&listing, |object| Ok(targets[object].clone()));
        let outcome = gatherer
            .directory(directory)
            .and_then(|path| gatherer.gather(&path));
        let files = outcome.map_err(|trouble| trouble.into_error().to_string())?;
        let blobs = files.blobs.into_iter().map(|(path, _)| path);
        let modules = files.submodules.into_iter().map(|(path, _)| path + " @");
        Ok(blobs.chain(modules).collect())
    }

    #[test]
    fn a_directory_is_its_own_files_and_nothing_beside() {
        let tree = ["pkg/a", "pkg/sub/b", "pkg-other/c", "d", "pkg/vendor/x @"];
        assert_eq!(
            gather(&tree, "pkg").unwrap(),
            ["a", "sub/b", "pkg/vendor/x @"]
        );
        assert_eq!(
            gather(&tree, ".").unwrap(),
            ["d", "pkg-other/c", "pkg/a", "pkg/sub/b", "pkg/vendor/x @"]
        );
    }

    #[test]
    fn links_are_followed_inside_the_repository() {
        let tree = [
            "shared/data/one",
            "shared/data/two -> one",
            "pkg/file -> ../shared/data/one",
            "pkg/dir -> ../shared/data",
            "pkg/twice -> hop/one",
            "pkg/hop -> ./dir/.",
            "alias -> pkg",
        ];
        let expected = ["dir/one", "dir/two", "file", "hop/one", "hop/two", "twice"];
        assert_eq!(gather(&tree, "pkg").unwrap(), expected);
        assert_eq!(gather(&tree, "alias").unwrap(), expected);
    }

    #[test]
    fn links_that_lead_nowhere_are_named_from_the_package() {
        for (line, message) in [
            ("pkg/x -> ../../y", "symbolic link `x` leaves the tree"),
            ("pkg/x -> /etc/passwd", "symbolic link `x` leaves the tree"),
            ("pkg/x -> y", "symbolic link `x` points at nothing"),
            ("pkg/x -> a/y", "symbolic link `x` points at nothing"),
            ("pkg/x -> x", "symbolic link `x` leads back to itself"),
            ("pkg/s/x -> ..", "symbolic link `s/x` leads back to itself"),
            ("pkg/x -> .", "symbolic link `x` leads back to itself"),
            (
                "pkg/x -> ../out",
                "symbolic link `x/back` leads back to itself",
            ),
        ] {
            let tree = ["pkg/a", "out/back -> ../pkg", line];
            assert_eq!(gather(&tree, "pkg").unwrap_err(), message, "{line}");
        }
        assert!(gather(&["pkg/a", "out/bad -> nowhere"], "pkg").is_ok());
    }

    #[test]
    fn only_a_directory_is_a_package() {
        for named in ["missing", "file", "file/x", "module", "out"] {
            let tree = ["file", "module @", "out -> .."];
            assert_eq!(
                gather(&tree, named).unwrap_err(),
                format!("`{named}` is not a directory")
            );
        }
    }

    #[test]
    fn links_cannot_multiply_a_tree_without_end() {
        let lines: Vec<String> = (0..24)
            .flat_map(|n| ["a", "b"].map(|link| format!("d{n}/{link} -> ../d{}", n + 1)))
            .chain(["d24/sub/file".to_owned()])
            .collect();
        let tree: Vec<&str> = lines.iter().map(String::as_str).collect();
        assert!(
            gather(&tree, "d0")
                .unwrap_err()
                .contains("more than 100000 files")
        );
    }
}
