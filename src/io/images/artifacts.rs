//! The port [`ArtifactRegistry`]: artifacts by the same questions that images are asked by.

use std::fmt::Display;

use reqwest::StatusCode;
use sha2::{Digest as _, Sha256};

use super::RegistryClient;
use super::exchange::Asked;
use super::repository::{Answer, Repository, understood};
use crate::io::http::{Failure, read, stream};
use crate::model::{Descriptor, ImageReference, Referrer, Sha256Digest, without_credentials};
use crate::remote::{ArtifactRegistry, Content, ListedBy, Referrers, RemoteError, StoredManifest};

impl RegistryClient {
    /// Pushes until it is taken or given up; `thing` names what is pushed.
    fn push<T>(
        &self,
        place: &ImageReference,
        thing: impl Display,
        attempt: impl Fn(&Repository<'_>) -> Result<T, Failure>,
    ) -> Result<T, RemoteError> {
        let (registry, repository) = (place.registry(), place.repository());
        if self.offline {
            return Err(RemoteError::NotCached(format!(
                "nothing is pushed to `{repository}` on `{registry}` when offline"
            )));
        }
        let into = Repository::new(self, place);
        let error = |failure, attempts| not_pushed(failure, attempts, place, &thing);
        self.retries.run_as(error, || attempt(&into))
    }
}

/// Why something was not pushed, with the registry and the repository.
fn not_pushed(
    failure: Failure,
    attempts: u32,
    place: &ImageReference,
    thing: &dyn Display,
) -> RemoteError {
    let (registry, repository) = (place.registry(), place.repository());
    match failure {
        Failure::Missing => RemoteError::NotFound(format!(
            "`{registry}` has no repository `{repository}`, and does not make one"
        )),
        Failure::Denied(reason) => RemoteError::Denied(format!(
            "pushing {thing} to `{repository}` on `{registry}` was denied: {}",
            without_credentials(&reason)
        )),
        Failure::Mismatch(message) => RemoteError::Mismatch(message),
        Failure::Refused(error) => error,
        Failure::Permanent(reason) | Failure::Transient { reason, .. } => {
            let tried = if attempts > 1 {
                format!(" ({attempts} attempts)")
            } else {
                String::new()
            };
            RemoteError::Unreachable(format!(
                "cannot push {thing} to `{repository}` on `{registry}`: {}{tried}",
                without_credentials(&reason)
            ))
        }
    }
}

impl Repository<'_> {
    fn stored(&self, name: &str, digest: Option<&Sha256Digest>) -> Result<StoredManifest, Failure> {
        let answer = self.manifest(name)?;
        self.held(&answer, digest)?;
        Ok(StoredManifest {
            descriptor: understood(&answer)?.descriptor,
            bytes: answer.bytes,
        })
    }

    fn blob(&self, blob: &Descriptor) -> Result<Vec<u8>, Failure> {
        let response = self.blob_answer(blob)?;
        let headers = response.headers().clone();
        let bytes = read(response, blob.size).map_err(|failure| longer(failure, blob))?;
        if bytes.len() as u64 != blob.size {
            return Err(not_of_size(blob));
        }
        let answer = Answer { bytes, headers };
        self.held(&answer, Some(&blob.digest))?;
        Ok(answer.bytes)
    }

    fn read_through(&self, blob: &Descriptor) -> Result<(), Failure> {
        let response = self.blob_answer(blob)?;
        let (mut hasher, mut length) = (Sha256::new(), 0);
        stream(response, blob.size, |piece| {
            hasher.update(piece);
            length += piece.len() as u64;
            Ok(())
        })
        .map_err(|failure| longer(failure, blob))?;
        if length != blob.size {
            return Err(not_of_size(blob));
        }
        let came = Sha256Digest::from_hasher(hasher);
        if came == blob.digest {
            return Ok(());
        }
        let (image, registry) = (self.image, self.image.registry());
        Err(Failure::Mismatch(format!(
            "what `{registry}` gives for `{}` of `{image}` has the digest `{came}`",
            blob.digest
        )))
    }

