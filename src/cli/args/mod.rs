//! The arguments of every command.

mod add;
mod contents;
mod diff;
mod formats;
mod inspect;
mod merge;
mod page;
mod publish;
mod rerun;
mod shell;
mod start;
mod usage;
mod verify;

use std::path::PathBuf;

use clap::{Arg, Args, Parser, Subcommand, ValueEnum};

pub(super) use add::{AddArgs, usage};
pub use contents::PARTS;
pub(super) use contents::with_contents;
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

use super::exit_code::IN_SHORT;
use crate::model::RunMode;

/// The headings of options that many commands have.
const NETWORK: &str = "Network options";
const CACHE: &str = "Cache options";
const GLOBAL: &str = "Global options";
const TARGET: &str = "Target options";

/// Lock everything that a benchmark experiment depends on, and verify reruns against it
#[derive(Debug, Parser)]
#[command(name = "vhb", version, max_term_width = 80)]
#[command(after_help = IN_SHORT)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = ColorWhen::Auto, value_name = "WHEN", help_heading = GLOBAL)]
    pub(super) color: ColorWhen,
    /// Print errors and results only
    #[arg(short, long, global = true, help_heading = GLOBAL)]
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
    /// Begin a project that can be locked as it is
    ///
    /// It has a registry with one entry of every kind, a dataset, a model and a package, and JSON
    /// Schemas for editors. Comments say what else each entry can hold. Nothing that is there is
    /// overwritten.
    Init(InitArgs),
    /// Write an entry of the registry
    ///
    /// There is a flag for each field. An entry that would not be valid is not written.
    #[command(subcommand)]
    Add(AddArgs),
    /// Validate the registries
    ///
    /// Reports every problem at once, each with file, line, column and a hint.
    Check(CheckArgs),
    /// Pin what an experiment depends on; write its lock and SBOM
    ///
    /// Pins that are locked already stay as they are while what they come from is the same;
    /// `--upgrade` and `--upgrade-package` move them.
    Lock(LockArgs),
    /// Merge two versions of a lock or of its SBOM, as a driver of git
    Merge(MergeArgs),
    /// Show what is in a lock, and what it leaves open
    Show(ShowArgs),
    /// Show what environments hold, and what requires what
    Tree(TreeArgs),
    /// Tell what brought something into a lock
    ///
    /// Tells every chain from the experiment down to it, with the field of each entry.
    Why(WhyArgs),
    /// Say what differs between two locks, the weightiest changes first
    Diff(DiffArgs),
    /// Make a Python environment of exactly the locked files
    ///
    /// With `--print`, print the commands that make the same in a container.
    Sync(SyncArgs),
    /// Tell whether a lock, or a rerun of it, still matches
    ///
    /// Compares the lock with itself and its SBOM, with the registries of today, with the places
    /// that its pins came from, and with files on disk. Where the evidence of a rerun is named, it
    /// looks at that and at the lock by itself. It writes nothing of the project.
    Verify(VerifyArgs),
    /// Write down what a rerun runs on, for `vhb verify --manifest`
    ///
    /// That is the lock, its packages, what is installed, and the machine.
    Record(RecordArgs),
    /// Make one HTML page of a lock, to be published with its scores
    Report(ReportArgs),
    /// Make a key to sign with
    Keygen(KeygenArgs),
    /// Sign that results came from what is locked
    Attest(AttestArgs),
    /// Publish a lock beside its image, or together with results
    ///
    /// Its SBOM and its attestation go with it. `vhb verify --attached` finds them by the name of
    /// the image or of the results.
    Attach(AttachArgs),
    /// Make the SBOM of a lock again
    Sbom(SbomArgs),
    /// Write an environment in a format that pip and uv install
    Export(ExportArgs),
    /// Print the SHA-256 of every file, for `sha256sum -c`
    Manifest(ManifestArgs),
    /// Print the JSON Schema of an entry or of the lock, for editors
    Schema(SchemaArgs),
    /// Explain a finding, and how to mend it
    Explain(ExplainArgs),
    /// Print a script that completes the arguments of vhb in a shell
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
    /// The project: the directory that holds `registries/` [default: the nearest one, upwards]
    #[arg(long, value_name = "DIR")]
    pub(super) registry: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(super) struct ModeArgs {
    /// `prod`, or `dev` to apply the `.dev.yaml` overlays
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
    /// Experiments, by their files or ids, to check what they reach [default: the whole registry]
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
    /// Use no network, only what is cached
    #[arg(long, help_heading = NETWORK)]
    pub(super) offline: bool,
    /// The package index to use instead of the one that uv or pip is configured with
    #[arg(long, value_name = "URL", help_heading = NETWORK)]
    pub(super) index_url: Option<String>,
    /// How many requests may be under way at once
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=256), help_heading = NETWORK)]
    pub(super) jobs: u16,
    /// How long a server may stay silent
    #[arg(long, env = "VHB_TIMEOUT", value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600), help_heading = NETWORK)]
    pub(super) timeout: u64,
    #[command(flatten)]
    pub(super) cache: CacheArgs,
}

