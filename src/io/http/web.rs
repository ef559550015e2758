//! One question to a web server: redirects, credentials and time-outs, as package indexes are
//! asked, but with any method and any headers.
//!
//! Redirects are followed here, because each hop decides anew what is sent along: credentials only
//! within the origin of the first address.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::blocking::{Client, RequestBuilder, Response};
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use url::Url;

pub(in crate::io) use super::body::broken_off;
use super::{
    Coding, Failure, MAX_REDIRECTS, causes, client, origin, redirect, text, without_userinfo,
};
use crate::io::index::Credentials;

const FORM: &str = "application/x-www-form-urlencoded";
/// Whoever sends is given a second for each so many bytes.
const SLOWEST: u64 = 64 * 1024;

/// A client that is made when it is first needed: never when offline.
#[derive(Debug)]
pub(in crate::io) struct Web {
    client: OnceLock<Result<Client, String>>,
    timeout: Duration,
}

/// What to ask.
pub(in crate::io) struct Question<'a> {
    pub(in crate::io) method: Method,
    pub(in crate::io) address: &'a Url,
    pub(in crate::io) headers: HeaderMap,
    pub(in crate::io) body: Option<Body<'a>>,
}

/// What is sent along.
#[derive(Clone)]
pub(in crate::io) enum Body<'a> {
    /// For the address that is asked, and no other.
    Form(String),
    Bytes(&'a str, &'a [u8]),
    /// A file of this machine, with its length.
    File(&'a Path, u64),
}

impl Web {
    pub(in crate::io) fn new(timeout: Duration) -> Self {
        Self {
            client: OnceLock::new(),
            timeout,
        }
    }

    /// Asks once, following redirects; any other status is the caller's to understand.
    pub(in crate::io) fn ask(&self, question: &Question<'_>) -> Result<Response, Failure> {
        let mut address = without_userinfo(question.address);
        let mut headers = question.headers.clone();
        for _ in 0..=MAX_REDIRECTS {
            if address.origin() != question.address.origin() {
                headers.remove(header::AUTHORIZATION);
            }
            let response = self.hop(question, &address, &headers)?;
            if !question.follows(response.status()) {
                return Ok(response);
            }
            let location = text(response.headers(), header::LOCATION).unwrap_or_default();
            address = redirect(&address, &location)?;
        }
        Err(Failure::Permanent(format!(
            "more than {MAX_REDIRECTS} redirects"
        )))
    }

    fn hop(
        &self,
        question: &Question<'_>,
        address: &Url,
        headers: &HeaderMap,
    ) -> Result<Response, Failure> {
        let made = self
            .client
            .get_or_init(|| client(self.timeout, Coding::Identity));
        let client = made
            .as_ref()
            .map_err(|reason| Failure::Permanent(format!("no HTTPS client: {reason}")))?;
        let request = client
            .request(question.method.clone(), address.clone())
            .header(header::ACCEPT_ENCODING, "identity")
            .headers(headers.clone());
        let request = match &question.body {
            Some(body) => body.put_into(request, self.timeout)?,
            None => request,
        };
        request.send().map_err(|error| {
            let reason = causes(error);
            Failure::transient(format!("`{}` does not answer: {reason}", origin(address)))
        })
    }
}

impl Question<'_> {
    /// Whether an answer of this status is gone after: what is sent along goes only where a
    /// redirect says that it should (RFC 9110 §15.4), and a form goes nowhere else.
    fn follows(&self, status: StatusCode) -> bool {
        match (status.as_u16(), &self.body) {
            (301..=303, None) => true,
            (307 | 308, body) => !matches!(body, Some(Body::Form(_))),
            _ => false,
        }
    }
}

impl Body<'_> {
    /// Opens what is sent anew, since a question may be asked again.
    fn put_into(
        &self,
        request: RequestBuilder,
        timeout: Duration,
    ) -> Result<RequestBuilder, Failure> {
        let (content_type, length, body) = match self {
            Self::Form(form) => {
                return Ok(request
                    .header(header::CONTENT_TYPE, FORM)
                    .body(form.clone()));
            }
            Self::Bytes(content_type, bytes) => {
                (*content_type, bytes.len() as u64, bytes.to_vec().into())
            }
            Self::File(path, length) => {
                let file = File::open(path).map_err(|error| {
                    Failure::Permanent(format!("cannot read `{}`: {error}", path.display()))
                })?;
                let body = reqwest::blocking::Body::sized(file, *length);
                ("application/octet-stream", *length, body)
            }
        };
        Ok(request
            .header(header::CONTENT_TYPE, content_type)
            // Of a request this bounds the sending as well.
            .timeout(timeout + Duration::from_secs(length / SLOWEST))
            .body(body))
    }
}

/// The whole body; none where it is longer than a limit.
pub(in crate::io) fn body(response: Response, largest: u64) -> Result<Option<Vec<u8>>, Failure> {
    let mut body = Vec::new();
    let limited = &mut response.take(largest.saturating_add(1));
    limited
        .read_to_end(&mut body)
        .map_err(|error| broken_off(&error))?;
    let fits = u64::try_from(body.len()).is_ok_and(|length| length <= largest);
    Ok(fits.then_some(body))
}

/// The header `Authorization` of a user and a password (RFC 7617).
pub(in crate::io) fn basic(credentials: &Credentials) -> Option<HeaderValue> {
    use base64::Engine as _;
    let password = credentials.password.as_deref().unwrap_or_default();
    let pair = format!("{}:{password}", credentials.user);
    let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
    secret(&format!("Basic {encoded}"))
}

/// The header `Authorization` of a token (RFC 6750); none where no header can hold it.
pub(in crate::io) fn bearer(token: &str) -> Option<HeaderValue> {
    secret(&format!("Bearer {token}"))
}

fn secret(value: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(value).ok()?;
    value.set_sensitive(true);
    Some(value)
}
