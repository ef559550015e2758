//! The lock by itself: its form, its agreement with itself, its environments, and its SBOM.

use serde_json::Value as Json;

use super::{Evidence, consistency};
use crate::finding::{Code, Finding, Layer, Report};
use crate::lock::{GENERATOR, Lock, closure_findings, lock_of_sbom};
use crate::model::{RunMode, Sha256Digest};

pub(super) fn check(lock: &Lock, evidence: &Evidence<'_>, report: &mut Report) {
    let Evidence {
        lock_bytes,
        sbom,
        make_sbom,
        ..
    } = evidence;
    report.extend(itself(lock, lock_bytes, *sbom, make_sbom));
}

/// The lock by itself, and whether its SBOM belongs to it: what can be said without asking anybody.
pub fn itself(
    lock: &Lock,
    lock_bytes: &[u8],
    sbom: Option<&[u8]>,
    make_sbom: &dyn Fn(&Lock) -> Vec<u8>,
) -> Report {
    let mut report = Report::default();
    let mut findings = consistency::inconsistencies(lock);
    if lock.to_bytes() != lock_bytes {
        let message = "the lock is not in the form in which vhb writes it";
        findings.push(Finding::new(Code::LockNotCanonical, message));
    }
    if lock.experiment.run_mode == RunMode::Dev {
        let message = "the lock was made with RUN_MODE=dev and is not publishable";
        findings.push(Finding::new(Code::DevLock, message));
    }
    report.check(Layer::Integrity, "lock", findings);
    let findings = check_sbom(lock, lock_bytes, sbom, make_sbom);
    report.check(Layer::Integrity, "sbom", findings);
    for (id, findings) in closure_findings(lock) {
        report.check(Layer::Integrity, format!("environments/{id}"), findings);
    }
    report
}

/// Why a lock is not to be built upon by itself: it contradicts itself, or its environments are not
/// complete.
pub fn contradictions(lock: &Lock) -> Vec<Finding> {
    let mut findings = consistency::inconsistencies(lock);
    findings.extend(closure_findings(lock).into_values().flatten());
    findings
}

/// Why a lock is not to be built upon: there are [`contradictions`] in it, or its SBOM belongs to
/// another lock.
///
/// An SBOM that is missing or cannot be read says nothing either way.
pub fn doubts(lock: &Lock, lock_bytes: &[u8], sbom: Option<&[u8]>) -> Vec<Finding> {
    let mut findings = contradictions(lock);
    let document = sbom.and_then(|bytes| serde_json::from_slice::<Json>(bytes).ok());
    if let Some(stated) = document.as_ref().and_then(lock_of_sbom) {
        let expected = Sha256Digest::of(lock_bytes).hex();
        if stated != expected {
            let message = "the SBOM belongs to another lock, or the lock was edited";
            findings.push(Finding::new(Code::SbomMismatch, message).compare(expected, stated));
        }
    }
    findings
}

fn check_sbom(
    lock: &Lock,
    lock_bytes: &[u8],
    sbom: Option<&[u8]>,
    make_sbom: &dyn Fn(&Lock) -> Vec<u8>,
) -> Vec<Finding> {
    let Some(bytes) = sbom else {
        let message = "the lock's SBOM is not beside it";
        return vec![Finding::new(Code::SbomMissing, message)];
    };
    let mismatch = |message: &str| Finding::new(Code::SbomMismatch, message);
    let Ok(document) = serde_json::from_slice::<Json>(bytes) else {
        return vec![mismatch("the SBOM is not JSON")];
    };
    let expected = Sha256Digest::of(lock_bytes);
    let stated = lock_of_sbom(&document);
    if stated != Some(expected.hex().as_str()) {
        let actual = stated.unwrap_or("none");
        let finding = mismatch("the SBOM belongs to another lock, or the lock was edited");
        return vec![finding.compare(expected.hex(), actual)];
    }
    // Another version of vhb may lay out an SBOM otherwise; only the same one can be held to it.
    let same_version = lock.generator == GENERATOR;
    if same_version && make_sbom(lock) != bytes {
        return vec![mismatch(
            "the SBOM was edited: it is not what the lock gives",
        )];
    }
    Vec::new()
}
