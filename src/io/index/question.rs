//! One question to an index: credentials, conditional requests, status codes.
//!
//! Each hop decides anew what is sent along: credentials only within the origin of the first
//! address, validators only to the address that gave them.

use reqwest::StatusCode;
use reqwest::blocking::{RequestBuilder, Response};
use reqwest::header;
use url::Url;

use super::answer::{Answer, Found};
use super::cache::Validators;
use super::credentials::Credentials;
use super::fresh::Freshness;
use crate::io::http::{Failure, Followed, Http, Range, Span, refusal, text, without_userinfo};

/// What to ask.
pub(super) struct Question<'a> {
    pub(super) address: &'a Url,
    pub(super) accept: &'static str,
    pub(super) credentials: Option<&'a Credentials>,
    pub(super) validators: Option<&'a Validators>,
    /// The part of the body that is wanted; none for all of it.
    pub(super) range: Option<Range>,
}

/// Asks once, following redirects.
pub(super) fn ask(http: &Http, question: &Question<'_>) -> Result<Answer, Failure> {
    let followed = http.get(question.address, |address, request| {
        dress(&question.at(address), request)
    })?;
    let Followed {
        address, response, ..
    } = followed;
    understand(&question.at(&address), shown(&address), response)
}

impl<'a> Question<'a> {
    /// The question as an address that it was led to may be asked it.
    fn at(&self, address: &'a Url) -> Question<'a> {
        Question {
            address,
            credentials: self
                .credentials
                .filter(|_| address.origin() == self.address.origin()),
            validators: self.validators.filter(|known| known.from == shown(address)),
            ..*self
        }
    }
}

fn dress(question: &Question<'_>, request: RequestBuilder) -> RequestBuilder {
    let mut request = request.header(header::ACCEPT, question.accept);
    if let Some(known) = question.credentials {
        request = request.basic_auth(&known.user, known.password.as_ref());
    }
    if let Some(known) = question.validators {
        request = conditional(request, known);
    }
    if let Some(range) = question.range {
        request = request.header(header::RANGE, range.to_string());
    }
    request
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
            let span = text(response.headers(), header::CONTENT_RANGE)
                .and_then(|range| Span::read(&range));
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

/// The address as validators remember it: a query may be a signature, which is a credential.
fn shown(address: &Url) -> String {
    let mut bare = without_userinfo(address);
    bare.set_query(None);
    bare.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn validators_remember_no_signature() {
        let address = "https://me:pw@h.example/f?sig=s3cret#x".parse().unwrap();
        assert_eq!(shown(&without_userinfo(&address)), "https://h.example/f");
    }
}
