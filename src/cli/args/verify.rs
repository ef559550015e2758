//! The arguments of `vhb verify`.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::{FormatArgs, NetworkArgs, RegistryArgs, RehashArgs};

#[derive(Clone, Debug, Args)]
#[command(group = ArgGroup::new("looked_at").args(["results", "attached"]).multiple(true))]
pub(in crate::cli) struct VerifyArgs {
    /// The lock; with `--attached`, it may be the one that is attached
    #[arg(required_unless_present = "attached")]
    pub(in crate::cli) lock: Option<PathBuf>,
    /// More locks, one after the other
    #[arg(
        value_name = "LOCKS",
        conflicts_with_all = ["attached", "env", "manifest", "results", "format", "save"]
    )]
    pub(in crate::cli) more: Vec<PathBuf>,
    /// Look at what `vhb attach` put beside this image, or published as these results
    #[arg(long, value_name = "REFERENCE")]
    pub(in crate::cli) attached: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) registry: RegistryArgs,
    #[command(flatten)]
    pub(in crate::cli) report: FormatArgs,
    /// Count warnings, and what the lock does not record, as errors
    #[arg(long)]
    pub(in crate::cli) strict: bool,
    /// Also read the copies of the models below this directory, as `ORG/NAME` or as the Hugging
    /// Face cache lays them out
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) models: Option<PathBuf>,
    /// Also read the models in the Hugging Face cache (`HF_HUB_CACHE`, `HF_HOME`)
    #[arg(long)]
    pub(in crate::cli) hub_cache: bool,
    /// Also read the copies of the datasets below this directory, each by its id
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) data: Option<PathBuf>,
    /// Look at everything, also where `--env` or another rerun's evidence is given: without this,
    /// that and the lock by itself
    #[arg(long)]
    pub(in crate::cli) all: bool,
    #[command(flatten)]
    pub(in crate::cli) installed: InstalledArgs,
    /// Hold what `vhb record` wrote against the lock and this machine; given twice, against the
    /// lock and each other
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) manifest: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) published: PublishedArgs,
    #[command(flatten)]
    pub(in crate::cli) rehash: RehashArgs,
    #[command(flatten)]
    pub(in crate::cli) network: NetworkArgs,
}

/// An installed environment to look at.
#[derive(Clone, Debug, Default, Args)]
pub(in crate::cli) struct InstalledArgs {
    /// Look at the Python environment installed in this directory: a virtual environment, a conda
    /// prefix, a `site-packages`, or what `pip install --target` made
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) env: Option<PathBuf>,
    /// Which environment of the lock that is: its id, or how that begins [default: the only one]
    #[arg(long, value_name = "ID", requires = "env")]
    pub(in crate::cli) environment: Option<String>,
    /// Also hold what is installed against the locked files on the index, for whoever edits a file
    /// can edit the list of files as well
    #[arg(long, requires = "env")]
    pub(in crate::cli) deep: bool,
}

/// Published results to look at.
#[derive(Clone, Debug, Default, Args)]
pub(in crate::cli) struct PublishedArgs {
    /// Hold these results against what was attested of them: what was given to `vhb attest`; may be
    /// given more than once
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) results: Vec<PathBuf>,
    /// The attestation of the results [default: where `vhb attest` puts it]
    #[arg(
        long,
        value_name = "FILE",
        requires = "results",
        conflicts_with = "attached"
    )]
    pub(in crate::cli) attestation: Option<PathBuf>,
    /// The public key of who may vouch for the results; may be given more than once, and then any
    /// of them will do
    #[arg(long, value_name = "KEY", requires = "looked_at")]
    pub(in crate::cli) public_key: Vec<PathBuf>,
}
