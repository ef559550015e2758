//! Files that no distribution lists, and that Python would import all the same.

use std::collections::{BTreeMap, BTreeSet};

use super::files::is_bytecode;
use super::{named, seeds};
use crate::finding::{Code, Finding};
use crate::model::{Installed, InstalledFile};

/// So many are told one by one.
const TOLD: usize = 50;

pub(super) fn findings(installed: &Installed) -> Vec<Finding> {
    let recorded = installed
        .distributions
        .iter()
        .filter_map(|dist| dist.recorded());
    let owned: BTreeSet<&str> = recorded
        .flat_map(|recorded| recorded.files.keys().map(String::as_str))
        .collect();
    let mut entries = BTreeMap::new();
    for (path, file) in &installed.files {
        let Some(inside) = installed
            .in_site(path)
            .filter(|_| !owned.contains(path.as_str()))
        else {
            continue;
        };
        if let Some(what) = What::of(installed, path, inside, file, &owned) {
            let shown = if what == What::Module {
                shown(path, inside, &owned)
            } else {
                path
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

/// The largest part of a path that holds nothing of any distribution: `rogue` for
/// `rogue/__init__.py`, but the whole of `numpy/rogue.py`.
fn shown<'a>(path: &'a str, inside: &str, owned: &BTreeSet<&str>) -> &'a str {
    let site = path.len() - inside.len();
    let ends = path[site..].match_indices('/').map(|(at, _)| site + at);
    for end in ends {
        let directory = &path[..=end];
        let next = owned.range(directory..).next();
        if !next.is_some_and(|path| path.starts_with(directory)) {
            return &path[..end];
        }
    }
    path
}

/// What Python makes of a file that nobody lists.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    /// It imports it.
    Module,
    /// It reads it when it starts.
    Path,
    /// Nothing by itself.
    Other,
}

impl What {
    fn of(
        installed: &Installed,
        path: &str,
        inside: &str,
        file: &InstalledFile,
        owned: &BTreeSet<&str>,
    ) -> Option<Self> {
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
        if *file == InstalledFile::LinkedDirectory {
            let below = format!("{path}/");
            let next = owned.range(below.as_str()..).next();
            let lists = next.is_some_and(|path| path.starts_with(&below));
            return (!lists).then_some(Self::Module);
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
