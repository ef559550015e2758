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
mod integrity;
mod local;
pub mod results;
pub mod runtime;
mod stated;
mod upstream;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub use environment::{InstalledEvidence, installed};
pub use integrity::{doubts, itself};

use crate::finding::{Code, Finding, Layer, Report};
use crate::lock::{Lock, Locked, LockedEnvironment};
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
    not_recorded(lock, &mut report);
    if asked(Layer::Upstream) {
        let registry = evidence.registry.as_ref().ok().copied();
        upstream::check(lock, evidence, registry, ports, &mut report);
    }
    if asked(Layer::Local) {
        local::check(lock, evidence, ports, &mut report);
        copies::check(lock, evidence, ports, &mut report);
    }
    report.sort();
    report
}

/// Everything that runs depend on and that the lock does not pin.
fn not_recorded(lock: &Lock, report: &mut Report) {
    let mut gap = |subject: String, message: String| {
        let finding = Finding::new(Code::NotRecorded, message);
        report.check(Layer::Integrity, subject, vec![finding]);
    };
    let direct = |environment: &&LockedEnvironment| environment.closure.is_none();
    for (id, _) in lock.environments.iter().filter(|(_, it)| direct(it)) {
        let message = "what the packages require in turn is not pinned by the lock";
        gap(format!("environments/{id}"), message.to_owned());
    }
    let models: BTreeSet<_> = lock.runs.values().map(|run| &run.model).collect();
    for model in models
        .into_iter()
        .filter(|key| !lock.models.contains_key(*key))
    {
        let message = format!(
            "`{model}` is neither a directory nor a repository of the Hugging Face Hub, so the lock does not pin it"
        );
        gap(format!("models/{model}"), message);
    }
    for (id, run) in &lock.runs {
        if run.image.is_none() {
            let message = "the run names no container image, so the lock pins none";
            gap(format!("runs/{id}"), message.to_owned());
        }
        for (name, what) in NOT_PINNED {
            let named = run.engine_params.get(name);
            let itself = named.is_some_and(|named| is_name_of(named, &run.model));
            if named.is_some() && !itself {
                let message =
                    format!("`engine_params.{name}` names {what}, which the lock does not pin");
                gap(format!("runs/{id}"), message);
            }
        }
    }
    for (subject, code) in unresolved(lock) {
        let message = format!("it could not be resolved when the experiment was locked: `{code}`");
        let finding = Finding::new(Code::Unresolved, message);
        report.check(Layer::Integrity, subject, vec![finding]);
    }
}

/// Whether a parameter names the model itself, at whatever revision.
fn is_name_of(named: &serde_json::Value, key: &str) -> bool {
    let name = key.split('@').next();
    named
        .as_str()
        .is_some_and(|named| Some(named) == name || named == key)
}

/// Parameters of engines that name other things.
const NOT_PINNED: [(&str, &str); 10] = [
    ("hf_config_path", "another repository"),
    ("lora_modules", "adapters"),
    ("lora_paths", "adapters"),
    ("speculative_config", "a draft model"),
    ("speculative_draft_model_path", "a draft model"),
    ("speculative_model", "a draft model"),
    ("tokenizer", "another repository"),
    ("tokenizer_path", "another repository"),
    ("tokenizer_revision", "another revision"),
    ("chat_template", "a template"),
];

/// What could not be resolved when the lock was made, and why.
fn unresolved(lock: &Lock) -> impl Iterator<Item = (String, Code)> {
    fn of<'a, S, P>(
        section: &'a str,
        locked: &'a BTreeMap<String, Locked<S, P>>,
    ) -> impl Iterator<Item = (String, Code)> + 'a {
        locked.iter().filter_map(move |(key, locked)| {
            let code = *locked.pin.as_ref().err()?;
            Some((format!("{section}/{key}"), code))
        })
    }
    let models = of("models", &lock.models);
    models
        .chain(of("datasets", &lock.datasets))
        .chain(of("images", &lock.images))
}
