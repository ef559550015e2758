//! The ports: everything that is off the page, as traits.
//!
//! `resolve` and `verify` take these as arguments and never open a file or a connection
//! themselves. The adapters live in `io`; tests use adapters against real loopback servers, or
//! small doubles. Every port is called from several threads at once.

mod artifacts;
mod attachments;
mod environments;
mod pinned;
pub mod pyproject;
mod refs;

use std::path::{Path, PathBuf};

use pep440_rs::{Version, VersionSpecifiers};
use pep508_rs::PackageName;
use rayon::prelude::*;

pub use artifacts::{
    FileStore, HubRevision, ImageConfig, ImageManifest, ImageRegistry, ManifestContent, ModelHub,
    Place, StoredFile,
};
pub use attachments::{ArtifactRegistry, Content, ListedBy, Referrers, StoredManifest};
pub use environments::{
    BuildWanted, Built, Chosen, ChosenFile, ChosenFrom, EnvironmentResolver, EnvironmentWanted,
    InstallWanted, ReleaseWanted, ResolveError, Root, RootFrom, WheelWanted,
};
pub use pinned::pinned_commit;
pub use refs::{Choice, RemoteRef, RemoteRefs};

use crate::finding::{Code, Finding};
use crate::model::{
    FilePins, GitOid, GitRefName, IndexUrl, Instant, Manifest, ManifestError, RemoteUrl,
    Sha256Digest, Submodule,
};

/// Why something off the page could not be had. Messages hold no credentials.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RemoteError {
    /// The other side answered, and it does not have it.
    #[error("{0}")]
    NotFound(String),
    /// The repository is there; the revision of it, or the file in it, is not.
    #[error("{0}")]
    NoRevision(String),
    /// The owner admits users one by one, and this one is not admitted.
    #[error("{0}")]
    Gated(String),
    /// The other side wants (other) credentials.
    #[error("{0}")]
    Denied(String),
    /// No answer, a time-out, an error of the server, or an answer that makes no sense.
    #[error("{0}")]
    Unreachable(String),
    /// Offline, and the cache does not have it.
    #[error("{0}")]
    NotCached(String),
    /// Nobody said where to ask, or the program that asks is missing.
    #[error("{0}")]
    NotConfigured(String),
    /// The bytes that came are not those that were announced.
    #[error("{0}")]
    Mismatch(String),
    /// A tree of files that has no identity (see [`TreeError`]).
    #[error(transparent)]
    Tree(#[from] TreeError),
}

impl RemoteError {
    /// The error as a finding; `not_found` is what an answer of "there is none" means here.
    pub fn finding(&self, not_found: Code) -> Finding {
        let code = match self {
            Self::NotFound(_) | Self::NoRevision(_) => not_found,
            Self::Gated(_) => Code::HubGated,
            Self::Denied(_) => Code::SourceDenied,
            Self::Unreachable(_) => Code::SourceUnreachable,
            Self::NotCached(_) => Code::NotCached,
            Self::NotConfigured(_) => Code::NotConfigured,
            Self::Mismatch(_) => Code::FileHashMismatch,
            Self::Tree(TreeError::NotADirectory(_)) => Code::GitPathMissing,
            Self::Tree(_) => Code::UnusableTree,
        };
        Finding::new(code, self.to_string())
    }
}

/// Why a tree of files has no identity.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TreeError {
    /// A symbolic link that leaves the tree.
    #[error("symbolic link `{0}` leaves the tree")]
    LinkLeaves(String),
    /// A symbolic link to nothing.
    #[error("symbolic link `{0}` points at nothing")]
    LinkDangles(String),
    /// A symbolic link that leads back to itself.
    #[error("symbolic link `{0}` leads back to itself")]
    LinkLoops(String),
    /// A repository inside of a local source: a submodule, or a clone.
    #[error("`{0}` is a repository of its own, whose files git does not tell")]
    Repository(String),
    /// A file name that a Manifest cannot hold.
    #[error("{0}")]
    Name(String),
    /// Not a directory where one was named.
    #[error("`{0}` is not a directory")]
    NotADirectory(String),
    /// A file that changed or could not be read.
    #[error("cannot read `{path}`: {reason}")]
    Unreadable {
        /// Relative to the tree.
        path: String,
        /// What the system said.
        reason: String,
    },
}

impl From<ManifestError> for TreeError {
    fn from(error: ManifestError) -> Self {
        Self::Name(error.to_string())
    }
}

