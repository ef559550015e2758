//! Questions about one repository: where they are asked, and what is held against the answers.

use reqwest::StatusCode;
use reqwest::blocking::Response;
use reqwest::header::{self, HeaderMap};
use url::Url;

use super::docker::DOCKER_HUB;
use super::exchange::Asked;
use super::{RegistryClient, config, manifest};
use crate::io::http::Failure;
use crate::io::http::web::body;
use crate::model::{Descriptor, ImageReference, Sha256Digest};
use crate::remote::{ImageConfig, ImageManifest};

/// The host behind the registry of images without a registry in their names.
const DOCKER_HUB_HOST: &str = "registry-1.docker.io";

/// A repository of a registry.
pub(super) struct Repository<'a> {
    pub(super) client: &'a RegistryClient,
    pub(super) image: &'a ImageReference,
}

/// An answer whose bytes are not yet held against anything.
pub(super) struct Answer {
    pub(super) bytes: Vec<u8>,
    pub(super) headers: HeaderMap,
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

    pub(super) fn manifest(&self, reference: &str) -> Result<Answer, Failure> {
        let path = format!("manifests/{reference}");
        self.get(&path, manifest::ACCEPT, manifest::LARGEST)
    }

    /// Holds what came against what was asked for, and against what the registry says it is.
    pub(super) fn held(
        &self,
        answer: &Answer,
        wanted: Option<&Sha256Digest>,
    ) -> Result<(), Failure> {
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

    pub(super) fn get(
        &self,
        path: &str,
        accept: &'static str,
        largest: u64,
    ) -> Result<Answer, Failure> {
        let address = self.address(path)?;
        let exchange = self.exchange(&Asked::get(&address, accept))?;
        if exchange.status() != StatusCode::OK {
            return Err(exchange.refused(&address));
        }
        Answer::read(exchange.response, largest)
    }

    pub(super) fn address(&self, path: &str) -> Result<Url, Failure> {
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
}

impl Answer {
    /// Reads all of an answer that is not to be longer than a limit.
    pub(super) fn read(response: Response, largest: u64) -> Result<Self, Failure> {
        let headers = response.headers().clone();
        let bytes = body(response, largest)?.ok_or_else(|| {
            Failure::Permanent(format!("the answer is larger than {largest} bytes"))
        })?;
        Ok(Self { bytes, headers })
    }
}

pub(super) fn understood(answer: &Answer) -> Result<ImageManifest, Failure> {
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
