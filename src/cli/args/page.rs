//! The arguments of `vhb report`.

use std::path::PathBuf;

use clap::{Arg, Args};

use super::{FormatArgs, InstalledArgs, NetworkArgs, RegistryArgs, RehashArgs, VerifyArgs};
use crate::cli::args::verify::PublishedArgs;

#[derive(Debug, Args)]
#[command(mut_args(for_verification))]
pub(in crate::cli) struct ReportArgs {
    /// The lock
    pub(in crate::cli) lock: PathBuf,
    /// Verify the lock first, as `vhb verify LOCK` does, and show the result on the page. Only with
    /// it, `--strict`, `--registry`, `--rehash`, `--offline`, `--index-url` and `--jobs` mean anything
    #[arg(long)]
    pub(in crate::cli) verify: bool,
    /// Where to write the page; `-` is standard output [default: `reports/ID.html` beside `locks/`]
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) output: Option<PathBuf>,
    /// Count warnings, and what the lock does not record, as errors
    #[arg(long, requires = "verify")]
    strict: bool,
    #[command(flatten)]
    registry: RegistryArgs,
    #[command(flatten)]
    network: NetworkArgs,
    #[command(flatten)]
    rehash: RehashArgs,
}

/// Flags that would do nothing by themselves. Those that a variable may set for all commands are no
/// mistake without a verification.
const FOR_VERIFICATION: [&str; 5] = ["index_url", "jobs", "offline", "registry", "rehash"];

fn for_verification(flag: Arg) -> Arg {
    if FOR_VERIFICATION.contains(&flag.get_id().as_str()) {
        return flag.requires("verify");
    }
    flag
}

impl ReportArgs {
    /// The arguments of the verification that the page is to show.
    pub(in crate::cli) fn verification(&self) -> VerifyArgs {
        VerifyArgs {
            more: Vec::new(),
            lock: Some(self.lock.clone()),
            strict: self.strict,
            registry: self.registry.clone(),
            rehash: self.rehash.clone(),
            network: self.network.clone(),
            attached: None,
            report: FormatArgs::default(),
            models: None,
            hub_cache: false,
            data: None,
            all: false,
            installed: InstalledArgs::default(),
            manifest: Vec::new(),
            published: PublishedArgs::default(),
        }
    }
}
