//! Published results against what their publisher signed.
//!
//! First the signatures (`envelopes`): what is not signed by a key that was given is neither
//! believed nor shown. Then what the signed statements say of the lock and its SBOM
//! (`statements`), and of the results (`files`). Everything arrives as bytes, so that it does not
//! matter whether it lies on a disk or in a registry.

mod envelopes;
mod files;
mod statements;

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::attestation::PublicKey;
use crate::finding::{Code, Finding, Layer, Report, Severity};
use crate::lock::Lock;
use crate::model::Sha256Digest;

/// What was published of an experiment.
pub struct Published<'a> {
    /// The attestation: DSSE envelopes, one a line.
    pub bundle: &'a [u8],
    /// The lockfile.
    pub lock_bytes: &'a [u8],
    /// The SBOM; none where it is not there.
    pub sbom: Option<&'a [u8]>,
    /// The result files by name, without the lock, the SBOM and the attestation themselves; none
    /// where results are not to be compared.
    pub files: Option<&'a BTreeMap<String, Sha256Digest>>,
    /// The keys of those who may vouch for the results: any of them will do.
    pub keys: &'a [PublicKey],
    /// Makes the provenance of a lock, by the name of its file and the builder's id.
    pub make_provenance: &'a dyn Fn(&Lock, &str, &str) -> Json,
}

/// Holds what was published against its signatures and against the lock.
pub fn check(lock: &Lock, published: &Published<'_>, report: &mut Report) {
    let lines = match envelopes::lines(published) {
        Ok(lines) => lines,
        Err(finding) => {
            part(report, "bundle", vec![*finding]);
            Vec::new()
        }
    };
    let mut statements = Vec::new();
    let vouched = statements::are_complete(lines.iter().filter_map(|line| line.statement.as_ref()));
    for mut line in lines {
        if vouched {
            beside_others(&mut line.findings);
        }
        part(report, line.number, line.findings);
        statements.extend(line.statement.map(|statement| (line.number, statement)));
    }
    if let Some(subjects) = statements::check(lock, published, &statements, report) {
        files::check(&subjects, published, report);
    }
}

/// Bundles are made to be appended to: where somebody who is trusted vouches for all of it, lines of
/// others take nothing away.
fn beside_others(findings: &mut [Finding]) {
    for finding in findings {
        if finding.code == Code::AttestationOtherKey {
            finding.severity = Severity::Info;
            finding.verdict = None;
            finding.hint = None;
        }
    }
}

/// Adds the check of a part of the attestation.
fn part(report: &mut Report, name: impl std::fmt::Display, findings: Vec<Finding>) {
    report.check(Layer::Results, format!("attestation/{name}"), findings);
}
