//! The ports behind models, datasets and images: the Hub, buckets and web servers, registries.

use std::collections::BTreeMap;

use super::{Progress, RemoteError};
use crate::model::{
    Descriptor, FilePins, GitOid, GitRefName, HubRepo, ImageReference, Instant, S3Prefix,
    Sha256Digest, WebFile,
};

/// The Hugging Face Hub.
///
/// Errors of every question: [`RemoteError::NotFound`] where the repository does not exist, or not
/// for this user; [`RemoteError::NoRevision`] where the repository is there, and the revision or
/// the file is not; [`RemoteError::Gated`] where its owner admits users one by one and this one is
/// not; [`RemoteError::Denied`] where a token is refused.
pub trait ModelHub: Sync {
    /// What a revision (a branch, a tag, a commit or its beginning) means now; none is the default
    /// branch.
    fn revision(&self, repo: &HubRepo, revision: Option<&str>) -> Result<HubRevision, RemoteError>;

    /// Every file of a commit: SHA-256 of what lies in LFS, git's own name of the others.
    fn files(&self, repo: &HubRepo, commit: &GitOid) -> Result<FilePins, RemoteError>;

    /// The bytes of a small file of a commit; one that is longer than `limit` is an error.
    ///
    /// They are held against nothing: the caller knows what they should be.
    fn read(
        &self,
        repo: &HubRepo,
        commit: &GitOid,
        path: &str,
        limit: u64,
    ) -> Result<Vec<u8>, RemoteError>;

    /// The SHA-256 and the size of a file of a commit, by reading all of it; one that is longer
    /// than `limit` is an error.
    fn digest(
        &self,
        repo: &HubRepo,
        commit: &GitOid,
        path: &str,
        limit: u64,
        progress: &dyn Progress,
    ) -> Result<(Sha256Digest, u64), RemoteError>;

    /// Whether the history of a branch or a tag holds a commit.
    fn leads_to(
        &self,
        repo: &HubRepo,
        reference: &GitRefName,
        commit: &GitOid,
    ) -> Result<bool, RemoteError>;
}

/// What a revision of a repository of the Hub means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubRevision {
    /// The branch or the tag that was meant; none where it was a commit.
    pub reference: Option<GitRefName>,
    /// The commit.
    pub commit: GitOid,
    /// When that commit was made.
    pub committed: Option<Instant>,
    /// `pipeline_tag` of the card.
    pub task: Option<String>,
    /// `license` of the card.
    pub license: Option<String>,
}

/// Where files lie that no repository holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    /// What lies below a prefix of a bucket.
    S3(&'a S3Prefix),
    /// One file on a web server.
    Web(&'a WebFile),
}

/// Buckets and web servers.
///
/// Errors of every question: [`RemoteError::NotFound`] where there is no such bucket, prefix or
/// file.
pub trait FileStore: Sync {
    /// What lies there now, by its path below the place. A place that is one file has that file's
    /// own name as its path. Nothing there is [`RemoteError::NotFound`].
    fn list(&self, place: Place<'_>) -> Result<BTreeMap<String, StoredFile>, RemoteError>;

    /// The SHA-256 of a file as it was listed, by reading all of it.
    ///
    /// A transfer that breaks off goes on where it stopped. [`RemoteError::Mismatch`] where the
    /// file was replaced since it was listed, or is not as long as it was.
    fn digest(
        &self,
        place: Place<'_>,
        path: &str,
        file: &StoredFile,
        progress: &dyn Progress,
    ) -> Result<Sha256Digest, RemoteError>;
}

/// A file as its place lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// How many bytes it has.
    pub size: u64,
    /// The name of its state there: `version:<id>` where the place keeps versions, else
    /// `etag:<ETag>`, else `modified:<instant>`; empty where it gives none of these.
    pub token: String,
}

impl StoredFile {
    /// Whether the token becomes another one whenever the bytes do. A date does not: it has whole
    /// seconds, and can be set.
    pub fn tells_changes(&self) -> bool {
        self.token.starts_with("etag:") || self.token.starts_with("version:")
    }
}

/// Registries of container images (OCI distribution specification).
///
/// Errors of every question: [`RemoteError::NotFound`] where there is no such repository, tag or
/// digest. Every answer was held against its digest: [`RemoteError::Mismatch`].
pub trait ImageRegistry: Sync {
    /// The manifest or the index that a reference names now; by its digest where it has one.
    fn manifest(&self, image: &ImageReference) -> Result<ImageManifest, RemoteError>;

    /// The manifest or the index with this digest, in the repository of a reference.
    fn manifest_of(
        &self,
        image: &ImageReference,
        digest: &Sha256Digest,
    ) -> Result<ImageManifest, RemoteError>;

    /// The configuration with this digest, in the repository of a reference.
    fn config(
        &self,
        image: &ImageReference,
        config: &Descriptor,
    ) -> Result<ImageConfig, RemoteError>;
}

/// A manifest as a registry serves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageManifest {
    /// The digest of its bytes, worked out from them.
    pub descriptor: Descriptor,
    /// What it names.
    pub content: ManifestContent,
}

/// What a manifest names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ManifestContent {
    /// One manifest for each platform, by `os/architecture[/variant]`. Attestations and the like,
    /// which are for no platform (`unknown/unknown`), are left out.
    Index(Vec<(String, Descriptor)>),
    /// One image, by its configuration.
    Image(Descriptor),
}

/// What the configuration of an image says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageConfig {
    /// `os/architecture[/variant]`.
    pub platform: String,
    /// When it was made.
    pub created: Option<Instant>,
    /// All labels.
    pub labels: BTreeMap<String, String>,
}
