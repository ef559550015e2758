//! Files that no distribution lists, and that Python would import all the same.

use std::collections::{BTreeMap, BTreeSet};

use pep508_rs::PackageName;

use super::files::is_bytecode;
use super::{named, seeds};
use crate::finding::{Code, Finding};
use crate::model::{Installed, InstalledFile};

/// So many are told one by one.
const TOLD: usize = 50;

/// `locked` are the names of what is locked.
pub(super) fn findings(installed: &Installed, locked: &BTreeSet<&PackageName>) -> Vec<Finding> {
    let owned = Owned::of(installed, locked);
    let mut entries = BTreeMap::new();
    for (path, file) in owned.others(&installed.files) {
        let Some(inside) = installed.in_site(path) else {
            continue;
        };
        if let Some(what) = What::of(installed, path, inside, file) {
            let shown = match what {
                What::Module => owned.shown(path, inside),
                What::Path | What::Link | What::Unreadable | What::Other => path,
            };
            entries.insert(shown, what);
        }
    }
    let mut findings: Vec<_> = entries
        .iter()
        .filter_map(|(path, what)| what.finding(path))
        .collect();
    if let Some(more) = findings.len().checked_sub(TOLD + 1) {
        findings.truncate(TOLD);
        let message = format!("{} more files belong to no distribution", more + 1);
        findings.push(Finding::new(Code::ModuleUnowned, message));
    }
    let others = entries.iter().filter(|(_, what)| **what == What::Other);
    let others: BTreeSet<_> = others.map(|(path, _)| *path).collect();
    if !others.is_empty() {
        let message = format!("{} belongs to no distribution", named(others));
        findings.push(Finding::new(Code::FileUnowned, message));
    }
    findings
}

/// Every path that some distribution lists, sorted.
struct Owned<'a>(Vec<&'a str>);

impl<'a> Owned<'a> {
    fn of(installed: &'a Installed, locked: &BTreeSet<&PackageName>) -> Self {
        let mut paths = Vec::new();
        for dist in &installed.distributions {
            let name = dist.stated.as_ref().ok().map(|dist| &dist.name);
            let unlocked = name.filter(|name| !locked.contains(name));
            let owns = |path: &&str| match (unlocked, installed.in_site(path)) {
                (Some(name), Some(inside)) => seeds::may_own(name.as_ref(), inside),
                _ => true,
            };
            let listed = dist.recorded().into_iter().flat_map(|it| it.files.keys());
            paths.extend(listed.map(String::as_str).filter(owns));
        }
        paths.sort_unstable();
        Self(paths)
    }

    /// The files that are not among them; both are sorted, so one walk through both tells.
    fn others<'f>(
        &self,
        files: &'f BTreeMap<String, InstalledFile>,
    ) -> impl Iterator<Item = (&'f str, &'f InstalledFile)> {
        let mut owned = self.0.iter().peekable();
        files.iter().filter_map(move |(path, file)| {
            while owned.next_if(|owned| **owned < path.as_str()).is_some() {}
            let listed = owned.peek().is_some_and(|owned| **owned == path);
            (!listed).then_some((path.as_str(), file))
        })
    }

    /// Whether something below a directory, given with its final `/`, is among them.
    fn reach_below(&self, directory: &str) -> bool {
        let at = self.0.partition_point(|path| *path < directory);
        self.0
            .get(at)
            .is_some_and(|path| path.starts_with(directory))
    }

    /// The largest part of a path that holds nothing of any distribution: `rogue` for
    /// `rogue/__init__.py`, but the whole of `numpy/rogue.py`.
    fn shown<'p>(&self, path: &'p str, inside: &str) -> &'p str {
        let site = path.len() - inside.len();
        let mut ends = path[site..].match_indices('/').map(|(at, _)| site + at);
        let end = ends.find(|end| !self.reach_below(&path[..=*end]));
        end.map_or(path, |end| &path[..end])
    }
}

/// What Python makes of a file that nobody lists.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    /// It imports it.
    Module,
    /// It reads it when it starts.
    Path,
    /// It imports what lies behind it.
    Link,
    /// Nobody knows, because it cannot be read.
    Unreadable,
    /// Nothing by itself.
    Other,
}

impl What {
    fn of(installed: &Installed, path: &str, inside: &str, file: &InstalledFile) -> Option<Self> {
        let name = inside.rsplit('/').next().unwrap_or(inside);
        let top_level = name == inside;
        if let InstalledFile::Read(digest) = file
            && top_level
            && seeds::is_known(name, digest)
        {
            return None;
        }
        if is_bytecode(path) || is_metadata(installed, path) {
            return None;
        }
        match file {
            InstalledFile::LinkedDirectory => return Some(Self::Link),
            InstalledFile::Unreadable(_) => return Some(Self::Unreadable),
            InstalledFile::Read(_) | InstalledFile::Unread => {}
        }
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        Some(match ending {
            "pth" if top_level => Self::Path,
            "py" | "pyc" | "pyd" | "so" | "dylib" | "pyw" => Self::Module,
            "egg" | "zip" | "egg-link" if top_level => Self::Module,
            // What tools leave there for themselves: `.lock`, `README.txt`.
            _ if top_level => return None,
            _ => Self::Other,
        })
    }

    fn finding(self, path: &str) -> Option<Finding> {
        match self {
            Self::Module => {
                let message = format!("`{path}` can be imported, and belongs to no distribution");
                Some(Finding::new(Code::ModuleUnowned, message))
            }
            Self::Path => {
                let message = format!(
                    "`{path}` belongs to no distribution, and Python reads it whenever it starts"
                );
                Some(Finding::new(Code::PthUnowned, message))
            }
            Self::Link => {
                let message = format!(
                    "`{path}` is a link to a directory, which was not followed: whatever lies there can be imported"
                );
                Some(Finding::new(Code::ModuleUnowned, message))
            }
            Self::Unreadable => {
                let message = format!("`{path}` belongs to no distribution, and cannot be read");
                Some(Finding::new(Code::InstalledFileUnreadable, message))
            }
            Self::Other => None,
        }
    }
}

/// Whether a file is part of what a distribution says of itself, which is told of otherwise.
fn is_metadata(installed: &Installed, path: &str) -> bool {
    let unlisted = installed.distributions.iter();
    let mut unlisted = unlisted.filter(|dist| dist.recorded().is_none());
    unlisted.any(|dist| {
        let rest = path.strip_prefix(&*dist.place);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// Python runs what it compiled before, and nobody says what that should be.
pub(super) fn bytecode(installed: &Installed) -> Option<Finding> {
    let count = installed
        .files
        .keys()
        .filter(|path| is_bytecode(path))
        .count();
    (count > 0).then(|| {
        let message =
            format!("{count} compiled files (`__pycache__`) cannot be held against anything");
        let hint = "delete them, and Python compiles the files that were verified";
        Finding::new(Code::NotRecorded, message).hint(hint)
    })
}
