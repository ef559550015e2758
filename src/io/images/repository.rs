//! One question about one repository: where it is asked, who asks, and what the answer means.

use std::sync::PoisonError;

use reqwest::StatusCode;
use reqwest::blocking::Response;
use reqwest::header::{self, HeaderMap, HeaderValue};
use serde::Deserialize;
use url::Url;

use super::challenge::Challenge;
use super::docker::{DOCKER_HUB, Known};
use super::{RegistryClient, config, manifest};
use crate::io::http::web::{Question, body};
use crate::io::http::{Failure, refusal};
use crate::model::{Descriptor, ImageReference, Sha256Digest};
use crate::remote::{ImageConfig, ImageManifest};

/// The host behind the registry of images without a registry in their names.
const DOCKER_HUB_HOST: &str = "registry-1.docker.io";
/// Of a refusal, so much is read for its codes.
const LONGEST_REFUSAL: u64 = 64 * 1024;

/// A repository of a registry.
pub(super) struct Repository<'a> {
    client: &'a RegistryClient,
    image: &'a ImageReference,
}

/// An answer whose bytes are not yet held against anything.
struct Answer {
    bytes: Vec<u8>,
    headers: HeaderMap,
}

#[derive(Deserialize)]
struct RefusalWire {
    errors: Vec<ErrorWire>,
}

#[derive(Deserialize)]
struct ErrorWire {
    code: String,
}

impl<'a> Repository<'a> {
    pub(super) fn new(client: &'a RegistryClient, image: &'a ImageReference) -> Self {
        Self { client, image }
    }

    pub(super) fn manifest_by_tag(&self, tag: &str) -> Result<ImageManifest, Failure> {
        let answer = self.manifest(tag)?;
        self.held(&answer, None)?;
        understood(&answer)
    }

    pub(super) fn manifest_of(&self, digest: &Sha256Digest) -> Result<ImageManifest, Failure> {
        let answer = self.manifest(&digest.to_string())?;
        self.held(&answer, Some(digest))?;
        understood(&answer)
    }

    pub(super) fn config(&self, wanted: &Descriptor) -> Result<ImageConfig, Failure> {
        let path = format!("blobs/{}", wanted.digest);
        let answer = self.get(&path, "*/*", config::LARGEST)?;
        self.held(&answer, Some(&wanted.digest))?;
        config::parse(&answer.bytes).map_err(Failure::Permanent)
    }

    fn manifest(&self, reference: &str) -> Result<Answer, Failure> {
        let path = format!("manifests/{reference}");
        self.get(&path, manifest::ACCEPT, manifest::LARGEST)
    }

    /// Holds what came against what was asked for, and against what the registry says it is.
    fn held(&self, answer: &Answer, wanted: Option<&Sha256Digest>) -> Result<(), Failure> {
        let came = Sha256Digest::of(&answer.bytes);
        let stated = answer.headers.get("docker-content-digest");
        let stated: Option<Sha256Digest> =
            stated.and_then(|value| value.to_str().ok()?.parse().ok());
        let (image, registry) = (self.image, self.image.registry());
        if let Some(wanted) = wanted.filter(|wanted| **wanted != came) {
            return Err(Failure::Mismatch(format!(
                "what `{registry}` gives for `{wanted}` of `{image}` has the digest `{came}`"
            )));
        }
        match stated.filter(|stated| *stated != came) {
            Some(stated) => Err(Failure::Mismatch(format!(
                "what `{registry}` gives for `{image}` has the digest `{came}`, but it says `{stated}`"
            ))),
            None => Ok(()),
        }
    }