/// Git repositories on servers, or on disk by path.
pub trait GitRemote: Sync {
    /// The references that the remote has now, and its default branch.
    fn refs(&self, url: &RemoteUrl) -> Result<RemoteRefs, RemoteError>;

    /// What a commit holds, by one of the remote's references or by its full id.
    ///
    /// Shallow where the transport allows it. [`RemoteError::NotFound`] where the remote answers
    /// and does not give the commit. The files of the package are written below `into` as well,
    /// where that is given.
    fn snapshot(
        &self,
        url: &RemoteUrl,
        commit: &CommitWanted,
        subdirectory: Option<&str>,
        into: Option<&Path>,
    ) -> Result<GitSnapshot, RemoteError>;

    /// Whether the remote still has a commit, and which references lead to it.
    fn reach(&self, url: &RemoteUrl, commit: &GitOid) -> Result<Reach, RemoteError>;

    /// The full id of the only commit whose id starts so.
    fn expand(&self, url: &RemoteUrl, prefix: &str) -> Result<GitOid, RemoteError>;
}

/// How to fetch a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitWanted {
    /// The commit.
    pub commit: GitOid,
    /// A reference that leads to it directly, if there is one: cheaper and allowed everywhere.
    pub by: Option<GitRefName>,
}

/// What a commit holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitSnapshot {
    /// When the commit was made (its committer date).
    pub committed: Instant,
    /// The commit's tree.
    pub tree: GitOid,
    /// The tree of the subdirectory, where one was asked for.
    pub subdirectory_tree: Option<GitOid>,
    /// The files of the package.
    pub content: TreeContent,
    /// Submodules inside the package, by path.
    pub submodules: Vec<Submodule>,
}

/// The files of a tree, and the one file that vhb reads itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TreeContent {
    /// All files.
    pub manifest: Manifest,
    /// Their size together, in bytes.
    pub bytes: u64,
    /// The text of `pyproject.toml` in the root of the tree.
    pub pyproject: Option<String>,
}

/// What became of a commit on its remote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// These references lead to it, by its history.
    From(Vec<GitRefName>),
    /// The remote still gives it, but no branch or tag leads to it.
    Unreachable,
    /// The remote does not have it.
    Gone,
}

/// Package indexes that speak the Simple repository API.
pub trait PackageIndex: Sync {
    /// The files of a project; `index` is none for the default index.
    ///
    /// [`RemoteError::NotFound`] where the index answers that there is no such project.
    fn project(
        &self,
        index: Option<&IndexUrl>,
        name: &PackageName,
    ) -> Result<ProjectPage, RemoteError>;

    /// The SHA-256 of a file whose index does not tell it, by reading the whole file.
    fn digest(
        &self,
        index: Option<&IndexUrl>,
        file: &IndexFile,
    ) -> Result<Sha256Digest, RemoteError>;

    /// The core metadata of a file: `METADATA` of a wheel, `PKG-INFO` of a source distribution.
    ///
    /// From the file that the index serves beside it (PEP 658), else from inside of it. What the
    /// index states a digest of is held against it: [`RemoteError::Mismatch`]. A source
    /// distribution without `PKG-INFO` is [`RemoteError::NotFound`].
    fn metadata(&self, index: Option<&IndexUrl>, file: &IndexFile) -> Result<String, RemoteError>;

    /// The text of `RECORD` inside of a wheel: its files, each with its digest.
    ///
    /// A wheel that is read in pieces is held against no digest.
    fn record(&self, index: Option<&IndexUrl>, file: &IndexFile) -> Result<String, RemoteError>;

    /// Writes a file of a release to a path that does not exist yet, whole and with the digest
    /// that the index states, or not at all.
    fn download(
        &self,
        index: Option<&IndexUrl>,
        file: &IndexFile,
        into: &Path,
    ) -> Result<(), RemoteError>;
}

/// The page of one project on an index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectPage {
    /// The files that belong to the project, in the index's order.
    pub files: Vec<IndexFile>,
}

/// A file of a release (PEP 691 `files`, PEP 700 `upload-time` and `size`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexFile {
    /// The file's name, from which its version was read.
    pub filename: String,
    /// The release that the file belongs to.
    pub version: Version,
    /// The absolute address of the file; it never reaches a lock or a message.
    pub address: String,
    /// The digest that the index states.
    pub sha256: Option<Sha256Digest>,
    /// The Python versions that the file suits (PEP 503 `data-requires-python`).
    pub requires_python: Option<VersionSpecifiers>,
    /// When it was uploaded, where the index tells (PEP 700).
    pub uploaded: Option<Instant>,
    /// Why it was yanked (PEP 592); empty where no reason was given.
    pub yanked: Option<String>,
    /// Whether the index serves the file's core metadata beside it.
    pub metadata: MetadataBeside,
}