#[derive(Clone, Debug, Args)]
pub(super) struct CacheArgs {
    /// Where answers of servers and digests of files are kept [default: `vhb` in the cache
    /// directory of the user]
    #[arg(long, env = "VHB_CACHE_DIR", value_name = "DIR", help_heading = CACHE)]
    pub(super) cache_dir: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(super) struct RehashArgs {
    /// Read every file again, even those that look unchanged since they were last read
    #[arg(long, help_heading = CACHE)]
    pub(super) rehash: bool,
}

/// What is for `vhb lock --check` says so.
fn of_check(flag: Arg) -> Arg {
    match flag.get_id().as_str() {
        "format" => flag.help("With `--check`: how to print the report [default: text]"),
        "save" => flag.help(
            "With `--check`: also write the report to a file in one of these formats; may be given \
             more than once",
        ),
        _ => flag,
    }
}

#[derive(Clone, Debug, Args)]
#[command(mut_args(of_check))]
#[command(
    after_help = "Exit codes: 0 locked, 1 something stands in the way, 2 unusable input, 3 something could not be asked. With `--check`: 0 up to date, 1 the lock would change."
)]
#[allow(clippy::struct_excessive_bools)] // Independent flags, not a state.
pub(super) struct LockArgs {
    /// The experiment, by its file or its id
    pub(super) experiment: PathBuf,
    /// More experiments, one after the other
    #[arg(value_name = "EXPERIMENTS", conflicts_with_all = ["output", "format", "save"])]
    pub(super) more: Vec<PathBuf>,
    /// Where to write the lock [default: `locks/ID.lock.json` in the project]
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Write nothing; tell what locking now would change, and exit with 1 if anything would
    #[arg(long)]
    pub(super) check: bool,
    #[command(flatten)]
    pub(super) report: FormatArgs,
    /// Move every pin to what its source means today
    #[arg(long, conflicts_with = "upgrade_package")]
    pub(super) upgrade: bool,
    /// Move the pin of this package, distribution, model, dataset or image, and what must move
    /// with it; may be given more than once
    #[arg(long, value_name = "NAME")]
    pub(super) upgrade_package: Vec<String>,
    /// Lock the packages that are asked for, and not what these require
    #[arg(long)]
    pub(super) direct: bool,
    /// Refuse packages that have to be built to learn what they require
    #[arg(long)]
    pub(super) no_build: bool,
    /// Lock all the same where models, datasets or images cannot be resolved; the lock says so
    #[arg(long)]
    pub(super) allow_unresolved: bool,
    /// Refuse what may mean something else tomorrow: branches, tags of images, ranges of versions,
    /// sources without a version
    #[arg(long)]
    pub(super) require_immutable: bool,
    /// The Python to lock for, instead of the experiment's own
    #[arg(long, value_name = "VERSION", help_heading = TARGET)]
    pub(super) python: Option<String>,
    /// The platform to lock for, instead of the experiment's own
    #[arg(long, value_name = "PLATFORM", help_heading = TARGET)]
    pub(super) platform: Option<String>,
    /// Consider only what was published before this instant, instead of the experiment's own
    #[arg(long, value_name = "INSTANT", help_heading = TARGET)]
    pub(super) exclude_newer: Option<String>,
    #[command(flatten)]
    pub(super) registry: RegistryArgs,
    #[command(flatten)]
    pub(super) mode: ModeArgs,
    #[command(flatten)]
    pub(super) network: NetworkArgs,
    #[command(flatten)]
    pub(super) rehash: RehashArgs,
}

#[derive(Debug, Args)]
pub(super) struct SbomArgs {
    /// The lock
    pub(super) lock: PathBuf,
    /// Where to write it; `-` is standard output [default: where `vhb lock` puts it]
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct ManifestArgs {
    /// A directory, or one file
    pub(super) path: PathBuf,
    /// Where to write it [default: `-`, which is standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) cache: CacheArgs,
    #[command(flatten)]
    pub(super) rehash: RehashArgs,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The code of a finding, such as `git-ref-moved` [default: list all codes]
    pub(super) code: Option<String>,
}
