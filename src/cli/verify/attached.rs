//! What is attached to an image or published with results: fetched, and chosen by the lock.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::attachments::{Fetched, Found, find, pinned_images};
use crate::attestation::PublicKey;
use crate::bom;
use crate::cli::args::VerifyArgs;
use crate::cli::attach::{exact_name, reference, told};
use crate::cli::error::CliError;
use crate::cli::world::registry_client;
use crate::cli::{Output, Result};
use crate::finding::{Code, Finding, Layer, Report, Severity, Verdict};
use crate::lock::Lock;
use crate::model::{ImageReference, Sha256Digest};

/// What there is to say of a reference.
pub(super) struct Attached {
    /// What belongs to the lock.
    pub(super) fetched: Fetched,
    /// The published files, where the reference names results.
    pub(super) results: Option<BTreeMap<String, Sha256Digest>>,
    findings: Vec<Finding>,
}

/// What was fetched, before it is known for which lock.
pub(super) struct Fetch {
    exact: String,
    found: Found,
}

impl Fetch {
    /// Fetches by the reference that was given; a finding where that could not be done.
    pub(super) fn by(
        text: &str,
        args: &VerifyArgs,
        lock: Option<&[u8]>,
        output: &Output,
    ) -> Result<std::result::Result<Self, Finding>> {
        let named: ImageReference = reference(text)?;
        let registry = registry_client(args.network.offline, args.network.timeout);
        let digest = lock.map(Sha256Digest::of);
        let results = args.published.results.is_empty();
        Ok(match find(&named, digest.as_ref(), results, &registry) {
            Ok(found) => {
                let exact = exact_name(&named, &found.named.digest);
                if named.digest().is_none() {
                    output.say(&format!("`{named}` is `{exact}`\n"));
                }
                Ok(Self { exact, found })
            }
            Err(error) => Err(told(&error, &named, Code::AttachedMissing)),
        })
    }

    /// The one lock that is attached, or of several the one that a key vouches for; none where there
    /// is none.
    pub(super) fn lock(&self, keys: &[PublicKey]) -> Result<Option<(Lock, Rc<[u8]>)>> {
        let exact = &self.exact;
        let mut locks = self.found.locks();
        if locks.len() > 1 {
            let signed = self.found.signed_locks(keys);
            if !signed.is_empty() {
                locks = signed;
            }
        }
        let bytes = match &locks[..] {
            [] => return Ok(None),
            [bytes] => Rc::clone(bytes),
            several => {
                let digests = several.iter().map(|bytes| Sha256Digest::of(bytes));
                let digests: Vec<_> = digests.map(|digest| format!("`{digest}`")).collect();
                let error = CliError::new(format!("several locks are attached to `{exact}`"));
                return Err(error.hint(format!(
                    "name the lock that is meant, as a file; their digests are {}",
                    digests.join(", ")
                )));
            }
        };
        let lock = Lock::from_bytes(&bytes).map_err(|error| {
            CliError::new(format!("cannot use the lock that is attached to `{exact}`"))
                .because(&error)
                .hint("attach it again with `vhb attach`")
        })?;
        Ok(Some((lock, bytes)))
    }

    /// What of it belongs to a lock, and what is wrong with that.
    pub(super) fn of_lock(self, lock: &Lock, lock_bytes: &[u8]) -> Attached {
        let fetched = self.found.of_lock(lock_bytes, &bom::to_bytes(lock));
        let id = &lock.experiment.id;
        let mut findings = self.found.findings(&fetched, id, &self.exact);
        findings.extend(self.not_tied(lock));
        Attached {
            fetched,
            results: self.found.results,
            findings,
        }
    }

    /// Whoever may push can attach a lock to any image: only the lock itself ties it to one.
    fn not_tied(&self, lock: &Lock) -> Option<Finding> {
        if self.found.has_results {
            return None;
        }
        let exact = &self.exact;
        let Some(pinned) = pinned_images(lock) else {
            let message = format!("the lock pins no image, so nothing ties it to `{exact}`");
            return Some(Finding::new(Code::NotRecorded, message));
        };
        (!pinned.contains(&self.found.named.digest)).then(|| {
            let message = format!("the lock pins other images than `{exact}`");
            Finding {
                verdict: Some(Verdict::Drift),
                ..Finding::new(Code::ImageNotLocked, message).with_severity(Severity::Error)
            }
        })
    }

    /// What is said where no lock is attached.
    pub(super) fn without_lock(&self) -> Report {
        let faults = self.found.faults.iter();
        let mut findings: Vec<_> = faults.map(|fault| fault.finding.clone()).collect();
        let message = format!("no lock is attached to `{}`", self.exact);
        findings.push(Finding::new(Code::AttachedMissing, message));
        nothing(findings)
    }
}

/// The report where there is no lock to verify.
pub(super) fn nothing(findings: Vec<Finding>) -> Report {
    let mut report = Report::default();
    report.check(Layer::Results, "attached", findings);
    report
}

impl Attached {
    /// What could not be fetched.
    pub(super) fn not_fetched(finding: Finding) -> Self {
        Self {
            fetched: Fetched::default(),
            results: None,
            findings: vec![finding],
        }
    }

    /// Takes out what was fetched beside results, as it is called: it is no result.
    pub(super) fn leave_out(&self, id: &str, files: &mut BTreeMap<String, Sha256Digest>) {
        files.retain(|name, digest| !self.fetched.has(id, name, digest));
    }

    /// Adds whether all is there that should be.
    pub(super) fn check(&self, report: &mut Report) {
        report.check(Layer::Results, "attached", self.findings.clone());
    }
}
