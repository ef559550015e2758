//! `vhb diff`: what differs between two locks.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::args::{DiffArgs, DiffFormat};
use super::error::CliError;
use super::lock_files::{LARGEST, parse_lock, read_lock};
use super::{Output, Result};
use crate::finding::Outcome;
use crate::io::git::{BlobError, BlobName, Revisions};
use crate::lock::{Diff, Lock};
use crate::render::diff::{self as rendered, Compared};

pub(super) fn run(args: &DiffArgs, output: &Output) -> Result {
    let old = Named::of(&args.old);
    let new = args.new.as_deref().map(Named::of);
    if matches!((&old, &new), (Named::Input, Some(Named::Input))) {
        let error = CliError::new("only one of two locks can be standard input");
        return Err(error.hint("name a file for the other one"));
    }
    if matches!((&old, &new), (Named::Input, None)) {
        let error = CliError::new("standard input needs a lock to be compared with");
        return Err(error.hint(HOW_TO_NAME));
    }
    let before = old.read()?;
    let new = match new {
        Some(new) => new,
        None => old.in_work_tree()?,
    };
    let after = new.read()?;
    let diff = Diff::of(&before, &after);
    let compared = Compared {
        names: [&old.to_string(), &new.to_string()],
        experiments: [&before.experiment.id, &after.experiment.id],
        diff: &diff,
    };
    output.data(&match args.format {
        DiffFormat::Text => rendered::text(&compared),
        DiffFormat::Json => rendered::json(&compared),
        DiffFormat::Markdown => rendered::markdown(&compared),
    });
    Ok(if args.exit_code && !diff.is_empty() {
        Outcome::Failed
    } else {
        Outcome::Clean
    })
}

/// A lock as the user named it.
#[derive(Debug)]
enum Named {
    Input,
    File(PathBuf),
    Blob(BlobName),
}

impl Named {
    /// A file that is there goes before a revision that is written likewise.
    fn of(text: &Path) -> Self {
        if text == Path::new("-") {
            return Self::Input;
        }
        let blob = text.to_str().and_then(|text| text.parse().ok());
        match blob {
            Some(name) if text.symlink_metadata().is_err() => Self::Blob(name),
            _ => Self::File(text.to_path_buf()),
        }
    }

    /// The same path in the work tree.
    fn in_work_tree(&self) -> Result<Self> {
        let Self::Blob(name) = self else {
            let error = CliError::new(format!("`{self}` needs a lock to be compared with"));
            return Err(error.hint(format!(
                "name the new one too, or a revision: `vhb diff HEAD:./{self} {self}`"
            )));
        };
        let path = repository().in_work_tree(name);
        let path = from_here(&path.map_err(|error| unreadable(name, &error))?);
        if path.symlink_metadata().is_err() {
            let shown = path.display();
            let error = CliError::new(format!("there is no lock `{shown}` in the work tree"));
            return Err(error.hint("name the new lock as well, if it is called otherwise now"));
        }
        Ok(Self::File(path))
    }

    fn read(&self) -> Result<Lock> {
        match self {
            Self::File(path) if path.symlink_metadata().is_err() => {
                let error = CliError::new(format!("there is no lock `{self}`"));
                let word = path.to_str().filter(|text| !text.contains(['/', '.']));
                Err(error.hint(match word {
                    Some(word) => format!(
                        "where a revision is meant, name the path too: `{word}:locks/x.lock.json`"
                    ),
                    None => HOW_TO_NAME.to_owned(),
                }))
            }
            Self::File(path) => Ok(read_lock(path)?.0),
            Self::Blob(name) => {
                let bytes = repository().blob(name, LARGEST);
                let bytes = bytes.map_err(|error| unreadable(name, &error))?;
                parse_lock(&bytes, &format!("the lock `{self}`"))
            }
            Self::Input => {
                let mut bytes = Vec::new();
                let mut input = std::io::stdin().lock().take(LARGEST);
                input
                    .read_to_end(&mut bytes)
                    .map_err(|error| CliError::new("cannot read standard input").because(&error))?;
                parse_lock(&bytes, &format!("the lock `{self}`"))
            }
        }
    }
}

impl std::fmt::Display for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Input => f.write_str("-"),
            Self::File(path) => path.display().fmt(f),
            Self::Blob(name) => name.fmt(f),
        }
    }
}

const HOW_TO_NAME: &str =
    "name a file, or a git revision and a path, like `HEAD~1:locks/x.lock.json`";

fn repository() -> Revisions {
    Revisions::around(".")
}

fn unreadable(name: &BlobName, error: &BlobError) -> CliError {
    let hint = match error {
        BlobError::NoGit(_) => "install git, or compare files".to_owned(),
        BlobError::NoRepository => {
            "there is no file of that name; if a revision is meant, go to its repository".to_owned()
        }
        BlobError::NoRevision {
            near: Some(near), ..
        } => {
            format!("did you mean `{near}:{}`?", name.path())
        }
        BlobError::NoRevision { .. } => {
            "`git log --oneline` and `git branch --all` list revisions".to_owned()
        }
        BlobError::NoPath {
            near: Some(near), ..
        } if name.stage() == Some("0") && near.stage() != Some("0") => {
            format!("a merge stopped there; did you mean `{near}`?")
        }
        BlobError::NoPath {
            near: Some(near), ..
        } => format!("did you mean `{near}`?"),
        BlobError::Outside => {
            "without `./` or `../`, a path begins at the top of the repository".to_owned()
        }
        BlobError::NoPath { .. } if name.stage().is_some() => {
            "`git ls-files --stage` lists the files of the index".to_owned()
        }
        BlobError::NoPath { .. } => format!(
            "`git ls-tree -r --name-only {}` lists its files",
            name.revision()
        ),
        BlobError::NotAFile(_) | BlobError::TooLarge { .. } => {
            "name a file that `vhb lock` wrote".to_owned()
        }
        BlobError::NotFetched(_) => format!("`git show {name}` fetches it"),
        BlobError::NoWorkTree => "name the new lock as well".to_owned(),
        BlobError::Failed(_) => "ask git itself: `git show` takes the same name".to_owned(),
    };
    let failed = CliError::new(format!("cannot read the lock `{name}`"));
    failed.because(error).hint(hint)
}

/// A path as seen from the working directory, where it lies below it.
fn from_here(path: &Path) -> PathBuf {
    // As git names the top of a work tree: without links.
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    let here = here.unwrap_or_default();
    let here = path.strip_prefix(&here).unwrap_or(path);
    here.strip_prefix(".").unwrap_or(here).to_path_buf()
}
