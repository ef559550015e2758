//! Floor 4: the command line, and the only place that knows the terminal and the environment.
//!
//! Each command is one file with a `run` that gives the outcome; outcomes and errors end in one of
//! the [`EXIT_CODES`].

mod add;
mod args;
mod attach;
mod attest;
mod bar;
mod check;
mod completions;
mod diff;
mod each;
mod environment;
mod error;
mod exit_code;
mod explain;
mod export;
mod init;
mod inputs;
mod installed;
mod keygen;
mod keys;
mod lock;
mod lock_files;
mod man;
mod manifest;
mod merge;
mod output;
mod project;
mod record;
mod report;
mod report_output;
mod result_files;
mod sbom;
mod schema;
mod show;
mod sync;
mod tree;
mod verify;
mod why;
mod world;

use std::ffi::OsString;

use clap::FromArgMatches as _;

use crate::finding::Outcome;
pub use args::PARTS;
use args::{Cli, Command, with_contents};
use error::CliError;
pub use exit_code::EXIT_CODES;
use exit_code::{UNUSABLE, exit_code};
use output::Output;

/// The command line, for completions and documentation.
pub fn command() -> clap::Command {
    with_contents(<Cli as clap::CommandFactory>::command())
}

/// Runs the program with these arguments; gives its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let cli = match parsed(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // clap knows where help and errors go; a closed pipe is no failure of ours.
            let _ = error.print();
            return if error.use_stderr() { UNUSABLE } else { 0 };
        }
    };
    let output = Output::new(cli.color, cli.quiet);
    let outcome = match &cli.command {
        Command::Init(args) => init::run(args, &output),
        Command::Check(args) => check::run(args, &output),
        Command::Lock(args) => lock::run(args, &output),
        Command::Show(args) => show::run(args, &output),
        Command::Tree(args) => tree::run(args, &output),
        Command::Why(args) => why::run(args, &output),
        Command::Sbom(args) => sbom::run(args, &output),
        Command::Verify(args) => verify::run(args, &output),
        Command::Report(args) => report::run(args, &output),
        Command::Diff(args) => diff::run(args, &output),
        Command::Export(args) => export::run(args, &output),
        Command::Record(args) => record::run(args, &output),
        Command::Sync(args) => sync::run(args, &output),
        Command::Attach(args) => attach::run(args, &output),
        Command::Merge(args) => merge::run(args, &output),
        Command::Manifest(args) => manifest::run(args, &output),
        Command::Attest(args) => attest::run(args, &output),
        Command::Keygen(args) => keygen::run(args, &output),
        Command::Add(args) => add::run(args, &output),
        Command::Schema(args) => schema::run(args, &output),
        Command::Explain(args) => explain::run(args, &output),
        Command::Completions(args) => Ok(completions::run(args, &output)),
        Command::Man(args) => man::run(args, &output),
    };
    let outcome = outcome.and_then(|outcome| output.all_printed().map(|()| outcome));
    if let Err(error) = &outcome {
        output.error(error);
    }
    exit_code(&outcome)
}

fn parsed(arguments: impl IntoIterator<Item = OsString>) -> std::result::Result<Cli, clap::Error> {
    let mut command = command();
    let matches = command.try_get_matches_from_mut(arguments)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// What a command gives: an outcome, or an error that ends in exit code 2.
type Result<T = Outcome> = std::result::Result<T, CliError>;
