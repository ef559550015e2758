//! Floor 2: a lock against the world, layer by layer.
//!
//! Each layer takes the evidence it needs as arguments and adds its checks and findings to one
//! [`Report`]. Nothing here writes anything, and nothing that could not be asked is ever a match.

mod config;
mod consistency;
mod distributions;
mod integrity;
mod local;
mod stated;
mod upstream;

use std::path::Path;

pub use integrity::doubts;

use crate::finding::{Code, Finding, Layer, Report};
use crate::lock::{Lock, LockedEnvironment};
use crate::model::{Manifest, Sha256Digest};
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
    pub registry: Result<&'a Registry, Finding>,
    /// The directory that holds `registries/`, where it is known.
    pub root: Option<&'a Path>,
    /// Reads the manifest that was kept when the lock was made.
    pub manifest: &'a (dyn Fn(&Sha256Digest) -> Option<Manifest> + Sync),
    /// Whether to leave the upstream layer out, because it may not be asked.
    pub offline: bool,
}

/// Holds a lock against the evidence.
pub fn verify(lock: &Lock, evidence: &Evidence<'_>, ports: Ports<'_>) -> Report {
    let mut report = Report::default();
    integrity::check(lock, evidence, &mut report);
    config::check(lock, &evidence.registry, &mut report);
    not_recorded(lock, &mut report);
    if !evidence.offline {
        let registry = evidence.registry.as_ref().ok().copied();
        upstream::check(lock, registry, ports, &mut report);
    }
    local::check(lock, evidence, ports, &mut report);
    report.sort();
    report
}

/// Everything that runs depend on and that the lock does not pin.
fn not_recorded(lock: &Lock, report: &mut Report) {
    let mut gap = |subject: String, what: &str| {
        let message = format!("{what} is not pinned by the lock");
        let finding = Finding::new(Code::NotRecorded, message);
        report.check(Layer::Integrity, subject, vec![finding]);
    };
    let direct = |environment: &&LockedEnvironment| environment.closure.is_none();
    for (id, _) in lock.environments.iter().filter(|(_, it)| direct(it)) {
        gap(
            format!("environments/{id}"),
            "what the packages require in turn",
        );
    }
    for run in lock.runs.values() {
        gap(format!("models/{}", run.model), "the model");
        gap(format!("datasets/{}", run.dataset), "the dataset's content");
        if let Some(image) = &run.image {
            gap(format!("images/{image}"), "the container image");
        }
    }
}
