//! Container images: how they are named, and what they exactly are.
//!
//! An image of several platforms is an index (a manifest list) that names one manifest for each
//! platform. Both have a digest of their own, and only like is compared with like.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use oci_spec::distribution::Reference;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Instant, Sha256Digest, unique_keys};

/// The name of an image, as `docker pull` takes it: `[registry/]repository[:tag][@digest]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageReference {
    written: String,
    registry: String,
    repository: String,
    tag: Option<String>,
    digest: Option<Sha256Digest>,
}

/// The text names no image.
#[derive(Debug, thiserror::Error)]
#[error("`{text}` is not the name of an image: {reason}")]
pub struct ImageReferenceError {
    text: String,
    reason: String,
}

impl ImageReference {
    /// The host that is asked, with its port: `docker.io` where none is written.
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// The repository on that host: `library/python` for `python`.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The tag: `latest` where neither a tag nor a digest is written.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The tag that is written; `latest` is none where it is only meant.
    pub fn written_tag(&self) -> Option<&str> {
        let name = self.written.split('@').next().unwrap_or_default();
        let last = name.rsplit('/').next().unwrap_or_default();
        // A host with a port is never the last part: a repository follows it.
        last.split_once(':').map(|(_, tag)| tag)
    }

    /// The digest that is written.
    pub fn digest(&self) -> Option<&Sha256Digest> {
        self.digest.as_ref()
    }
}

impl fmt::Display for ImageReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl FromStr for ImageReference {
    type Err = ImageReferenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = |reason: String| ImageReferenceError {
            text: super::without_credentials(text),
            reason,
        };
        // Taken for a tag or a path otherwise.
        if text.contains("://") {
            return Err(error("it is an address".to_owned()));
        }
        if text.chars().any(char::is_whitespace) {
            return Err(error("it holds white space".to_owned()));
        }
        let reference: Reference = text.parse().map_err(|wrong| error(format!("{wrong}")))?;
        let digest = reference.digest().map(str::parse).transpose();
        let digest = digest.map_err(|_| error("its digest is no SHA-256".to_owned()))?;
        Ok(Self {
            written: text.to_owned(),
            registry: reference.registry().to_owned(),
            repository: reference.repository().to_owned(),
            tag: reference.tag().map(str::to_owned),
            digest,
        })
    }
}

serde_as_text!(
    ImageReference,
    "The name of a container image, as `docker pull` takes it."
);

/// A blob of a registry by its digest (OCI image specification, descriptor).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Descriptor {
    /// The digest of its bytes.
    pub digest: Sha256Digest,
    /// What it is.
    pub media_type: String,
    /// How many bytes it has.
    pub size: u64,
}

/// What an image exactly is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImagePin {
    /// The host that was asked.
    pub registry: String,
    /// The repository on that host.
    pub repository: String,
    /// The tag that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// The index of platforms; none where the name means one manifest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<Descriptor>,
    /// The image of each platform that the experiment is locked for, by `os/architecture`.
    #[serde(deserialize_with = "unique_keys")]
    pub platforms: BTreeMap<String, PlatformImage>,
}

/// Whether a platform of an image will do: the variant of a processor matters for old ones only.
pub fn platform_suits(there: &str, wanted: &str) -> bool {
    there
        .strip_prefix(wanted)
        .is_some_and(|variant| matches!(variant, "" | "/v8"))
}

/// The image of one platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlatformImage {
    /// Its manifest, which names the layers.
    pub manifest: Descriptor,
    /// Its configuration.
    pub config: Descriptor,
    /// When it was made, as the configuration says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Instant>,
    /// Labels that say where it comes from (`org.opencontainers.image.*`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

impl ImagePin {
    /// What the name means: the index, else the only manifest.
    pub fn top(&self) -> Option<&Descriptor> {
        let manifest = || self.platforms.values().next().map(|image| &image.manifest);
        self.index.as_ref().or_else(manifest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_docker_reads_them() {
        let digest = Sha256Digest::of(b"");
        for (text, expected) in [
            ("python", ("docker.io", "library/python", Some("latest"))),
            (
                "vllm/vllm-openai:v0.6.5",
                ("docker.io", "vllm/vllm-openai", Some("v0.6.5")),
            ),
            ("localhost:5000/a/b:1", ("localhost:5000", "a/b", Some("1"))),
            ("ghcr.io/a/b", ("ghcr.io", "a/b", Some("latest"))),
        ] {
            let reference: ImageReference = text.parse().unwrap();
            let read = (
                reference.registry(),
                reference.repository(),
                reference.tag(),
            );
            assert_eq!(read, expected, "{text}");
            assert_eq!(reference.to_string(), text);
        }
        let both: ImageReference = format!("a/b:1@{digest}").parse().unwrap();
        assert_eq!((both.tag(), both.digest()), (Some("1"), Some(&digest)));
        for (text, tag) in [
            ("localhost:5000/a/b", None),
            ("localhost:5000/a/b:latest", Some("latest")),
            ("python:3", Some("3")),
            (&*format!("h.example:1/a@{digest}"), None),
        ] {
            let reference: ImageReference = text.parse().unwrap();
            assert_eq!(reference.written_tag(), tag, "{text}");
        }
    }

    #[test]
    fn a_platform_is_chosen_by_its_processor() {
        assert!(platform_suits("linux/arm64/v8", "linux/arm64"));
        assert!(platform_suits("linux/amd64", "linux/amd64"));
        assert!(!platform_suits("linux/amd64/v3", "linux/amd64"));
        assert!(!platform_suits("linux/arm/v7", "linux/arm64"));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "a/B", "https://ghcr.io/a/b", "a b", "a@sha256:12", "a:"] {
            assert!(text.parse::<ImageReference>().is_err(), "{text}");
        }
    }
}
