//! Pushing to a repository (OCI distribution specification 1.1, "pushing blobs", "pushing
//! manifests"): every blob in one piece, and only where it is not there yet.

use reqwest::header;
use reqwest::{Method, StatusCode};
use url::Url;

use super::exchange::{Access, Asked, Exchange};
use super::repository::Repository;
use crate::io::http::web::Body;
use crate::io::http::{Failure, origin, redirect, text};
use crate::model::{Descriptor, Sha256Digest};
use crate::remote::{Content, ListedBy, StoredManifest};

const ANYTHING: &str = "*/*";

impl Repository<'_> {
    /// Pushes a blob unless it is there. An upload that breaks off is begun anew: what a registry
    /// keeps of it has no name.
    pub(super) fn push_blob(&self, blob: &Descriptor, content: Content<'_>) -> Result<(), Failure> {
        if self.has_blob(&blob.digest)? {
            return Ok(());
        }
        let uploads = self.address("blobs/uploads/")?;
        let begun = self.exchange(&Asked {
            method: Method::POST,
            address: &uploads,
            accept: ANYTHING,
            // Some registries want to be told that nothing comes.
            body: Some(Body::Bytes("application/octet-stream", b"")),
            access: Access::Push,
        })?;
        if begun.status() != StatusCode::ACCEPTED {
            return Err(not_taken(begun, &uploads));
        }
        let location = text(begun.response.headers(), header::LOCATION);
        let location = location.filter(|location| !location.is_empty());
        let location = location.ok_or_else(|| {
            let registry = origin(&uploads);
            Failure::Permanent(format!("`{registry}` does not say where to upload"))
        })?;
        let mut address = redirect(&uploads, &location)?;
        let digest = blob.digest.to_string();
        address.query_pairs_mut().append_pair("digest", &digest);
        let body = match content {
            Content::Bytes(bytes) => Body::Bytes("application/octet-stream", bytes),
            Content::File(path) => Body::File(path, blob.size),
        };
        let ended = self.exchange(&Asked {
            method: Method::PUT,
            address: &address,
            accept: ANYTHING,
            body: Some(body),
            access: Access::Push,
        })?;
        if ended.status() != StatusCode::CREATED {
            return Err(not_taken(ended, &address));
        }
        holds_digest(&ended, &blob.digest)
    }

    fn has_blob(&self, digest: &Sha256Digest) -> Result<bool, Failure> {
        let address = self.address(&format!("blobs/{digest}"))?;
        let answer = self.exchange(&Asked {
            method: Method::HEAD,
            address: &address,
            accept: ANYTHING,
            body: None,
            access: Access::Push,
        })?;
        match answer.status() {
            StatusCode::OK => Ok(true),
            StatusCode::NOT_FOUND => Ok(false),
            // A store of blobs behind the registry may know no `HEAD`. To push it again harms not.
            _ if !answer.is_from(&address) => Ok(false),
            _ => Err(answer.refused(&address)),
        }
    }

    /// Pushes a manifest; says who lists it among the referrers of its subject.
    pub(super) fn push_manifest(
        &self,
        name: &str,
        manifest: &StoredManifest,
    ) -> Result<ListedBy, Failure> {
        let address = self.address(&format!("manifests/{name}"))?;
        let answer = self.exchange(&Asked {
            method: Method::PUT,
            address: &address,
            accept: ANYTHING,
            body: Some(Body::Bytes(
                &manifest.descriptor.media_type,
                &manifest.bytes,
            )),
            access: Access::Push,
        })?;
        if !answer.status().is_success() {
            return Err(not_taken(answer, &address));
        }
        holds_digest(&answer, &manifest.descriptor.digest)?;
        let lists = answer.response.headers().contains_key("oci-subject");
        Ok(if lists {
            ListedBy::Registry
        } else {
            ListedBy::Tag
        })
    }
}

/// What a registry says that it keeps is to be what was sent.
fn holds_digest(answer: &Exchange, sent: &Sha256Digest) -> Result<(), Failure> {
    let stated = text(answer.response.headers(), "docker-content-digest");
    match stated.filter(|stated| *stated != sent.to_string()) {
        Some(stated) => Err(Failure::Mismatch(format!(
            "`{}` says that it keeps `{}` where `{sent}` was sent",
            origin(answer.response.url()),
            stated.escape_default()
        ))),
        None => Ok(()),
    }
}

/// What is not taken is refused, also by an answer that is a success of another kind.
fn not_taken(answer: Exchange, address: &Url) -> Failure {
    let status = answer.status();
    if status.is_success() || status.is_redirection() {
        return Failure::Permanent(format!("`{}` answered {status}", origin(address)));
    }
    answer.refused(address)
}
