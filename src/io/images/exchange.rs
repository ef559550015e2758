//! One question to a registry as it is put on the wire: who asks, and what a refusal means.

use std::sync::PoisonError;

use reqwest::blocking::Response;
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use url::Url;

use super::challenge::Challenge;
use super::docker::Known;
use super::repository::Repository;
use crate::io::http::web::{Body, Question, body};
use crate::io::http::{Failure, refusal};

/// Of a refusal, so much is read for its codes.
const LONGEST_REFUSAL: u64 = 64 * 1024;
/// More than the specification's codes need.
const LONGEST_CODE: usize = 40;

/// What a question may do to a repository, as tokens have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Access {
    Pull,
    Push,
}

/// What is asked.
pub(super) struct Asked<'a> {
    pub(super) method: Method,
    pub(super) address: &'a Url,
    pub(super) accept: &'static str,
    pub(super) body: Option<Body<'a>>,
    pub(super) access: Access,
}

/// What came back, and what was known of the user.
pub(super) struct Exchange {
    pub(super) response: Response,
    known: Known,
}

#[derive(Deserialize)]
struct RefusalWire {
    errors: Vec<ErrorWire>,
}

#[derive(Deserialize)]
struct ErrorWire {
    code: String,
}

impl Access {
    fn scope(self, repository: &str) -> String {
        let actions = match self {
            Self::Pull => "pull",
            Self::Push => "pull,push",
        };
        format!("repository:{repository}:{actions}")
    }
}

impl<'a> Asked<'a> {
    pub(super) fn get(address: &'a Url, accept: &'static str) -> Self {
        Self {
            method: Method::GET,
            address,
            accept,
            body: None,
            access: Access::Pull,
        }
    }
}

impl Exchange {
    /// Whether the answer came from where it was asked, and not from where that led.
    pub(super) fn is_from(&self, asked: &Url) -> bool {
        self.response.url().origin() == asked.origin()
    }

    pub(super) fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// What the answer means where it is not what was wanted.
    pub(super) fn refused(self, address: &Url) -> Failure {
        let failure = refused(address, self.response, self.known.login.is_some());
        explained(failure, &self.known)
    }
}

impl Repository<'_> {
    /// Asks, and again as somebody where the registry wants to know who asks. Only the registry
    /// hears anything about the user, and not where it sends whoever asks.
    pub(super) fn exchange(&self, asked: &Asked<'_>) -> Result<Exchange, Failure> {
        let address = asked.address;
        let at_home = self.address("")?.origin() == address.origin();
        let remembered = self.remembered(asked.access).filter(|_| at_home);
        let mut known = Known::default();
        let mut response = self.ask(asked, remembered.as_ref())?;
        let asked_by_registry = at_home && response.url().origin() == address.origin();
        if response.status() == StatusCode::UNAUTHORIZED && asked_by_registry {
            known = self.client.docker.known(self.image.registry());
            if let Some(authorization) = self.authorize(asked, &response, &known)? {
                response = self.ask(asked, Some(&authorization))?;
                if answers(response.status()) {
                    self.remember(asked.access, authorization);
                }
            }
        } else if remembered.is_some() {
            known = self.client.docker.known(self.image.registry());
        }
        Ok(Exchange { response, known })
    }

    fn ask(
        &self,
        asked: &Asked<'_>,
        authorization: Option<&HeaderValue>,
    ) -> Result<Response, Failure> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(asked.accept));
        headers.extend(authorization.map(|value| (header::AUTHORIZATION, value.clone())));
        self.client.web.ask(&Question {
            method: asked.method.clone(),
            address: asked.address,
            headers,
            body: asked.body.clone(),
        })
    }

    fn authorize(
        &self,
        asked: &Asked<'_>,
        response: &Response,
        known: &Known,
    ) -> Result<Option<HeaderValue>, Failure> {
        let Some(challenge) = Challenge::of(response.headers()) else {
            return Ok(None);
        };
        let scope = asked.access.scope(self.image.repository());
        challenge
            .answer(
                &self.client.web,
                asked.address,
                &scope,
                known.login.as_ref(),
            )
            .map_err(|failure| explained(failure, known))
    }

    fn key(&self, access: Access) -> (String, String, Access) {
        let image = self.image;
        (
            image.registry().to_owned(),
            image.repository().to_owned(),
            access,
        )
    }

    fn remembered(&self, access: Access) -> Option<HeaderValue> {
        let known = &self.client.authorizations;
        let known = known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&self.key(access)).cloned()
    }

    fn remember(&self, access: Access, authorization: HeaderValue) {
        let known = &self.client.authorizations;
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(self.key(access), authorization);
    }
}

/// Whether the registry took the user for somebody who may ask: there may yet be nothing there.
fn answers(status: StatusCode) -> bool {
    status.is_success() || status == StatusCode::NOT_FOUND
}

/// What a refusal means: its status, and the codes of the distribution specification.
fn refused(address: &Url, response: Response, login_sent: bool) -> Failure {
    let failure = refusal(address, &response, login_sent);
    // The status says enough, and of a server that fails no body is waited for.
    let Failure::Permanent(answered) = failure else {
        return failure;
    };
    let bytes = body(response, LONGEST_REFUSAL).ok().flatten();
    let wire = bytes.and_then(|bytes| serde_json::from_slice::<RefusalWire>(&bytes).ok());
    let codes: Vec<_> = wire
        .into_iter()
        .flat_map(|wire| wire.errors)
        .map(|error| error.code)
        .filter(|code| is_code(code))
        .collect();
    let has = |names: &[&str]| codes.iter().any(|code| names.contains(&code.as_str()));
    if has(&[
        "MANIFEST_UNKNOWN",
        "NAME_UNKNOWN",
        "BLOB_UNKNOWN",
        "NOT_FOUND",
    ]) {
        return Failure::Missing;
    }
    if has(&["TOOMANYREQUESTS"]) {
        return Failure::transient(answered);
    }
    let denied = has(&["DENIED", "UNAUTHORIZED"]);
    let answered = match codes.first() {
        Some(code) => format!("{answered} (`{code}`)"),
        None => answered,
    };
    if denied {
        Failure::Denied(answered)
    } else {
        Failure::Permanent(answered)
    }
}

/// Whether a text has the form of a code; anything else is not repeated.
fn is_code(text: &str) -> bool {
    text.len() <= LONGEST_CODE && text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
}

/// Adds to a refusal why credentials may have been missing.
fn explained(failure: Failure, known: &Known) -> Failure {
    match (failure, &known.missing) {
        (Failure::Denied(reason), Some(missing)) => {
            Failure::Denied(format!("{reason} ({missing})"))
        }
        (failure, _) => failure,
    }
}
