//! The arguments of every command.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};

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
    /// Validate the registries, or what some experiments reach
    Check(CheckArgs),
    /// Pin everything an experiment depends on; write its lock and its SBOM
    Lock(LockArgs),
    /// Make the SBOM of a lock again, offline
    Sbom(SbomArgs),
    /// Say whether a lock still matches the registries, the files and upstream
    Verify(VerifyArgs),
    /// Write an environment of a lock in a format that installers read
    Export(ExportArgs),
    /// Write down what a rerun runs on: lock, packages, what is installed, and the machine
    Record(RecordArgs),
    /// Make an environment of exactly the locked files, or print the commands for a container
    Sync(SyncArgs),
    /// Put a lock, its SBOM and its attestation beside an image in its registry
    Attach(AttachArgs),
    /// Print the SHA-256 of every file of a model or a dataset, for `sha256sum -c`
    Manifest(ManifestArgs),
    /// Sign that results came from what is locked
    Attest(AttestArgs),
    /// Make a key to sign with
    Keygen(KeygenArgs),
    /// Tell what a finding code means and how to mend it
    Explain(ExplainArgs),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

#[derive(Debug, Args)]
pub(super) struct RegistryArgs {
    /// The project: the directory that holds `registries/`, or that directory itself
    #[arg(long, value_name = "DIR")]
    pub(super) registry: Option<PathBuf>,
}

#[derive(Debug, Args)]
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
    /// How to print the findings
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// Count warnings as errors
    #[arg(long)]
    pub(super) strict: bool,
}

#[derive(Debug, Args)]
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

#[derive(Debug, Args)]
pub(super) struct CacheArgs {
    /// Where answers are kept between runs
    #[arg(long, env = "VHB_CACHE_DIR", value_name = "DIR")]
    pub(super) cache_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct RehashArgs {
    /// Read every file again, also those that are said not to have changed since they were last read
    #[arg(long)]
    pub(super) rehash: bool,
}

#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools)] // Independent flags, not a state.
pub(super) struct LockArgs {
    /// The experiment: its file or its id
    pub(super) experiment: PathBuf,
    /// Where to write the lock [default: `locks/ID.lock.json` in the project]
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Write nothing; exit with 1 and the difference if the lock would change
    #[arg(long)]
    pub(super) check: bool,
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
#[command(group = ArgGroup::new("looked_at").args(["results", "attached"]).multiple(true))]
pub(super) struct VerifyArgs {
    /// The lock; with `--attached`, it may be the one that is attached
    #[arg(required_unless_present = "attached")]
    pub(super) lock: Option<PathBuf>,
    /// Look at what `vhb attach` put beside this image, or published as these results
    #[arg(long, value_name = "REFERENCE")]
    pub(super) attached: Option<String>,
    #[command(flatten)]
    pub(super) registry: RegistryArgs,
    /// How to print the report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// Count warnings, and what the lock does not record, as errors
    #[arg(long)]
    pub(super) strict: bool,
    /// Also read the copies of the models below this directory, as `ORG/NAME` or as the Hugging
    /// Face cache lays them out
    #[arg(long, value_name = "DIR")]
    pub(super) models: Option<PathBuf>,
    /// Also read the models in the Hugging Face cache (`HF_HUB_CACHE`, `HF_HOME`)
    #[arg(long)]
    pub(super) hub_cache: bool,
    /// Also read the copies of the datasets below this directory, each by its id
    #[arg(long, value_name = "DIR")]
    pub(super) data: Option<PathBuf>,
    /// Look at everything, also where `--env` or another rerun's evidence is given: without this,
    /// that and the lock by itself
    #[arg(long)]
    pub(super) all: bool,
    #[command(flatten)]
    pub(super) installed: InstalledArgs,
    /// Hold what `vhb record` wrote against the lock and this machine; given twice, against the
    /// lock and each other
    #[arg(long, value_name = "FILE")]
    pub(super) manifest: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) published: PublishedArgs,
    #[command(flatten)]
    pub(super) rehash: RehashArgs,
    #[command(flatten)]
    pub(super) network: NetworkArgs,
}

/// An installed environment to look at.
#[derive(Debug, Args)]
pub(super) struct InstalledArgs {
    /// Look at the Python environment installed in this directory: a virtual environment, a conda
    /// prefix, a `site-packages`, or what `pip install --target` made
    #[arg(long, value_name = "DIR")]
    pub(super) env: Option<PathBuf>,
    /// Which environment of the lock that is: its id, or how that begins [default: the only one]
    #[arg(long, value_name = "ID", requires = "env")]
    pub(super) environment: Option<String>,
    /// Also hold what is installed against the locked files on the index, for whoever edits a file
    /// can edit the list of files as well
    #[arg(long, requires = "env")]
    pub(super) deep: bool,
}

/// Published results to look at.
#[derive(Debug, Args)]
pub(super) struct PublishedArgs {
    /// Hold these results against what was attested of them: what was given to `vhb attest`; may be
    /// given more than once
    #[arg(long, value_name = "DIR")]
    pub(super) results: Vec<PathBuf>,
    /// The attestation of the results [default: where `vhb attest` puts it]
    #[arg(
        long,
        value_name = "FILE",
        requires = "results",
        conflicts_with = "attached"
    )]
    pub(super) attestation: Option<PathBuf>,
    /// The public key of who may vouch for the results; may be given more than once, and then any
    /// of them will do
    #[arg(long, value_name = "KEY", requires = "looked_at")]
    pub(super) public_key: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ExportFormat {
    /// A requirements file with hashes, for pip and uv; asks nothing of the network
    Requirements,
    /// A `pylock.toml` (PEP 751); asks the index for the addresses of files
    Pylock,
}

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// The lock
    pub(super) lock: PathBuf,
    /// The environment: its id, or how that begins [default: the only one]
    #[arg(long, value_name = "ID")]
    pub(super) environment: Option<String>,
    /// What to write
    #[arg(long, value_enum)]
    pub(super) format: ExportFormat,
    /// Where to write it; `-` is standard output [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) network: NetworkArgs,
}

