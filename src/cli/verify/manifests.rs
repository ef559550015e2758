//! Runtime manifests of reruns against the lock, each other and this machine.

use std::path::PathBuf;

use super::super::Result;
use super::super::error::CliError;
use super::super::record::this_machine;
use crate::finding::Report;
use crate::lock::Lock;
use crate::model::{RuntimeManifest, RuntimeManifestError, Sha256Digest};
use crate::verify::runtime;

/// How messages call the machine that vhb runs on.
const HERE: &str = "this machine";

/// One manifest is held against the lock and this machine, two against the lock and each other.
pub(super) fn verify(paths: &[PathBuf], lock: &Lock, lock_bytes: &[u8]) -> Result<Report> {
    let digest = Sha256Digest::of(lock_bytes);
    let mut read = Vec::new();
    let mut report = Report::default();
    for path in paths {
        let manifest = manifest(path)?;
        let name = path.display().to_string();
        report.extend(runtime::recording(lock, &digest, &name, &manifest));
        read.push((name, manifest));
    }
    match &read[..] {
        [(name, one)] => {
            let here = this_machine();
            report.extend(runtime::machines((name, &one.machine), (HERE, &here)));
        }
        [(first, one), (second, two)] => {
            report.extend(runtime::recordings((first, one), (second, two)));
        }
        [] => {}
        more => {
            let message = format!("{} runtime manifests were named", more.len());
            return Err(CliError::new(message).hint("name one or two"));
        }
    }
    Ok(report)
}

fn manifest(path: &PathBuf) -> Result<RuntimeManifest> {
    let unreadable = |error| CliError::unreadable("runtime manifest", path, &error);
    let bytes = std::fs::read(path).map_err(unreadable)?;
    RuntimeManifest::from_bytes(&bytes).map_err(|error| {
        let hint = match &error {
            RuntimeManifestError::UnknownVersion(_) => "use the vhb that wrote it, or a newer one",
            _ => "name a file that `vhb record` wrote",
        };
        let message = format!("cannot use the runtime manifest `{}`", path.display());
        CliError::new(message).because(&error).hint(hint)
    })
}
