//! What a lock says of a model, a dataset or an image.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::finding::Code;
use crate::model::{
    DatasetPin, DatasetSource, ImagePin, ImageReference, Instant, ModelPin, ModelSource,
};

/// What was asked for and what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Wire<S, P>", into = "Wire<S, P>")]
#[schemars(rename = "Locked{S}")]
#[serde(bound(
    serialize = "S: Clone + Serialize, P: Clone + Serialize",
    deserialize = "S: Deserialize<'de>, P: Deserialize<'de>"
))]
pub struct Locked<S, P> {
    /// What was asked for, without credentials.
    pub source: S,
    /// What it is; else why that could not be found out when the lock was made.
    pub pin: Result<P, Code>,
}

/// A model of a run.
pub type LockedModel = Locked<ModelSource, ModelPin>;
/// A dataset of the registry.
pub type LockedDataset = Locked<DatasetSource, DatasetPin>;
/// A container image of a run.
pub type LockedImage = Locked<ImageReference, ImagePin>;

/// As the file has it: `pin` or `unresolved`.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{ "required": ["pin"] }, { "required": ["unresolved"] }]))]
struct Wire<S, P> {
    /// What was asked for, without credentials.
    source: S,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pin: Option<P>,
    /// Why that could not be found out when the lock was made: the code of a finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    unresolved: Option<String>,
}

impl<S, P> TryFrom<Wire<S, P>> for Locked<S, P> {
    type Error = String;

    fn try_from(wire: Wire<S, P>) -> Result<Self, String> {
        let pin = match (wire.pin, wire.unresolved) {
            (Some(pin), None) => Ok(pin),
            (None, Some(code)) => Err(code
                .parse()
                .map_err(|error: crate::finding::UnknownCode| error.to_string())?),
            _ => return Err("either `pin` or `unresolved` is there".to_owned()),
        };
        let source = wire.source;
        Ok(Self { source, pin })
    }
}

impl<S, P> From<Locked<S, P>> for Wire<S, P> {
    fn from(locked: Locked<S, P>) -> Self {
        let (pin, unresolved) = match locked.pin {
            Ok(pin) => (Some(pin), None),
            Err(code) => (None, Some(code.to_string())),
        };
        Self {
            source: locked.source,
            pin,
            unresolved,
        }
    }
}

impl LockedModel {
    /// When what is pinned was made, where that is known.
    pub(super) fn made(&self) -> Option<Instant> {
        match self.pin.as_ref().ok()? {
            ModelPin::Huggingface(pin) => pin.committed,
            ModelPin::Local(_) => None,
        }
    }
}

impl LockedDataset {
    /// When what is pinned was made, where that is known.
    pub(super) fn made(&self) -> Option<Instant> {
        self.pin.as_ref().ok()?.origin.committed()
    }
}

impl LockedImage {
    /// When what is pinned was made, where that is known.
    pub(super) fn made(&self) -> Option<Instant> {
        let platforms = self.pin.as_ref().ok()?.platforms.values();
        platforms.filter_map(|image| image.created).max()
    }
}
