//! Package indexes over HTTP: the port [`PackageIndex`] for the Simple repository API.
//!
//! Follows PEP 503 (HTML), PEP 691 (JSON), PEP 592 (yanked), PEP 629 (versions), PEP 658 and 714
//! (core metadata) and PEP 700 (upload times). Each page is asked for anew when online,
//! conditionally where it is cached, and comes from the cache alone when offline: then there is no
//! client and no connection.
//!
//! | module | holds |
//! |---|---|
//! | `question`, `answer` | one question: credentials, status codes; and what came back |
//! | `cache`, `fresh` | former answers on disk, and whether they may be used unasked |
//! | `credentials` | which credentials go where |
//! | `page`, `json`, `html`, `filename` | from bytes to a [`ProjectPage`] |
//! | `file` | one file of a release, whole |
//! | `metadata` | its core metadata, and where that is had from |
//! | `wheel`, `ranges`, `archive` | a file from inside of it: in pieces, out of what |

mod answer;
mod archive;
mod cache;
mod credentials;
mod file;
mod filename;
mod fresh;
mod html;
mod json;
mod metadata;
mod page;
mod question;
mod ranges;
mod wheel;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use jiff::Timestamp;
use pep508_rs::PackageName;
use url::Url;

use self::answer::{Answer, Found};
use self::cache::{Cache, CachedPage};
use self::credentials::Keyring;
use self::file::RemoteFile;
use self::page::PageError;
use self::question::Question;
use crate::io::http::{Coding, Failure, Http, Subject};
use crate::model::{IndexUrl, Sha256Digest};
use crate::remote::{IndexFile, PackageIndex, ProjectPage, RemoteError};

pub(crate) use self::archive::of_built_wheel;
pub use self::credentials::netrc_path;
pub(in crate::io) use self::credentials::{Credentials, userinfo};
pub use crate::io::http::Retries;

/// Tells the default index; asked at most once, and only when it is needed.
pub type DefaultIndex = Box<dyn Fn() -> Result<IndexUrl, RemoteError> + Send + Sync>;

/// How to ask package indexes.
pub struct IndexOptions {
    /// Where answers are kept.
    pub cache_dir: PathBuf,
    /// Answer from the cache alone.
    pub offline: bool,
    /// How long to wait for a connection (10 s at most), for an answer, and for each next piece.
    pub timeout: Duration,
    /// How often to ask again.
    pub retries: Retries,
    /// The user's netrc file (see [`netrc_path`]); one that does not exist is empty.
    pub netrc: Option<PathBuf>,
    /// The size in bytes above which a page is refused.
    pub largest_page: u64,
    /// The size in bytes above which an archive is not fetched for the metadata inside.
    pub largest_archive: u64,
    /// Use a cached page without asking for as long as its server said (`Cache-Control: max-age`).
    pub reuse_fresh: bool,
    /// The index of a source that names none.
    pub default_index: DefaultIndex,
}

impl IndexOptions {
    /// Online, 30 s, three retries, no netrc file, pages of at most 256 MiB, archives of at most
    /// 4 GiB, and each page is asked for.
    pub fn new(cache_dir: PathBuf, default_index: DefaultIndex) -> Self {
        Self {
            cache_dir,
            offline: false,
            timeout: Duration::from_secs(30),
            retries: Retries::default(),
            netrc: None,
            largest_page: 256 * 1024 * 1024,
            largest_archive: 4 * 1024 * 1024 * 1024,
            reuse_fresh: false,
            default_index,
        }
    }
}

/// Asks package indexes over HTTP, or their cached answers.
pub struct IndexClient {
    offline: bool,
    largest_page: u64,
    largest_archive: u64,
    reuse_fresh: bool,
    retries: Retries,
    cache: Cache,
    keyring: Keyring,
    pages: Http,
    files: Http,
    default_index: DefaultIndex,
    known_default: OnceLock<Result<IndexUrl, RemoteError>>,
}

impl fmt::Debug for IndexClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IndexClient")
            .field("offline", &self.offline)
            .field("cache", &self.cache)
            .finish_non_exhaustive()
    }
}

impl IndexClient {
    /// A client that has not connected to anything yet.
    pub fn new(options: IndexOptions) -> Self {
        Self {
            offline: options.offline,
            largest_page: options.largest_page,
            largest_archive: options.largest_archive,
            reuse_fresh: options.reuse_fresh,
            retries: options.retries,
            cache: Cache::new(options.cache_dir),
            keyring: Keyring::read(options.netrc.as_deref()),
            pages: Http::new(options.timeout, Coding::Gzip),
            // A server may mark an archive as compressed in transit: its hash is of all the bytes.
            files: Http::new(options.timeout, Coding::Identity),
            default_index: options.default_index,
            known_default: OnceLock::new(),
        }
    }

    fn index(&self, named: Option<&IndexUrl>) -> Result<IndexUrl, RemoteError> {
        match named {
            Some(index) => Ok(index.clone()),
            None => self
                .known_default
                .get_or_init(|| (self.default_index)())
                .clone(),
        }
    }

