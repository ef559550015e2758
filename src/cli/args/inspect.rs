//! The arguments of what reads a lock: `vhb show`.

use std::path::PathBuf;

use clap::Args;

use super::Format;

#[derive(Debug, Args)]
pub(in crate::cli) struct ShowArgs {
    /// The lock
    pub(in crate::cli) lock: PathBuf,
    /// Show long lists whole
    #[arg(long)]
    pub(in crate::cli) all: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(in crate::cli) format: Format,
}
