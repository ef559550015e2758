//! The Hugging Face Hub over HTTP: the port [`ModelHub`].
//!
//! The public API of the Hub is asked as `huggingface_hub` asks it. Every question is asked anew,
//! and nothing is kept. A commit is what never changes there, so whatever is asked of a branch or a
//! tag is asked of the commit that it names. When offline there is no client and no connection.
//!
//! | module | holds |
//! |---|---|
//! | `environment` | what the variables of the ecosystem say: where, as whom, whether at all |
//! | `access` | the endpoint and the token |
//! | `ask` | one question: who is told the token, what a refusal means |
//! | `pages` | lists that come in pages |
//! | `wire` | the answers as the Hub writes them |
//! | `revision`, `files`, `transfer` | what is asked |

mod access;
mod ask;
mod environment;
mod files;
mod pages;
mod revision;
mod transfer;
mod wire;

use std::fmt;
use std::time::Duration;

use self::ask::Repository;
use crate::io::http::{Coding, Http, Retries};
use crate::model::{FilePins, GitOid, GitRefName, HubRepo, Sha256Digest};
use crate::remote::{HubRevision, ModelHub, Progress, RemoteError};

pub use self::access::{HubAccess, HubEndpoint, HubEndpointError, HubToken};
pub use self::environment::{cache_dir_from_env, offline_from_env, snapshot_dir};

/// How to ask the Hub.
pub struct HubOptions {
    /// Where and as whom; or why that is not known, which is told to whoever asks.
    pub access: Result<HubAccess, RemoteError>,
    /// Ask nothing.
    pub offline: bool,
    /// How long to wait for a connection (10 s at most), for an answer, and for each next piece.
    pub timeout: Duration,
    /// How often to ask again.
    pub retries: Retries,
    /// The size in bytes above which one answer of the API is refused.
    pub largest_answer: u64,
}

impl HubOptions {
    /// Online, 30 s, three retries, and answers of at most 128 MiB.
    pub fn new(access: Result<HubAccess, RemoteError>) -> Self {
        Self {
            access,
            offline: false,
            timeout: Duration::from_secs(30),
            retries: Retries::default(),
            largest_answer: 128 * 1024 * 1024,
        }
    }
}

/// Asks the Hub over HTTP.
pub struct HubClient {
    access: Result<HubAccess, RemoteError>,
    offline: bool,
    retries: Retries,
    largest_answer: u64,
    api: Http,
    bytes: Http,
}

impl fmt::Debug for HubClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HubClient")
            .field("access", &self.access)
            .field("offline", &self.offline)
            .finish_non_exhaustive()
    }
}

impl HubClient {
    /// A client that has not connected to anything yet.
    pub fn new(options: HubOptions) -> Self {
        Self {
            access: options.access,
            offline: options.offline,
            retries: options.retries,
            largest_answer: options.largest_answer,
            api: Http::new(options.timeout, Coding::Gzip),
            // What is hashed are the bytes themselves, however a server would send them.
            bytes: Http::new(options.timeout, Coding::Identity),
        }
    }

    fn at<'a>(&'a self, repo: &'a HubRepo) -> Result<Repository<'a>, RemoteError> {
        let access = self.access.as_ref().map_err(Clone::clone)?;
        if self.offline {
            return Err(RemoteError::NotCached(format!(
                "cannot ask for `{repo}` on `{}` while offline",
                access.endpoint
            )));
        }
        Ok(Repository {
            client: self,
            access,
            repo,
        })
    }
}

impl ModelHub for HubClient {
    fn revision(&self, repo: &HubRepo, revision: Option<&str>) -> Result<HubRevision, RemoteError> {
        self.at(repo)?.revision(revision)
    }

    fn files(&self, repo: &HubRepo, commit: &GitOid) -> Result<FilePins, RemoteError> {
        self.at(repo)?.files(commit)
    }

    fn read(
        &self,
        repo: &HubRepo,
        commit: &GitOid,
        path: &str,
        limit: u64,
    ) -> Result<Vec<u8>, RemoteError> {
        self.at(repo)?.read(commit, path, limit)
    }

    fn digest(
        &self,
        repo: &HubRepo,
        commit: &GitOid,
        path: &str,
        limit: u64,
        progress: &dyn Progress,
    ) -> Result<(Sha256Digest, u64), RemoteError> {
        self.at(repo)?.digest(commit, path, limit, progress)
    }

    fn leads_to(
        &self,
        repo: &HubRepo,
        reference: &GitRefName,
        commit: &GitOid,
    ) -> Result<bool, RemoteError> {
        self.at(repo)?.leads_to(reference, commit)
    }
}
