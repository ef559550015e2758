//! One question to an index: redirects, credentials, conditional requests, status codes.
//!
//! Redirects are followed here and not by the HTTP library, because each hop decides anew what is
//! sent along: credentials only within the origin of the first address, validators only to the
//! address that gave them.

use std::error::Error as _;
use std::sync::OnceLock;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::blocking::{Client, RequestBuilder, Response};
use reqwest::header;
use reqwest::redirect::Policy;
use url::Url;

use super::answer::{Answer, Found, chain, text};
use super::cache::Validators;
use super::credentials::{Credentials, without_userinfo};
use super::fresh::Freshness;
use super::ranges::{Range, Span};
use super::retry::{Failure, retry_after};

const MAX_REDIRECTS: usize = 10;
const LONGEST_CONNECT: Duration = Duration::from_secs(10);

/// How bodies come: decompressed, or as the very bytes that are stored on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Gzip,
    Identity,
}

/// A client that is made when it is first needed: never when offline.
#[derive(Debug)]
pub(super) struct Http {
    client: OnceLock<Result<Client, String>>,
    timeout: Duration,
    coding: Coding,
}

/// What to ask.
pub(super) struct Question<'a> {
    pub(super) address: &'a Url,
    pub(super) accept: &'static str,
    pub(super) credentials: Option<&'a Credentials>,
    pub(super) validators: Option<&'a Validators>,
    /// The part of the body that is wanted; none for all of it.
    pub(super) range: Option<Range>,
}

impl Http {
    pub(super) fn new(timeout: Duration, coding: Coding) -> Self {
        Self {
            client: OnceLock::new(),
            timeout,
            coding,
        }
    }

    /// Asks once, following redirects.
    pub(super) fn ask(&self, question: &Question<'_>) -> Result<Answer, Failure> {
        let mut address = without_userinfo(question.address);
        for _ in 0..=MAX_REDIRECTS {
            let credentials = question
                .credentials
                .filter(|_| address.origin() == question.address.origin());
            let shown = shown(&address);
            let hop = Question {
                address: &address,
                credentials,
                validators: question.validators.filter(|known| known.from == shown),
                ..*question
            };
            let response = self.hop(&hop)?;
            if matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
                let location = text(&response, header::LOCATION).unwrap_or_default();
                address = redirect(&address, &location)?;
                continue;
            }
            return understand(&hop, shown, response);
        }
        Err(Failure::Permanent(format!(
            "more than {MAX_REDIRECTS} redirects"
        )))
    }

    fn hop(&self, question: &Question<'_>) -> Result<Response, Failure> {
        let address = question.address;
        let mut request = self
            .client()?
            .get(address.clone())
            .header(header::ACCEPT, question.accept);
        if self.coding == Coding::Identity {
            request = request.header(header::ACCEPT_ENCODING, "identity");
        }
        if let Some(known) = question.credentials {
            request = request.basic_auth(&known.user, known.password.as_ref());
        }
        if let Some(known) = question.validators {
            request = conditional(request, known);
        }
        if let Some(range) = question.range {
            request = request.header(header::RANGE, range.to_string());
        }
        request.send().map_err(|error| {
            let reason = causes(error);
            Failure::transient(format!("`{}` does not answer: {reason}", origin(address)))
        })
    }

    fn client(&self) -> Result<&Client, Failure> {
        let made = self.client.get_or_init(|| {
            // Which cryptography TLS uses is the program's choice; a second call is refused and
            // changes nothing.
            let _ = rustls::crypto::ring::default_provider().install_default();
            Client::builder()
                .user_agent(concat!("vhb/", env!("CARGO_PKG_VERSION")))
                .redirect(Policy::none())
                .gzip(self.coding == Coding::Gzip)
                .connect_timeout(self.timeout.min(LONGEST_CONNECT))
                // Of a blocking client this bounds each read, not the whole body.
                .timeout(self.timeout)
                .build()
                .map_err(causes)
        });
        made.as_ref()
            .map_err(|reason| Failure::Permanent(format!("no HTTPS client: {reason}")))
    }
}

/// What an answer that is no redirect means.
fn understand(
    question: &Question<'_>,
    from: String,
    response: Response,
) -> Result<Answer, Failure> {
    let found = |response| Box::new(Found::new(from, response));
    let in_part = question.range.is_some();
    match response.status() {
        StatusCode::OK => Ok(Answer::Found(found(response))),
        StatusCode::NOT_MODIFIED if question.validators.is_some() => {
            Ok(Answer::NotModified(Freshness::of(response.headers())))
        }
        StatusCode::PARTIAL_CONTENT if in_part => {
            let span = text(&response, header::CONTENT_RANGE).and_then(|range| Span::read(&range));
            Ok(span.map_or(Answer::NoPiece, |span| Answer::Piece(span, found(response))))
        }
        // Of servers that cannot do it, some say so with another status than 200 and the whole.
        status if in_part && matches!(status.as_u16(), 400 | 405 | 416 | 501) => {
            Ok(Answer::NoPiece)
        }
        _ => {
            let credentials_sent = question.credentials.is_some();
            Err(refusal(question.address, &response, credentials_sent))
        }
    }
}

fn conditional(request: RequestBuilder, known: &Validators) -> RequestBuilder {
    // Never by date: a file that is replaced by an older one would pass as unchanged.
    match &known.etag {
        Some(etag) => request.header(header::IF_NONE_MATCH, etag),
        None => request,
    }
}

/// Where a redirect leads; never from an encrypted address to one that is not.
fn redirect(address: &Url, location: &str) -> Result<Url, Failure> {
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

fn refusal(address: &Url, response: &Response, credentials_sent: bool) -> Failure {
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
            wait: text(response, header::RETRY_AFTER)
                .and_then(|value| retry_after(&value, Timestamp::now())),
        },
        _ => Failure::Permanent(answered),
    }
}

/// The address as validators remember it: a query may be a signature, which is a credential.
fn shown(address: &Url) -> String {
    let mut bare = without_userinfo(address);
    bare.set_query(None);
    bare.into()
}

fn origin(address: &Url) -> String {
    address.origin().ascii_serialization()
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
            assert_eq!(redirected(from, location), Ok(expected.to_owned()));
        }
        for location in ["http://index.example/simple/foo/", "file:///x", ""] {
            let failure = redirected(from, location);
            assert!(matches!(failure, Err(Failure::Permanent(_))), "{location}");
        }
        let plain = redirected("http://index.example/", "https://index.example/");
        assert_eq!(plain, Ok("https://index.example/".to_owned()));
    }

    #[test]
    fn validators_remember_no_signature() {
        let address = "https://me:pw@h.example/f?sig=s3cret#x".parse().unwrap();
        assert_eq!(shown(&without_userinfo(&address)), "https://h.example/f");
    }
}
