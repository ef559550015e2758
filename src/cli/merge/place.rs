//! Where the merged file lies in its repository, and what the sides are called.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::super::Result;
use super::super::args::MergeArgs;
use super::super::error::CliError;
use super::super::lock_files::{LARGEST, lock_of, sbom_path};
use crate::io::git::Revisions;

/// Names under which git knows commits while it merges, picks or reverts.
const HEADS: [&str; 6] = [
    "ORIG_HEAD",
    "MERGE_HEAD",
    "REBASE_HEAD",
    "CHERRY_PICK_HEAD",
    "REVERT_HEAD",
    "FETCH_HEAD",
];
/// What git calls the variables that name the commits it merges.
const GITHEAD: &str = "GITHEAD_";

/// One of the three versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    Base,
    Ours,
    Theirs,
}

/// The place of what is merged; paths are those from the top of the repository.
pub(super) struct Place {
    /// The file that is merged.
    pub(super) path: PathBuf,
    /// The lock, which may be that file.
    pub(super) lock: PathBuf,
    /// Its SBOM, which may be that file.
    pub(super) sbom: PathBuf,
    /// The directory that holds `registries/`.
    pub(super) project: PathBuf,
    /// The same, absolute.
    pub(super) root: PathBuf,
    /// The top of the repository, where git calls drivers.
    pub(super) top: PathBuf,
    labels: Vec<String>,
}

impl Place {
    pub(super) fn of(args: &MergeArgs, ours: &Path) -> Result<Self> {
        let path = args.path.clone().unwrap_or_else(|| ours.to_path_buf());
        let is_sbom = path.to_string_lossy().ends_with(".cdx.json");
        let lock = if is_sbom {
            lock_of(&path)
        } else {
            path.clone()
        };
        let sbom = if is_sbom {
            path.clone()
        } else {
            sbom_path(&path)
        };
        let directory = lock.parent().unwrap_or(Path::new(""));
        let project = match directory.parent() {
            Some(parent) if directory.ends_with("locks") => parent.to_path_buf(),
            _ => directory.to_path_buf(),
        };
        let top = std::env::current_dir();
        let top = top
            .map_err(|error| CliError::new("the working directory is not there").because(&error))?;
        Ok(Self {
            path,
            lock,
            sbom,
            root: top.join(&project),
            project,
            top,
            labels: args.labels.clone(),
        })
    }

    /// A side as messages call it: `theirs (topic)`.
    pub(super) fn called(&self, side: Side) -> String {
        let (word, label) = match side {
            Side::Base => return "the common ancestor".to_owned(),
            Side::Ours => ("ours", self.labels.first()),
            Side::Theirs => ("theirs", self.labels.get(1)),
        };
        match label {
            // A git that does not know a placeholder hands it on as it is.
            Some(label) if !label.is_empty() && !label.starts_with('%') => {
                format!("{word} ({label})")
            }
            _ => word.to_owned(),
        }
    }

    /// A version of a file of the repository, wherever in the history; none also where there is no
    /// history to look in.
    pub(super) fn version(&self, path: &Path, is_meant: &dyn Fn(&[u8]) -> bool) -> Option<Vec<u8>> {
        let mut found = None;
        self.versions(path, &mut |bytes| {
            found = Some(bytes).filter(|bytes| is_meant(bytes));
            match found {
                Some(_) => ControlFlow::Break(()),
                None => ControlFlow::Continue(()),
            }
        });
        found
    }

    /// Shows the versions of a file of the repository, those of the merged commits first; none
    /// where there is no history to look in.
    pub(super) fn versions(&self, path: &Path, look: &mut dyn FnMut(Vec<u8>) -> ControlFlow<()>) {
        if let Some(path) = path.to_str() {
            let revisions = Revisions::around(&self.top);
            // What cannot be looked at does not hold what is looked for.
            let _ = revisions.versions(path, &self.commits(), LARGEST, look);
        }
    }

    /// The commits that git merges, by whatever names it gives them.
    fn commits(&self) -> Vec<String> {
        let variables = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        let merged = variables.filter_map(|name| Some(name.strip_prefix(GITHEAD)?.to_owned()));
        // `5c91e24 (what the commit is about)`
        let words = self.labels.iter();
        let words = words.filter_map(|label| label.split(' ').next());
        let hexadecimal =
            |word: &&str| word.len() > 3 && word.bytes().all(|b| b.is_ascii_hexdigit());
        let replayed = words.filter(hexadecimal).map(str::to_owned);
        let heads = HEADS.map(str::to_owned);
        merged.chain(replayed).chain(heads).collect()
    }
}
