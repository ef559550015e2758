//! Floor 1: the lock, the pure data of one locked experiment.
//!
//! A [`Lock`] becomes bytes and comes back without loss (`wire`); two locks can be compared leaf
//! by leaf (`diff`). It knows nothing of where its pins came from and how they are checked.

mod diff;
mod wire;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

pub use diff::{Change, changes, changes_between};
pub use wire::{LOCK_VERSION, LockError};

use crate::model::{
    Dist, EntryRef, Environment, Instant, Pin, PlannedRun, RunMode, Sha256Digest, Source, Target,
};

/// The program that writes locks, as they name it.
pub const GENERATOR: &str = concat!("vhb ", env!("CARGO_PKG_VERSION"));
/// The property of an SBOM that holds the digest of the lock it belongs to.
pub const LOCK_DIGEST_PROPERTY: &str = "vhb:lock:sha256";

/// One locked experiment.
#[derive(Clone, Debug, PartialEq)]
pub struct Lock {
    /// The program that wrote it: `vhb 0.1.0`.
    pub generator: String,
    /// The newest instant among the pins: nothing that is pinned is younger.
    pub resolved_at: Option<Instant>,
    /// The experiment.
    pub experiment: LockedExperiment,
    /// The canonical value of every registry entry that the experiment reaches.
    pub config: BTreeMap<EntryRef, Json>,
    /// The digest of each of these values.
    pub registry: BTreeMap<EntryRef, Sha256Digest>,
    /// The runs by id.
    pub runs: BTreeMap<String, PlannedRun>,
    /// The packages by registry id or requirement.
    pub packages: BTreeMap<String, LockedPackage>,
    /// The environments by id.
    pub environments: BTreeMap<String, Environment>,
    /// The releases of indexes with their files.
    pub distributions: BTreeMap<Dist, Distribution>,
}

/// Which experiment was locked, and for what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedExperiment {
    /// The stem of its file.
    pub id: String,
    /// Its `name`.
    pub name: String,
    /// Its file, relative to the project root.
    pub file: String,
    /// The mode that the registry was read in.
    pub run_mode: RunMode,
    /// What its environments are locked for.
    pub target: Target,
}

/// A package: what was asked for and what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedPackage {
    /// What was asked for, without credentials.
    pub source: Source,
    /// What it is.
    pub pin: Pin,
    /// What it installs, where its metadata tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distribution: Option<Dist>,
}

/// A release of an index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Distribution {
    /// Every file of the release by name.
    pub files: BTreeMap<String, Sha256Digest>,
    /// When the newest of these files was uploaded, where the index tells (PEP 700).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uploaded: Option<Instant>,
    /// Why it was yanked when it was locked (PEP 592); empty where no reason was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yanked: Option<String>,
}

impl Lock {
    /// Whether two locks pin the same: all but the program that wrote them.
    pub fn same_content(&self, other: &Self) -> bool {
        let mut other = other.clone();
        other.generator.clone_from(&self.generator);
        *self == other
    }
}

/// The newest instant among pins: it moves with them and with nothing else.
pub fn newest_instant(
    packages: &BTreeMap<String, LockedPackage>,
    distributions: &BTreeMap<Dist, Distribution>,
) -> Option<Instant> {
    let committed = packages.values().filter_map(|package| match &package.pin {
        Pin::Git(pin) => Some(pin.committed),
        Pin::Local(pin) => pin.committed,
        Pin::Pypi(_) => None,
    });
    let uploaded = distributions.values().filter_map(|dist| dist.uploaded);
    committed.chain(uploaded).max()
}