    /// Adds to a refusal why credentials may have been missing.
    fn explain(&self, error: RemoteError) -> RemoteError {
        match (error, self.keyring.unreadable()) {
            (RemoteError::Denied(message), Some(why)) => {
                RemoteError::Denied(format!("{message} ({why})"))
            }
            (error, _) => error,
        }
    }

    fn ask_for_page(
        &self,
        index: &Url,
        address: &Url,
        name: &PackageName,
        cached: &mut Option<CachedPage>,
    ) -> Result<ProjectPage, Failure> {
        let credentials = self.keyring.credentials(address, index);
        let question = Question {
            address,
            accept: page::ACCEPT,
            credentials: credentials.as_ref(),
            validators: cached.as_ref().map(|page| &page.validators),
            range: None,
        };
        let answer = question::ask(&self.pages, &question)?;
        match (answer, &mut *cached) {
            (Answer::NotModified(fresh), Some(page)) => {
                let understood = understand(page, name);
                if understood.is_err() {
                    // What an older version kept may make no sense now: ask for all of it.
                    *cached = None;
                } else if page.fresh != fresh {
                    page.fresh = fresh;
                    self.cache.keep_page(address, page);
                }
                understood
            }
            (Answer::NotModified(_) | Answer::Piece(..) | Answer::NoPiece, _) => {
                Err(Failure::transient("an answer to no such question"))
            }
            (Answer::Found(found), _) => {
                let page = self.receive(*found)?;
                let understood = understand(&page, name)?;
                // Some indexes send the same page again and again, without a word to know it by.
                if cached.as_ref() != Some(&page) {
                    self.cache.keep_page(address, &page);
                }
                Ok(understood)
            }
        }
    }

    fn receive(&self, found: Found) -> Result<CachedPage, Failure> {
        let validators = found.validators.clone();
        let content_type = found.content_type.clone();
        let fresh = found.fresh;
        let body = match String::from_utf8(found.body(self.largest_page)?) {
            Ok(body) => body,
            // Names and addresses of files are ASCII in practice; the rest of a page is decoration.
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        };
        let mut page = CachedPage::new(validators, content_type, body);
        page.fresh = fresh;
        Ok(page)
    }
}

impl PackageIndex for IndexClient {
    fn project(
        &self,
        index: Option<&IndexUrl>,
        name: &PackageName,
    ) -> Result<ProjectPage, RemoteError> {
        let index = self.index(index)?;
        let root = whole(&index);
        let address = project_address(&root, name);
        let mut cached = self.cache.page(&address);
        if self.offline {
            return cached
                .and_then(|page| understand(&page, name).ok())
                .ok_or_else(|| {
                    RemoteError::NotCached(format!("`{name}` on `{index}` is not in the cache"))
                });
        }
        if let Some(page) = &cached
            && self.reuse_fresh
            && page
                .fresh
                .is_some_and(|fresh| fresh.holds(Timestamp::now()))
            && let Ok(understood) = understand(page, name)
        {
            return Ok(understood);
        }
        let subject = Subject {
            thing: &format!("project `{name}`"),
            place: &index,
        };
        self.retries
            .run(subject, || {
                self.ask_for_page(&root, &address, name, &mut cached)
            })
            .map_err(|error| self.explain(error))
    }

    fn digest(
        &self,
        index: Option<&IndexUrl>,
        file: &IndexFile,
    ) -> Result<Sha256Digest, RemoteError> {
        RemoteFile::new(self, &self.index(index)?, file)?.digest()
    }

    fn metadata(&self, index: Option<&IndexUrl>, file: &IndexFile) -> Result<String, RemoteError> {
        RemoteFile::new(self, &self.index(index)?, file)?.metadata()
    }

    fn record(&self, index: Option<&IndexUrl>, file: &IndexFile) -> Result<String, RemoteError> {
        RemoteFile::new(self, &self.index(index)?, file)?.record()
    }

    fn download(
        &self,
        index: Option<&IndexUrl>,
        file: &IndexFile,
        into: &Path,
    ) -> Result<(), RemoteError> {
        RemoteFile::new(self, &self.index(index)?, file)?.download(into)
    }
}

/// The index with its credentials.
fn whole(index: &IndexUrl) -> Url {
    Url::parse(index.secret()).expect("an index URL was parsed when it was made")
}

/// `<index>/<name>/` (PEP 503).
fn project_address(root: &Url, name: &PackageName) -> Url {
    let mut address = root.clone();
    address
        .path_segments_mut()
        .expect("an http address has a path")
        .pop_if_empty()
        .push(name.as_ref())
        .push("");
    address
}

fn understand(page: &CachedPage, name: &PackageName) -> Result<ProjectPage, Failure> {
    let base = Url::parse(&page.validators.from)
        .map_err(|error| Failure::transient(format!("the cached page has no address: {error}")))?;
    page::parse(&page.content_type, &page.body, &base, name).map_err(|error| match error {
        PageError::Malformed(_) => Failure::transient(error.to_string()),
        PageError::Version(_) | PageError::ContentType(_) | PageError::NoFiles => {
            Failure::Permanent(error.to_string())
        }
    })
}
