//! One question to the Hub: who is told the token, and what a refusal means.
//!
//! The token goes to the endpoint's own origin and never along with a redirect to another one, such
//! as the servers that hold large files. Nor is what those say taken for a word of the Hub.

use std::fmt;

use reqwest::StatusCode;
use reqwest::blocking::Response;
use reqwest::header::{self, HeaderMap};
use serde::de::DeserializeOwned;
use url::Url;

use super::HubClient;
use super::access::{HubAccess, HubToken};
use crate::io::http::{self, Failure, Followed, Http, Range, Subject, origin, text, wait_asked};
use crate::model::{GitOid, HubRepo, one_line, without_credentials};
use crate::remote::RemoteError;

/// What the Hub says to somebody whom it does not know of what it does not show.
const NOT_SHOWN: &str = "Invalid username or password.";
const LONGEST_REMARK: usize = 200;

/// A repository of the Hub, to be asked about.
#[derive(Clone, Copy)]
pub(super) struct Repository<'a> {
    pub(super) client: &'a HubClient,
    pub(super) access: &'a HubAccess,
    pub(super) repo: &'a HubRepo,
}

/// What is asked for, as messages name it.
#[derive(Clone, Copy)]
pub(super) enum Thing<'a> {
    References,
    Reference(&'a str),
    Revision(&'a str),
    History(&'a GitOid),
    Commit(&'a GitOid),
    File(&'a GitOid, &'a str),
}

impl fmt::Display for Thing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::References => f.write_str("references of"),
            Self::Reference(name) => write!(f, "reference `{name}` of"),
            Self::Revision(name) => write!(f, "revision `{name}` of"),
            Self::History(commit) => write!(f, "history of commit `{}` of", commit.short()),
            Self::Commit(commit) => write!(f, "commit `{}` of", commit.short()),
            Self::File(commit, path) => {
                write!(f, "file `{path}` in commit `{}` of", commit.short())
            }
        }
    }
}

/// An answer with a status of success.
pub(super) struct Answer {
    pub(super) response: Response,
    /// The headers of the Hub's own answers, among them the one that led elsewhere.
    own: Vec<HeaderMap>,
    pub(super) address: Url,
}

impl Answer {
    /// A header of the Hub itself.
    pub(super) fn own(&self, name: &str) -> Option<String> {
        self.own.iter().find_map(|headers| text(headers, name))
    }
}

