//! Published results, and what was attested of them.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::super::Result;
use super::super::args::VerifyArgs;
use super::super::error::CliError;
use super::super::keys::public_key;
use super::super::lock_files::{attestation_path, sbom_path};
use super::super::output::Output;
use super::super::result_files;
use super::Subject;
use crate::attachments::Bundle;
use crate::attest;
use crate::attestation::{MAX_BUNDLE, PublicKey};
use crate::finding::{Code, Report, Severity};
use crate::model::Sha256Digest;
use crate::verify::results::{self, Published};

/// The keys of those who may vouch for what is looked at.
pub(super) fn keys(args: &VerifyArgs) -> Result<Vec<PublicKey>> {
    let keys = &args.published.public_key;
    if keys.is_empty() {
        return Err(CliError::new(
            "`--results` and `--attached` need `--public-key`: a signature that nobody checks proves nothing",
        )
        .hint("ask who published the results for their public key, on a way that you trust"));
    }
    keys.iter().map(|path| public_key(path)).collect()
}

/// Holds what was published against its attestation: the named results, those that are published
/// with the lock, or the lock and its SBOM alone.
pub(super) fn check(
    args: &VerifyArgs,
    subject: &Subject,
    keys: &[PublicKey],
    output: &Output,
) -> Result<Report> {
    let mut files = files(args, output)?;
    let attached = subject.attached.as_ref();
    if let (Some(attached), Some(files)) = (attached, &mut files) {
        attached.leave_out(&subject.lock.experiment.id, files);
    }
    let bundles = match (attached, &args.lock) {
        (Some(attached), _) => attached.fetched.bundles.clone(),
        (None, Some(lock)) => vec![Bundle {
            bytes: read_bundle(&attestation(args, lock))?.into(),
            sbom: None,
        }],
        (None, None) => Vec::new(),
    };
    let of_bundle = |bundle: &Bundle| {
        let mut report = Report::default();
        let published = Published {
            bundle: &bundle.bytes,
            lock_bytes: &subject.bytes,
            sbom: bundle.sbom.as_deref().or(subject.sbom.as_deref()),
            files: files
                .as_ref()
                .or(attached.and_then(|it| it.results.as_ref())),
            keys,
            make_provenance: &attest::provenance,
        };
        results::check(&subject.lock, &published, &mut report);
        report
    };
    // Others may vouch for other results of the same lock: one that is sound is enough.
    let mut reports: Vec<_> = bundles.iter().map(of_bundle).collect();
    reports.sort_by_key(|report| {
        let errors = report.count(Severity::Error);
        let unknown = report
            .findings
            .iter()
            .filter(|it| it.code == Code::AttestationOtherKey);
        (
            errors > 0,
            unknown.count(),
            errors,
            report.count(Severity::Warning),
        )
    });
    Ok(reports.into_iter().next().unwrap_or_default())
}

/// The results that were named; none where there were none.
fn files(args: &VerifyArgs, output: &Output) -> Result<Option<BTreeMap<String, Sha256Digest>>> {
    let published = &args.published;
    if published.results.is_empty() {
        return Ok(None);
    }
    let lock = args.lock.as_deref();
    let own = lock.map(|lock| [lock.to_path_buf(), sbom_path(lock), attestation(args, lock)]);
    let own = own.as_ref().map_or(&[][..], |own| own);
    let cache = (&args.network.cache, &args.rehash);
    let files = result_files::read(&published.results, own, cache, output)?;
    let digests = files.into_iter().map(|(name, (_, digest))| (name, digest));
    Ok(Some(digests.collect()))
}

/// Where the attestation lies.
fn attestation(args: &VerifyArgs, lock: &Path) -> PathBuf {
    let named = args.published.attestation.clone();
    named.unwrap_or_else(|| attestation_path(lock))
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
