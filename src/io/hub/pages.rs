//! Lists that come in pages, each of which names the next in its header `Link` (RFC 8288).

use std::ops::ControlFlow;

use reqwest::header;
use serde::de::DeserializeOwned;
use url::Url;

use super::ask::{Repository, Thing};
use crate::io::http::{Failure, origin, text};
use crate::remote::RemoteError;

impl Repository<'_> {
    /// Reads page after page until one breaks it off; whether one did.
    ///
    /// More pages than `most` are [`RemoteError::Unreachable`].
    pub(super) fn pages<T: DeserializeOwned>(
        &self,
        thing: Thing<'_>,
        first: Url,
        most: usize,
        mut page: impl FnMut(Vec<T>) -> Result<ControlFlow<()>, RemoteError>,
    ) -> Result<bool, RemoteError> {
        let mut next = Some(first);
        for _ in 0..most {
            let Some(address) = next else {
                return Ok(false);
            };
            let (items, following) = self.attempt(thing, || self.page::<T>(thing, &address))?;
            if page(items)?.is_break() {
                return Ok(true);
            }
            next = following;
        }
        match next {
            None => Ok(false),
            Some(_) => Err(self.senseless(thing, format!("the list has more than {most} pages"))),
        }
    }

    fn page<T: DeserializeOwned>(
        &self,
        thing: Thing<'_>,
        address: &Url,
    ) -> Result<(Vec<T>, Option<Url>), Failure> {
        let answer = self.ask(&self.client.api, thing, address, None)?;
        let link = text(answer.response.headers(), header::LINK);
        let next = match link.as_deref().and_then(next) {
            Some(target) => Some(self.following(&answer.address, target)?),
            None => None,
        };
        Ok((self.json(answer.response)?, next))
    }

    /// Where the next page is: nowhere but on the Hub.
    fn following(&self, from: &Url, target: &str) -> Result<Url, Failure> {
        let next = from.join(target).map_err(|_| {
            Failure::Permanent("the address of the next page makes no sense".to_owned())
        })?;
        if self.access.endpoint.owns(&next) {
            Ok(next)
        } else {
            let elsewhere = origin(&next);
            Err(Failure::Permanent(format!(
                "the next page is on `{elsewhere}`"
            )))
        }
    }
}

/// The target of the link to the next page.
fn next(mut header: &str) -> Option<&str> {
    while let Some((_, rest)) = header.split_once('<') {
        let (target, rest) = rest.split_once('>')?;
        // The parameters end where the next link begins; no relation holds a `<`.
        let (parameters, following) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        let mut parameters = parameters.split([';', ',']).map(str::trim);
        let is_next = parameters.any(|parameter| {
            parameter.split_once('=').is_some_and(|(name, value)| {
                name.trim().eq_ignore_ascii_case("rel")
                    && value.trim().trim_matches('"').eq_ignore_ascii_case("next")
            })
        });
        if is_next {
            return Some(target);
        }
        header = following;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_among_the_links() {
        for (header, expected) in [
            ("<https://h/a?p=1>; rel=\"next\"", Some("https://h/a?p=1")),
            ("</a?x=1,2;3>; Rel=next", Some("/a?x=1,2;3")),
            (
                "<a>; rel=\"first\", <b>; title=\"c\"; rel=\"next\"",
                Some("b"),
            ),
            ("<a>; rel=\"prev\"", None),
            ("<a; rel=\"next\"", None),
            ("a; rel=\"next\"", None),
            ("", None),
        ] {
            assert_eq!(next(header), expected, "{header}");
        }
    }
}
