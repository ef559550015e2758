//! The lockfile: JSON with sorted maps, two-space indent and a final newline.
//!
//! The version is read before the body, so that a newer format is told from a damaged file. A key
//! that stands twice is an error: that is what a careless merge leaves behind.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use schemars::JsonSchema;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value as Json;

use super::{
    Closure, Distribution, Lock, LockedDataset, LockedEnvironment, LockedExperiment, LockedImage,
    LockedModel, LockedPackage, Selected,
};
use crate::model::{
    Dist, EntryRef, Environment, Instant, PlannedRun, Sha256Digest, Stage, Target, unique_keys,
};

/// The version of the format that this program writes, and the only one that it reads.
pub const LOCK_VERSION: u64 = 1;

/// Why bytes are no lock.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// The bytes are not JSON at all.
    #[error("not a lock: the file is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// JSON, but nothing that vhb wrote.
    #[error("not a lock of vhb: the file has no `lock_version`")]
    NotALock,
    /// Written by a newer vhb.
    #[error("lock version {found} is not known to this vhb, which reads version {LOCK_VERSION}")]
    UnknownVersion {
        /// What the file says.
        found: Json,
    },
    /// The right version, but not its form.
    #[error("the lock is damaged")]
    Damaged(#[source] serde_json::Error),
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LockWire {
    /// The version of the format.
    #[serde(rename = "lock_version")]
    #[schemars(extend("const" = LOCK_VERSION))]
    _version: u64,
    /// The program that wrote it: `vhb 0.1.0`.
    generator: String,
    /// The newest instant among the pins: nothing that is pinned is younger.
    #[serde(default)]
    resolved_at: Option<Instant>,
    /// The experiment.
    experiment: LockedExperiment,
    /// The digest of every registry entry that the experiment reaches.
    #[serde(deserialize_with = "unique_keys")]
    registry: BTreeMap<EntryRef, Sha256Digest>,
    /// The values of these entries, without credentials.
    #[serde(deserialize_with = "unique_keys")]
    config: BTreeMap<EntryRef, Json>,
    /// The runs by id.
    #[serde(deserialize_with = "unique_keys")]
    runs: BTreeMap<String, PlannedRun>,
    /// The packages by registry id or requirement.
    #[serde(deserialize_with = "unique_keys")]
    packages: BTreeMap<String, LockedPackage>,
    /// The models by name, with the revision where one is asked for.
    #[serde(deserialize_with = "unique_keys")]
    models: BTreeMap<String, LockedModel>,
    /// The datasets by registry id.
    #[serde(deserialize_with = "unique_keys")]
    datasets: BTreeMap<String, LockedDataset>,
    /// The container images by name, as runs write it.
    #[serde(deserialize_with = "unique_keys")]
    images: BTreeMap<String, LockedImage>,
    /// The environments by id.
    #[serde(deserialize_with = "unique_keys")]
    environments: BTreeMap<String, LockedEnvironment>,
    /// The releases of indexes with their files.
    #[serde(deserialize_with = "unique_keys")]
    distributions: BTreeMap<Dist, Distribution>,
}

/// The same for writing; the order of the fields is the order in the file.
#[derive(Serialize)]
struct LockWireRef<'a> {
    lock_version: u64,
    generator: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved_at: Option<Instant>,
    experiment: &'a LockedExperiment,
    registry: &'a BTreeMap<EntryRef, Sha256Digest>,
    config: &'a BTreeMap<EntryRef, Json>,
    runs: &'a BTreeMap<String, PlannedRun>,
    packages: &'a BTreeMap<String, LockedPackage>,
    models: &'a BTreeMap<String, LockedModel>,
    datasets: &'a BTreeMap<String, LockedDataset>,
    images: &'a BTreeMap<String, LockedImage>,
    environments: &'a BTreeMap<String, LockedEnvironment>,
    distributions: &'a BTreeMap<Dist, Distribution>,
}

/// An environment as the file has it: a closure is two fields of it, there or not there together.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("dependencies" = {
    "resolver": ["distributions"],
    "distributions": ["resolver"],
}))]
pub(super) struct EnvironmentWire {
    /// Which part of a run it is for.
    stage: Stage,
    /// The interpreter, the platform and the limits.
    target: Target,
    /// The packages that were asked for, by registry id or requirement.
    roots: BTreeSet<String>,
    /// The program that resolved it: `uv 0.13.9`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resolver: Option<String>,
    /// Every distribution, and where its bytes come from.
    #[serde(
        default,
        deserialize_with = "some_unique_keys",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "BTreeMap<Dist, Selected>")]
    distributions: Option<BTreeMap<Dist, Selected>>,
}

impl TryFrom<EnvironmentWire> for LockedEnvironment {
    type Error = &'static str;

    fn try_from(wire: EnvironmentWire) -> Result<Self, Self::Error> {
        let closure = match (wire.resolver, wire.distributions) {
            (Some(resolver), Some(distributions)) => Some(Closure {
                resolver,
                distributions,
            }),
            (None, None) => None,
            _ => return Err("`resolver` and `distributions` of an environment go together"),
        };
        Ok(Self {
            asked: Environment {
                stage: wire.stage,
                target: wire.target,
                roots: wire.roots,
            },
            closure,
        })
    }
}

