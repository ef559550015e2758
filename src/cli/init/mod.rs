//! `vhb init`: a small project that can be checked, locked, run and verified as it is.

mod files;

use std::fmt::Write as _;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use self::files::{ProjectFile, project};
use super::args::InitArgs;
use super::error::CliError;
use super::{Output, Result};
use crate::export::as_typed;
use crate::finding::Outcome;
use crate::io::write::{NewFile, write_new};

/// Of the files that are in the way, so many are named.
const NAMED: usize = 5;

pub(super) fn run(args: &InitArgs, output: &Output) -> Result {
    let files = project(&args.name);
    let in_the_way = in_the_way(&args.directory, &files);
    if !in_the_way.is_empty() {
        return Err(exists(&in_the_way));
    }
    let new: Vec<_> = files
        .iter()
        .map(|file| NewFile {
            path: place(&args.directory, file),
            bytes: file.text.as_bytes(),
            private: false,
        })
        .collect();
    write_new(&new).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => CliError::new(error.to_string()).hint(ELSEWHERE),
        _ => CliError::new(error.to_string()),
    })?;
    output.say(&told(args, files.len()));
    Ok(Outcome::Clean)
}

const ELSEWHERE: &str =
    "vhb overwrites nothing: begin in another directory, and move over what you need";

fn place(directory: &Path, file: &ProjectFile) -> PathBuf {
    if directory == Path::new(".") {
        return PathBuf::from(&file.path);
    }
    directory.join(&file.path)
}

/// What is there in the place of a file, or of a directory that is to hold one.
fn in_the_way(directory: &Path, files: &[ProjectFile]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for file in files {
        let path = place(directory, file);
        if path.symlink_metadata().is_ok() {
            found.push(path);
            continue;
        }
        let above = path.ancestors().skip(1);
        let no_directory =
            above.filter(|above| above.symlink_metadata().is_ok() && !above.is_dir());
        found.extend(no_directory.map(Path::to_path_buf));
    }
    found.sort();
    found.dedup();
    found
}

fn exists(paths: &[PathBuf]) -> CliError {
    let named = paths.iter().take(NAMED);
    let named: Vec<_> = named.map(|path| format!("`{}`", path.display())).collect();
    let mut message = named.join(", ");
    if let Some(more) = paths.len().checked_sub(NAMED).filter(|more| *more > 0) {
        let _ = write!(message, " and {more} more");
    }
    let verb = if paths.len() == 1 { "exists" } else { "exist" };
    CliError::new(format!("{message} {verb} already, so nothing was written")).hint(ELSEWHERE)
}

fn told(args: &InitArgs, count: usize) -> String {
    let name = args.name.as_str();
    let directory = args.directory.display();
    let enter = if args.directory == Path::new(".") {
        String::new()
    } else {
        format!("  cd {}\n", as_typed(&directory.to_string()))
    };
    format!(
        "wrote {count} files in {directory}: a registry, a dataset, a model and a package

next:
{enter}  vhb check
  vhb lock registries/experiments/{name}.yaml
  vhb verify locks/{name}.lock.json

and to run what is locked:
  vhb sync locks/{name}.lock.json --environment inference --into .venv
  .venv/bin/python -m mybench.run {name}

Comments in registries/ say what to write for models of the Hub, images, and
plugins in repositories; `vhb add --help` tells how to write further entries.
Commit all of it, locks/ and sboms/ too. Editors with a YAML language server
read schemas/; set its YAML version to 1.1, which registries are read as.
"
    )
}
