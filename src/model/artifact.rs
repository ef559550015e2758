//! OCI artifacts: what a registry of images keeps that is no image (OCI image specification 1.1).
//!
//! An artifact is a manifest whose layers are files. With a `subject` it is attached to an image,
//! and the registry lists it among that image's referrers. Bytes are a function of the content
//! alone: no clock, and one order of fields.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{Descriptor, Sha256Digest};

/// The media type of every manifest that is written here.
pub const MANIFEST_TYPE: &str = "application/vnd.oci.image.manifest.v1+json";
/// The media type of a list of referrers.
pub const INDEX_TYPE: &str = "application/vnd.oci.image.index.v1+json";
/// The media type of the configuration of what has none.
const EMPTY_TYPE: &str = "application/vnd.oci.empty.v1+json";
/// The configuration of what has none.
pub const EMPTY_CONFIG: &[u8] = b"{}";
/// The annotation that holds the name of a file, as `oras pull` reads it.
const TITLE: &str = "org.opencontainers.image.title";

/// The manifest of an artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// What kind of artifact it is: a media type.
    pub artifact_type: String,
    /// The image that it is attached to.
    pub subject: Option<Descriptor>,
    /// Its files.
    pub layers: Vec<Layer>,
    /// What else is said of it; whoever can push can say anything.
    pub annotations: BTreeMap<String, String>,
}

/// A file of an artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// The file.
    pub blob: Descriptor,
    /// The name of the file, with `/`.
    pub title: Option<String>,
}

/// An artifact as the list of referrers names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referrer {
    /// The manifest of the artifact.
    pub manifest: Descriptor,
    /// What kind of artifact it is said to be.
    pub artifact_type: Option<String>,
    /// The annotations that its manifest is said to have.
    pub annotations: BTreeMap<String, String>,
}

/// A list of referrers. What others wrote into it is kept, whether it is understood or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferrerList(Map<String, Json>);

/// The bytes are no manifest of an artifact, or no list of referrers.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ArtifactError(String);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactWire {
    schema_version: u64,
    media_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    artifact_type: Option<String>,
    config: BlobWire,
    layers: Vec<BlobWire>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<BlobWire>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    annotations: Option<BTreeMap<String, String>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BlobWire {
    media_type: String,
    digest: Sha256Digest,
    size: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    artifact_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    annotations: Option<BTreeMap<String, String>>,
}

impl BlobWire {
    fn descriptor(self) -> Descriptor {
        Descriptor {
            digest: self.digest,
            media_type: self.media_type,
            size: self.size,
        }
    }
}

impl From<&Descriptor> for BlobWire {
    fn from(blob: &Descriptor) -> Self {
        Self {
            media_type: blob.media_type.clone(),
            digest: blob.digest,
            size: blob.size,
            artifact_type: None,
            annotations: None,
        }
    }
}

impl From<&Layer> for BlobWire {
    fn from(layer: &Layer) -> Self {
        let title = layer.title.clone();
        Self {
            annotations: title.map(|title| BTreeMap::from([(TITLE.to_owned(), title)])),
            ..Self::from(&layer.blob)
        }
    }
}

/// How a blob of these bytes is named.
pub fn described(media_type: &str, bytes: &[u8]) -> Descriptor {
    Descriptor {
        digest: Sha256Digest::of(bytes),
        media_type: media_type.to_owned(),
        size: bytes.len() as u64,
    }
}

impl Artifact {
    /// The manifest, to the byte.
    pub fn to_bytes(&self) -> Vec<u8> {
        let annotations = Some(&self.annotations).filter(|all| !all.is_empty());
        let wire = ArtifactWire {
            schema_version: 2,
            media_type: Some(MANIFEST_TYPE.to_owned()),
            artifact_type: Some(self.artifact_type.clone()),
            config: BlobWire::from(&Self::config()),
            layers: self.layers.iter().map(BlobWire::from).collect(),
            subject: self.subject.as_ref().map(BlobWire::from),
            annotations: annotations.cloned(),
        };
        serde_json::to_vec(&wire).expect("texts and numbers are always JSON")
    }

    /// The configuration that every artifact names here: none.
    pub fn config() -> Descriptor {
        described(EMPTY_TYPE, EMPTY_CONFIG)
    }

    /// Reads a manifest. An older artifact is of the type of its configuration.
    pub fn parse(bytes: &[u8]) -> Result<Self, ArtifactError> {
        let wire: ArtifactWire = serde_json::from_slice(bytes)
            .map_err(|error| ArtifactError(format!("it is no manifest of an artifact: {error}")))?;
        if wire.schema_version != 2 {
            let version = wire.schema_version;
            let message = format!("it is a manifest of schema {version}, which has no layers");
            return Err(ArtifactError(message));
        }
        let layers = wire.layers.into_iter().map(|mut wire| Layer {
            title: wire
                .annotations
                .take()
                .and_then(|mut all| all.remove(TITLE)),
            blob: wire.descriptor(),
        });
        Ok(Self {
            layers: layers.collect(),
            artifact_type: wire.artifact_type.unwrap_or(wire.config.media_type),
            subject: wire.subject.map(BlobWire::descriptor),
            annotations: wire.annotations.unwrap_or_default(),
        })
    }

    /// How the list of referrers names the artifact.
    pub fn referrer(&self) -> Referrer {
        Referrer {
            manifest: described(MANIFEST_TYPE, &self.to_bytes()),
            artifact_type: Some(self.artifact_type.clone()),
            annotations: self.annotations.clone(),
        }
    }
}

