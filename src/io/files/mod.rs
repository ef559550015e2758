//! Buckets and web servers: the port [`FileStore`].
//!
//! | module | holds |
//! |---|---|
//! | `s3`, `failure` | what lies below a prefix of a bucket, and what its store's errors mean |
//! | `web` | one file on a web server |
//! | `transfer` | the digest of what comes over a network, also in several pieces |
//! | `remembered` | the digests of what was read to its end before |

mod failure;
mod remembered;
mod s3;
mod transfer;
mod web;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::{BackoffConfig, ClientOptions, Error, RetryConfig};
use tokio::runtime::{Builder, Runtime};
use url::Url;

use self::remembered::Remembered;
use self::s3::Prefix;
use self::web::RemoteFile;
use super::http::web::Web;
use super::http::{Failure, Retries, origin};
use crate::model::Sha256Digest;
use crate::remote::{FileStore, Place, Progress, RemoteError, StoredFile};

/// The variables that say where buckets are, the first of them first.
const ENDPOINTS: [&str; 3] = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"];

const LONGEST_CONNECT: Duration = Duration::from_secs(10);

/// How to ask buckets and web servers.
#[derive(Clone)]
pub struct FileStoreOptions {
    /// Ask nobody: what is not remembered is [`RemoteError::NotCached`].
    pub offline: bool,
    /// How long to wait for a connection (10 s at most), for an answer, and for each next piece.
    pub timeout: Duration,
    /// How often to ask again.
    pub retries: Retries,
    /// Where digests of files that were read are remembered; none to remember nothing.
    pub cache_dir: Option<PathBuf>,
    /// Read every file, also those whose digest is remembered.
    pub rehash: bool,
    /// The environment: of it, all that begins with `AWS_` counts.
    ///
    /// Without a key, and without the variables of a web identity or a container, requests are
    /// not signed. Profiles of the shared credentials file are not read.
    pub variables: Vec<(String, String)>,
}

impl fmt::Debug for FileStoreOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileStoreOptions")
            .field("offline", &self.offline)
            .field("cache_dir", &self.cache_dir)
            .finish_non_exhaustive()
    }
}

impl FileStoreOptions {
    /// Online, 30 s, three retries, and nothing is remembered.
    pub fn new(variables: Vec<(String, String)>) -> Self {
        Self {
            offline: false,
            timeout: Duration::from_secs(30),
            retries: Retries::default(),
            cache_dir: None,
            rehash: false,
            variables,
        }
    }
}

/// Asks buckets and web servers.
pub struct FileStoreClient {
    offline: bool,
    rehash: bool,
    timeout: Duration,
    retries: Retries,
    variables: Vec<(String, String)>,
    remembered: Option<Remembered>,
    web: Web,
    runtime: OnceLock<Result<Runtime, String>>,
    buckets: Mutex<HashMap<(String, bool), AmazonS3>>,
}

impl fmt::Debug for FileStoreClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileStoreClient")
            .field("offline", &self.offline)
            .field("remembered", &self.remembered)
            .finish_non_exhaustive()
    }
}

impl FileStoreClient {
    /// A client that has not connected to anything yet.
    pub fn new(options: FileStoreOptions) -> Self {
        let variables = options.variables.into_iter();
        let of_aws =
            |(name, value): &(String, String)| name.starts_with("AWS_") && !value.is_empty();
        Self {
            offline: options.offline,
            rehash: options.rehash,
            timeout: options.timeout,
            retries: options.retries,
            variables: variables.filter(of_aws).collect(),
            remembered: options.cache_dir.as_deref().map(Remembered::new),
            web: Web::new(options.timeout),
            runtime: OnceLock::new(),
            buckets: Mutex::default(),
        }
    }

    fn variable(&self, name: &str) -> Option<&str> {
        let found = self.variables.iter().rev().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Whether requests say who asks.
    fn signs(&self) -> bool {
        let by_key = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
        let by_service = [
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        ];
        let mut known = by_key.iter().chain(&by_service);
        let skipped = self.variable("AWS_SKIP_SIGNATURE");
        known.any(|name| self.variable(name).is_some())
            && !skipped.is_some_and(|skip| matches!(skip, "true" | "1" | "yes" | "on"))
    }

    /// Where buckets are, as messages name it.
    fn endpoint(&self) -> String {
        let named = ENDPOINTS.iter().find_map(|name| self.variable(name));
        let shown = |text: &str| {
            let url = Url::parse(text);
            url.map_or_else(|_| "the endpoint".to_owned(), |url| origin(&url))
        };
        named.map_or_else(|| "Amazon S3".to_owned(), shown)
    }

    fn failure(&self, error: &Error) -> Failure {
        let signs = self.signs();
        let failure = failure::failure(error, &self.endpoint(), signs);
        match failure {
            Failure::Denied(reason) if !signs && self.variable("AWS_PROFILE").is_some() => {
                Failure::Denied(format!("{reason} (profiles of `AWS_PROFILE` are not read)"))
            }
            failure => failure,
        }
    }

    /// What runs the asynchronous half: the calling threads themselves.
    fn runtime(&self) -> Result<&Runtime, RemoteError> {
        let made = self.runtime.get_or_init(|| {
            let made = Builder::new_current_thread().enable_all().build();
            made.map_err(|error| error.to_string())
        });
        made.as_ref()
            .map_err(|reason| RemoteError::Unreachable(format!("no asynchronous input: {reason}")))
    }

    /// The store of a bucket, which asks again by itself where that is wanted.
    fn bucket(&self, bucket: &str, asks_again: bool) -> Result<AmazonS3, RemoteError> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (bucket.to_owned(), asks_again);
        if let Some(known) = buckets.get(&key) {
            return Ok(known.clone());
        }
        self.check_endpoint()?;
        let made = self.connect(bucket, asks_again).map_err(|error| {
            let cause = crate::model::without_credentials(&error.to_string());
            RemoteError::NotConfigured(format!("cannot ask `s3://{bucket}`: {cause}"))
        })?;
        buckets.insert(key, made.clone());
        Ok(made)
    }

