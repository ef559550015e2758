//! `vhb schema`: the JSON Schemas of what vhb reads.

use std::path::Path;

use super::args::SchemaArgs;
use super::{Output, Result};
use crate::finding::Outcome;
use crate::io::write::FileToWrite;
use crate::schema::Described;

pub(super) fn run(args: &SchemaArgs, output: &Output) -> Result {
    if let Some(directory) = &args.all {
        let file = |described: Described| FileToWrite {
            path: directory.join(described.file_name()),
            bytes: described.to_bytes(),
        };
        output.write_all(&Described::ALL.map(file))?;
    }
    if let Some(described) = args.of {
        let bytes = described.to_bytes();
        let to_file = args.output.as_deref();
        match to_file.filter(|path| *path != Path::new("-")) {
            None => output.data(&String::from_utf8_lossy(&bytes)),
            Some(path) => output.write(path.to_owned(), bytes)?,
        }
    }
    Ok(Outcome::Clean)
}