#[derive(Debug, Args)]
pub(super) struct RecordArgs {
    /// The lock
    pub(super) lock: PathBuf,
    /// Also record what is installed in this directory
    #[arg(long, value_name = "DIR")]
    pub(super) env: Option<PathBuf>,
    /// Which environment of the lock that is: its id, or how that begins [default: the only one]
    #[arg(long, value_name = "ID", requires = "env")]
    pub(super) environment: Option<String>,
    /// Where to write it; `-` is standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: PathBuf,
    #[command(flatten)]
    pub(super) cache: CacheArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Printed {
    /// A script for `sh`
    Script,
    /// Lines for a Dockerfile
    Dockerfile,
}

#[derive(Debug, Args)]
pub(super) struct SyncArgs {
    /// The lock
    pub(super) lock: PathBuf,
    /// The environment: its id, or how that begins [default: the only one]
    #[arg(long, value_name = "ID")]
    pub(super) environment: Option<String>,
    /// Where to make it: a directory that is empty or does not exist
    #[arg(long, value_name = "DIR", required_unless_present = "print")]
    pub(super) into: Option<PathBuf>,
    /// The interpreter, by its path or a version, where the one that uv finds is not to be used
    #[arg(long, value_name = "PYTHON", conflicts_with = "print")]
    pub(super) python: Option<String>,
    /// Replace the virtual environment that is there
    #[arg(long, conflicts_with = "print")]
    pub(super) force: bool,
    /// Make nothing; print what installs the same in a container, checked by the same hashes
    #[arg(long, value_enum, conflicts_with = "into", value_name = "FORM")]
    pub(super) print: Option<Printed>,
    /// What the printed commands install with [default: as the runs say]
    #[arg(long, value_enum, requires = "print", value_name = "NAME")]
    pub(super) package_manager: Option<Installer>,
    #[command(flatten)]
    pub(super) network: NetworkArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Installer {
    Pip,
    Uv,
    Conda,
}

#[derive(Debug, Args)]
pub(super) struct AttachArgs {
    /// The lock
    pub(super) lock: PathBuf,
    /// The image, best by its digest: `HOST/REPOSITORY@sha256:...`; with `--results`, the
    /// repository to publish in: `HOST/REPOSITORY[:TAG]`
    #[arg(value_name = "REFERENCE")]
    pub(super) reference: String,
    /// The attestation [default: `attestations/ID.intoto.jsonl` in the project, where it is there]
    #[arg(long, value_name = "FILE")]
    pub(super) attestation: Option<PathBuf>,
    /// Publish the files of this directory with the lock, without an image
    #[arg(long, value_name = "DIR")]
    pub(super) results: Option<PathBuf>,
    #[command(flatten)]
    pub(super) rehash: RehashArgs,
    #[command(flatten)]
    pub(super) cache: CacheArgs,
    /// How long a registry may stay silent, in seconds
    #[arg(long, env = "VHB_TIMEOUT", value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(super) timeout: u64,
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

#[derive(Debug, Args)]
#[command(
    after_help = "vhb does not know whether the results came from what is locked: the holder of the key vouches for it."
)]
pub(super) struct AttestArgs {
    /// The lock that the experiment ran by
    pub(super) lock: PathBuf,
    /// The results: files, or directories with every file below them
    #[arg(value_name = "RESULT", required = true)]
    pub(super) results: Vec<PathBuf>,
    /// The private key to sign with, as `vhb keygen` or openssl makes it; its passphrase is taken
    /// from `VHB_KEY_PASSPHRASE`, or asked for
    #[arg(long, env = "VHB_KEY", value_name = "KEY")]
    pub(super) key: PathBuf,
    /// Where to write the attestation; `-` is standard output [default:
    /// `attestations/ID.intoto.jsonl` beside `locks/`]
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// What ran the experiment, where that has a name [default: `urn:vhb:signer:` and the id of the
    /// key]
    #[arg(long, value_name = "URI")]
    pub(super) builder_id: Option<String>,
    /// Also attest results of a lock that was made with `RUN_MODE=dev`
    #[arg(long)]
    pub(super) allow_dev: bool,
    #[command(flatten)]
    pub(super) rehash: RehashArgs,
    #[command(flatten)]
    pub(super) cache: CacheArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum KeyType {
    /// Ed25519 (RFC 8032)
    Ed25519,
    /// ECDSA with the curve P-256 and SHA-256
    EcdsaP256,
}

#[derive(Debug, Args)]
pub(super) struct KeygenArgs {
    /// The algorithm
    #[arg(long = "type", value_enum, default_value_t = KeyType::Ed25519, value_name = "TYPE")]
    pub(super) kind: KeyType,
    /// Where to write the private key; the public one is `FILE.pub`
    #[arg(short, long, value_name = "FILE", default_value = "vhb.key")]
    pub(super) output: PathBuf,
    /// Encrypt the private key with a passphrase, which is asked for; `VHB_KEY_PASSPHRASE` does the
    /// same without asking
    #[arg(long)]
    pub(super) encrypt: bool,
}
