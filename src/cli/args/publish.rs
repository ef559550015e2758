//! The arguments of what publishes results: `vhb keygen`, `attest` and `attach`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{CacheArgs, NETWORK, RehashArgs};

#[derive(Debug, Args)]
pub(in crate::cli) struct AttachArgs {
    /// The lock
    pub(in crate::cli) lock: PathBuf,
    /// The image, best by its digest: `HOST/REPOSITORY@sha256:...`; with `--results`, where to
    /// publish them: `HOST/REPOSITORY[:TAG]`
    #[arg(value_name = "REFERENCE")]
    pub(in crate::cli) reference: String,
    /// The attestation [default: `attestations/ID.intoto.jsonl` beside `locks/`, if it is there]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) attestation: Option<PathBuf>,
    /// Publish the files of this directory, and the lock with them, without an image
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) results: Option<PathBuf>,
    /// Move the tag where it names other results
    #[arg(long, requires = "results")]
    pub(in crate::cli) replace: bool,
    /// Also publish a lock that was made with `RUN_MODE=dev`
    #[arg(long)]
    pub(in crate::cli) allow_dev: bool,
    /// How long a registry of images may stay silent
    #[arg(long, env = "VHB_TIMEOUT", value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600), help_heading = NETWORK)]
    pub(in crate::cli) timeout: u64,
    #[command(flatten)]
    pub(in crate::cli) cache: CacheArgs,
    #[command(flatten)]
    pub(in crate::cli) rehash: RehashArgs,
}

#[derive(Debug, Args)]
#[command(
    after_help = "vhb does not know whether the results came from what is locked: whoever holds the key vouches for it."
)]
pub(in crate::cli) struct AttestArgs {
    /// The lock that the experiment ran by
    pub(in crate::cli) lock: PathBuf,
    /// The results: files, or directories with every file below them
    #[arg(value_name = "RESULT", required = true)]
    pub(in crate::cli) results: Vec<PathBuf>,
    /// The private key, as `vhb keygen` or openssl makes it; its passphrase is that in
    /// `VHB_KEY_PASSPHRASE`, or is asked for
    #[arg(long, env = "VHB_KEY", value_name = "KEY")]
    pub(in crate::cli) key: PathBuf,
    /// Where to write the attestation; `-` is standard output [default:
    /// `attestations/ID.intoto.jsonl` beside `locks/`]
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) output: Option<PathBuf>,
    /// A name for what ran the experiment [default: `urn:vhb:signer:` and the id of the key]
    #[arg(long, value_name = "URI")]
    pub(in crate::cli) builder_id: Option<String>,
    /// Also attest results of a lock that was made with `RUN_MODE=dev`
    #[arg(long)]
    pub(in crate::cli) allow_dev: bool,
    #[command(flatten)]
    pub(in crate::cli) cache: CacheArgs,
    #[command(flatten)]
    pub(in crate::cli) rehash: RehashArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum KeyType {
    /// Ed25519 (RFC 8032)
    Ed25519,
    /// ECDSA with the curve P-256 and SHA-256
    EcdsaP256,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct KeygenArgs {
    /// The algorithm
    #[arg(long = "type", value_enum, default_value_t = KeyType::Ed25519, value_name = "TYPE")]
    pub(in crate::cli) kind: KeyType,
    /// Where to write the private key; the public one is `FILE.pub`
    #[arg(short, long, value_name = "FILE", default_value = "vhb.key")]
    pub(in crate::cli) output: PathBuf,
    /// Encrypt the private key with a passphrase, which is asked for. Where `VHB_KEY_PASSPHRASE` is
    /// set, the key is encrypted with that, also without this flag
    #[arg(long)]
    pub(in crate::cli) encrypt: bool,
}
