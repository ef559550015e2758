//! The arguments of every command.

mod add;
mod diff;
mod formats;
mod inspect;
mod merge;
mod page;
mod publish;
mod rerun;
mod shell;
mod start;
mod verify;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(super) use add::{AddArgs, usage};
pub(super) use diff::{DiffArgs, DiffFormat};
pub(super) use formats::{FormatArgs, ReportFormat};
pub(super) use inspect::{Lines, ShowArgs, TreeArgs, WhyArgs};
pub(super) use merge::MergeArgs;
pub(super) use page::ReportArgs;
pub(super) use publish::{AttachArgs, AttestArgs, KeyType, KeygenArgs};
pub(super) use rerun::{ExportArgs, ExportFormat, Installer, Printed, RecordArgs, SyncArgs};
pub(super) use shell::{CompletionsArgs, ManArgs};
pub(super) use start::{InitArgs, SchemaArgs};
pub(super) use verify::{InstalledArgs, VerifyArgs};

use crate::model::RunMode;

/// Lock everything that a benchmark experiment depends on, and verify reruns against it
#[derive(Debug, Parser)]
#[command(name = "vhb", version, max_term_width = 80)]
#[command(
    after_help = "Exit codes: 0 clean, 1 errors found, 2 unusable input, 3 something could not be checked"
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = ColorWhen::Auto, value_name = "WHEN")]
    pub(super) color: ColorWhen,
    /// Print errors and results only
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorWhen {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Begin a project: a small registry that can be locked as it is
    Init(InitArgs),
    /// Write an entry of the registry
    #[command(subcommand)]
    Add(AddArgs),
    /// Validate the registries, or what some experiments reach
    Check(CheckArgs),
    /// Pin everything an experiment depends on; write its lock and its SBOM
    Lock(LockArgs),
    /// Show what is in a lock, and what it leaves open
    Show(ShowArgs),
    /// Show what the environments of a lock hold, and what requires what
    Tree(TreeArgs),
    /// Tell who brought something into a lock
    Why(WhyArgs),
    /// Merge two versions of a lock or of its SBOM, as a driver of git
    Merge(MergeArgs),
    /// Make an environment of exactly the locked files, or print the commands for a container
    Sync(SyncArgs),
    /// Say whether a lock still matches the registries, the files and upstream, and a rerun the lock
    Verify(VerifyArgs),
    /// Say what differs between two locks, the weightiest changes first
    Diff(DiffArgs),
    /// Write down what a rerun runs on: lock, packages, what is installed, and the machine
    Record(RecordArgs),
    /// Make a key to sign with
    Keygen(KeygenArgs),
    /// Sign that results came from what is locked
    Attest(AttestArgs),
    /// Put a lock and what belongs to it beside an image, or results
    Attach(AttachArgs),
    /// Make the SBOM of a lock again, offline
    Sbom(SbomArgs),
    /// Make one HTML page of a lock, to be published with its scores
    Report(ReportArgs),
    /// Write an environment of a lock in a format that installers read
    Export(ExportArgs),
    /// Print the SHA-256 of every file of a model or a dataset, for `sha256sum -c`
    Manifest(ManifestArgs),
    /// Print the JSON Schema of a kind of entry or of the lock, for editors
    Schema(SchemaArgs),
    /// Tell what a finding code means and how to mend it
    Explain(ExplainArgs),
    /// Print what a shell needs to complete the arguments of vhb
    Completions(CompletionsArgs),
    /// Print the manual pages
    Man(ManArgs),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

#[derive(Clone, Debug, Args)]
pub(super) struct RegistryArgs {
    /// The project: the directory that holds `registries/`, or that directory itself
    #[arg(long, value_name = "DIR")]
    pub(super) registry: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(super) struct ModeArgs {
    /// Whether `.dev.yaml` overlays apply: `prod` or `dev`
    #[arg(long, env = "RUN_MODE", value_name = "MODE", value_parser = parse_run_mode, default_value = "prod")]
    pub(super) run_mode: RunMode,
}

fn parse_run_mode(text: &str) -> Result<RunMode, String> {
    match text {
        // An empty variable is how a shell says that it is not set.
        "prod" | "" => Ok(RunMode::Prod),
        "dev" => Ok(RunMode::Dev),
        _ => Err("RUN_MODE and --run-mode are `prod` or `dev`".to_owned()),
    }
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Experiments (files or ids); without any, the whole registry is checked
    #[arg(value_name = "EXPERIMENT")]
    pub(super) experiments: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) registry: RegistryArgs,
    #[command(flatten)]
    pub(super) mode: ModeArgs,
    #[command(flatten)]
    pub(super) report: FormatArgs,
    /// Count warnings as errors
    #[arg(long)]
    pub(super) strict: bool,
}

#[derive(Clone, Debug, Args)]
pub(super) struct NetworkArgs {
    /// Ask nothing of the network; use what the cache has
    #[arg(long)]
    pub(super) offline: bool,
    /// The default package index, where the configuration of uv or pip is not to be used
    #[arg(long, value_name = "URL", hide_env_values = true)]
    pub(super) index_url: Option<String>,
    /// How many questions may be under way at once
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) jobs: u16,
    /// How long a server may stay silent, in seconds
    #[arg(long, env = "VHB_TIMEOUT", value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(super) timeout: u64,
    #[command(flatten)]
    pub(super) cache: CacheArgs,
}

