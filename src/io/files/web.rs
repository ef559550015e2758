//! One file on a web server.
//!
//! Its state is known by its strong entity tag, else by the date of its last modification. A
//! server is not believed to have kept the file while a transfer was broken off: each answer says
//! again which state it is of.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::blocking::Response;
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use std::io::Read as _;
use url::Url;

use super::transfer::Transfer;
use super::{FileStoreClient, replaced};
use crate::io::http::web::broken_off;
use crate::io::http::web::{Question, basic};
use crate::io::http::{Failure, Span, Subject, origin, refusal, text};
use crate::io::index::userinfo;
use crate::model::{FileUrl, Instant, Sha256Digest, check_path};
use crate::remote::{Progress, RemoteError, StoredFile, TreeError};

const PIECE: usize = 64 * 1024;

/// A file, and whom to ask for it.
pub(super) struct RemoteFile<'a> {
    client: &'a FileStoreClient,
    address: Url,
    host: String,
    name: String,
}

impl<'a> RemoteFile<'a> {
    pub(super) fn new(client: &'a FileStoreClient, url: &FileUrl) -> Result<Self, RemoteError> {
        let address = Url::parse(url.secret())
            .map_err(|error| RemoteError::Unreachable(format!("`{url}` is no address: {error}")))?;
        let name = url.filename();
        check_path(&name).map_err(TreeError::from)?;
        Ok(Self {
            client,
            host: origin(&address),
            address,
            name,
        })
    }

    pub(super) fn list(&self) -> Result<BTreeMap<String, StoredFile>, RemoteError> {
        let thing = self.thing();
        let file = self
            .client
            .retries
            .run(self.subject(&thing), || self.listed())?;
        Ok([(self.name.clone(), file)].into())
    }

    pub(super) fn digest(
        &self,
        file: &StoredFile,
        progress: &dyn Progress,
    ) -> Result<Sha256Digest, RemoteError> {
        let thing = self.thing();
        Transfer::new(file.size, progress)
            .run(&self.client.retries, |transfer| {
                self.read_on(file, transfer)
            })
            .map_err(|(failure, attempts)| {
                let failure = match failure {
                    Failure::Mismatch(_) => replaced(&thing, &self.host),
                    failure => failure,
                };
                self.subject(&thing).error(failure, attempts)
            })
    }

    fn thing(&self) -> String {
        format!("file `{}`", self.name)
    }

    fn subject<'b>(&'b self, thing: &'b str) -> Subject<'b> {
        Subject {
            thing,
            place: &self.host,
        }
    }

    fn listed(&self) -> Result<StoredFile, Failure> {
        let response = self.ask(Method::HEAD, HeaderMap::new())?;
        let size = match response.status().as_u16() {
            200 => length(&response),
            // Servers that sign addresses, and those of few methods, answer GET alone.
            400 | 403 | 405 | 501 => None,
            _ => return Err(self.refused(&response)),
        };
        if let Some(size) = size {
            let token = token(&response);
            return Ok(StoredFile { size, token });
        }
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_static("bytes=0-0"));
        let response = self.ask(Method::GET, headers)?;
        let size = match response.status() {
            StatusCode::OK => length(&response),
            StatusCode::PARTIAL_CONTENT => span(&response).map(|span| span.total),
            // There is no first byte of an empty file.
            StatusCode::RANGE_NOT_SATISFIABLE => Some(0),
            _ => return Err(self.refused(&response)),
        };
        let size = size.ok_or_else(|| {
            Failure::Permanent("the server does not say how long the file is".to_owned())
        })?;
        let token = token(&response);
        Ok(StoredFile { size, token })
    }

    fn read_on(&self, file: &StoredFile, transfer: &mut Transfer<'_>) -> Result<(), Failure> {
        if file.token.is_empty() {
            transfer.forget();
        }
        let from = transfer.read();
        let mut headers = HeaderMap::new();
        if from > 0 {
            headers.extend(
                HeaderValue::try_from(format!("bytes={from}-")).map(|range| (header::RANGE, range)),
            );
            let etag = file.token.strip_prefix("etag:");
            let etag = etag.and_then(|etag| HeaderValue::try_from(etag).ok());
            headers.extend(etag.map(|etag| (header::IF_RANGE, etag)));
        }
        let response = self.ask(Method::GET, headers)?;
        let status = response.status();
        if !matches!(status, StatusCode::OK | StatusCode::PARTIAL_CONTENT) {
            return Err(self.refused(&response));
        }
        if token(&response) != file.token {
            return Err(replaced(&self.thing(), &self.host));
        }
        let (first, total) = match (status, span(&response)) {
            (StatusCode::PARTIAL_CONTENT, Some(span)) => (span.first, Some(span.total)),
            (StatusCode::PARTIAL_CONTENT, None) => {
                return Err(Failure::transient("a piece that is of no file came"));
            }
            _ => (0, length(&response)),
        };
        if total.is_some_and(|total| total != file.size) {
            return Err(replaced(&self.thing(), &self.host));
        }
        // What is there already is read over.
        let skipped = from
            .checked_sub(first)
            .ok_or_else(|| Failure::transient("another piece came than was asked for"))?;
        receive(response, skipped, transfer)
    }

    fn ask(&self, method: Method, mut headers: HeaderMap) -> Result<Response, Failure> {
        let credentials = userinfo(&self.address);
        let authorization = credentials.as_ref().and_then(basic);
        headers.extend(authorization.map(|value| (header::AUTHORIZATION, value)));
        headers.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
        self.client.web.ask(&Question {
            method,
            address: &self.address,
            headers,
            body: None,
        })
    }

    fn refused(&self, response: &Response) -> Failure {
        refusal(&self.address, response, userinfo(&self.address).is_some())
    }
}

fn receive(
    mut response: Response,
    mut skipped: u64,
    transfer: &mut Transfer<'_>,
) -> Result<(), Failure> {
    let mut buffer = vec![0; PIECE];
    loop {
        let bytes = match response.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => &buffer[..length],
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(broken_off(&error)),
        };
        let known = usize::try_from(skipped).map_or(bytes.len(), |known| known.min(bytes.len()));
        skipped -= known as u64;
        transfer.take(&bytes[known..])?;
    }
}

/// The length that a server states; the HTTP library forgets it where no body follows.
fn length(response: &Response) -> Option<u64> {
    text(response.headers(), header::CONTENT_LENGTH)?
        .trim()
        .parse()
        .ok()
}

fn span(response: &Response) -> Option<Span> {
    Span::read(&text(response.headers(), header::CONTENT_RANGE)?)
}

/// What the server calls the state of the file.
fn token(response: &Response) -> String {
    let etag = text(response.headers(), header::ETAG);
    // A weak entity tag may stay where the bytes change (RFC 9110 §8.8.1).
    if let Some(etag) = etag.filter(|etag| etag.starts_with('"')) {
        return format!("etag:{etag}");
    }
    let modified = text(response.headers(), header::LAST_MODIFIED);
    let modified = modified.and_then(|modified| instant(&modified));
    modified.map_or_else(String::new, |modified| format!("modified:{modified}"))
}

fn instant(date: &str) -> Option<Instant> {
    let parser = rfc2822::DateTimeParser::new().relaxed_weekday(true);
    let parsed: Timestamp = parser.parse_timestamp(date.trim()).ok()?;
    Instant::from_unix_seconds(parsed.as_second())
}