    /// The object store panics at addresses that are none.
    fn check_endpoint(&self) -> Result<(), RemoteError> {
        for name in ENDPOINTS {
            let Some(text) = self.variable(name) else {
                continue;
            };
            let url = Url::parse(text).ok();
            let usable =
                url.is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
            let plain = !text.contains(char::is_whitespace);
            if !(usable && plain) {
                let message =
                    format!("cannot use `{name}`: it is no address like `https://host:port`");
                return Err(RemoteError::NotConfigured(message));
            }
        }
        Ok(())
    }

    fn connect(&self, bucket: &str, asks_again: bool) -> Result<AmazonS3, Error> {
        // Which cryptography TLS uses is the program's choice; a second call is refused and
        // changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let retries = self.retries;
        let mut builder = AmazonS3Builder::new().with_retry(RetryConfig {
            backoff: BackoffConfig {
                init_backoff: retries.first_wait,
                max_backoff: retries.longest_wait,
                base: 2.0,
            },
            max_retries: if asks_again {
                retries.count as usize
            } else {
                0
            },
            ..RetryConfig::default()
        });
        // First, because what the environment says of the client is set on top of it.
        let mut options = ClientOptions::new()
            .with_connect_timeout(self.timeout.min(LONGEST_CONNECT))
            .with_read_timeout(self.timeout)
            .with_timeout_disabled();
        let endpoint = self.endpoint();
        let loopback = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
        if loopback
            .iter()
            .any(|start| endpoint == *start || endpoint.starts_with(&format!("{start}:")))
        {
            options = options.with_allow_http(true);
        }
        builder = builder.with_client_options(options);
        for (name, value) in &self.variables {
            if let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() {
                builder = builder.with_config(key, value);
            }
        }
        // Without this, one who has no credentials waits for a metadata service that is not there.
        let builder = builder.with_skip_signature(!self.signs());
        builder.with_bucket_name(bucket).build()
    }

    /// What no other place is called.
    fn named(&self, place: Place<'_>) -> String {
        match place {
            Place::S3(prefix) => {
                let (bucket, prefix) = (&prefix.bucket, &prefix.prefix);
                format!("{} s3://{bucket}/{prefix}", self.endpoint())
            }
            Place::Web(file) => file.url.to_string(),
        }
    }
}

impl FileStore for FileStoreClient {
    fn list(&self, place: Place<'_>) -> Result<BTreeMap<String, StoredFile>, RemoteError> {
        if self.offline {
            return Err(offline(place));
        }
        match place {
            Place::S3(prefix) => {
                Prefix::new(self, prefix)?.list(&self.bucket(&prefix.bucket, true)?)
            }
            Place::Web(file) => RemoteFile::new(self, &file.url)?.list(),
        }
    }

    fn digest(
        &self,
        place: Place<'_>,
        path: &str,
        file: &StoredFile,
        progress: &dyn Progress,
    ) -> Result<Sha256Digest, RemoteError> {
        let name = self.named(place);
        let remembered = self.remembered.as_ref();
        let known = remembered.filter(|_| !self.rehash);
        if let Some(digest) = known.and_then(|known| known.digest(&name, path, file)) {
            progress.read(file.size);
            return Ok(digest);
        }
        if self.offline {
            return Err(offline(place));
        }
        let digest = match place {
            Place::S3(prefix) => {
                let store = self.bucket(&prefix.bucket, false)?;
                Prefix::new(self, prefix)?.digest(&store, path, file, progress)
            }
            Place::Web(web) => RemoteFile::new(self, &web.url)?.digest(file, progress),
        }?;
        if let Some(remembered) = remembered {
            remembered.keep(&name, path, file, digest);
        }
        Ok(digest)
    }
}

fn offline(place: Place<'_>) -> RemoteError {
    let place = match place {
        Place::S3(prefix) => format!("s3://{}/{}", prefix.bucket, prefix.prefix),
        Place::Web(file) => file.url.to_string(),
    };
    RemoteError::NotCached(format!("`{place}` is not asked when offline"))
}

/// What came is not what was listed.
fn replaced(thing: &str, place: &str) -> Failure {
    Failure::Mismatch(format!(
        "{thing} on `{place}` was replaced since it was listed"
    ))
}
