//! The arguments of `vhb merge`.

use std::path::PathBuf;

use clap::Args;

use super::{NetworkArgs, RegistryArgs};

#[derive(Debug, Args)]
#[command(
    after_help = "Run `vhb merge --install` once in each clone; after that, git calls `vhb merge` by itself, with what it calls `%O`, `%A` and so on (gitattributes(5)).\n\nExit codes: 0 merged, 1 a conflict, 2 unusable input. OURS is written only with 0."
)]
#[allow(clippy::struct_excessive_bools)] // Independent flags, not a state.
pub(in crate::cli) struct MergeArgs {
    /// The common ancestor (`%O`); an empty file where there is none
    #[arg(required_unless_present_any = ["install", "uninstall"], requires = "theirs")]
    pub(in crate::cli) base: Option<PathBuf>,
    /// Our version (`%A`), which is overwritten with the result
    pub(in crate::cli) ours: Option<PathBuf>,
    /// Their version (`%B`)
    pub(in crate::cli) theirs: Option<PathBuf>,
    /// Where the file lies in the repository (`%P`) [default: OURS]
    #[arg(long, value_name = "PATH")]
    pub(in crate::cli) path: Option<PathBuf>,
    /// What the sides are called: once for ours (`%X`), once for theirs (`%Y`)
    #[arg(long = "label", value_name = "NAME")]
    pub(in crate::cli) labels: Vec<String>,
    /// Merge common ancestors, of which git may find several: what clashes stays as it was, and no
    /// server is asked
    #[arg(long)]
    pub(in crate::cli) ancestors: bool,
    /// Refuse to merge where there are warnings, such as that a server could not be asked
    #[arg(long)]
    pub(in crate::cli) strict: bool,
    /// Make git use this for locks and SBOMs, by the configuration of this clone and
    /// `.gitattributes` of the project; `--strict`, `--offline`, `--jobs`, `--timeout` and
    /// `--cache-dir` then hold for each merge
    #[arg(long, conflicts_with_all = ["base", "uninstall", "index_url", "ancestors"])]
    pub(in crate::cli) install: bool,
    /// Undo what `--install` did in the configuration of this clone
    #[arg(long, conflicts_with = "base")]
    pub(in crate::cli) uninstall: bool,
    #[command(flatten)]
    pub(in crate::cli) registry: RegistryArgs,
    #[command(flatten)]
    pub(in crate::cli) network: NetworkArgs,
}
