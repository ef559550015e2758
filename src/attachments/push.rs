//! Attaching documents to an image.
//!
//! Blobs go first and what names them last, so that what breaks off leaves nothing that is found;
//! doing it again completes it, and changes nothing where all is there.

use std::collections::BTreeMap;

use super::{Documents, Kind, LOCK_ANNOTATION};
use crate::model::{
    Artifact, Descriptor, EMPTY_CONFIG, ImageReference, Layer, MANIFEST_TYPE, Referrer,
    Sha256Digest, described,
};
use crate::remote::{ArtifactRegistry, Content, ListedBy, Referrers, RemoteError, StoredManifest};

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

/// Why not everything was pushed.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct PushError {
    /// What the registry said.
    pub error: RemoteError,
    /// Whether it has some of it by now.
    pub begun: bool,
}

/// Attaches documents to the image or index that `subject` describes.
pub fn attach(
    documents: &Documents<'_>,
    place: &ImageReference,
    subject: &Descriptor,
    registry: &dyn ArtifactRegistry,
) -> Result<Vec<Attached>, PushError> {
    let mut pusher = Pusher::new(place, registry);
    let listed = registry.referrers(place, &subject.digest);
    let listed = listed.map_err(|error| pusher.failed(error))?;
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
        let new = !is_listed(&artifact.referrer(), &listed) || !pusher.has(&digest)?;
        if new {
            pusher.config()?;
            pusher.blob(&layer.blob, Content::Bytes(bytes))?;
            let listed_by = pusher.manifest(None, &manifest)?;
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
        let listed = registry.list_referrers(place, &subject.digest, &to_list);
        listed.map_err(|error| pusher.failed(error))?;
    }
    Ok(attached)
}

/// Whether an artifact is listed so that who looks for its kind finds it.
fn is_listed(referrer: &Referrer, listed: &Referrers) -> bool {
    match listed.listed_by {
        // What a registry leaves out of its own list, nobody can add.
        ListedBy::Registry => listed.entries.iter().any(|entry| {
            entry.manifest.digest == referrer.manifest.digest
                && entry.artifact_type == referrer.artifact_type
        }),
        ListedBy::Tag => listed.entries.contains(referrer),
    }
}

/// Pushes into a repository, and knows whether anything of it got there.
pub(super) struct Pusher<'a> {
    pub(super) place: &'a ImageReference,
    pub(super) registry: &'a dyn ArtifactRegistry,
    begun: bool,
}

impl<'a> Pusher<'a> {
    pub(super) fn new(place: &'a ImageReference, registry: &'a dyn ArtifactRegistry) -> Self {
        Self {
            place,
            registry,
            begun: false,
        }
    }

    pub(super) fn failed(&self, error: RemoteError) -> PushError {
        PushError {
            error,
            begun: self.begun,
        }
    }

    fn pushed<T>(&mut self, pushed: Result<T, RemoteError>) -> Result<T, PushError> {
        let pushed = pushed.map_err(|error| self.failed(error))?;
        self.begun = true;
        Ok(pushed)
    }

    pub(super) fn config(&mut self) -> Result<(), PushError> {
        self.blob(&Artifact::config(), Content::Bytes(EMPTY_CONFIG))
    }

    pub(super) fn blob(
        &mut self,
        blob: &Descriptor,
        content: Content<'_>,
    ) -> Result<(), PushError> {
        self.pushed(self.registry.push_blob(self.place, blob, content))
    }

    pub(super) fn manifest(
        &mut self,
        tag: Option<&str>,
        manifest: &StoredManifest,
    ) -> Result<ListedBy, PushError> {
        self.pushed(self.registry.push_manifest(self.place, tag, manifest))
    }

    /// Whether an artifact is there: a list may name what was deleted since.
    fn has(&self, digest: &Sha256Digest) -> Result<bool, PushError> {
        match self.registry.stored(self.place, digest) {
            Ok(_) => Ok(true),
            Err(RemoteError::NotFound(_)) => Ok(false),
            Err(error) => Err(self.failed(error)),
        }
    }
}

pub(super) fn layer(kind: Kind, id: &str, bytes: &[u8]) -> Layer {
    Layer {
        blob: described(kind.media_type(), bytes),
        title: Some(kind.file_name(id)),
    }
}

pub(super) fn annotations(documents: &Documents<'_>) -> BTreeMap<String, String> {
    let lock = Sha256Digest::of(documents.lock).hex();
    BTreeMap::from([(LOCK_ANNOTATION.to_owned(), lock)])
}

pub(super) fn manifest(artifact: &Artifact) -> StoredManifest {
    let bytes = artifact.to_bytes();
    StoredManifest {
        descriptor: described(MANIFEST_TYPE, &bytes),
        bytes,
    }
}
