//! Floor 1: the lock, the pure data of one locked experiment.
//!
//! A [`Lock`] becomes bytes and comes back without loss (`wire`); two locks can be compared, with
//! what differs in the order of its weight ([`diff`]); what distributions require of each other is
//! a [`Graph`], and whether its environments are complete follows from itself (`closure`): both go
//! one way (`walk`). Where its things stand in the text can be told (`places`). It knows nothing of
//! where its pins came from and how they are checked there.

mod artifacts;
mod closure;
pub mod diff;
mod graph;
mod places;
mod schema;
mod walk;
mod wire;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

pub use artifacts::{Locked, LockedDataset, LockedImage, LockedModel};
pub use closure::closure_findings;
pub use diff::Diff;
pub use graph::{Demand, Graph, Required};
pub use places::Places;
pub use schema::schema;
use wire::EnvironmentWire;
pub use wire::{LOCK_VERSION, LockError};

use crate::model::{
    CoreMetadata, Dist, EntryRef, Environment, Instant, OneOrMany, Pin, PlannedRun, RunMode,
    Sha256Digest, Source, Target, unique_keys,
};

/// The program that writes locks, as they name it.
pub const GENERATOR: &str = concat!("vhb ", env!("CARGO_PKG_VERSION"));
/// The property of an SBOM that holds the digest of the lock it belongs to.
pub const LOCK_DIGEST_PROPERTY: &str = "vhb:lock:sha256";

/// The digits of the digest of the lock that an SBOM says it belongs to.
pub fn lock_of_sbom(sbom: &Json) -> Option<&str> {
    sbom.get("properties")?
        .as_array()?
        .iter()
        .find(|property| property.get("name").and_then(Json::as_str) == Some(LOCK_DIGEST_PROPERTY))?
        .get("value")?
        .as_str()
}

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
    /// The models by name, with the revision where one is asked for.
    pub models: BTreeMap<String, LockedModel>,
    /// The datasets by registry id.
    pub datasets: BTreeMap<String, LockedDataset>,
    /// The container images by name, as runs write it.
    pub images: BTreeMap<String, LockedImage>,
    /// The environments by id.
    pub environments: BTreeMap<String, LockedEnvironment>,
    /// The releases of indexes with their files.
    pub distributions: BTreeMap<Dist, Distribution>,
}

/// Which experiment was locked, and for what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
    pub target: OneOrMany<Target>,
}

/// A package: what was asked for and what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LockedPackage {
    /// What was asked for, without credentials.
    pub source: Source,
    /// What it is.
    pub pin: Pin,
    /// What it installs, where its metadata tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distribution: Option<Dist>,
    /// What it says of itself, where it is no release of an index: those stand among the
    /// distributions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<CoreMetadata>,
}

impl LockedPackage {
    /// The distribution's name and version, or the package's own key where they are not known.
    pub fn named(&self, key: &str) -> (String, Option<String>) {
        match &self.distribution {
            Some(dist) => (
                dist.name.to_string(),
                dist.version.as_ref().map(ToString::to_string),
            ),
            None => (key.to_owned(), None),
        }
    }
}

/// An environment: what was asked for, and everything that this takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "EnvironmentWire", into = "EnvironmentWire")]
pub struct LockedEnvironment {
    /// What it is for, and its roots.
    pub asked: Environment,
    /// What is to be installed; none where only direct sources are locked.
    pub closure: Option<Closure>,
}

/// Everything that an environment holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closure {
    /// The program that resolved it: `uv 0.13.9`.
    pub resolver: String,
    /// Every distribution, and where its bytes come from.
    pub distributions: BTreeMap<Dist, Selected>,
}

/// Where the bytes of a distribution come from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Selected {
    /// A file of the release.
    File(String),
    /// A package of the lock, by its key; written `packages/<key>`.
    Package(String),
}

const PACKAGE_PREFIX: &str = "packages/";

impl fmt::Display for Selected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(name) => f.write_str(name),
            Self::Package(key) => write!(f, "{PACKAGE_PREFIX}{key}"),
        }
    }
}

impl Serialize for Selected {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Selected {
    fn schema_name() -> Cow<'static, str> {
        "Selected".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A file of the release, or `packages/` and the key of a package.",
            "pattern": "^(packages/.*|[^/]*)$",
        })
    }
}

impl<'de> Deserialize<'de> for Selected {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // A file's name holds no `/`, so the two are told apart.
        match text.strip_prefix(PACKAGE_PREFIX) {
            Some(key) => Ok(Self::Package(key.to_owned())),
            None if text.contains('/') => Err(serde::de::Error::custom(format!(
                "`{text}` is no file of a release"
            ))),
            None => Ok(Self::File(text)),
        }
    }
}

