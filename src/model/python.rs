//! Python distributions by name and version, as PEP 503 and PEP 440 normalise them.

use std::fmt;
use std::str::FromStr;

use pep440_rs::Version;
use pep508_rs::PackageName;
/// A distribution, written `numpy==1.26.4`; without a version where only a build could tell it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dist {
    /// The normalised name.
    pub name: PackageName,
    /// The normalised version, unless it is computed when the distribution is built.
    pub version: Option<Version>,
}

/// The text is no distribution.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a normalised distribution like `numpy==1.26.4`")]
pub struct DistError(String);

impl fmt::Display for Dist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.version {
            Some(version) => write!(f, "{}=={version}", self.name),
            None => write!(f, "{}", self.name),
        }
    }
}

impl FromStr for Dist {
    type Err = DistError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || DistError(text.to_owned());
        let (name, version) = match text.split_once("==") {
            Some((name, version)) => (name, Some(version.parse().map_err(|_| error())?)),
            None => (text, None),
        };
        if name.is_empty() {
            return Err(error());
        }
        let name = PackageName::new(name.to_owned()).map_err(|_| error())?;
        let dist = Self { name, version };
        // One distribution has one spelling, or two keys of a lock could mean the same thing.
        if dist.to_string() == text {
            Ok(dist)
        } else {
            Err(error())
        }
    }
}

serde_as_text!(
    Dist,
    "A distribution by its normalised name and version; without a version where only a build could tell it.",
    "^[a-z0-9]+(-[a-z0-9]+)*(==[^=]+)?$"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_normalised_spelling_parses() {
        assert!("ruamel-yaml==0.18.6".parse::<Dist>().is_ok());
        for text in ["Ruamel.Yaml==0.18.6", "a==1.0-rc1", "a==", "==1", ""] {
            assert!(text.parse::<Dist>().is_err(), "{text}");
        }
    }
}
