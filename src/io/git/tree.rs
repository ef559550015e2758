//! From a commit in a repository of the cache to the files of a package (rules `manifest-1`).
//!
//! What is read is what a checkout would hold if nothing converted it: executable or not, with
//! or without attributes, a file is its blob's bytes.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use super::links::{Entry, Files, Gatherer, Kind, Listing};
use super::objects::Objects;
use super::store::{Repository, Trouble};
use crate::model::{GitOid, Instant, Submodule};
use crate::remote::{GitSnapshot, RemoteError, TreeContent, TreeError};

/// Far more than any commit message or `pyproject.toml` needs.
const LARGEST_TEXT: u64 = 16 * 1024 * 1024;

/// More than any system takes for a link's target.
const LONGEST_TARGET: u64 = 64 * 1024;

/// What is wanted of a commit.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    /// The directory of the package.
    pub(super) subdirectory: Option<&'a str>,
    /// Where to write the package's files.
    pub(super) into: Option<&'a Path>,
}

/// Reads what a commit holds, which the repository must have whole.
pub(super) fn read(
    repository: &Repository<'_>,
    commit: &GitOid,
    reading: Reading<'_>,
) -> Result<GitSnapshot, Trouble> {
    let mut objects = Objects::open(repository)?;
    let header = objects.small(commit, "commit", LARGEST_TEXT)?;
    let (tree, committed) = header
        .as_deref()
        .and_then(commit_header)
        .ok_or_else(|| repository.damaged(&format!("commit `{commit}` makes no sense")))?;
    let listing = list(repository, &tree)?;

    let mut targets: HashMap<GitOid, Vec<u8>> = HashMap::new();
    let mut gatherer = Gatherer::new(&listing, |link: &GitOid| {
        if let Some(target) = targets.get(link) {
            return Ok(target.clone());
        }
        // A target that is too long for any system leads nowhere, like the empty one.
        let target = objects.small(link, "blob", LONGEST_TARGET)?;
        let target = target.unwrap_or_default();
        targets.insert(link.clone(), target.clone());
        Ok(target)
    });
    let (package, subdirectory_tree) = match reading.subdirectory {
        None => (Vec::new(), None),
        Some(named) => {
            let path = gatherer.directory(inside(named)?)?;
            let tree = listing.get(&path).map(|entry| entry.object.clone());
            (path, tree)
        }
    };
    let files = gatherer.gather(&package)?;
    let submodules = submodules(repository, &listing, &files)?;
    Ok(GitSnapshot {
        committed,
        tree,
        subdirectory_tree,
        content: content(&mut objects, files, reading.into)?,
        submodules,
    })
}

/// A subdirectory as it was asked for, if it cannot lead out of the repository.
fn inside(named: &str) -> Result<&str, Trouble> {
    let absolute = named.starts_with('/');
    if named.is_empty() || absolute || named.split('/').any(|part| part == "..") {
        return Err(RemoteError::Tree(TreeError::NotADirectory(named.to_owned())).into());
    }
    Ok(named)
}

/// The tree and the committer date that a raw commit names.
fn commit_header(commit: &[u8]) -> Option<(GitOid, Instant)> {
    let mut tree = None;
    let mut seconds = None;
    for line in commit.split(|byte| *byte == b'\n') {
        if line.is_empty() {
            break;
        }
        let line = String::from_utf8_lossy(line);
        if let Some(id) = line.strip_prefix("tree ") {
            tree = id.parse().ok();
        } else if let Some(committer) = line.strip_prefix("committer ") {
            // `<name> <<address>> <seconds> <offset>`
            let date = committer.rsplit_once(' ').map(|(before, _)| before);
            seconds = date
                .and_then(|before| before.rsplit_once(' '))
                .and_then(|(_, seconds)| seconds.parse().ok());
        }
    }
    // git itself reads a date that makes no sense as 1970.
    let committed = Instant::from_unix_seconds(seconds.unwrap_or(0))
        .or_else(|| Instant::from_unix_seconds(0))?;
    Some((tree?, committed))
}

fn list(repository: &Repository<'_>, tree: &GitOid) -> Result<Listing, Trouble> {
    let answer = repository.read(["ls-tree", "-r", "-t", "-z", "--full-tree", tree.as_str()])?;
    let mut listing = Listing::new();
    let root = Entry {
        kind: Kind::Directory,
        object: tree.clone(),
    };
    listing.insert(Vec::new(), root);
    for record in answer.split(|byte| *byte == 0).filter(|r| !r.is_empty()) {
        let (path, entry) =
            listed(record).ok_or_else(|| repository.damaged("its tree makes no sense"))?;
        listing.insert(path, entry);
    }
    Ok(listing)
}

