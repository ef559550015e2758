//! Chains: how an experiment comes to something, step by step.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::lock::Demand;
use crate::model::{Dist, EntryRef};

/// Something that a lock names.
///
/// Its text is what findings call their subject: `packages/jiwer`, `distributions/numpy==1.26.4`,
/// `metrics/cer`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Node<'a> {
    /// A distribution of environments, or a release that a package is.
    Distribution(&'a Dist),
    /// A package by registry id or requirement.
    Package(&'a str),
    /// A model by its key.
    Model(&'a str),
    /// A container image by its name.
    Image(&'a str),
    /// Any other entry of the registry; a run also where it is written inside of the experiment.
    Entry(EntryRef),
}

impl fmt::Display for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Distribution(dist) => write!(f, "distributions/{dist}"),
            Self::Package(key) => write!(f, "packages/{key}"),
            Self::Model(key) => write!(f, "models/{key}"),
            Self::Image(key) => write!(f, "images/{key}"),
            Self::Entry(entry) => entry.fmt(f),
        }
    }
}

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Why one thing leads to the next.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Link<'a> {
    /// A field of the entry before names it; `auto_map` is one of a model's configuration.
    Field(String),
    /// It is what the package before installs.
    Installs,
    /// The distribution before requires it.
    Requires(BTreeSet<Demand<'a>>),
}

/// One step down.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step<'a> {
    /// Why.
    pub link: Link<'a>,
    /// To what.
    pub to: Node<'a>,
}

/// `{"field": "package", "to": "packages/jiwer"}`; `{"requires": [{"requirement", "override",
/// "extra"}], "to"}`; `{"to"}` alone is what the package before installs.
impl Serialize for Step<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Wire<'s, 'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            field: Option<&'s str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            requires: Option<&'s BTreeSet<Demand<'a>>>,
            to: &'s Node<'a>,
        }
        let (field, requires) = match &self.link {
            Link::Field(field) => (Some(field.as_str()), None),
            Link::Installs => (None, None),
            Link::Requires(demands) => (None, Some(demands)),
        };
        let to = &self.to;
        let wire = Wire {
            field,
            requires,
            to,
        };
        wire.serialize(serializer)
    }
}

/// The way from an experiment's runs down to something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chain<'a> {
    /// The runs that the experiment's `tasks` name and that it goes through, each in at least one
    /// of the environments.
    pub runs: BTreeSet<&'a str>,
    /// The environments that it holds in; empty where it leads to no package.
    pub environments: BTreeSet<&'a str>,
    /// From the runs on; empty where a run is what was asked for.
    pub steps: Vec<Step<'a>>,
}

/// How an experiment comes to one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer<'a> {
    /// The thing.
    pub subject: Node<'a>,
    /// The chains that lead to it, the shortest first; none where nothing does.
    pub chains: Vec<Chain<'a>>,
    /// Whether there are no more of those that were asked for.
    pub complete: bool,
}