    fn get(&self, path: &str, accept: &'static str, largest: u64) -> Result<Answer, Failure> {
        let address = self.address(path)?;
        let remembered = self.remembered();
        let mut response = self.ask(&address, accept, remembered.as_ref())?;
        let mut known = Known::default();
        // What a redirect leads to is not the registry, and hears nothing about the user.
        let asked_by_registry = response.url().origin() == address.origin();
        if response.status() == StatusCode::UNAUTHORIZED && asked_by_registry {
            known = self.client.docker.known(self.image.registry());
            if let Some(authorization) = self.authorize(&address, &response, &known)? {
                response = self.ask(&address, accept, Some(&authorization))?;
                if response.status().is_success() {
                    self.remember(authorization);
                }
            }
        } else if remembered.is_some() {
            known = self.client.docker.known(self.image.registry());
        }
        if response.status() != StatusCode::OK {
            let failure = refused(&address, response, known.login.is_some());
            return Err(explained(failure, &known));
        }
        let headers = response.headers().clone();
        let bytes = body(response, largest)?.ok_or_else(|| {
            Failure::Permanent(format!("the answer is larger than {largest} bytes"))
        })?;
        Ok(Answer { bytes, headers })
    }

    fn ask(
        &self,
        address: &Url,
        accept: &'static str,
        authorization: Option<&HeaderValue>,
    ) -> Result<Response, Failure> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        headers.extend(authorization.map(|value| (header::AUTHORIZATION, value.clone())));
        self.client.web.ask(&Question::get(address, headers))
    }

    fn authorize(
        &self,
        address: &Url,
        response: &Response,
        known: &Known,
    ) -> Result<Option<HeaderValue>, Failure> {
        let Some(challenge) = Challenge::of(response.headers()) else {
            return Ok(None);
        };
        let (web, repository) = (&self.client.web, self.image.repository());
        challenge
            .answer(web, address, repository, known.login.as_ref())
            .map_err(|failure| explained(failure, known))
    }

    fn address(&self, path: &str) -> Result<Url, Failure> {
        let registry = self.image.registry();
        let host = if registry == DOCKER_HUB {
            DOCKER_HUB_HOST
        } else {
            registry
        };
        let open = is_this_machine(host) || self.client.insecure.iter().any(|known| known == host);
        let scheme = if open { "http" } else { "https" };
        let repository = self.image.repository();
        Url::parse(&format!("{scheme}://{host}/v2/{repository}/{path}"))
            .map_err(|error| Failure::Permanent(format!("`{host}` is no host: {error}")))
    }

    fn key(&self) -> (String, String) {
        let image = self.image;
        (image.registry().to_owned(), image.repository().to_owned())
    }

    fn remembered(&self) -> Option<HeaderValue> {
        let known = &self.client.authorizations;
        let known = known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&self.key()).cloned()
    }

    fn remember(&self, authorization: HeaderValue) {
        let known = &self.client.authorizations;
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(self.key(), authorization);
    }
}

fn understood(answer: &Answer) -> Result<ImageManifest, Failure> {
    let content_type = answer.headers.get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    manifest::parse(&answer.bytes, content_type).map_err(Failure::Permanent)
}

/// What docker, too, asks without encryption.
fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
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
    let codes = wire.map(|wire| wire.errors).unwrap_or_default();
    let has = |names: &[&str]| {
        codes
            .iter()
            .any(|error| names.contains(&error.code.as_str()))
    };
    if has(&[
        "MANIFEST_UNKNOWN",
        "NAME_UNKNOWN",
        "BLOB_UNKNOWN",
        "NOT_FOUND",
    ]) {
        Failure::Missing
    } else if has(&["DENIED", "UNAUTHORIZED"]) {
        Failure::Denied(answered)
    } else if has(&["TOOMANYREQUESTS"]) {
        Failure::transient(answered)
    } else {
        Failure::Permanent(answered)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_asked_without_encryption() {
        for host in [
            "localhost",
            "localhost:5000",
            "127.0.0.1:1",
            "[::1]:80",
            "[::1]",
        ] {
            assert!(is_this_machine(host), "{host}");
        }
        for host in [
            "localhost.example",
            "10.0.0.1:5000",
            "ghcr.io",
            "127.0.0.1.example:80",
        ] {
            assert!(!is_this_machine(host), "{host}");
        }
    }
}
