//! The Python and the platform that an experiment is locked for.

use std::collections::BTreeSet;
use std::fmt;

use pep440_rs::Version;
use pep508_rs::{MarkerEnvironment, MarkerEnvironmentBuilder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::platform::PlatformError;
use super::{Instant, Platform, Requirement};

/// What environments are locked for: an interpreter, a platform, and limits to what they may hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "TargetWire")]
pub struct Target {
    /// `3.11` or `3.11.9`.
    python: String,
    platform: Platform,
    /// Only what was published before this instant is considered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude_newer: Option<Instant>,
    /// What a distribution must satisfy if anything requires it.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub constraints: BTreeSet<Requirement>,
    /// What holds instead of every other requirement on the same distribution.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub overrides: BTreeSet<Requirement>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TargetWire {
    /// The version of Python: `3.11` or `3.11.9`.
    python: String,
    /// The platform, as uv names it.
    platform: String,
    /// Only what was published before this instant is considered.
    #[serde(default)]
    exclude_newer: Option<Instant>,
    /// What a distribution must satisfy if anything requires it.
    #[serde(default)]
    constraints: BTreeSet<Requirement>,
    /// What holds instead of every other requirement on the same distribution.
    #[serde(default)]
    overrides: BTreeSet<Requirement>,
}

impl TryFrom<TargetWire> for Target {
    type Error = TargetError;

    fn try_from(wire: TargetWire) -> Result<Self, Self::Error> {
        let target = Self {
            exclude_newer: wire.exclude_newer,
            constraints: wire.constraints,
            overrides: wire.overrides,
            ..Self::default()
        };
        target
            .with_python(&wire.python)?
            .with_platform(&wire.platform)
    }
}

/// A part of a target has no meaning.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// Not `MAJOR.MINOR` or `MAJOR.MINOR.PATCH`.
    #[error("`{0}` is not a version of Python 3 like `3.11`")]
    Python(String),
    /// Not a platform name.
    #[error(transparent)]
    Platform(#[from] PlatformError),
}

impl Default for Target {
    fn default() -> Self {
        Self {
            python: "3.11".to_owned(),
            platform: "x86_64-manylinux_2_28"
                .parse()
                .expect("the platform is one of uv's"),
            exclude_newer: None,
            constraints: BTreeSet::new(),
            overrides: BTreeSet::new(),
        }
    }
}

impl Target {
    /// Replaces the Python version.
    pub fn with_python(mut self, python: &str) -> Result<Self, TargetError> {
        let numbers: Vec<_> = python.split('.').collect();
        let plain = (2..=3).contains(&numbers.len())
            && numbers.iter().all(|part| {
                !part.is_empty() && part.len() < 4 && part.bytes().all(|b| b.is_ascii_digit())
            });
        // What uv resolves for.
        let supported =
            numbers[0] == "3" && numbers.get(1).and_then(|it| it.parse().ok()) >= Some(7_u32);
        if !plain || !supported {
            return Err(TargetError::Python(python.to_owned()));
        }
        python.clone_into(&mut self.python);
        Ok(self)
    }

    /// Replaces the platform.
    pub fn with_platform(mut self, platform: &str) -> Result<Self, TargetError> {
        self.platform = platform.parse()?;
        Ok(self)
    }

    /// The Python version as written.
    pub fn python(&self) -> &str {
        &self.python
    }

    /// The Python version to compare `Requires-Python` with; a missing patch number is 0.
    pub fn python_version(&self) -> Version {
        self.python
            .parse()
            .expect("two or three decimal numbers are a PEP 440 version")
    }

    /// The major and minor numbers of the Python version.
    pub fn python_minor(&self) -> (u64, u32) {
        let mut numbers = self.python.split('.');
        let mut next = || numbers.next().and_then(|number| number.parse().ok());
        let major = next().unwrap_or_default();
        (u64::from(major), next().unwrap_or_default())
    }

    /// What the target's interpreter would say of itself (PEP 508 markers).
    pub fn marker_environment(&self) -> MarkerEnvironment {
        let full = match self.python.matches('.').count() {
            1 => format!("{}.0", self.python),
            _ => self.python.clone(),
        };
        let short = self
            .python
            .match_indices('.')
            .nth(1)
            .map_or(self.python.as_str(), |(at, _)| &self.python[..at]);
        let [system, sys_platform, os_name, machine] = self.platform.markers();
        MarkerEnvironment::try_from(MarkerEnvironmentBuilder {
            implementation_name: "cpython",
            implementation_version: &full,
            os_name,
            platform_machine: machine,
            platform_python_implementation: "CPython",
            platform_release: "",
            platform_system: system,
            platform_version: "",
            python_full_version: &full,
            python_version: short,
            sys_platform,
        })
        .expect("the target's versions are decimal numbers")
    }

    /// The platform.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// Whether two targets make for the same environments, whenever they are locked.
    pub fn same_place(&self, other: &Self) -> bool {
        let place = |target: &Self| Self {
            exclude_newer: None,
            ..target.clone()
        };
        place(self) == place(other)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Python {} on {}", self.python, self.platform)
    }
}
