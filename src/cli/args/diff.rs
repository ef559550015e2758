//! The arguments of `vhb diff`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(in crate::cli) struct DiffArgs {
    /// The old lock: a file, a revision of git and a path (`HEAD~1:locks/x.lock.json`; without a
    /// revision, `:locks/x.lock.json` is what is staged), or `-` for standard input
    pub(in crate::cli) old: PathBuf,
    /// The new lock, named likewise [default: the same path in the work tree, where OLD has a
    /// revision]
    pub(in crate::cli) new: Option<PathBuf>,
    /// How to print what differs
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    pub(in crate::cli) format: DiffFormat,
    /// Exit with 1 where the locks differ
    #[arg(long)]
    pub(in crate::cli) exit_code: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum DiffFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// For comments of pull requests
    Markdown,
}
