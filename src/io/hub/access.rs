//! Where the Hub is, and the token that it knows a user by.

use std::fmt;
use std::str::FromStr;

use url::Url;

use crate::model::{HubKind, HubRepo, address_without_credentials};

/// The public Hub.
const PUBLIC: &str = "https://huggingface.co";

/// Where to ask, and as whom.
#[derive(Clone, Debug)]
pub struct HubAccess {
    /// The Hub, or a mirror of it.
    pub endpoint: HubEndpoint,
    /// Told to the endpoint's own origin and to nobody else; without one the user is anonymous.
    pub token: Option<HubToken>,
}

/// The address of the Hub, or of a mirror; shown by its host (and port).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubEndpoint(Url);

/// The text is no address of a Hub.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not an http or https address without credentials, query and fragment")]
pub struct HubEndpointError(String);

impl FromStr for HubEndpoint {
    type Err = HubEndpointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim().trim_end_matches('/');
        let plain = |url: &Url| {
            matches!(url.scheme(), "http" | "https")
                && url.has_host()
                && url.username().is_empty()
                && url.password().is_none()
                && url.query().is_none()
                && url.fragment().is_none()
        };
        let url = Url::parse(text).ok().filter(plain);
        url.map(Self).ok_or_else(|| {
            // A query may hold a secret too.
            let shown = address_without_credentials(text);
            let shown = shown.split(['?', '#']).next().unwrap_or_default();
            HubEndpointError(shown.to_owned())
        })
    }
}

impl Default for HubEndpoint {
    fn default() -> Self {
        PUBLIC.parse().expect("the address is a constant")
    }
}

impl fmt::Display for HubEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.host_str().unwrap_or_default())?;
        self.0.port().map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl HubEndpoint {
    /// Whether an address belongs to the Hub itself: scheme, host and port are the same.
    pub(super) fn owns(&self, address: &Url) -> bool {
        address.origin() == self.0.origin()
    }

    /// What the API says of a repository; each part becomes one part of the path.
    pub(super) fn api(&self, repo: &HubRepo, parts: &[&str]) -> Url {
        let kind = match repo.kind {
            HubKind::Model => "models",
            HubKind::Dataset => "datasets",
        };
        let (owner, name) = repo.id.parts();
        let mut address = self.0.clone();
        path(&mut address)
            .extend(["api", kind, owner, name])
            .extend(parts);
        address
    }

    /// The bytes of a file.
    pub(super) fn file(&self, repo: &HubRepo, revision: &str, file: &str) -> Url {
        let (owner, name) = repo.id.parts();
        let mut address = self.0.clone();
        let mut parts = path(&mut address);
        if repo.kind == HubKind::Dataset {
            parts.push("datasets");
        }
        parts
            .extend([owner, name, "resolve", revision])
            .extend(file.split('/'));
        drop(parts);
        address
    }
}

fn path(address: &mut Url) -> url::PathSegmentsMut<'_> {
    let mut parts = address
        .path_segments_mut()
        .expect("an http address has a path");
    parts.pop_if_empty();
    parts
}

/// A token of a user of the Hub; never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct HubToken(Box<str>);

impl HubToken {
    /// The token without white space around it; none where that is empty, or holds what a header
    /// cannot hold and so no token does.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        plain.then(|| Self(text.into()))
    }

    /// The token itself: for a header, never for showing.
    pub(super) fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for HubToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HubToken")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repo(kind: HubKind) -> HubRepo {
        let id = "org/name".parse().unwrap();
        HubRepo { kind, id }
    }

    #[test]
    fn addresses_lie_below_the_endpoint_and_keep_slashes_apart() {
        let hub = HubEndpoint::default();
        let api = hub.api(&repo(HubKind::Model), &["revision", "refs/pr/3"]);
        let expected = "https://huggingface.co/api/models/org/name/revision/refs%2Fpr%2F3";
        assert_eq!(api.as_str(), expected);
        let mirror: HubEndpoint = "http://localhost:8080/hf/".parse().unwrap();
        assert_eq!(mirror.to_string(), "localhost:8080");
        let file = mirror.file(&repo(HubKind::Dataset), "v1", "a b/%2e?#.txt");
        assert_eq!(
            file.as_str(),
            "http://localhost:8080/hf/datasets/org/name/resolve/v1/a%20b/%252e%3F%23.txt"
        );
    }

    #[test]
    fn an_endpoint_is_a_plain_address() {
        for text in ["", "huggingface.co", "ftp://h", "https://", "https://h#x"] {
            assert!(text.parse::<HubEndpoint>().is_err(), "{text}");
        }
        for text in ["https://me:s3cret@h", "https://h/?token=s3cret"] {
            let error = text.parse::<HubEndpoint>().unwrap_err().to_string();
            assert!(error.contains("`https://h"), "{error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn only_the_same_origin_is_the_hub() {
        let hub = HubEndpoint::default();
        let owns = |text: &str| hub.owns(&text.parse().unwrap());
        assert!(owns("https://huggingface.co:443/x"));
        for other in [
            "http://huggingface.co/x",
            "https://cdn.huggingface.co/x",
            "https://huggingface.co:8443/x",
        ] {
            assert!(!owns(other), "{other}");
        }
    }

    #[test]
    fn a_token_is_what_a_header_can_hold_and_is_not_shown() {
        let token = HubToken::new(" hf_s3cret\n").unwrap();
        assert_eq!(token.secret(), "hf_s3cret");
        assert!(!format!("{token:?}").contains("s3cret"));
        for text in ["", " \n", "hf_a\nb", "hf_\u{e9}", "a b"] {
            assert_eq!(HubToken::new(text), None, "{text}");
        }
    }
}
