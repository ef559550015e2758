//! The arguments of what begins a project: `vhb init` and `vhb schema`.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use crate::model::NewId;
use crate::schema::Described;

#[derive(Debug, Args)]
pub(in crate::cli) struct InitArgs {
    /// The directory of the project, which is made if it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    pub(in crate::cli) directory: PathBuf,
    /// The id of its experiment
    #[arg(long, value_name = "NAME", default_value = "first")]
    pub(in crate::cli) name: NewId,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct SchemaArgs {
    /// A kind of entry, or the lock
    #[arg(value_name = "KIND", value_enum, required_unless_present = "all")]
    pub(in crate::cli) of: Option<Described>,
    /// Where to write it [default: `-`, which is standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) output: Option<PathBuf>,
    /// Write the schemas of all kinds and of the lock into this directory
    #[arg(long, value_name = "DIR", conflicts_with_all = ["of", "output"])]
    pub(in crate::cli) all: Option<PathBuf>,
}

impl ValueEnum for Described {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    /// The names of the directories will do as well.
    fn to_possible_value(&self) -> Option<PossibleValue> {
        let directory = match self {
            Self::Entry(kind) => kind.directory(),
            Self::Lock => "locks",
        };
        Some(PossibleValue::new(self.noun()).alias(directory))
    }
}
