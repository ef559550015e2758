//! The lock that is verified: from disk, or from a registry where it was attached.

use std::rc::Rc;

use super::super::Result;
use super::super::args::VerifyArgs;
use super::super::error::CliError;
use super::super::lock_files::{read_lock, read_sbom, sbom_path};
use super::super::output::Output;
use super::attached::{Attached, Fetch, nothing};
use crate::attestation::PublicKey;
use crate::finding::Report;
use crate::lock::Lock;

/// The lock that is verified, and what came with it.
pub(super) struct Subject {
    pub(super) lock: Lock,
    pub(super) bytes: Rc<[u8]>,
    pub(super) sbom: Option<Rc<[u8]>>,
    pub(super) attached: Option<Attached>,
}

impl Subject {
    /// Reads the lock that was named, or fetches the one that is attached; a report where there is
    /// none.
    pub(super) fn of(
        args: &VerifyArgs,
        keys: &[PublicKey],
        output: &Output,
    ) -> Result<std::result::Result<Self, Report>> {
        let local = args.lock.as_deref().map(read_lock).transpose()?;
        let bytes = local.as_ref().map(|(_, bytes)| bytes.as_slice());
        let fetch = args.attached.as_deref();
        let fetch = fetch.map(|text| Fetch::by(text, args, bytes, output));
        let fetch = fetch.transpose()?;
        let (lock, bytes) = match (local, &fetch) {
            (Some((lock, bytes)), _) => (lock, bytes.into()),
            (None, Some(Ok(fetch))) => match fetch.lock(keys)? {
                Some(lock) => lock,
                None => return Ok(Err(fetch.without_lock())),
            },
            (None, Some(Err(finding))) => return Ok(Err(nothing(vec![finding.clone()]))),
            (None, None) => return Err(CliError::new("no lock was named")),
        };
        let attached = fetch.map(|fetch| match fetch {
            Ok(fetch) => fetch.of_lock(&lock, &bytes),
            Err(finding) => Attached::not_fetched(finding),
        });
        // The SBOM on disk is the one that is published; without it, the attached one is.
        let sbom = args.lock.as_deref().map(sbom_path);
        let sbom = sbom.map(|path| read_sbom(&path)).transpose()?.flatten();
        let attached_sbom = || attached.as_ref()?.fetched.sboms.first().cloned();
        Ok(Ok(Self {
            sbom: sbom.map(Rc::from).or_else(attached_sbom),
            lock,
            bytes,
            attached,
        }))
    }
}
