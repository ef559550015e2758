//! What was asked for: the `DependencySource` of the registry.

use std::collections::BTreeSet;
use std::fmt;

use pep440_rs::{Version, VersionSpecifiers};
use pep508_rs::{ExtraName, PackageName};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{IndexUrl, RemoteUrl};

/// Where a package comes from, as its registry entry says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Source {
    /// A directory of this machine.
    Local(LocalSource),
    /// A git repository.
    Git(GitSource),
    /// A package index.
    Pypi(PypiSource),
}

/// `type: local`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LocalSource {
    /// Relative to the directory that holds `registries/`, or absolute.
    pub path: String,
    /// Whether it is installed in editable mode.
    pub editable: bool,
}

/// `type: git`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GitSource {
    /// The repository.
    pub url: RemoteUrl,
    /// A tag, branch or commit; none is the default branch.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The directory of the package inside the repository, with `/` between the parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subdirectory: Option<String>,
}

/// `type: pypi`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PypiSource {
    /// The normalised name (PEP 503).
    #[schemars(with = "String")]
    pub name: PackageName,
    /// Which versions will do.
    #[serde(default, skip_serializing_if = "VersionAsked::is_latest")]
    #[schemars(with = "String")]
    pub version: VersionAsked,
    /// The extras to install.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[schemars(with = "BTreeSet<String>")]
    pub extras: BTreeSet<ExtraName>,
    /// The index, where it is not the default one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<IndexUrl>,
}

/// The versions that a PyPI source accepts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum VersionAsked {
    /// No version was named: the newest stable one.
    #[default]
    Latest,
    /// One version (PEP 440; `1.0` is `1.0.0`).
    Exact(Version),
    /// The newest stable one that these admit.
    Range(VersionSpecifiers),
}

impl VersionAsked {
    /// Reads a version, or specifiers like `>=1.0,<2`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("a version cannot be empty".to_owned());
        }
        if text.starts_with(['=', '<', '>', '!', '~']) {
            let specifiers: VersionSpecifiers = text.parse().map_err(|error| format!("{error}"))?;
            return Ok(Self::from_specifiers(specifiers));
        }
        text.parse()
            .map(Self::Exact)
            .map_err(|error| format!("{error}"))
    }

    /// What a requirement's specifiers ask for; `==1.0` alone is one version.
    pub fn from_specifiers(specifiers: VersionSpecifiers) -> Self {
        match &specifiers[..] {
            [] => Self::Latest,
            [only]
                if matches!(
                    only.operator(),
                    pep440_rs::Operator::Equal | pep440_rs::Operator::ExactEqual
                ) =>
            {
                Self::Exact(only.version().clone())
            }
            _ => Self::Range(specifiers),
        }
    }

    fn is_latest(&self) -> bool {
        *self == Self::Latest
    }
}

impl fmt::Display for VersionAsked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => f.write_str("latest"),
            Self::Exact(version) => write!(f, "{version}"),
            Self::Range(specifiers) => write!(f, "{specifiers}"),
        }
    }
}

impl Serialize for VersionAsked {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for VersionAsked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_version_may_be_written_as_a_requirement() {
        assert_eq!(VersionAsked::parse("==1.0"), VersionAsked::parse("1.0.0"));
        assert!(matches!(
            VersionAsked::parse(">=1,<2"),
            Ok(VersionAsked::Range(_))
        ));
        assert!(VersionAsked::parse("one").is_err());
    }

    #[test]
    fn a_wildcard_is_a_range() {
        assert!(matches!(
            VersionAsked::parse("==1.*"),
            Ok(VersionAsked::Range(_))
        ));
    }

    #[test]
    fn sources_round_trip_as_asked() {
        let text = r#"{"type":"git","url":"https://h/x.git","ref":"v1"}"#;
        let source: Source = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&source).unwrap(), text);
    }
}