impl Default for ReferrerList {
    fn default() -> Self {
        let mut list = Map::new();
        list.insert("schemaVersion".to_owned(), 2.into());
        list.insert("mediaType".to_owned(), INDEX_TYPE.into());
        list.insert("manifests".to_owned(), Json::Array(Vec::new()));
        Self(list)
    }
}

impl ReferrerList {
    /// Reads a list.
    pub fn parse(bytes: &[u8]) -> Result<Self, ArtifactError> {
        let not_one = |why: &str| ArtifactError(format!("it is no list of referrers: {why}"));
        let list: Map<String, Json> =
            serde_json::from_slice(bytes).map_err(|error| not_one(&error.to_string()))?;
        match list.get("manifests") {
            Some(Json::Array(_)) => Ok(Self(list)),
            _ => Err(not_one("it has no `manifests`")),
        }
    }

    /// The list, to the byte.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(&self.0).expect("JSON that was read is JSON")
    }

    /// The entries that are named by a SHA-256; another digest cannot be one that vhb wrote.
    pub fn referrers(&self) -> impl Iterator<Item = Referrer> {
        let entries = self.0.get("manifests").and_then(Json::as_array);
        entries.into_iter().flatten().filter_map(|entry| {
            let mut wire = BlobWire::deserialize(entry).ok()?;
            Some(Referrer {
                artifact_type: wire.artifact_type.take(),
                annotations: wire.annotations.take().unwrap_or_default(),
                manifest: wire.descriptor(),
            })
        })
    }

    /// Adds what is not listed so yet, in the place of entries that say something else of the same
    /// manifest; says whether there was any such.
    pub fn extend(&mut self, more: &[Referrer]) -> bool {
        let listed: Vec<_> = self.referrers().collect();
        let new: Vec<_> = more.iter().filter(|it| !listed.contains(it)).collect();
        if let Some(Json::Array(entries)) = self.0.get_mut("manifests") {
            let digests: Vec<_> = new
                .iter()
                .map(|it| it.manifest.digest.to_string())
                .collect();
            let stays = |entry: &Json| {
                let digest = entry.get("digest").and_then(Json::as_str);
                digest.is_none_or(|digest| !digests.iter().any(|new| new == digest))
            };
            entries.retain(stays);
            entries.extend(new.iter().map(|it| it.to_json()));
        }
        !new.is_empty()
    }
}

impl Referrer {
    fn to_json(&self) -> Json {
        let wire = BlobWire {
            artifact_type: self.artifact_type.clone(),
            annotations: Some(self.annotations.clone()).filter(|all| !all.is_empty()),
            ..BlobWire::from(&self.manifest)
        };
        serde_json::to_value(wire).expect("texts and numbers are always JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artifact() -> Artifact {
        Artifact {
            artifact_type: "application/vnd.example".to_owned(),
            subject: Some(described(INDEX_TYPE, b"an image")),
            layers: vec![Layer {
                blob: described("text/plain", b"a file"),
                title: Some("a/file.txt".to_owned()),
            }],
            annotations: BTreeMap::from([("k".to_owned(), "v".to_owned())]),
        }
    }

    #[test]
    fn an_artifact_is_written_as_the_specification_has_it() {
        let bytes = artifact().to_bytes();
        let json: Json = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(json["schemaVersion"], 2);
        assert_eq!(json["mediaType"], MANIFEST_TYPE);
        // The digest of `{}` is fixed by the specification.
        let empty = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
        assert_eq!(json["config"]["digest"], empty);
        assert_eq!(json["config"]["size"], 2);
        assert_eq!(json["layers"][0]["annotations"][TITLE], "a/file.txt");
        assert_eq!(json["subject"]["mediaType"], INDEX_TYPE);
        assert_eq!(Artifact::parse(&bytes).unwrap(), artifact());
    }

    #[test]
    fn an_older_artifact_is_of_the_type_of_its_configuration() {
        let mut json: Json = serde_json::from_slice(&artifact().to_bytes()).unwrap();
        json["artifactType"].take();
        json["config"]["mediaType"] = "application/vnd.other".into();
        json["annotations"].take();
        let read = Artifact::parse(json.to_string().as_bytes()).unwrap();
        assert_eq!(read.artifact_type, "application/vnd.other");
        assert!(read.annotations.is_empty());
        json["schemaVersion"] = 1.into();
        assert!(Artifact::parse(json.to_string().as_bytes()).is_err());
        assert!(Artifact::parse(b"{}").is_err());
    }

    #[test]
    fn a_list_keeps_what_others_wrote() {
        let other = r#"{"schemaVersion":2,"x":[1],"manifests":[{"digest":"sha512:00","y":null}]}"#;
        let mut list = ReferrerList::parse(other.as_bytes()).unwrap();
        assert_eq!(list.referrers().count(), 0);
        let referrer = artifact().referrer();
        assert!(list.extend(std::slice::from_ref(&referrer)));
        assert!(
            !list.extend(std::slice::from_ref(&referrer)),
            "listed twice"
        );
        let mut wrong = referrer.clone();
        wrong.artifact_type = None;
        assert!(list.extend(std::slice::from_ref(&wrong)));
        assert_eq!(list.referrers().collect::<Vec<_>>(), [wrong]);
        assert!(
            list.extend(std::slice::from_ref(&referrer)),
            "not corrected"
        );
        let written: Json = serde_json::from_slice(&list.to_bytes()).unwrap();
        assert_eq!(written["x"][0], 1);
        assert_eq!(written["manifests"][0]["digest"], "sha512:00");
        let again = ReferrerList::parse(&list.to_bytes()).unwrap();
        assert_eq!(again.referrers().collect::<Vec<_>>(), [referrer]);
        assert!(ReferrerList::parse(b"[]").is_err() && ReferrerList::parse(b"{}").is_err());
    }
}
