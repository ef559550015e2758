//! The arguments of what reads a lock: `vhb show`, `tree` and `why`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Format;

#[derive(Debug, Args)]
pub(in crate::cli) struct ShowArgs {
    /// The lock
    pub(in crate::cli) lock: PathBuf,
    /// Show long lists to their end
    #[arg(long)]
    pub(in crate::cli) all: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(in crate::cli) format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Lines {
    /// Lines without gaps
    Utf8,
    /// For places that know nothing else, such as some logs
    Ascii,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct TreeArgs {
    /// The lock
    pub(in crate::cli) lock: PathBuf,
    /// One environment, by its id or the beginning of it [default: all]
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) environment: Option<String>,
    /// Show what requires this distribution, up to the packages that were asked for
    #[arg(short, long, value_name = "NAME")]
    pub(in crate::cli) invert: Option<String>,
    /// How deep to go: 0 shows packages alone, 1 also what they install
    #[arg(long, value_name = "N")]
    pub(in crate::cli) depth: Option<usize>,
    /// Show branches again that were shown before, instead of `(*)`
    #[arg(long)]
    pub(in crate::cli) no_dedupe: bool,
    /// What to draw the lines with
    #[arg(long, value_enum, default_value_t = Lines::Utf8, value_name = "NAME")]
    pub(in crate::cli) charset: Lines,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(in crate::cli) format: Format,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct WhyArgs {
    /// The lock
    pub(in crate::cli) lock: PathBuf,
    /// A distribution (`numpy`, `numpy==1.26.4`), a package, a model, a dataset, an image, or an
    /// entry of the registry (`metrics/cer`)
    pub(in crate::cli) name: String,
    /// Tell every chain (at most a thousand), with all its runs and environments
    #[arg(long)]
    pub(in crate::cli) all: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(in crate::cli) format: Format,
}