/// A release of an index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Distribution {
    /// Every file of the release by name.
    #[serde(deserialize_with = "unique_keys")]
    pub files: BTreeMap<String, Sha256Digest>,
    /// When the newest of these files was uploaded, where the index tells (PEP 700).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uploaded: Option<Instant>,
    /// Why it was yanked when it was locked (PEP 592); empty where no reason was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yanked: Option<String>,
    /// What it says of itself; none where only direct sources are locked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<CoreMetadata>,
    /// Where a selected file says otherwise than `metadata`, what it says, by its name.
    #[serde(
        default,
        deserialize_with = "unique_keys",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub variants: BTreeMap<String, CoreMetadata>,
}

impl Distribution {
    /// What one of its files says.
    pub fn metadata_of(&self, filename: &str) -> Option<&CoreMetadata> {
        self.variants.get(filename).or(self.metadata.as_ref())
    }

    /// The release with what its selected files say: what the first says, and where others differ.
    #[must_use]
    pub fn with_metadata(self, metadata: &BTreeMap<&str, CoreMetadata>) -> Self {
        let first = metadata.values().next().cloned();
        let variants = metadata
            .iter()
            .filter(|(_, metadata)| Some(*metadata) != first.as_ref())
            .map(|(filename, metadata)| ((*filename).to_owned(), metadata.clone()))
            .collect();
        Self {
            metadata: first,
            variants,
            ..self
        }
    }
}

impl Lock {
    /// Before which instant everything was published; the same for all targets.
    pub fn exclude_newer(&self) -> Option<Instant> {
        let targets = self.experiment.target.iter();
        targets.filter_map(|target| target.exclude_newer).min()
    }

    /// What a distribution of an environment says of itself.
    pub fn metadata_of(&self, dist: &Dist, selected: &Selected) -> Option<&CoreMetadata> {
        match selected {
            Selected::File(name) => self.distributions.get(dist)?.metadata_of(name),
            Selected::Package(key) => self.packages.get(key)?.metadata.as_ref(),
        }
    }

    /// Everything that is locked, as findings name it: `packages/x`, `runs/y`.
    pub fn things(&self) -> BTreeSet<String> {
        fn of<'a, K: fmt::Display + 'a>(
            section: &'a str,
            keys: impl Iterator<Item = K> + 'a,
        ) -> impl Iterator<Item = String> + 'a {
            keys.map(move |key| format!("{section}/{key}"))
        }
        let mut things: BTreeSet<_> = self.config.keys().map(ToString::to_string).collect();
        // Runs that an experiment has itself are no entries.
        things.extend(of("runs", self.runs.keys()));
        things.extend(of("packages", self.packages.keys()));
        things.extend(of("models", self.models.keys()));
        things.extend(of("datasets", self.datasets.keys()));
        things.extend(of("images", self.images.keys()));
        things.extend(of("environments", self.environments.keys()));
        things.extend(of("distributions", self.distributions.keys()));
        things
    }

    /// Whether two locks pin the same bytes, though local directories may have been committed since.
    pub fn same_but_for_checkouts(&self, other: &Self) -> bool {
        let mut other = other.clone();
        for (key, package) in &mut other.packages {
            let before = self.packages.get(key).map(|package| &package.pin);
            if let (Pin::Local(now), Some(Pin::Local(before))) = (&mut package.pin, before)
                && now.content == before.content
            {
                now.commit.clone_from(&before.commit);
                now.committed = before.committed;
                now.dirty = before.dirty;
            }
        }
        other.resolved_at = self.resolved_at;
        self.same_content(&other)
    }

    /// The files of each release that environments install.
    pub fn selected_files(&self) -> BTreeMap<&Dist, BTreeSet<&str>> {
        let environments = self.environments.values();
        let closures = environments.filter_map(|environment| environment.closure.as_ref());
        let mut files: BTreeMap<&Dist, BTreeSet<&str>> = BTreeMap::new();
        for (dist, selected) in closures.flat_map(|closure| &closure.distributions) {
            if let Selected::File(name) = selected {
                files.entry(dist).or_default().insert(name);
            }
        }
        files
    }

    /// The newest instant among the pins: it moves with them and with nothing else.
    pub fn newest_instant(&self) -> Option<Instant> {
        let packages = self.packages.values();
        let committed = packages.filter_map(|package| match &package.pin {
            Pin::Git(pin) => Some(pin.committed),
            Pin::Local(pin) => pin.committed,
            Pin::Pypi(_) => None,
        });
        let uploaded = self.distributions.values().filter_map(|dist| dist.uploaded);
        let models = self.models.values().filter_map(LockedModel::made);
        let datasets = self.datasets.values().filter_map(LockedDataset::made);
        let images = self.images.values().filter_map(LockedImage::made);
        let artifacts = models.chain(datasets).chain(images);
        committed.chain(uploaded).chain(artifacts).max()
    }

    /// Whether two locks pin the same: all but the program that wrote them.
    pub fn same_content(&self, other: &Self) -> bool {
        let mut other = other.clone();
        other.generator.clone_from(&self.generator);
        *self == other
    }
}