#[derive(Clone, Debug, Args)]
pub(super) struct CacheArgs {
    /// Where answers are kept between runs
    #[arg(long, env = "VHB_CACHE_DIR", value_name = "DIR")]
    pub(super) cache_dir: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(super) struct RehashArgs {
    /// Read every file again, also those that are said not to have changed since they were last read
    #[arg(long)]
    pub(super) rehash: bool,
}

#[derive(Clone, Debug, Args)]
#[allow(clippy::struct_excessive_bools)] // Independent flags, not a state.
pub(super) struct LockArgs {
    /// The experiment: its file or its id
    pub(super) experiment: PathBuf,
    /// More experiments, one after the other
    #[arg(value_name = "EXPERIMENTS", conflicts_with_all = ["output", "format", "save"])]
    pub(super) more: Vec<PathBuf>,
    /// Where to write the lock [default: `locks/ID.lock.json` in the project]
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Write nothing; exit with 1 and the difference if the lock would change
    #[arg(long)]
    pub(super) check: bool,
    #[command(flatten)]
    pub(super) report: FormatArgs,
    /// Move every pin to what its source means today
    #[arg(long, conflicts_with = "upgrade_package")]
    pub(super) upgrade: bool,
    /// Move this package, distribution, model, dataset or image, and what must move with it; may be
    /// given more than once
    #[arg(long, value_name = "NAME")]
    pub(super) upgrade_package: Vec<String>,
    /// Lock direct sources only, and not what they require
    #[arg(long)]
    pub(super) direct: bool,
    /// Refuse what would have to be built to learn what it requires
    #[arg(long)]
    pub(super) no_build: bool,
    /// Record models, datasets and images that cannot be resolved as such, and lock the rest
    #[arg(long)]
    pub(super) allow_unresolved: bool,
    /// Refuse branches, tags of images, missing refs and versions, and ranges
    #[arg(long)]
    pub(super) require_immutable: bool,
    /// The Python to lock for, over the experiment's own
    #[arg(long, value_name = "VERSION")]
    pub(super) python: Option<String>,
    /// The platform to lock for, over the experiment's own
    #[arg(long, value_name = "PLATFORM")]
    pub(super) platform: Option<String>,
    /// Consider only what was published before this instant, over the experiment's own
    #[arg(long, value_name = "INSTANT")]
    pub(super) exclude_newer: Option<String>,
    #[command(flatten)]
    pub(super) rehash: RehashArgs,
    #[command(flatten)]
    pub(super) registry: RegistryArgs,
    #[command(flatten)]
    pub(super) mode: ModeArgs,
    #[command(flatten)]
    pub(super) network: NetworkArgs,
}

#[derive(Debug, Args)]
pub(super) struct SbomArgs {
    /// The lock
    pub(super) lock: PathBuf,
    /// Where to write the SBOM; `-` is standard output [default: where `vhb lock` puts it]
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct ManifestArgs {
    /// A directory, or one file
    pub(super) path: PathBuf,
    /// Where to write it; `-` is standard output [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) rehash: RehashArgs,
    #[command(flatten)]
    pub(super) cache: CacheArgs,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The code of a finding; without one, all codes are listed
    pub(super) code: Option<String>,
}
