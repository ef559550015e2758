//! The lock, its SBOM and its attestation as they lie on this machine, and whether they belong
//! together.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use crate::attachments::Documents;
use crate::attestation::MAX_BUNDLE;
use crate::bom;
use crate::cli::Result;
use crate::cli::args::AttachArgs;
use crate::cli::error::CliError;
use crate::cli::lock_files::{attestation_path, read_lock, sbom_path};
use crate::finding::{Code, Finding, Severity};
use crate::lock::Lock;
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
        let bundle = read_bundle(&bundle_path, args.attestation.is_some())?;
        let findings = faults(args, &lock, &lock_bytes, &sbom);
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
fn faults(args: &AttachArgs, lock: &Lock, lock_bytes: &[u8], sbom: &[u8]) -> Vec<Finding> {
    let report = itself(lock, lock_bytes, Some(sbom), &bom::to_bytes);
    let findings = report.findings.into_iter();
    let findings = findings.filter(|it| it.code != Code::DevLock || !args.allow_dev);
    findings
        .map(|finding| match finding.code {
            Code::DevLock => finding.hint("lock with RUN_MODE=prod, or pass `--allow-dev`"),
            _ => finding,
        })
        .map(|finding| finding.with_severity(Severity::Error))
        .collect()
}

/// The attestation that was named, or that lies where `vhb attest` writes it.
fn read_bundle(path: &Path, named: bool) -> Result<Option<Vec<u8>>> {
    let unreadable = |error| CliError::unreadable("attestation", path, &error);
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if !named && error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    let mut bytes = Vec::new();
    // One byte more than may be read says that there is too much.
    let mut file = file.take(MAX_BUNDLE as u64 + 1);
    file.read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(Some(bytes))
}
