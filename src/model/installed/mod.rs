//! A Python environment as it was found on disk: what is installed, and every file of it.
//!
//! This is evidence, not judgement: whether it is what a lock says is told by `verify`.

mod direct_url;
mod record;

use std::collections::{BTreeMap, BTreeSet};

pub use direct_url::{DirectOrigin, DirectUrl, DirectUrlError};
pub use record::{RecordError, RecordLines, RecordedDigest, path_in_environment};

use super::{Dist, Sha256Digest};

/// An environment as it was found. All paths are relative to its root, with `/`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Installed {
    /// The Python that it is for, as far as its place tells: `3.11` or `3.11.4`.
    pub python: Option<String>,
    /// Whether it also imports what its base installation holds, which is not looked at.
    pub sees_base: bool,
    /// Whether it is no virtual environment, so that Python also imports packages of its user, which
    /// are not looked at.
    pub is_base: bool,
    /// The directories that modules are imported from, in Python's order; the root itself is empty.
    pub sites: Vec<String>,
    /// What is installed in them, by its place.
    pub distributions: Vec<InstalledDist>,
    /// Every file in these directories, and every other file that a distribution lists.
    pub files: BTreeMap<String, InstalledFile>,
}

/// A distribution as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstalledDist {
    /// Its `.dist-info` or what takes its place.
    pub place: String,
    /// The one of [`Installed::sites`] that it lies in.
    pub site: String,
    /// Its name and version by its metadata, or why they are not known.
    pub stated: Result<Dist, String>,
    /// Whether Python imports another directory in its place, by an old `.egg-link`.
    pub linked: bool,
    /// The files that it lists, by path; none where it lists none.
    pub record: Option<Result<Recorded, String>>,
    /// Where it came from, if not from an index.
    pub direct_url: Option<Result<DirectUrl, String>>,
    /// The programs that its entry points make installers write.
    pub scripts: BTreeSet<String>,
}

impl InstalledDist {
    /// What it lists, where that can be read.
    pub fn recorded(&self) -> Option<&Recorded> {
        self.record.as_ref()?.as_ref().ok()
    }
}

/// What a distribution lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Its files, and what is said of each.
    pub files: BTreeMap<String, RecordedDigest>,
    /// What it lists outside of the environment, as it is written.
    pub outside: BTreeSet<String>,
}

impl Recorded {
    /// What a `RECORD` lists in this directory of an environment.
    pub fn of(lines: &RecordLines, site: &str) -> Self {
        let mut outside = BTreeSet::new();
        let inside = lines.iter().filter_map(|(path, digest)| {
            let inside = path_in_environment(site, path).or_else(|| beside_target(site, path));
            if inside.is_none() {
                outside.insert(path.to_owned());
            }
            Some((inside?, digest.clone()))
        });
        Self {
            files: inside.collect(),
            outside,
        }
    }
}

/// Where `pip install --target` puts what it lists as `../../bin/tool`: into the directory itself.
fn beside_target(site: &str, path: &str) -> Option<String> {
    let rest = path.trim_start_matches("../");
    let mut places = ["bin/", "Scripts/", "share/", "include/", "etc/"].into_iter();
    let moved = site.is_empty() && rest.len() < path.len();
    let moved = moved && places.any(|place| rest.starts_with(place));
    moved.then(|| path_in_environment(site, rest))?
}

/// A file as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InstalledFile {
    /// It was read.
    Read(Sha256Digest),
    /// Nobody says what its bytes should be, so they were not read.
    Unread,
    /// It could not be read, and why.
    Unreadable(String),
    /// A link to a directory, which was not followed.
    LinkedDirectory,
}

impl Installed {
    /// A path as Python imports it: from the directory that it is in, if it is in one.
    pub fn in_site<'a>(&self, path: &'a str) -> Option<&'a str> {
        let below = |site: &String| match site.as_str() {
            "" => Some(path),
            site => path.strip_prefix(site)?.strip_prefix('/'),
        };
        // The longest is the nearest, where one lies in another.
        let found = self.sites.iter().filter_map(below);
        found.min_by_key(|rest| rest.len())
    }
}
