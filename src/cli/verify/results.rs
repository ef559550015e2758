//! Published results, and what was attested of them.

use std::io::Read as _;
use std::path::Path;

use super::super::Result;
use super::super::args::VerifyArgs;
use super::super::error::CliError;
use super::super::keys::public_key;
use super::super::lock_files::{attestation_path, sbom_path};
use super::super::output::Output;
use super::super::result_files;
use crate::attest;
use crate::attestation::MAX_BUNDLE;
use crate::finding::Report;
use crate::lock::Lock;
use crate::verify::results::{self, Published};

/// Holds the named results against their attestation.
pub(super) fn check(
    args: &VerifyArgs,
    lock: &Lock,
    lock_bytes: &[u8],
    sbom: Option<&[u8]>,
    output: &Output,
    report: &mut Report,
) -> Result<()> {
    let published = &args.published;
    if published.public_key.is_empty() {
        return Err(CliError::new(
            "`--results` needs `--public-key`: a signature that nobody checks proves nothing",
        )
        .hint("ask who published the results for their public key, on a way that you trust"));
    }
    let keys = published.public_key.iter().map(|path| public_key(path));
    let keys: Vec<_> = keys.collect::<Result<_>>()?;
    let attestation = published.attestation.clone();
    let attestation = attestation.unwrap_or_else(|| attestation_path(&args.lock));
    let bundle = read_bundle(&attestation)?;
    let own = [args.lock.clone(), sbom_path(&args.lock), attestation];
    let cache = (&args.network.cache, &args.rehash);
    let files = result_files::read(&published.results, &own, cache, output)?;
    let digests = files.into_iter();
    let digests = digests.map(|(name, (_, digest))| (name, digest)).collect();
    let published = Published {
        bundle: &bundle,
        lock_bytes,
        sbom,
        files: Some(&digests),
        keys: &keys,
        make_provenance: &attest::provenance,
    };
    results::check(lock, &published, report);
    Ok(())
}

fn read_bundle(path: &Path) -> Result<Vec<u8>> {
    let unreadable = |error: std::io::Error| {
        let hint = "name it with `--attestation`; `vhb attest` writes it";
        CliError::unreadable("attestation", path, &error).hint(hint)
    };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    // One byte more than may be read says that there is too much.
    file.take(MAX_BUNDLE as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    Ok(bytes)
}
