//! HTTP as the adapters share it: one client, redirects, bodies, pieces, and when to ask again.
//!
//! Redirects are followed here and not by the HTTP library, because each hop decides anew what is
//! sent along: credentials only within the origin that they are for. No message shows an address,
//! only its origin: the rest of it may be a signature, which is a credential.
//!
//! | module | holds |
//! |---|---|
//! | `body` | the body of an answer: into memory, or piece by piece |
//! | `range` | which bytes of a file are asked for, and which came |
//! | `web` | one question by any method, with any headers |
//! | `retry` | when to ask again, and the messages of what is given up |

mod body;
mod range;
mod retry;
pub(in crate::io) mod web;

use std::error::Error as _;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::blocking::{Client, RequestBuilder, Response};
use reqwest::header::{self, AsHeaderName, HeaderMap};
use reqwest::redirect::Policy;
use url::Url;

pub(in crate::io) use self::body::{read, stream};
pub(in crate::io) use self::range::{Range, Span};
pub use self::retry::Retries;
pub(in crate::io) use self::retry::{Failure, Subject, wait_asked};

const MAX_REDIRECTS: usize = 10;
const LONGEST_CONNECT: Duration = Duration::from_secs(10);

/// How bodies come: decompressed, or as the very bytes that are stored on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::io) enum Coding {
    Gzip,
    Identity,
}

/// A client that is made when it is first needed: never when offline.
#[derive(Debug)]
pub(in crate::io) struct Http {
    client: OnceLock<Result<Client, String>>,
    timeout: Duration,
    coding: Coding,
}

/// An answer that is no redirect, and what led to it.
pub(in crate::io) struct Followed {
    /// Where the answer came from.
    pub(in crate::io) address: Url,
    pub(in crate::io) response: Response,
    /// The addresses that redirected, in order, and the headers with which they did.
    pub(in crate::io) passed: Vec<(Url, HeaderMap)>,
}

impl Http {
    pub(in crate::io) fn new(timeout: Duration, coding: Coding) -> Self {
        Self {
            client: OnceLock::new(),
            timeout,
            coding,
        }
    }

    /// Asks once, following redirects; `dress` adds to a request what its address may be told.
    pub(in crate::io) fn get(
        &self,
        address: &Url,
        dress: impl Fn(&Url, RequestBuilder) -> RequestBuilder,
    ) -> Result<Followed, Failure> {
        let mut address = without_userinfo(address);
        let mut passed = Vec::new();
        for _ in 0..=MAX_REDIRECTS {
            let mut request = self.client()?.get(address.clone());
            if self.coding == Coding::Identity {
                request = request.header(header::ACCEPT_ENCODING, "identity");
            }
            let response = dress(&address, request).send().map_err(|error| {
                let reason = causes(error);
                Failure::transient(format!("`{}` does not answer: {reason}", origin(&address)))
            })?;
            if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
                return Ok(Followed {
                    address,
                    response,
                    passed,
                });
            }
            let location = text(response.headers(), header::LOCATION).unwrap_or_default();
            let next = redirect(&address, &location)?;
            passed.push((address, response.headers().clone()));
            address = next;
        }
        Err(Failure::Permanent(format!(
            "more than {MAX_REDIRECTS} redirects"
        )))
    }

    fn client(&self) -> Result<&Client, Failure> {
        let made = self
            .client
            .get_or_init(|| client(self.timeout, self.coding));
        made.as_ref()
            .map_err(|reason| Failure::Permanent(format!("no HTTPS client: {reason}")))
    }
}

/// A client that follows no redirects.
fn client(timeout: Duration, coding: Coding) -> Result<Client, String> {
    // Which cryptography TLS uses is the program's choice; a second call is refused and changes
    // nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .user_agent(concat!("vhb/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .gzip(coding == Coding::Gzip)
        .connect_timeout(timeout.min(LONGEST_CONNECT))
        // Of a blocking client this bounds each read, not the whole body.
        .timeout(timeout)
        .build()
        .map_err(causes)
}

/// What an answer that gives nothing means.
pub(in crate::io) fn refusal(
    address: &Url,
    response: &Response,
    credentials_sent: bool,
) -> Failure {
    let status = response.status();
    let answered = format!("`{}` answered {status}", origin(address));
    match status.as_u16() {
        404 | 410 => Failure::Missing,
        401 | 403 if credentials_sent => {
            Failure::Denied(format!("{answered} to the credentials that were sent"))
        }
        401 | 403 => Failure::Denied(format!("{answered}, and no credentials were sent")),
        429 | 500..=599 => Failure::Transient {
            reason: answered,
            wait: wait_asked(response.headers()),
        },
        _ => Failure::Permanent(answered),
    }
}

/// Where a redirect leads; never from an encrypted address to one that is not.
pub(in crate::io) fn redirect(address: &Url, location: &str) -> Result<Url, Failure> {
    let from = origin(address);
    let next = address
        .join(location)
        .ok()
        .filter(|next| !location.is_empty() && matches!(next.scheme(), "http" | "https"))
        .ok_or_else(|| Failure::Permanent(format!("`{from}` redirects to nowhere")))?;
    if address.scheme() == "https" && next.scheme() == "http" {
        return Err(Failure::Permanent(format!(
            "`{from}` redirects to `{}`, which is not encrypted",
            origin(&next)
        )));
    }
    Ok(without_userinfo(&next))
}

/// An address without userinfo and fragment.
pub(in crate::io) fn without_userinfo(address: &Url) -> Url {
    let mut bare = address.clone();
    bare.set_fragment(None);
    // Only addresses without a host refuse this, and those hold no userinfo.
    let _ = bare.set_username("");
    let _ = bare.set_password(None);
    bare
}

/// Scheme, host and port: all of an address that a message shows.
pub(in crate::io) fn origin(address: &Url) -> String {
    address.origin().ascii_serialization()
}

/// The text of a header.
pub(in crate::io) fn text(headers: &HeaderMap, name: impl AsHeaderName) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

/// The error and its causes in one line, without the address.
fn causes(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return "timed out".to_owned();
    }
    let error = error.without_url();
    match error.source() {
        Some(source) => chain(Some(source)),
        None => error.to_string(),
    }
}

/// An error and its causes in one line.
fn chain(mut next: Option<&(dyn std::error::Error + 'static)>) -> String {
    let mut reasons: Vec<String> = Vec::new();
    while let Some(error) = next {
        let reason = error.to_string();
        // Wrappers like to repeat what they wrap.
        if !reasons.last().is_some_and(|last| last.ends_with(&reason)) {
            reasons.push(reason);
        }
        next = error.source();
    }
    reasons.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redirected(from: &str, location: &str) -> Result<String, Failure> {
        redirect(&from.parse().unwrap(), location).map(Into::into)
    }

    #[test]
    fn redirects_are_relative_to_the_address_and_stay_encrypted() {
        let from = "https://index.example/simple/Foo";
        for (location, expected) in [
            ("foo/", "https://index.example/simple/foo/"),
            ("//other.example/a?b#c", "https://other.example/a?b"),
            ("https://me:pw@index.example/x", "https://index.example/x"),
        ] {
            assert_eq!(redirected(from, location).unwrap(), expected);
        }
        for location in ["http://index.example/simple/foo/", "file:///x", ""] {
            let failure = redirected(from, location);
            assert!(matches!(failure, Err(Failure::Permanent(_))), "{location}");
        }
        let plain = redirected("http://index.example/", "https://index.example/");
        assert_eq!(plain.unwrap(), "https://index.example/");
    }
}