/// Reads `<mode> <type> <id>\t<path>`.
fn listed(record: &[u8]) -> Option<(Vec<u8>, Entry)> {
    let tab = record.iter().position(|byte| *byte == b'\t')?;
    let mut words = str::from_utf8(&record[..tab]).ok()?.split(' ');
    let kind = match (words.next()?, words.next()?) {
        ("120000", _) => Kind::Link,
        (_, "blob") => Kind::File,
        (_, "tree") => Kind::Directory,
        (_, "commit") => Kind::Submodule,
        _ => return None,
    };
    let object = words.next()?.parse().ok()?;
    Some((record[tab + 1..].to_vec(), Entry { kind, object }))
}

fn content(
    objects: &mut Objects<'_>,
    files: Files,
    into: Option<&Path>,
) -> Result<TreeContent, Trouble> {
    let mut content = TreeContent::default();
    let mut known = HashMap::new();
    for (path, object) in files.blobs {
        if path == "pyproject.toml" {
            content.pyproject = objects
                .small(&object, "blob", LARGEST_TEXT)?
                .and_then(|bytes| String::from_utf8(bytes).ok());
        }
        let (digest, size) = match (into, known.get(&object)) {
            (Some(into), _) => objects.write(&object, &into.join(&path))?,
            (None, Some(known)) => *known,
            (None, None) => objects.digest(&object)?,
        };
        known.insert(object, (digest, size));
        content.bytes = content.bytes.saturating_add(size);
        content
            .manifest
            .insert(path, digest)
            .map_err(|error| RemoteError::Tree(error.into()))?;
    }
    Ok(content)
}

fn submodules(
    repository: &Repository<'_>,
    listing: &Listing,
    files: &Files,
) -> Result<Vec<Submodule>, Trouble> {
    if files.submodules.is_empty() {
        return Ok(Vec::new());
    }
    let urls = match listing.get(b".gitmodules".as_slice()) {
        Some(entry) if entry.kind == Kind::File => {
            let blob = format!("--blob={}", entry.object);
            // A file that git cannot read names no addresses; the submodules are there all the same.
            match repository.read(["config", &blob, "-z", "--list"]) {
                Err(Trouble::Certain(error)) => return Err(error.into()),
                answer => gitmodules(&answer.unwrap_or_default()),
            }
        }
        _ => BTreeMap::new(),
    };
    let submodules = files.submodules.iter().map(|(path, commit)| Submodule {
        path: path.clone(),
        url: urls.get(path).and_then(|url| url.parse().ok()),
        commit: commit.clone(),
    });
    Ok(submodules.collect())
}

/// The addresses by path, from `<key>\n<value>\0` records.
fn gitmodules(answer: &[u8]) -> BTreeMap<String, String> {
    let mut by_name: BTreeMap<&str, (Option<&str>, Option<&str>)> = BTreeMap::new();
    for record in answer.split(|byte| *byte == 0) {
        let Some((key, value)) = str::from_utf8(record).ok().and_then(|r| r.split_once('\n'))
        else {
            continue;
        };
        let Some((name, variable)) = key
            .strip_prefix("submodule.")
            .and_then(|key| key.rsplit_once('.'))
        else {
            continue;
        };
        let (path, url) = by_name.entry(name).or_default();
        match variable {
            "path" => *path = Some(value),
            "url" => *url = Some(value),
            _ => {}
        }
    }
    by_name
        .into_values()
        .filter_map(|(path, url)| Some((path?.to_owned(), url?.to_owned())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_are_dated_by_their_committer() {
        let tree = "1".repeat(40);
        let commit = format!(
            "tree {tree}\nauthor A <a@b> 1 +0000\ncommitter C D <c@d> 1700000000 -0330\n\n\
             committer E <e@f> 5 +0000\n"
        );
        let (read, committed) = commit_header(commit.as_bytes()).unwrap();
        assert_eq!(read.as_str(), tree);
        assert_eq!(committed.to_string(), "2023-11-14T22:13:20Z");
    }

    #[test]
    fn damaged_commits_have_no_header_and_odd_dates_are_the_epoch() {
        assert!(commit_header(b"").is_none());
        assert!(commit_header(b"committer C <c@d> 1 +0000\n").is_none());
        let odd = format!("tree {}\ncommitter nobody\n", "1".repeat(40));
        let (_, committed) = commit_header(odd.as_bytes()).unwrap();
        assert_eq!(committed.to_string(), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn addresses_of_submodules_go_by_path() {
        let answer = b"submodule.a.b.path\nlibs/x\0submodule.a.b.url\n../x.git\0\
            submodule.y.path\nlibs/y\0core.bare\ntrue\0broken\0";
        let urls = gitmodules(answer);
        assert_eq!(urls.len(), 1);
        assert_eq!(urls["libs/x"], "../x.git");
    }
}