impl From<LockedEnvironment> for EnvironmentWire {
    fn from(environment: LockedEnvironment) -> Self {
        let (resolver, distributions) = environment
            .closure
            .map(|closure| (closure.resolver, closure.distributions))
            .unzip();
        Self {
            stage: environment.asked.stage,
            target: environment.asked.target,
            roots: environment.asked.roots,
            resolver,
            distributions,
        }
    }
}

impl Lock {
    /// Reads a lockfile.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LockError> {
        #[derive(Deserialize)]
        struct VersionOnly {
            lock_version: Option<Json>,
        }
        // serde would read a list as the fields in order, so the brace is looked for first.
        if bytes.trim_ascii_start().first() != Some(&b'{') {
            serde_json::from_slice::<IgnoredAny>(bytes).map_err(LockError::NotJson)?;
            return Err(LockError::NotALock);
        }
        let version: VersionOnly = serde_json::from_slice(bytes).map_err(LockError::NotJson)?;
        match version.lock_version {
            None => return Err(LockError::NotALock),
            Some(found) if found != LOCK_VERSION => {
                return Err(LockError::UnknownVersion { found });
            }
            Some(_) => {}
        }
        let wire: LockWire = serde_json::from_slice(bytes).map_err(LockError::Damaged)?;
        Ok(wire.into())
    }

    /// The bytes of the lockfile.
    pub fn to_bytes(&self) -> Vec<u8> {
        let wire = LockWireRef {
            lock_version: LOCK_VERSION,
            generator: &self.generator,
            resolved_at: self.resolved_at,
            experiment: &self.experiment,
            registry: &self.registry,
            config: &self.config,
            runs: &self.runs,
            packages: &self.packages,
            models: &self.models,
            datasets: &self.datasets,
            images: &self.images,
            environments: &self.environments,
            distributions: &self.distributions,
        };
        let mut bytes = serde_json::to_vec_pretty(&wire)
            .expect("maps with text keys and finite numbers are JSON");
        bytes.push(b'\n');
        bytes
    }

    /// The digest of the lockfile's bytes, which its SBOM carries.
    pub fn digest(&self) -> Sha256Digest {
        Sha256Digest::of(&self.to_bytes())
    }
}

impl From<LockWire> for Lock {
    fn from(wire: LockWire) -> Self {
        Self {
            generator: wire.generator,
            resolved_at: wire.resolved_at,
            experiment: wire.experiment,
            config: wire.config,
            registry: wire.registry,
            runs: wire.runs,
            packages: wire.packages,
            models: wire.models,
            datasets: wire.datasets,
            images: wire.images,
            environments: wire.environments,
            distributions: wire.distributions,
        }
    }
}

/// [`unique_keys`] of a field that may be left out.
fn some_unique_keys<'de, D, K, V>(deserializer: D) -> Result<Option<BTreeMap<K, V>>, D::Error>
where
    D: Deserializer<'de>,
    K: DeserializeOwned + Ord + fmt::Display,
    V: DeserializeOwned,
{
    unique_keys(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        /// A number that comes back otherwise would make an untouched lock contradict itself.
        #[test]
        fn every_finite_number_comes_back(number in proptest::num::f64::NORMAL) {
            let text = serde_json::to_string(&number).unwrap();
            let back: f64 = serde_json::from_str(&text).unwrap();
            proptest::prop_assert_eq!(back.to_bits(), number.to_bits());
        }
    }

    #[test]
    fn a_file_that_stands_twice_is_an_error() {
        let digest = Sha256Digest::of(b"");
        let read =
            |text: &str| serde_json::from_str::<Distribution>(text).map_err(|e| e.to_string());
        assert!(read(&format!(r#"{{"files": {{"a": "{digest}"}}}}"#)).is_ok());
        for twice in [
            format!(r#"{{"files": {{"a": "{digest}", "a": "{digest}"}}}}"#),
            r#"{"files": {}, "variants": {"a": {}, "a": {}}}"#.to_owned(),
        ] {
            let error = read(&twice).unwrap_err();
            assert!(error.starts_with("`a` stands twice"), "{error}");
        }
    }

    #[test]
    fn other_files_are_told_apart() {
        let error = |text: &str| Lock::from_bytes(text.as_bytes()).unwrap_err();
        assert!(matches!(
            error("version = 1\n[[package]]"),
            LockError::NotJson(_)
        ));
        assert!(matches!(error("[1]"), LockError::NotALock));
        assert!(matches!(
            error(r#"{"lockfileVersion": 3}"#),
            LockError::NotALock
        ));
        assert!(matches!(
            error(r#"{"lock_version": 2}"#),
            LockError::UnknownVersion { .. }
        ));
        assert!(matches!(
            error(r#"{"lock_version": "1"}"#),
            LockError::UnknownVersion { .. }
        ));
        assert!(matches!(
            error(r#"{"lock_version": 1}"#),
            LockError::Damaged(_)
        ));
    }
}