impl Repository<'_> {
    /// The thing with the repository and the host that it is asked of.
    pub(super) fn named(&self, thing: Thing<'_>) -> String {
        format!("{thing} `{}` on `{}`", self.repo, self.access.endpoint)
    }

    /// What makes no sense in an answer.
    pub(super) fn senseless(&self, thing: Thing<'_>, what: impl fmt::Display) -> RemoteError {
        RemoteError::Unreachable(format!("cannot read {}: {what}", self.named(thing)))
    }

    pub(super) fn missing(&self, thing: Thing<'_>) -> RemoteError {
        RemoteError::NoRevision(format!("no {}", self.named(thing)))
    }

    /// Attempts something until it succeeds or is given up.
    pub(super) fn attempt<T>(
        &self,
        thing: Thing<'_>,
        attempt: impl FnMut() -> Result<T, Failure>,
    ) -> Result<T, RemoteError> {
        let subject = Subject {
            thing: &format!("{thing} `{}`", self.repo),
            place: &self.access.endpoint,
        };
        self.client.retries.run(subject, attempt)
    }

    /// Asks the API, and reads all of its answer.
    pub(super) fn api<T: DeserializeOwned>(
        &self,
        thing: Thing<'_>,
        parts: &[&str],
    ) -> Result<T, RemoteError> {
        let address = self.access.endpoint.api(self.repo, parts);
        self.attempt(thing, || {
            let answer = self.ask(&self.client.api, thing, &address, None)?;
            self.json(answer.response)
        })
    }

    pub(super) fn json<T: DeserializeOwned>(&self, response: Response) -> Result<T, Failure> {
        let body = http::read(response, self.client.largest_answer)?;
        // The place alone: the parser's own words may quote the answer at any length.
        serde_json::from_slice(&body).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            Failure::transient(format!(
                "the answer makes no sense (line {line}, column {column})"
            ))
        })
    }

    /// Asks once.
    pub(super) fn ask(
        &self,
        http: &Http,
        thing: Thing<'_>,
        address: &Url,
        range: Option<Range>,
    ) -> Result<Answer, Failure> {
        let HubAccess { endpoint, token } = self.access;
        let Followed {
            address,
            response,
            passed,
        } = http.get(address, |address, mut request| {
            if let Some(token) = token.as_ref().filter(|_| endpoint.owns(address)) {
                request = request.bearer_auth(token.secret());
            }
            match range {
                Some(range) => request.header(header::RANGE, range.to_string()),
                None => request,
            }
        })?;
        // That there is no such piece is for the one to understand who asked for it.
        let no_piece = range.is_some() && response.status() == StatusCode::RANGE_NOT_SATISFIABLE;
        if !(response.status().is_success() || no_piece) {
            return Err(self.refusal(thing, &address, &response));
        }
        let answered = [(address.clone(), response.headers().clone())];
        let own = passed.into_iter().chain(answered);
        let own = own.filter(|(address, _)| endpoint.owns(address));
        let own = own.map(|(_, headers)| headers).collect();
        let answer = Answer {
            response,
            own,
            address,
        };
        if let Thing::Commit(commit) | Thing::File(commit, _) | Thing::History(commit) = thing {
            self.check_commit(thing, commit, &answer)?;
        }
        Ok(answer)
    }

    /// Holds the commit that an answer is of against the one that was asked for.
    fn check_commit(
        &self,
        thing: Thing<'_>,
        commit: &GitOid,
        answer: &Answer,
    ) -> Result<(), Failure> {
        let stated = answer.own("x-repo-commit");
        match stated {
            Some(stated) if stated.trim() != commit.as_str() => {
                let stated = one_line(&stated).unwrap_or_default();
                let named = self.named(thing);
                let message = format!("{named} was answered with commit `{stated}`");
                Err(Failure::Refused(RemoteError::Mismatch(message)))
            }
            _ => Ok(()),
        }
    }

    fn refusal(&self, thing: Thing<'_>, address: &Url, response: &Response) -> Failure {
        let HubAccess { endpoint, token } = self.access;
        let (status, headers) = (response.status(), response.headers());
        let answered = format!("`{}` answered {status}", origin(address));
        let again = || Failure::Transient {
            reason: answered.clone(),
            wait: wait_asked(headers),
        };
        if !endpoint.owns(address) {
            return match status.as_u16() {
                // A signature has run out: the Hub gives another one.
                401 | 403 | 408 | 429 | 500..=599 => again(),
                _ => Failure::Permanent(answered),
            };
        }
        let code = text(headers, "x-error-code").unwrap_or_default();
        let remark = remark(headers, token.as_ref());
        let hidden = token.is_none() && remark.as_deref() == Some(NOT_SHOWN);
        Failure::Refused(match (status.as_u16(), code.as_str()) {
            (_, "RepoNotFound") => self.no_repository(),
            (_, "GatedRepo") => self.gated(thing),
            (_, "RevisionNotFound" | "EntryNotFound") | (404 | 410, _) => self.missing(thing),
            (401, "") if hidden => self.no_repository(),
            (401 | 403, _) => self.denied(thing, &answered, remark),
            (408 | 429 | 500..=599, _) => return again(),
            _ => return Failure::Permanent(answered),
        })
    }

    fn no_repository(&self) -> RemoteError {
        let (repo, host) = (self.repo, &self.access.endpoint);
        let whom = match self.access.token {
            Some(_) => "the owner of the token that was sent",
            None => "users without a token",
        };
        RemoteError::NotFound(format!(
            "no repository `{repo}` on `{host}`, or none that is shown to {whom}"
        ))
    }

    fn gated(&self, thing: Thing<'_>) -> RemoteError {
        let why = match self.access.token {
            Some(_) => "the owner of the token that was sent is not admitted",
            None => "no token was sent",
        };
        let named = self.named(thing);
        RemoteError::Gated(format!("{named} is for admitted users only, and {why}"))
    }

    fn denied(&self, thing: Thing<'_>, answered: &str, remark: Option<String>) -> RemoteError {
        let sent = match self.access.token {
            Some(_) => " to the token that was sent",
            None => ", and no token was sent",
        };
        let remark = remark.map_or_else(String::new, |remark| format!(" (\"{remark}\")"));
        let named = self.named(thing);
        RemoteError::Denied(format!(
            "access to {named} was denied: {answered}{sent}{remark}"
        ))
    }
}

/// What the Hub says in words, in one line that is not too long and holds no secret.
fn remark(headers: &HeaderMap, token: Option<&HubToken>) -> Option<String> {
    let stated = without_credentials(&one_line(&text(headers, "x-error-message")?)?);
    let told = token.is_some_and(|token| stated.contains(token.secret()));
    (!told).then(|| stated.chars().take(LONGEST_REMARK).collect())
}
