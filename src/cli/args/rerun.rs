//! The arguments of what makes a rerun: `vhb sync`, `record` and `export`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{CacheArgs, NetworkArgs};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ExportFormat {
    /// A requirements file with hashes, for pip and uv; needs no network
    Requirements,
    /// A `pylock.toml` (PEP 751); asks the index where files are
    Pylock,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ExportArgs {
    /// The lock
    pub(in crate::cli) lock: PathBuf,
    /// The environment, by its id or the beginning of it [default: the only one]
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) environment: Option<String>,
    /// What to write
    #[arg(long, value_enum)]
    pub(in crate::cli) format: ExportFormat,
    /// Where to write it [default: `-`, which is standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) output: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) network: NetworkArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct RecordArgs {
    /// The lock
    pub(in crate::cli) lock: PathBuf,
    /// Also record what is installed in this directory
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) env: Option<PathBuf>,
    /// Which environment of the lock that is, by its id or the beginning of it [default: the only
    /// one]
    #[arg(long, value_name = "ID", requires = "env")]
    pub(in crate::cli) environment: Option<String>,
    /// Where to write it; `-` is standard output
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) output: PathBuf,
    #[command(flatten)]
    pub(in crate::cli) cache: CacheArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Printed {
    /// A script for `sh`
    Script,
    /// Lines for a Dockerfile
    Dockerfile,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct SyncArgs {
    /// The lock
    pub(in crate::cli) lock: PathBuf,
    /// The environment, by its id or the beginning of it [default: the only one]
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) environment: Option<String>,
    /// Where to make it: a directory that is empty or does not exist
    #[arg(long, value_name = "DIR", required_unless_present = "print")]
    pub(in crate::cli) into: Option<PathBuf>,
    /// The interpreter, by its path or version, instead of the one that uv finds
    #[arg(long, value_name = "PYTHON", conflicts_with = "print")]
    pub(in crate::cli) python: Option<String>,
    /// Replace the virtual environment that is there
    #[arg(long, conflicts_with = "print")]
    pub(in crate::cli) force: bool,
    /// Make nothing; print the commands that install the same in a container, by the same hashes
    #[arg(long, value_enum, conflicts_with = "into", value_name = "FORM")]
    pub(in crate::cli) print: Option<Printed>,
    /// The installer in the printed commands [default: what the runs name]
    #[arg(long, value_enum, requires = "print", value_name = "NAME")]
    pub(in crate::cli) package_manager: Option<Installer>,
    #[command(flatten)]
    pub(in crate::cli) network: NetworkArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Installer {
    Pip,
    Uv,
    Conda,
}
