//! The arguments of `vhb verify`.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::{FormatArgs, NetworkArgs, RegistryArgs, RehashArgs};
use crate::cli::exit_code::IN_SHORT;

/// The headings of what only some reruns have.
const RERUN: &str = "The evidence of a rerun";
const COPIES: &str = "Copies on this machine";

#[derive(Clone, Debug, Args)]
#[command(
    after_help = format!("`vhb explain CODE` tells more of a finding.\n\n{IN_SHORT}")
)]
#[command(group = ArgGroup::new("looked_at").args(["results", "attached"]).multiple(true))]
pub(in crate::cli) struct VerifyArgs {
    /// The lock [default, with `--attached`: the one that is attached]
    #[arg(required_unless_present = "attached")]
    pub(in crate::cli) lock: Option<PathBuf>,
    /// More locks, one after the other
    #[arg(
        value_name = "LOCKS",
        conflicts_with_all = ["attached", "env", "manifest", "results", "format", "save"]
    )]
    pub(in crate::cli) more: Vec<PathBuf>,
    /// Look at what `vhb attach` put beside this image, or published under this name
    #[arg(long, value_name = "REFERENCE", help_heading = RERUN)]
    pub(in crate::cli) attached: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) registry: RegistryArgs,
    #[command(flatten)]
    pub(in crate::cli) report: FormatArgs,
    /// Count warnings, and what the lock does not record, as errors
    #[arg(long)]
    pub(in crate::cli) strict: bool,
    /// Also read the copies of the models below this directory, which lie there as `ORG/NAME` or as
    /// in the cache of Hugging Face
    #[arg(long, value_name = "DIR", help_heading = COPIES)]
    pub(in crate::cli) models: Option<PathBuf>,
    /// Also read the models in the cache of Hugging Face (`HF_HUB_CACHE`, `HF_HOME`)
    #[arg(long, help_heading = COPIES)]
    pub(in crate::cli) hub_cache: bool,
    /// Also read the copies of the datasets below this directory, each by its id
    #[arg(long, value_name = "DIR", help_heading = COPIES)]
    pub(in crate::cli) data: Option<PathBuf>,
    /// With the evidence of a rerun, look at everything else as well
    #[arg(long)]
    pub(in crate::cli) all: bool,
    #[command(flatten)]
    pub(in crate::cli) installed: InstalledArgs,
    /// Compare what `vhb record` wrote with the lock and this machine; given twice, with the lock
    /// and each other
    #[arg(long, value_name = "FILE", help_heading = RERUN)]
    pub(in crate::cli) manifest: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) published: PublishedArgs,
    #[command(flatten)]
    pub(in crate::cli) network: NetworkArgs,
    #[command(flatten)]
    pub(in crate::cli) rehash: RehashArgs,
}

/// An installed environment to look at.
#[derive(Clone, Debug, Default, Args)]
pub(in crate::cli) struct InstalledArgs {
    /// Look at what is installed in this directory: a virtual environment, a conda prefix, a
    /// `site-packages`, or what `pip install --target` made
    #[arg(long, value_name = "DIR", help_heading = RERUN)]
    pub(in crate::cli) env: Option<PathBuf>,
    /// Which environment of the lock that is, by its id or the beginning of it [default: the only
    /// one]
    #[arg(long, value_name = "ID", requires = "env", help_heading = RERUN)]
    pub(in crate::cli) environment: Option<String>,
    /// Also compare what is installed with the locked files on the index, since whoever edits an
    /// installed file can edit the installed list of files as well
    #[arg(long, requires = "env", help_heading = RERUN)]
    pub(in crate::cli) deep: bool,
}

/// Published results to look at.
#[derive(Clone, Debug, Default, Args)]
pub(in crate::cli) struct PublishedArgs {
    /// Compare these results with what was attested: name what `vhb attest` was given; may be given
    /// more than once
    #[arg(long, value_name = "DIR", help_heading = RERUN)]
    pub(in crate::cli) results: Vec<PathBuf>,
    /// The attestation of the results [default: where `vhb attest` puts it]
    #[arg(
        long,
        value_name = "FILE",
        requires = "results",
        conflicts_with = "attached",
        help_heading = RERUN
    )]
    pub(in crate::cli) attestation: Option<PathBuf>,
    /// The public key of whoever may vouch for the results; of several, any will do
    #[arg(long, value_name = "KEY", requires = "looked_at", help_heading = RERUN)]
    pub(in crate::cli) public_key: Vec<PathBuf>,
}
