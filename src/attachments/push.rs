//! Attaching documents to an image, and publishing results without one.
//!
//! Blobs go first and what names them last, so that what breaks off leaves nothing that is found;
//! doing it again completes it, and changes nothing where all is there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::{Documents, Kind, LOCK_ANNOTATION, RESULT_TYPE, RESULTS_TYPE};
use crate::model::{
    Artifact, Descriptor, EMPTY_CONFIG, ImageReference, Layer, MANIFEST_TYPE, Sha256Digest,
    described,
};
use crate::remote::{ArtifactRegistry, Content, ListedBy, RemoteError, StoredManifest};

/// What every registry takes (OCI distribution specification: at least 4 MiB).
const LARGEST_MANIFEST: usize = 4 * 1024 * 1024;

/// A document as it is attached now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attached {
    /// Which one.
    pub kind: Kind,
    /// Its artifact.
    pub manifest: Sha256Digest,
    /// Whether it was not attached before.
    pub new: bool,
}

/// A file of results on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its bytes.
    pub digest: Sha256Digest,
    /// How many.
    pub size: u64,
}

/// Results as they are published now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// The artifact that holds them.
    pub manifest: Sha256Digest,
    /// What the tag named before; the same where nothing changed.
    pub before: Option<Sha256Digest>,
}

/// Why results were not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The registry did not take them.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// The tag names something that is not to be lost.
    #[error(
        "the tag `{tag}` of `{repository}` on `{registry}` names something that holds no results"
    )]
    TagTaken {
        /// The host.
        registry: String,
        /// The repository on it.
        repository: String,
        /// The tag.
        tag: String,
    },
    /// Two files would have one name.
    #[error("a result has the name `{0}`, which is that of a document of the lock")]
    NameTaken(String),
    /// There are too many files, or their names are too long.
    #[error("{0} results are more than one manifest can name")]
    TooMany(usize),
}

/// Attaches documents to the image or index that `subject` describes.
pub fn attach(
    documents: &Documents<'_>,
    place: &ImageReference,
    subject: &Descriptor,
    registry: &dyn ArtifactRegistry,
) -> Result<Vec<Attached>, RemoteError> {
    let listed = registry.referrers(place, &subject.digest)?;
    let names: BTreeSet<_> = listed.entries.iter().map(|it| it.manifest.digest).collect();
    let (mut attached, mut to_list) = (Vec::new(), Vec::new());
    for (kind, bytes) in documents.all() {
        let layer = layer(kind, documents.id, bytes);
        let artifact = Artifact {
            artifact_type: kind.media_type().to_owned(),
            subject: Some(subject.clone()),
            layers: vec![layer.clone()],
            annotations: annotations(documents),
        };
        let manifest = manifest(&artifact);
        let digest = manifest.descriptor.digest;
        let new = !names.contains(&digest) || !is_there(place, &digest, registry)?;
        if new {
            push_config(place, registry)?;
            registry.push_blob(place, &layer.blob, Content::Bytes(bytes))?;
            let listed_by = registry.push_manifest(place, None, &manifest)?;
            if listed_by == ListedBy::Tag && listed.listed_by == ListedBy::Tag {
                to_list.push(artifact.referrer());
            }
        }
        attached.push(Attached {
            kind,
            manifest: digest,
            new,
        });
    }
    // All at once: who looks sees nothing of them, or everything.
    if !to_list.is_empty() {
        registry.list_referrers(place, &subject.digest, &to_list)?;
    }
    Ok(attached)
}