/// What an index says of the core metadata of a file (PEP 658, PEP 714).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MetadataBeside {
    /// It serves none.
    #[default]
    No,
    /// It serves it, and states no digest.
    Yes,
    /// It serves it, with this digest.
    Digest(Sha256Digest),
}

/// Directories of this machine.
pub trait LocalTrees: Sync {
    /// The content of a directory, by the rules of the Manifest; written below `into` as well,
    /// where that is given.
    ///
    /// [`RemoteError::NotFound`] where there is no such directory.
    fn content(&self, path: &Path, into: Option<&Path>) -> Result<TreeContent, RemoteError>;

    /// Every file of a model or a dataset: of the directory, or the one file that `path` names.
    ///
    /// Whether git knows a file does not matter, since data is often ignored; which files count is
    /// told by [`counts_as_data`](crate::model::counts_as_data). A link may lead out of the
    /// directory where `wanted` says so. [`RemoteError::NotFound`] where there is
    /// nothing.
    fn data(
        &self,
        path: &Path,
        wanted: &DataWanted<'_>,
        progress: &dyn Progress,
    ) -> Result<FilePins, RemoteError>;

    /// The bytes of a small file of a directory; none where there is no such file.
    fn small_file(&self, path: &Path, limit: u64) -> Result<Option<Vec<u8>>, RemoteError>;

    /// How git sees the directory; none outside of a work tree, or before the first commit.
    fn checkout(&self, path: &Path) -> Result<Option<Checkout>, RemoteError>;
}

/// How the files of a model or a dataset are read.
pub struct DataWanted<'a> {
    /// Whether a file is to be known by the name that git gives it, not by its SHA-256.
    pub as_git_blob: &'a (dyn Fn(&str) -> bool + Sync),
    /// Whether links may lead out of the directory, as those in the cache of the Hub do.
    pub links_lead_out: bool,
}

/// How git sees a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    /// The root of the work tree.
    pub root: PathBuf,
    /// The commit that is checked out; none before the first commit.
    pub commit: Option<GitOid>,
    /// When that commit was made.
    pub committed: Option<Instant>,
    /// Whether the directory differs from that commit.
    pub dirty: bool,
}

/// All ports at once, as `resolve` and `verify` take them.
#[derive(Clone, Copy)]
pub struct Ports<'a> {
    /// Git repositories.
    pub git: &'a dyn GitRemote,
    /// Package indexes.
    pub index: &'a dyn PackageIndex,
    /// Directories of this machine.
    pub trees: &'a dyn LocalTrees,
    /// The Hugging Face Hub.
    pub hub: &'a dyn ModelHub,
    /// Buckets and web servers.
    pub files: &'a dyn FileStore,
    /// Registries of container images.
    pub images: &'a dyn ImageRegistry,
    /// The program that resolves Python environments.
    pub environments: &'a dyn EnvironmentResolver,
    /// Told about each thing as it is begun and ended.
    pub progress: &'a dyn Progress,
    /// How many questions may be under way at once.
    pub jobs: usize,
}

impl Ports<'_> {
    /// Does something for each thing, so many at once as `jobs` says; results keep the order.
    pub fn each<T, R>(&self, things: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R>
    where
        T: std::fmt::Display + Send,
        R: Send,
    {
        self.progress.expect(things.len());
        let told = |thing: T| {
            let name = thing.to_string();
            self.progress.begin(&name);
            let result = work(thing);
            self.progress.end(&name);
            result
        };
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(self.jobs)
            .build();
        match pool {
            Ok(pool) => pool.install(|| things.into_par_iter().map(told).collect()),
            // No threads to be had: the work is the same, one after the other.
            Err(_) => things.into_iter().map(told).collect(),
        }
    }
}

/// Told about long work.
pub trait Progress: Sync {
    /// So many things are to be done.
    fn expect(&self, things: usize);
    /// A thing is begun.
    fn begin(&self, thing: &str);
    /// A thing is done, for good or ill.
    fn end(&self, thing: &str);
    /// So many bytes are to be read.
    fn expect_bytes(&self, bytes: u64);
    /// So many bytes were read.
    fn read(&self, bytes: u64);
}
