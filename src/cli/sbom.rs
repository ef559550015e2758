//! `vhb sbom`: the SBOM of a lock, made again from the lock alone.

use std::path::Path;

use super::args::SbomArgs;
use super::error::CliError;
use super::lock_files::{read_lock, sbom_path};
use super::{Output, Result};
use crate::bom;
use crate::finding::Outcome;
use crate::io::write::{FileToWrite, write_all};

pub(super) fn run(args: &SbomArgs, output: &Output) -> Result {
    let (lock, bytes) = read_lock(&args.lock)?;
    if lock.to_bytes() != bytes {
        // The SBOM names the digest of the lock's bytes: of which, would be a guess.
        return Err(CliError::new(format!(
            "`{}` is not in the form in which vhb writes it",
            args.lock.display()
        ))
        .hint("restore it from version control, or run `vhb lock`"));
    }
    let bytes = bom::to_bytes(&lock);
    if args.output.as_deref() == Some(Path::new("-")) {
        output.data(&String::from_utf8_lossy(&bytes));
        return Ok(Outcome::Clean);
    }
    let path = args.output.clone().unwrap_or_else(|| sbom_path(&args.lock));
    let files = [FileToWrite { path, bytes }];
    let written = write_all(&files).map_err(|error| CliError::new(error.to_string()))?;
    if written.is_empty() {
        output.say("nothing changed\n");
    }
    for path in written {
        output.say(&format!("wrote {}\n", path.display()));
    }
    Ok(Outcome::Clean)
}
