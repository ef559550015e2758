//! A run with everything that was chosen for it, and the environments that its stages need.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::Sha256Digest;

/// A part of a run; each has its own container and so its own packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct PlannedRun {
    pub task: String,
    pub entry_point: String,
    pub model: String,
    pub image: Option<String>,
    pub dataset: String,
    pub framework: String,
    pub package_manager: String,
    pub engine_params: BTreeMap<String, Json>,
    /// Without the values of variables whose names look secret.
    pub env: BTreeMap<String, Json>,
    pub metrics: Vec<String>,
    pub reports: Vec<String>,
    /// The id of the environment of each stage that needs packages.
    pub environments: BTreeMap<Stage, String>,
}

/// One Python environment; only its roots are known yet, not what they require.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// Which part of a run it is for.
    pub stage: Stage,
    /// The packages that were asked for, by registry id or requirement.
    pub roots: BTreeSet<String>,
}

impl Environment {
    /// A name that stays when other environments come and go: the stage, and what it is made of.
    pub fn id(&self) -> String {
        let roots: Vec<_> = self.roots.iter().map(String::as_str).collect();
        let digest = Sha256Digest::of(roots.join("\n").as_bytes());
        format!("{}-{}", self.stage, &digest.hex()[..8])
    }
}
