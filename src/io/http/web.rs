//! One question to a web server: redirects, credentials and time-outs, as package indexes are
//! asked, but with any method and any headers.
//!
//! Redirects are followed here, because each hop decides anew what is sent along: credentials only
//! within the origin of the first address.

use std::io::Read as _;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::Method;
use reqwest::blocking::{Client, Response};
use reqwest::header::{self, HeaderMap, HeaderValue};
use url::Url;

pub(in crate::io) use super::body::broken_off;
use super::{
    Coding, Failure, MAX_REDIRECTS, causes, client, origin, redirect, text, without_userinfo,
};
use crate::io::index::Credentials;

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
    /// The body, as a form has it.
    pub(in crate::io) form: Option<String>,
}

impl<'a> Question<'a> {
    pub(in crate::io) fn get(address: &'a Url, headers: HeaderMap) -> Self {
        Self {
            method: Method::GET,
            address,
            headers,
            form: None,
        }
    }
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
            let redirected = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
            // What a form holds is for the address that was asked, and no other.
            if !redirected || question.form.is_some() {
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
        let mut request = client
            .request(question.method.clone(), address.clone())
            .header(header::ACCEPT_ENCODING, "identity")
            .headers(headers.clone());
        if let Some(form) = &question.form {
            let form_type = "application/x-www-form-urlencoded";
            request = request
                .header(header::CONTENT_TYPE, form_type)
                .body(form.clone());
        }
        request.send().map_err(|error| {
            let reason = causes(error);
            Failure::transient(format!("`{}` does not answer: {reason}", origin(address)))
        })
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