    fn blob_answer(&self, blob: &Descriptor) -> Result<reqwest::blocking::Response, Failure> {
        let address = self.address(&format!("blobs/{}", blob.digest))?;
        let exchange = self.exchange(&Asked::get(&address, "*/*"))?;
        if exchange.status() != StatusCode::OK {
            return Err(exchange.refused(&address));
        }
        Ok(exchange.response)
    }
}

/// What is longer than its manifest says is not what the manifest names.
fn longer(failure: Failure, blob: &Descriptor) -> Failure {
    match failure {
        Failure::Permanent(_) => not_of_size(blob),
        failure => failure,
    }
}

fn not_of_size(blob: &Descriptor) -> Failure {
    let Descriptor { digest, size, .. } = blob;
    Failure::Mismatch(format!(
        "blob `{digest}` does not have the {size} bytes that its manifest says"
    ))
}

impl ArtifactRegistry for RegistryClient {
    fn named(&self, place: &ImageReference) -> Result<StoredManifest, RemoteError> {
        if let Some(digest) = place.digest() {
            return self.stored(place, digest);
        }
        let thing = format!("image `{place}`");
        let tag = place.tag().unwrap_or("latest");
        self.ask(place, &thing, |repository| repository.stored(tag, None))
    }

    fn stored(
        &self,
        place: &ImageReference,
        digest: &Sha256Digest,
    ) -> Result<StoredManifest, RemoteError> {
        let thing = format!("manifest `{digest}` of `{}`", place.repository());
        let name = digest.to_string();
        self.ask(place, &thing, |repository| {
            repository.stored(&name, Some(digest))
        })
    }

    fn referrers(
        &self,
        place: &ImageReference,
        subject: &Sha256Digest,
    ) -> Result<Referrers, RemoteError> {
        let thing = format!(
            "list of referrers of `{subject}` of `{}`",
            place.repository()
        );
        self.ask(place, &thing, |repository| repository.referrers(subject))
    }

    fn blob(
        &self,
        place: &ImageReference,
        blob: &Descriptor,
        limit: u64,
    ) -> Result<Vec<u8>, RemoteError> {
        let thing = format!("blob `{}` of `{}`", blob.digest, place.repository());
        self.ask(place, &thing, |repository| {
            if blob.size > limit {
                let message = format!("it is longer than {limit} bytes");
                return Err(Failure::Permanent(message));
            }
            repository.blob(blob)
        })
    }

    fn read_through(&self, place: &ImageReference, blob: &Descriptor) -> Result<(), RemoteError> {
        let thing = format!("blob `{}` of `{}`", blob.digest, place.repository());
        self.ask(place, &thing, |repository| repository.read_through(blob))
    }

    fn push_blob(
        &self,
        place: &ImageReference,
        blob: &Descriptor,
        content: Content<'_>,
    ) -> Result<(), RemoteError> {
        let thing = format!("blob `{}`", blob.digest);
        self.push(place, thing, |repository| {
            repository.push_blob(blob, content)
        })
    }

    fn push_manifest(
        &self,
        place: &ImageReference,
        tag: Option<&str>,
        manifest: &StoredManifest,
    ) -> Result<ListedBy, RemoteError> {
        let digest = manifest.descriptor.digest.to_string();
        let name = tag.unwrap_or(&digest);
        self.push(place, format!("manifest `{name}`"), |repository| {
            repository.push_manifest(name, manifest)
        })
    }

    fn list_referrers(
        &self,
        place: &ImageReference,
        subject: &Sha256Digest,
        new: &[Referrer],
    ) -> Result<(), RemoteError> {
        let thing = format!("the list of referrers of `{subject}`");
        self.push(place, thing, |repository| {
            repository.list_by_tag(subject, new)
        })
    }
}
