//! Publishing results with the documents of their lock, without an image.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::push::{PushError, Pusher, annotations, layer, manifest};
use super::{Documents, RESULT_TYPE, RESULTS_TYPE};
use crate::model::{Artifact, Descriptor, ImageReference, Layer, Sha256Digest, described};
use crate::remote::{ArtifactRegistry, Content, RemoteError, StoredManifest};

/// What every registry takes (OCI distribution specification: at least 4 MiB).
const LARGEST_MANIFEST: usize = 4 * 1024 * 1024;

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
    Remote(#[from] PushError),
    /// The tag names something that is not to be lost.
    #[error("the tag `{0}` names something that holds no results")]
    TagTaken(Box<ImageReference>),
    /// The tag names other results.
    #[error("the tag `{place}` names other results, `{there}`")]
    TagDiffers {
        /// The tag.
        place: Box<ImageReference>,
        /// What it names.
        there: Sha256Digest,
    },
    /// Somebody else wrote the tag at the same time.
    #[error("the tag `{0}` was changed by somebody else in the meantime")]
    TagMoved(Box<ImageReference>),
    /// Two files would have one name.
    #[error("a result has the name `{0}`, which is that of a document of the lock")]
    NameTaken(String),
    /// There are too many files, or their names are too long.
    #[error("{0} results are more than one manifest can name")]
    TooMany(usize),
}

/// Results as they are to be published.
#[derive(Debug)]
pub struct Publication<'a> {
    documents: Documents<'a>,
    files: &'a BTreeMap<String, ResultFile>,
    manifest: StoredManifest,
}

impl<'a> Publication<'a> {
    /// Names all that is published.
    pub fn of(
        documents: Documents<'a>,
        files: &'a BTreeMap<String, ResultFile>,
    ) -> Result<Self, PublishError> {
        let manifest = manifest(&artifact(&documents, files)?);
        if manifest.bytes.len() > LARGEST_MANIFEST {
            return Err(PublishError::TooMany(files.len()));
        }
        Ok(Self {
            documents,
            files,
            manifest,
        })
    }

    /// The digest of the artifact, which names all of its content.
    pub fn digest(&self) -> Sha256Digest {
        self.manifest.descriptor.digest
    }

    /// Pushes it under the tag of `place`; `replace` says whether other results may lose the tag.
    pub fn push(
        &self,
        place: &ImageReference,
        replace: bool,
        registry: &dyn ArtifactRegistry,
    ) -> Result<Published, PublishError> {
        let manifest = self.digest();
        let mut pusher = Pusher::new(place, registry);
        let before = match named(&pusher)? {
            Now::Names(there) => Some(there),
            // Some registries say so of repositories that are made by pushing to them.
            Now::Nothing | Now::Denied(_) => None,
        };
        if before == Some(manifest) {
            return Ok(Published { manifest, before });
        }
        if let Some(there) = before.filter(|_| !replace) {
            let place = Box::new(place.clone());
            return Err(PublishError::TagDiffers { place, there });
        }
        self.push_blobs(&mut pusher)?;
        // The repository is there by now, and uploading may have taken long.
        let now = match named(&pusher)? {
            Now::Names(there) => Some(there),
            Now::Nothing => None,
            Now::Denied(error) => return Err(pusher.failed(error).into()),
        };
        if now != before && now != Some(manifest) {
            return Err(PublishError::TagMoved(Box::new(place.clone())));
        }
        if now != Some(manifest) {
            let tag = place.tag().unwrap_or("latest");
            pusher.manifest(Some(tag), &self.manifest)?;
        }
        Ok(Published {
            manifest,
            before: now,
        })
    }

    fn push_blobs(&self, pusher: &mut Pusher<'_>) -> Result<(), PushError> {
        pusher.config()?;
        for (kind, bytes) in self.documents.all() {
            let blob = described(kind.media_type(), bytes);
            pusher.blob(&blob, Content::Bytes(bytes))?;
        }
        let mut seen = BTreeSet::new();
        for file in self.files.values() {
            if seen.insert(file.digest) {
                pusher.blob(&result_blob(file), Content::File(&file.path))?;
            }
        }
        Ok(())
    }
}

/// What a tag names.
enum Now {
    Nothing,
    Names(Sha256Digest),
    Denied(RemoteError),
}

/// The results that the tag names; an error where it names something else.
fn named(pusher: &Pusher<'_>) -> Result<Now, PublishError> {
    let there = match pusher.registry.named(pusher.place) {
        Ok(there) => there,
        Err(RemoteError::NotFound(_)) => return Ok(Now::Nothing),
        Err(error @ RemoteError::Denied(_)) => return Ok(Now::Denied(error)),
        Err(error) => return Err(pusher.failed(error).into()),
    };
    let artifact = Artifact::parse(&there.bytes).ok();
    if artifact.is_none_or(|artifact| artifact.artifact_type != RESULTS_TYPE) {
        return Err(PublishError::TagTaken(Box::new(pusher.place.clone())));
    }
    Ok(Now::Names(there.descriptor.digest))
}

fn artifact(
    documents: &Documents<'_>,
    files: &BTreeMap<String, ResultFile>,
) -> Result<Artifact, PublishError> {
    let mut layers = Vec::new();
    for (kind, bytes) in documents.all() {
        let name = kind.file_name(documents.id);
        if files.contains_key(&name) {
            return Err(PublishError::NameTaken(name));
        }
        layers.push(layer(kind, documents.id, bytes));
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
