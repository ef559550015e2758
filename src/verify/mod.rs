//! Floor 2: a lock against the world, layer by layer.
//!
//! Each layer takes the evidence it needs as arguments and adds its checks and findings to one
//! [`Report`]. Nothing here writes anything, and nothing that could not be asked is ever a match.

mod artifacts;
mod config;
mod consistency;
mod copies;
mod differences;
mod distributions;
mod environment;
mod gaps;
mod integrity;
mod local;
pub mod results;
pub mod runtime;
mod stated;
mod upstream;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub use consistency::inconsistencies;
pub use environment::{InstalledEvidence, installed};
pub use gaps::gaps;
pub use integrity::{contradictions, doubts, itself};

use crate::finding::{Finding, Layer, Report};
use crate::lock::Lock;
use crate::model::{GitOid, HubId, Manifest, Sha256Digest, Tokens};
use crate::registry::Registry;
use crate::remote::Ports;

/// What a lock is held against.
pub struct Evidence<'a> {
    /// The bytes of the lockfile.
    pub lock_bytes: &'a [u8],
    /// The bytes of the SBOM beside it; none where there is no such file.
    pub sbom: Option<&'a [u8]>,
    /// Makes the SBOM of a lock, to hold the one beside it against.
    pub make_sbom: &'a (dyn Fn(&Lock) -> Vec<u8> + Sync),
    /// The registries of today, or why there are none.
    pub registry: Result<&'a Registry, &'a Finding>,
    /// The directory that holds `registries/`, where it is known.
    pub root: Option<&'a Path>,
    /// Reads the manifest that was kept when the lock was made.
    pub manifest: &'a (dyn Fn(&Sha256Digest) -> Option<Manifest> + Sync),
    /// Reads what the place of a dataset said of its files when the lock was made.
    pub tokens: &'a (dyn Fn(&Sha256Digest) -> Option<Tokens> + Sync),
    /// Where a commit of a model may lie on this machine; empty where models are not to be read.
    pub models: &'a (dyn Fn(&HubId, &GitOid) -> Vec<PathBuf> + Sync),
    /// The directory that holds copies of the datasets, each by its id.
    pub data: Option<&'a Path>,
    /// Whether files are read again although their place says that they have not changed.
    pub rehash: bool,
    /// The layers to look at; the lock by itself is always looked at.
    pub layers: &'a [Layer],
}

/// Holds a lock against the evidence.
pub fn verify(lock: &Lock, evidence: &Evidence<'_>, ports: Ports<'_>) -> Report {
    let mut report = Report::default();
    integrity::check(lock, evidence, &mut report);
    let asked = |layer: Layer| evidence.layers.contains(&layer);
    if asked(Layer::Config) {
        config::check(lock, evidence.registry, &mut report);
    }
    for gap in gaps(lock) {
        let subject = gap.subject.clone().unwrap_or_default();
        report.check(Layer::Integrity, subject, vec![gap]);
    }
    if asked(Layer::Upstream) {
        upstream::check(lock, evidence, &|_| true, ports, &mut report);
    }
    if asked(Layer::Local) {
        local::check(lock, evidence, ports, &mut report);
        copies::check(lock, evidence, ports, &mut report);
    }
    report.sort();
    report
}

/// Asks about some pins of a lock alone, by their subjects, whether they still mean the same where
/// they came from.
pub fn upstream_of(
    lock: &Lock,
    subjects: &BTreeSet<String>,
    evidence: &Evidence<'_>,
    ports: Ports<'_>,
) -> Report {
    let mut report = Report::default();
    let is_meant = |subject: &str| subjects.contains(subject);
    upstream::check(lock, evidence, &is_meant, ports, &mut report);
    report.sort();
    report
}