/// Publishes results with the documents of their lock, under the tag of `place`.
pub fn publish(
    documents: &Documents<'_>,
    files: &BTreeMap<String, ResultFile>,
    place: &ImageReference,
    registry: &dyn ArtifactRegistry,
) -> Result<Published, PublishError> {
    let artifact = bundle(documents, files)?;
    let manifest = manifest(&artifact);
    let digest = manifest.descriptor.digest;
    if manifest.bytes.len() > LARGEST_MANIFEST {
        return Err(PublishError::TooMany(files.len()));
    }
    let tag = place.tag().unwrap_or("latest");
    let before = before(place, tag, registry)?;
    if before != Some(digest) {
        push_config(place, registry)?;
        for (kind, bytes) in documents.all() {
            let blob = described(kind.media_type(), bytes);
            registry.push_blob(place, &blob, Content::Bytes(bytes))?;
        }
        let mut pushed = BTreeSet::new();
        for file in files.values().filter(|file| pushed.insert(file.digest)) {
            let content = Content::File(&file.path);
            registry.push_blob(place, &result_blob(file), content)?;
        }
        registry.push_manifest(place, Some(tag), &manifest)?;
    }
    Ok(Published {
        manifest: digest,
        before,
    })
}

/// The results that the tag names now.
fn before(
    place: &ImageReference,
    tag: &str,
    registry: &dyn ArtifactRegistry,
) -> Result<Option<Sha256Digest>, PublishError> {
    let there = match registry.named(place) {
        Ok(there) => there,
        // Some registries say so of repositories that are made by pushing to them.
        Err(RemoteError::NotFound(_) | RemoteError::Denied(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let artifact = Artifact::parse(&there.bytes).ok();
    if artifact.is_none_or(|artifact| artifact.artifact_type != RESULTS_TYPE) {
        return Err(PublishError::TagTaken {
            registry: place.registry().to_owned(),
            repository: place.repository().to_owned(),
            tag: tag.to_owned(),
        });
    }
    Ok(Some(there.descriptor.digest))
}

fn bundle(
    documents: &Documents<'_>,
    files: &BTreeMap<String, ResultFile>,
) -> Result<Artifact, PublishError> {
    let mut layers = Vec::new();
    for (kind, bytes) in documents.all() {
        let layer = layer(kind, documents.id, bytes);
        if let Some(name) = layer
            .title
            .as_ref()
            .filter(|name| files.contains_key(*name))
        {
            return Err(PublishError::NameTaken(name.clone()));
        }
        layers.push(layer);
    }
    layers.extend(files.iter().map(|(name, file)| Layer {
        blob: result_blob(file),
        title: Some(name.clone()),
    }));
    Ok(Artifact {
        artifact_type: RESULTS_TYPE.to_owned(),
        subject: None,
        layers,
        annotations: annotations(documents),
    })
}

fn result_blob(file: &ResultFile) -> Descriptor {
    Descriptor {
        digest: file.digest,
        media_type: RESULT_TYPE.to_owned(),
        size: file.size,
    }
}

fn layer(kind: Kind, id: &str, bytes: &[u8]) -> Layer {
    Layer {
        blob: described(kind.media_type(), bytes),
        title: Some(kind.file_name(id)),
    }
}

fn annotations(documents: &Documents<'_>) -> BTreeMap<String, String> {
    let lock = Sha256Digest::of(documents.lock).hex();
    BTreeMap::from([(LOCK_ANNOTATION.to_owned(), lock)])
}

fn manifest(artifact: &Artifact) -> StoredManifest {
    let bytes = artifact.to_bytes();
    StoredManifest {
        descriptor: described(MANIFEST_TYPE, &bytes),
        bytes,
    }
}

fn push_config(place: &ImageReference, registry: &dyn ArtifactRegistry) -> Result<(), RemoteError> {
    registry.push_blob(place, &Artifact::config(), Content::Bytes(EMPTY_CONFIG))
}

/// A list may name what was deleted since.
fn is_there(
    place: &ImageReference,
    digest: &Sha256Digest,
    registry: &dyn ArtifactRegistry,
) -> Result<bool, RemoteError> {
    match registry.stored(place, digest) {
        Ok(_) => Ok(true),
        Err(RemoteError::NotFound(_)) => Ok(false),
        Err(error) => Err(error),
    }
}
