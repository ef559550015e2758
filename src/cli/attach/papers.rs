//! The lock, its SBOM and its attestation as they lie on this machine, and whether they belong
//! together.

use std::path::{Path, PathBuf};

use crate::attachments::{Documents, claims};
use crate::bom;
use crate::cli::Result;
use crate::cli::args::AttachArgs;
use crate::cli::error::CliError;
use crate::cli::lock_files::{attestation_path, read_lock, sbom_path};
use crate::finding::{Finding, Severity};
use crate::lock::Lock;
use crate::model::Sha256Digest;
use crate::verify::itself;

/// What is to be attached.
pub(super) struct Papers {
    pub(super) lock: Lock,
    pub(super) lock_bytes: Vec<u8>,
    pub(super) bundle: Option<Vec<u8>>,
    /// Where the three lie.
    pub(super) paths: Vec<PathBuf>,
    sbom: Vec<u8>,
}

impl Papers {
    /// Reads them; gives findings where they are not to be published.
    pub(super) fn read(args: &AttachArgs) -> Result<std::result::Result<Self, Vec<Finding>>> {
        let (lock, lock_bytes) = read_lock(&args.lock)?;
        let sbom_path = sbom_path(&args.lock);
        let sbom = std::fs::read(&sbom_path).map_err(|error| {
            let hint = format!("make it with `vhb sbom {}`", args.lock.display());
            CliError::unreadable("SBOM", &sbom_path, &error).hint(hint)
        })?;
        let named = args.attestation.clone();
        let bundle_path = named.unwrap_or_else(|| attestation_path(&args.lock));
        let bundle = read_bundle(&bundle_path, args.attestation.is_some(), &lock_bytes)?;
        let findings = faults(&lock, &lock_bytes, &sbom);
        if !findings.is_empty() {
            return Ok(Err(findings));
        }
        Ok(Ok(Self {
            lock,
            lock_bytes,
            bundle,
            paths: vec![args.lock.clone(), sbom_path, bundle_path],
            sbom,
        }))
    }

    pub(super) fn documents(&self) -> Documents<'_> {
        Documents {
            id: &self.lock.experiment.id,
            lock: &self.lock_bytes,
            sbom: &self.sbom,
            bundle: self.bundle.as_deref(),
        }
    }
}

/// Why a lock is not to be published with this SBOM; what only warns elsewhere stops it here.
fn faults(lock: &Lock, lock_bytes: &[u8], sbom: &[u8]) -> Vec<Finding> {
    let report = itself(lock, lock_bytes, Some(sbom), &bom::to_bytes);
    let findings = report.findings.into_iter();
    findings
        .map(|it| it.with_severity(Severity::Error))
        .collect()
}

/// The attestation that was named, or that lies where `vhb attest` writes it.
fn read_bundle(path: &Path, named: bool, lock: &[u8]) -> Result<Option<Vec<u8>>> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if !named && error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(CliError::unreadable("attestation", path, &error)),
    };
    let shown = path.display();
    let claimed = claims(&bytes).map_err(|error| {
        CliError::new(format!("`{shown}` is no bundle of attestations"))
            .because(&error)
            .hint("name a file that `vhb attest` wrote")
    })?;
    if !claimed.contains(&Sha256Digest::of(lock)) {
        let error = CliError::new(format!("the attestation `{shown}` is not about this lock"));
        return Err(error.hint("attest the results of this lock with `vhb attest`"));
    }
    Ok(Some(bytes))
}
