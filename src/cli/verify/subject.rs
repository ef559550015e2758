//! The lock that is verified: from disk, or from a registry where it was attached.

use super::super::Result;
use super::super::args::VerifyArgs;
use super::super::error::CliError;
use super::super::lock_files::{read_lock, read_sbom, sbom_path};
use super::super::output::Output;
use super::attached::{Attached, Fetch, nothing};
use crate::finding::Report;
use crate::lock::Lock;

/// The lock that is verified, and what came with it.
pub(super) struct Subject {
    pub(super) lock: Lock,
    pub(super) bytes: Vec<u8>,
    pub(super) sbom: Option<Vec<u8>>,
    pub(super) attached: Option<Attached>,
}

impl Subject {
    /// Reads the lock that was named, or fetches the one that is attached; a report where there is
    /// none.
    pub(super) fn of(
        args: &VerifyArgs,
        output: &Output,
    ) -> Result<std::result::Result<Self, Report>> {
        let local = args.lock.as_deref().map(read_lock).transpose()?;
        let sbom = match args.lock.as_deref() {
            Some(path) => read_sbom(&sbom_path(path))?,
            None => None,
        };
        let bytes = local.as_ref().map(|(_, bytes)| bytes.as_slice());
        let fetch = args.attached.as_deref();
        let fetch = fetch.map(|text| Fetch::by(text, args, bytes, output));
        let fetch = match fetch.transpose()? {
            Some(Ok(fetch)) => Ok(Some(fetch)),
            Some(Err(finding)) => Err(finding),
            None => Ok(None),
        };
        let ((lock, bytes), attached) = match (local, fetch) {
            (Some((lock, bytes)), Ok(fetch)) => {
                let attached = fetch.map(|fetch| fetch.of_lock(&lock, &bytes));
                ((lock, bytes), attached)
            }
            (Some(local), Err(finding)) => (local, Some(Attached::not_fetched(finding))),
            (None, Ok(Some(fetch))) => match fetch.lock()? {
                Some((lock, bytes)) => {
                    let attached = fetch.of_lock(&lock, &bytes);
                    ((lock, bytes), Some(attached))
                }
                None => return Ok(Err(fetch.without_lock())),
            },
            (None, Err(finding)) => return Ok(Err(nothing(vec![finding]))),
            (None, Ok(None)) => return Err(CliError::new("no lock was named")),
        };
        // The SBOM on disk is the one that is published; without it, the attached one is.
        let attached_sbom = || attached.as_ref()?.fetched.sbom.clone();
        let sbom = sbom.or_else(attached_sbom);
        Ok(Ok(Self {
            lock,
            bytes,
            sbom,
            attached,
        }))
    }
}
