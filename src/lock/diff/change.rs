//! One change between two locks.

use std::collections::BTreeSet;
use std::fmt;

use pep440_rs::Version;
use pep508_rs::PackageName;
use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use crate::model::{Dist, EntryRef, GitOid, Stage};

/// Something that differs, told once.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What it is about.
    pub subject: Subject,
    /// What differs of it; the path is empty where the whole thing came or went.
    pub leaf: Leaf,
    /// What follows from this and says more of it: how many files a dataset has now.
    pub also: Vec<Leaf>,
    /// What follows from this and says nothing more: the tree of a commit.
    pub implied: Vec<Leaf>,
    /// Where it counts.
    pub affected: Affected,
}

/// One value that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaf {
    /// The path to it, with dots.
    pub field: String,
    /// The old value, where there was one.
    pub old: Option<Value>,
    /// The new value, where there is one.
    pub new: Option<Value>,
}

/// A value of a lock.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Words of the lock's own.
    Text(String),
    /// Numbers, and what registry entries say.
    Json(Json),
    /// The version of a distribution.
    Version(Version),
    /// A commit.
    Commit(GitOid),
    /// The digest of bytes, with its algorithm where it has one.
    Digest(String),
}

/// What a change is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Subject {
    /// The runs that it affects: the same value of each of them.
    Runs,
    /// One run as a whole.
    Run(String),
    Model(String),
    Image(String),
    Dataset(String),
    /// A registry entry.
    Entry(EntryRef),
    /// A package that is no release of an index.
    Package(String),
    /// A distribution, in whatever version.
    Distribution(PackageName),
    /// One release of a distribution.
    Release(Dist),
    /// The environments that it affects: the same value of each of them.
    Environments,
    Experiment,
    /// The lock itself.
    Lock,
}

/// Where a change counts, by the ids of both locks.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Affected {
    /// The runs.
    pub runs: BTreeSet<String>,
    /// Whether these are all the runs that are in both locks.
    pub all_runs: bool,
    /// The stages of these runs; empty where it counts for whole runs.
    pub stages: BTreeSet<Stage>,
    /// The environments; empty where it counts for whole runs.
    pub environments: BTreeSet<String>,
    /// Whether it counts in some environments of these stages only: for one of two targets.
    pub partly: bool,
}

/// Which way a version went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// To a newer one.
    Up,
    /// To an older one.
    Down,
}

impl Change {
    /// What it is about, as the lock has it: `models/NAME`, `runs/ID`; `runs` where it is about
    /// several.
    pub fn about(&self) -> String {
        let one_of = |section: &str, ids: &BTreeSet<String>| match ids.first() {
            Some(only) if ids.len() == 1 => format!("{section}/{only}"),
            _ => section.to_owned(),
        };
        match &self.subject {
            Subject::Runs => one_of("runs", &self.affected.runs),
            Subject::Environments => one_of("environments", &self.affected.environments),
            Subject::Run(id) => format!("runs/{id}"),
            Subject::Model(key) => format!("models/{key}"),
            Subject::Image(key) => format!("images/{key}"),
            Subject::Dataset(id) => format!("datasets/{id}"),
            Subject::Entry(entry) => entry.to_string(),
            Subject::Package(key) => format!("packages/{key}"),
            Subject::Distribution(name) => format!("distributions/{name}"),
            Subject::Release(dist) => format!("distributions/{dist}"),
            Subject::Experiment => "experiment".to_owned(),
            Subject::Lock => "lock".to_owned(),
        }
    }

    /// Which way the version of a distribution went.
    pub fn direction(&self) -> Option<Direction> {
        match (&self.leaf.old, &self.leaf.new) {
            (Some(Value::Version(old)), Some(Value::Version(new))) if old < new => {
                Some(Direction::Up)
            }
            (Some(Value::Version(old)), Some(Value::Version(new))) if old > new => {
                Some(Direction::Down)
            }
            _ => None,
        }
    }

    /// Whether the whole thing came or went.
    pub fn is_whole(&self) -> bool {
        self.leaf.field.is_empty()
    }
}

impl Leaf {
    /// A value that is here and there; none where it is the same.
    pub(super) fn of(field: impl Into<String>, old: Value, new: Value) -> Option<Self> {
        Self::between(field, Some(old), Some(new))
    }

    /// A value that may be absent; none where it is the same.
    pub(super) fn between(
        field: impl Into<String>,
        old: Option<Value>,
        new: Option<Value>,
    ) -> Option<Self> {
        let field = field.into();
        (old != new).then_some(Self { field, old, new })
    }

    /// Digests of bytes that are here and there; none where they are the same.
    pub(super) fn digests<T: PartialEq + fmt::Display>(
        field: &str,
        old: &T,
        new: &T,
    ) -> Option<Self> {
        Self::of(field, Value::digest(old), Value::digest(new))
    }

    /// Words that are here and there; none where they are the same.
    pub(super) fn words<T: PartialEq + fmt::Display + ?Sized>(
        field: &str,
        old: &T,
        new: &T,
    ) -> Option<Self> {
        (old != new).then(|| Self {
            field: field.to_owned(),
            old: Some(Value::text(old)),
            new: Some(Value::text(new)),
        })
    }

    /// Words that may be absent; none where they are the same.
    pub(super) fn optional<T: PartialEq + fmt::Display>(
        field: &str,
        old: Option<&T>,
        new: Option<&T>,
    ) -> Option<Self> {
        Self::between(field, old.map(Value::text), new.map(Value::text))
    }

    /// The same below a path.
    pub(super) fn below(mut self, path: &str) -> Self {
        self.field = match self.field.as_str() {
            "" => path.to_owned(),
            field if field.starts_with('[') => format!("{path}{field}"),
            field => format!("{path}.{field}"),
        };
        self
    }
}

impl Value {
    pub(super) fn text(value: &(impl fmt::Display + ?Sized)) -> Self {
        Self::Text(value.to_string())
    }

    /// The words, without the quotes of JSON: two ways to write the same.
    pub(super) fn bare(&self) -> String {
        match self {
            Self::Json(Json::String(text)) => text.clone(),
            value => value.to_string(),
        }
    }

    pub(super) fn digest(value: &impl fmt::Display) -> Self {
        Self::Digest(value.to_string())
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::Digest(text) => f.write_str(text),
            Self::Json(json) => json.fmt(f),
            Self::Version(version) => version.fmt(f),
            Self::Commit(commit) => commit.fmt(f),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Json(json) => json.serialize(serializer),
            words => serializer.collect_str(words),
        }
    }
}

impl Affected {
    pub(super) fn run(id: &str) -> Self {
        Self::runs([id])
    }

    pub(super) fn runs<'a>(ids: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            runs: ids.into_iter().map(str::to_owned).collect(),
            ..Self::default()
        }
    }

    #[must_use]
    pub(super) fn at(mut self, stage: Stage) -> Self {
        self.stages.insert(stage);
        self
    }

    pub(super) fn extend(&mut self, other: &Self) {
        let Self {
            runs,
            stages,
            environments,
            all_runs: _,
            partly: _,
        } = other;
        self.runs.extend(runs.iter().cloned());
        self.stages.extend(stages);
        self.environments.extend(environments.iter().cloned());
    }

    #[must_use]
    pub(super) fn and(mut self, other: &Self) -> Self {
        self.extend(other);
        self
    }
}
