//! `vhb sbom`: the SBOM of a lock, made again from the lock alone.

use std::path::Path;

use super::args::SbomArgs;
use super::inputs::refuse_input;
use super::lock_files::{read_own_form, sbom_path};
use super::{Output, Result};
use crate::bom;
use crate::finding::Outcome;

pub(super) fn run(args: &SbomArgs, output: &Output) -> Result {
    let (lock, _) = read_own_form(&args.lock)?;
    let bytes = bom::to_bytes(&lock);
    if args.output.as_deref() == Some(Path::new("-")) {
        output.data(&String::from_utf8_lossy(&bytes));
        return Ok(Outcome::Clean);
    }
    let path = args.output.clone().unwrap_or_else(|| sbom_path(&args.lock));
    refuse_input(
        ("the SBOM", "--output"),
        &path,
        std::slice::from_ref(&args.lock),
    )?;
    output.write(path, bytes)?;
    Ok(Outcome::Clean)
}
