//! A run with everything that was chosen for it, and the environments that its stages need.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{Sha256Digest, Target, keyed};

/// A part of a run; each has its own container and so its own packages.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// The model answers.
    Inference,
    /// The answers are scored.
    Evaluation,
    /// The scores are written up.
    Report,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Inference => "inference",
            Self::Evaluation => "evaluation",
            Self::Report => "report",
        })
    }
}

/// A run with its references resolved to ids and its defaults filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedRun {
    /// The id of its task.
    pub task: String,
    /// The module that does the work.
    pub entry_point: String,
    /// The key of its model.
    pub model: String,
    /// The key of its container image.
    pub image: Option<String>,
    /// The id of its dataset.
    pub dataset: String,
    /// The framework that executes the model.
    pub framework: String,
    /// What installs packages where it takes place.
    pub package_manager: String,
    /// The parameters of the framework's backend class.
    pub engine_params: BTreeMap<String, Json>,
    /// Environment variables, without the values of those whose names look secret.
    pub env: BTreeMap<String, Json>,
    /// The ids of its metrics.
    pub metrics: Vec<String>,
    /// The ids of its reports.
    pub reports: Vec<String>,
    /// The ids of the environments of each stage that needs packages: one for each target.
    #[schemars(schema_with = "keyed::<Stage, OneOrMany<String>>")]
    pub environments: BTreeMap<Stage, OneOrMany<String>>,
}

/// One Python environment as it is asked for: what it is for, and the packages to begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// Which part of a run it is for.
    pub stage: Stage,
    /// The interpreter, the platform and the limits.
    pub target: Target,
    /// The packages that were asked for, by registry id or requirement.
    pub roots: BTreeSet<String>,
}

impl Environment {
    /// A name that stays when other environments come and go: the stage, the processor, and a
    /// digest of the roots and the target. It stays, too, when `exclude_newer` moves.
    pub fn id(&self) -> String {
        let target = &self.target;
        let mut lines = vec![target.python(), target.platform().as_str()];
        for (kind, requirements) in [("c", &target.constraints), ("o", &target.overrides)] {
            for requirement in requirements {
                lines.extend([kind, requirement.as_str()]);
            }
        }
        lines.push("roots");
        lines.extend(self.roots.iter().map(String::as_str));
        let digest = Sha256Digest::of(lines.join("\n").as_bytes());
        let machine = target.platform().machine();
        format!("{}-{machine}-{}", self.stage, &digest.hex()[..8])
    }
}

/// A list that is written as its only element where it has one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OneOrMany<T>(Vec<T>);

impl<T> OneOrMany<T> {
    /// A list; none where it is empty.
    pub fn new(elements: Vec<T>) -> Option<Self> {
        (!elements.is_empty()).then_some(Self(elements))
    }
}

impl<T> std::ops::Deref for OneOrMany<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: Serialize> Serialize for OneOrMany<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0[..] {
            [only] => only.serialize(serializer),
            many => many.serialize(serializer),
        }
    }
}

impl<T: JsonSchema> JsonSchema for OneOrMany<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("OneOrMany{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let element = generator.subschema_for::<T>();
        json_schema!({
            "anyOf": [
                element,
                { "type": "array", "items": element, "minItems": 2 },
            ],
        })
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Wire<T> {
            One(T),
            Many(Vec<T>),
        }
        match Wire::deserialize(deserializer)? {
            Wire::One(element) => Ok(Self(vec![element])),
            Wire::Many(elements) if elements.len() > 1 => Ok(Self(elements)),
            Wire::Many(_) => Err(serde::de::Error::custom("a list of less than two elements")),
        }
    }
}
