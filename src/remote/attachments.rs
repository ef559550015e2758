//! The port behind what is attached to images: artifacts in a registry (OCI distribution 1.1).

use std::path::Path;

use super::RemoteError;
use crate::model::{Descriptor, ImageReference, Referrer, Sha256Digest};

/// Registries that keep artifacts beside images.
///
/// `place` names the repository. Errors of every question: [`RemoteError::NotFound`] where there
/// is no such repository, tag or digest; [`RemoteError::Denied`] where the user may not do it.
/// What is read was held against its digest: [`RemoteError::Mismatch`].
pub trait ArtifactRegistry: Sync {
    /// The manifest, index or artifact that a reference names now; by its digest where it has one.
    fn named(&self, place: &ImageReference) -> Result<StoredManifest, RemoteError>;

    /// The manifest, index or artifact with this digest.
    fn stored(
        &self,
        place: &ImageReference,
        digest: &Sha256Digest,
    ) -> Result<StoredManifest, RemoteError>;

    /// What says of itself that it is attached to a manifest or an index; nothing of it is held
    /// against anything. Empty where nothing is.
    fn referrers(
        &self,
        place: &ImageReference,
        subject: &Sha256Digest,
    ) -> Result<Referrers, RemoteError>;

    /// The bytes of a blob; one that is said to be longer than `limit` is an error.
    fn blob(
        &self,
        place: &ImageReference,
        blob: &Descriptor,
        limit: u64,
    ) -> Result<Vec<u8>, RemoteError>;

    /// Reads all of a blob, keeping nothing of it.
    fn read_through(&self, place: &ImageReference, blob: &Descriptor) -> Result<(), RemoteError>;

    /// Pushes a blob, unless the repository has it.
    fn push_blob(
        &self,
        place: &ImageReference,
        blob: &Descriptor,
        content: Content<'_>,
    ) -> Result<(), RemoteError>;

    /// Pushes a manifest, by a tag or by its digest; says who lists it among the referrers of its
    /// subject.
    fn push_manifest(
        &self,
        place: &ImageReference,
        tag: Option<&str>,
        manifest: &StoredManifest,
    ) -> Result<ListedBy, RemoteError>;

    /// Lists artifacts as referrers of a subject where the registry does not do so by itself (OCI
    /// distribution specification, referrers tag schema). Entries of others are kept, and it is
    /// read back that the new ones are there.
    fn list_referrers(
        &self,
        place: &ImageReference,
        subject: &Sha256Digest,
        new: &[Referrer],
    ) -> Result<(), RemoteError>;
}

/// The bytes of a manifest, and how they are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredManifest {
    /// Their digest, worked out from them.
    pub descriptor: Descriptor,
    /// The manifest.
    pub bytes: Vec<u8>,
}

/// What is pushed.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// Bytes in memory.
    Bytes(&'a [u8]),
    /// A file of this machine.
    File(&'a Path),
}

/// What is attached to a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referrers {
    /// In the order of the list.
    pub entries: Vec<Referrer>,
    /// Who keeps the list.
    pub listed_by: ListedBy,
}

/// Who keeps the list of the referrers of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListedBy {
    /// The registry itself.
    Registry,
    /// Whoever pushes, by a tag that is made from the subject's digest.
    Tag,
}
