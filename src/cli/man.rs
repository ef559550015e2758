//! `vhb man`: the manual pages of every command, in roff.

use std::path::Path;

use clap_mangen::Man;

use super::args::ManArgs;
use super::error::CliError;
use super::{Output, Result, command};
use crate::finding::Outcome;
use crate::io::write::{FileToWrite, write_all};

pub(super) fn run(args: &ManArgs, output: &Output) -> Result {
    let mut whole = command().disable_help_subcommand(true);
    // Names the commands below `vhb` as they are called: `vhb-lock`.
    whole.build();
    let Some(directory) = &args.output else {
        let page = page(&whole)?;
        output.pieces(std::iter::once(String::from_utf8_lossy(&page).into_owned()));
        return Ok(Outcome::Clean);
    };
    let mut files = Vec::new();
    pages(&whole, directory, &mut files)?;
    let written = write_all(&files).map_err(|error| CliError::new(error.to_string()))?;
    let (count, all) = (written.len(), files.len());
    output.say(&format!(
        "wrote {count} of {all} pages into {}\n",
        directory.display()
    ));
    Ok(Outcome::Clean)
}

/// The page of a command, and those of the commands below it.
fn pages(command: &clap::Command, directory: &Path, files: &mut Vec<FileToWrite>) -> Result<()> {
    for below in command.get_subcommands().filter(|it| !it.is_hide_set()) {
        pages(below, directory, files)?;
    }
    files.push(FileToWrite {
        path: directory.join(Man::new(command.clone()).get_filename()),
        bytes: page(command)?,
    });
    Ok(())
}

fn page(command: &clap::Command) -> Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command.clone())
        .manual("vhb manual")
        .render(&mut page)
        .map_err(|error| CliError::new("cannot render the manual page").because(&error))?;
    Ok(page)
}
