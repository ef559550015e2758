//! Lists of what is attached to a manifest (OCI distribution specification 1.1, "listing
//! referrers"): kept by the registry, else by whoever pushes, under a tag made from the digest.

use reqwest::StatusCode;
use reqwest::header::{self, HeaderMap};
use url::Url;

use super::exchange::Asked;
use super::manifest;
use super::repository::{Answer, Repository};
use crate::io::http::{Failure, origin, text};
use crate::model::{INDEX_TYPE, Referrer, ReferrerList, Sha256Digest, described};
use crate::remote::{ListedBy, Referrers, StoredManifest};

/// Of a list that goes on and on, so many pages are read.
const MOST_PAGES: usize = 64;
/// How often a list is written again that somebody else writes at the same time.
const MOST_RACES: usize = 5;

impl Repository<'_> {
    pub(super) fn referrers(&self, subject: &Sha256Digest) -> Result<Referrers, Failure> {
        if let Some(entries) = self.listed_by_registry(subject)? {
            return Ok(Referrers {
                entries,
                listed_by: ListedBy::Registry,
            });
        }
        let list = self.listed_by_tag(subject)?;
        Ok(Referrers {
            entries: list.referrers().collect(),
            listed_by: ListedBy::Tag,
        })
    }

    /// None where the registry keeps no such list.
    fn listed_by_registry(&self, subject: &Sha256Digest) -> Result<Option<Vec<Referrer>>, Failure> {
        let first = self.address(&format!("referrers/{subject}"))?;
        let mut next = Some(first.clone());
        let mut entries = Vec::new();
        for _ in 0..MOST_PAGES {
            let Some(address) = next else {
                return Ok(Some(entries));
            };
            let exchange = self.exchange(&Asked::get(&address, INDEX_TYPE))?;
            let headers = exchange.response.headers();
            let is_first = address == first;
            if is_first && (knows_no_referrers(exchange.status()) || is_no_index(headers)) {
                return Ok(None);
            }
            if exchange.status() != StatusCode::OK {
                return Err(exchange.refused(&address));
            }
            next = next_page(&address, headers)?;
            let answer = Answer::read(exchange.response, manifest::LARGEST)?;
            entries.extend(read(&answer.bytes)?.referrers());
        }
        Err(Failure::Permanent(format!(
            "`{}` lists more than {MOST_PAGES} pages of referrers",
            origin(&first)
        )))
    }

    fn listed_by_tag(&self, subject: &Sha256Digest) -> Result<ReferrerList, Failure> {
        match self.manifest(&tag(subject)) {
            Ok(answer) => {
                self.held(&answer, None)?;
                read(&answer.bytes)
            }
            Err(Failure::Missing) => Ok(ReferrerList::default()),
            Err(failure) => Err(failure),
        }
    }

    /// Adds to the list under the tag what it lacks, until it is read back that nothing lacks.
    pub(super) fn list_by_tag(
        &self,
        subject: &Sha256Digest,
        new: &[Referrer],
    ) -> Result<(), Failure> {
        let tag = tag(subject);
        for _ in 0..=MOST_RACES {
            let mut list = self.listed_by_tag(subject)?;
            if !list.extend(new) {
                return Ok(());
            }
            let bytes = list.to_bytes();
            let manifest = StoredManifest {
                descriptor: described(INDEX_TYPE, &bytes),
                bytes,
            };
            self.push_manifest(&tag, &manifest)?;
        }
        Err(Failure::transient(format!(
            "somebody else writes the tag `{tag}` at the same time"
        )))
    }
}

fn tag(subject: &Sha256Digest) -> String {
    format!("sha256-{}", subject.hex())
}

fn read(bytes: &[u8]) -> Result<ReferrerList, Failure> {
    ReferrerList::parse(bytes).map_err(|error| Failure::Permanent(error.to_string()))
}

/// The specification says 404; registries that are older than it say this and that.
fn knows_no_referrers(status: StatusCode) -> bool {
    matches!(status.as_u16(), 400 | 404 | 405 | 406 | 501)
}

/// Whether an answer is something else, such as a page for people.
fn is_no_index(headers: &HeaderMap) -> bool {
    let stated = text(headers, header::CONTENT_TYPE).unwrap_or_default();
    let stated = stated.split(';').next().unwrap_or_default().trim();
    !stated.is_empty() && stated.starts_with("text/html")
}

/// The next page, by a header `Link` (RFC 8288); it is on the same registry.
fn next_page(address: &Url, headers: &HeaderMap) -> Result<Option<Url>, Failure> {
    let all = headers.get_all(header::LINK).iter();
    let mut links = all.filter_map(|value| value.to_str().ok()).flat_map(links);
    let Some(link) = links.find(|link| link.is_next) else {
        return Ok(None);
    };
    let next = address.join(link.target).ok();
    let next = next.filter(|next| next.origin() == address.origin());
    let next = next.ok_or_else(|| {
        let registry = origin(address);
        Failure::Permanent(format!("the list of `{registry}` goes on somewhere else"))
    })?;
    Ok(Some(next))
}

struct Link<'a> {
    target: &'a str,
    is_next: bool,
}

fn links(value: &str) -> impl Iterator<Item = Link<'_>> {
    // What precedes the first target belongs to none.
    value.split('<').skip(1).filter_map(|part| {
        let (target, parameters) = part.split_once('>')?;
        let is_next = parameters.split(';').any(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or_default();
            let value = value.trim().trim_end_matches(',').trim_matches('"');
            name.trim().eq_ignore_ascii_case("rel")
                && value.split(' ').any(|rel| rel.eq_ignore_ascii_case("next"))
        });
        Some(Link { target, is_next })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(link: &'static str) -> Result<Option<String>, Failure> {
        let address = "https://h.example/v2/a/referrers/x".parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(header::LINK, header::HeaderValue::from_static(link));
        next_page(&address, &headers).map(|next| next.map(Into::into))
    }

    #[test]
    fn the_next_page_is_on_the_same_registry() {
        let relative = r#"</v2/a/referrers/x?n=1>; rel="next""#;
        let there = "https://h.example/v2/a/referrers/x?n=1".to_owned();
        assert_eq!(next(relative).unwrap(), Some(there.clone()));
        let second = "<https://h.example/>; rel=prev, <?n=1>; x=y; Rel=next";
        assert_eq!(next(second).unwrap(), Some(there));
        assert_eq!(next("</x>; rel=prev").unwrap(), None);
        assert_eq!(next("nonsense").unwrap(), None);
        for elsewhere in [
            "<https://other.example/>; rel=next",
            "<http://h.example/>; rel=next",
        ] {
            let failure = next(elsewhere).unwrap_err();
            assert!(matches!(failure, Failure::Permanent(_)), "{elsewhere}");
        }
    }
}
