//! What a rerun ran on: the runtime manifest that `vhb record` writes (JSON, `manifest_version` 1).
//!
//! It holds what was locked, what is installed, and the machine. What is not known is absent, never
//! guessed; two recordings of one state of a machine are the same bytes. Names of hosts and users,
//! paths and secrets have no place in it. Upstream's manifest (the mode, and name, version and
//! source of each plugin) is a part of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{Pin, RunMode, Sha256Digest, Source};

/// The version of the format.
const VERSION: u64 = 1;

/// What a rerun ran on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuntimeManifest {
    manifest_version: u64,
    /// Whether overlays were merged.
    pub run_mode: RunMode,
    /// The id of the experiment.
    pub experiment: String,
    /// The digest of the lock's bytes.
    pub lock_sha256: Sha256Digest,
    /// The packages of the lock, by their keys.
    pub packages: BTreeMap<String, RecordedPackage>,
    /// What is installed, where that was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<RecordedEnvironment>,
    /// The machine.
    pub machine: Machine,
}

/// A package of the lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedPackage {
    /// The name of its distribution, else its key.
    pub name: String,
    /// The version of its distribution, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What was asked for.
    pub source: Source,
    /// What it is.
    pub pin: Pin,
}

/// An installed environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedEnvironment {
    /// The id of the environment of the lock that it is.
    pub id: String,
    /// Its Python, as far as it tells: `3.11.7`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub python: Option<String>,
    /// The versions of what is installed, by name.
    pub distributions: BTreeMap<String, String>,
}

/// A machine, as far as it can be known without privileges.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Machine {
    /// `linux`.
    pub system: String,
    /// `x86_64`.
    pub architecture: String,
    /// The release of the kernel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kernel: Option<String>,
    /// The distribution and its version: `debian 12`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distribution: Option<String>,
    /// The model of the processors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_model: Option<String>,
    /// How many processors the system counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_count: Option<u64>,
    /// The instructions that numerical libraries choose their code by.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub cpu_flags: BTreeSet<String>,
    /// In bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<u64>,
    /// The model of each GPU, sorted; none and not known are two things.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gpus: Option<Vec<String>>,
    /// The version of the GPU's driver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gpu_driver: Option<String>,
    /// The CUDA that the driver supports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cuda: Option<String>,
    /// What keeps the container, where there is one: `docker`, `podman`, `kubernetes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_engine: Option<String>,
    /// The id of the container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_id: Option<String>,
    /// A digest of the container's image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_digest: Option<Sha256Digest>,
}

/// The bytes are no runtime manifest.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeManifestError {
    /// Not JSON.
    #[error("it is not JSON: {0}")]
    NotJson(serde_json::Error),
    /// Something else.
    #[error("it has no `manifest_version`")]
    NotAManifest,
    /// Written by a newer vhb.
    #[error("its `manifest_version` is {0}, and this vhb knows {VERSION}")]
    UnknownVersion(u64),
    /// Edited or damaged.
    #[error("it is damaged: {0}")]
    Damaged(serde_json::Error),
}

impl RuntimeManifest {
    /// What was recorded, without what is installed.
    pub fn new(
        run_mode: RunMode,
        experiment: String,
        lock_sha256: Sha256Digest,
        machine: Machine,
    ) -> Self {
        Self {
            manifest_version: VERSION,
            run_mode,
            experiment,
            lock_sha256,
            packages: BTreeMap::new(),
            environment: None,
            machine,
        }
    }

    /// Reads the version before the rest.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RuntimeManifestError> {
        let json: Json = serde_json::from_slice(bytes).map_err(RuntimeManifestError::NotJson)?;
        let version = json.get("manifest_version").and_then(Json::as_u64);
        match version {
            None => Err(RuntimeManifestError::NotAManifest),
            Some(VERSION) => serde_json::from_value(json).map_err(RuntimeManifestError::Damaged),
            Some(other) => Err(RuntimeManifestError::UnknownVersion(other)),
        }
    }

    /// Sorted keys, two spaces, a final line break.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Through a value, whose maps are sorted.
        let json = serde_json::to_value(self).expect("its keys are texts");
        let mut text = serde_json::to_string_pretty(&json).expect("a value is JSON");
        text.push('\n');
        text.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_comes_back_without_loss_and_others_are_refused() {
        let machine = Machine {
            system: "linux".to_owned(),
            gpus: Some(vec!["NVIDIA A100".to_owned()]),
            memory: Some(1),
            ..Machine::default()
        };
        let digest = Sha256Digest::of(b"lock");
        let manifest = RuntimeManifest::new(RunMode::Prod, "a".to_owned(), digest, machine);
        let bytes = manifest.to_bytes();
        assert_eq!(RuntimeManifest::from_bytes(&bytes).unwrap(), manifest);
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains("null") && !text.contains("cuda"), "{text}");
        let refused = |from: &str, to: &str| {
            let edited = text.replace(from, to);
            assert_ne!(edited, text);
            RuntimeManifest::from_bytes(edited.as_bytes()).unwrap_err()
        };
        let error = refused("\"manifest_version\": 1", "\"manifest_version\": 2");
        assert!(matches!(error, RuntimeManifestError::UnknownVersion(2)));
        let error = refused("\"manifest_version\": 1", "\"version\": 1");
        assert!(matches!(error, RuntimeManifestError::NotAManifest));
        let error = refused("\"experiment\"", "\"experimint\"");
        assert!(matches!(error, RuntimeManifestError::Damaged(_)));
        let error = refused("{", "");
        assert!(matches!(error, RuntimeManifestError::NotJson(_)));
    }
}
