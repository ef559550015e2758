//! The arguments of `vhb merge`.

use std::path::PathBuf;

use clap::Args;

use super::{NetworkArgs, RegistryArgs};

#[derive(Debug, Args)]
#[command(
    after_help = "git calls it once `vhb merge --install` was run in the clone. Exit codes: 0 merged, 1 a conflict, 2 unusable input; OURS is untouched unless it is 0."
)]
#[allow(clippy::struct_excessive_bools)] // Independent flags, not a state.
pub(in crate::cli) struct MergeArgs {
    /// What both sides come from (`%O`); an empty file where there is none
    #[arg(required_unless_present_any = ["install", "uninstall"], requires = "theirs")]
    pub(in crate::cli) base: Option<PathBuf>,
    /// Our version (`%A`), which the result is written over
    pub(in crate::cli) ours: Option<PathBuf>,
    /// Their version (`%B`)
    pub(in crate::cli) theirs: Option<PathBuf>,
    /// Where the file lies in the repository (`%P`) [default: OURS]
    #[arg(long, value_name = "PATH")]
    pub(in crate::cli) path: Option<PathBuf>,
    /// What the sides are called: first ours (`%X`), then theirs (`%Y`)
    #[arg(long = "label", value_name = "NAME")]
    pub(in crate::cli) labels: Vec<String>,
    /// Merge two common ancestors, as git asks for where there are several: what clashes stays as it
    /// was, and nobody is asked
    #[arg(long)]
    pub(in crate::cli) ancestors: bool,
    /// Refuse to merge what could not be asked about, and what there are warnings about
    #[arg(long)]
    pub(in crate::cli) strict: bool,
    /// Make git merge locks and SBOMs so: in the configuration of this clone, and in
    /// `.gitattributes` of the project; `--offline` and `--strict` hold for each merge
    #[arg(long, conflicts_with_all = ["base", "uninstall", "index_url", "ancestors"])]
    pub(in crate::cli) install: bool,
    /// Take it out of the configuration of this clone
    #[arg(long, conflicts_with = "base")]
    pub(in crate::cli) uninstall: bool,
    #[command(flatten)]
    pub(in crate::cli) registry: RegistryArgs,
    #[command(flatten)]
    pub(in crate::cli) network: NetworkArgs,
}
