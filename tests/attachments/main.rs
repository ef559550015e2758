//! What is attached to images and published with results: against a real registry, which lists no
//! referrers, and against one in memory that does what a test wants.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod access;
mod beside;
mod breaking;
mod command;
mod fake_registry;
mod hostile;
mod listing;
mod published;
mod shaped;

use std::sync::LazyLock;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use vhb::attachments::{Attached, Documents, Fetched, PushError, attach, find};
use vhb::io::images::{RegistryClient, RegistryOptions};
use vhb::model::Sha256Digest;
use vhb::remote::RemoteError;

use self::fake_registry::{FakeRegistry, subject};

const LOCK: &[u8] = b"{\"lock\":1}\n";

/// A client that knows no user and does not wait between attempts; one for all, since it reads the
/// certificates of the machine.
fn client() -> &'static RegistryClient {
    static CLIENT: LazyLock<RegistryClient> = LazyLock::new(|| {
        let mut options = RegistryOptions::from_env(|_| None);
        options.timeout = Duration::from_secs(10);
        options.retries.first_wait = Duration::from_millis(1);
        RegistryClient::new(options)
    });
    &CLIENT
}

/// An SBOM that says which lock it is of.
fn sbom_of(lock: &[u8]) -> Vec<u8> {
    let digest = Sha256Digest::of(lock).hex();
    json!({"properties": [{"name": "vhb:lock:sha256", "value": digest}]})
        .to_string()
        .into_bytes()
}

/// A bundle whose only line says that it is about a lock; nobody signed it.
fn bundle_about(lock: &[u8]) -> Vec<u8> {
    let digest = Sha256Digest::of(lock).hex();
    let statement = json!({"subject": [{"name": "lock", "digest": {"sha256": digest}}]});
    let payload = STANDARD.encode(statement.to_string());
    let envelope = json!({"payload": payload, "payloadType": "t", "signatures": []});
    format!("{envelope}\n").into_bytes()
}

/// The three documents of a lock.
struct Papers(Vec<u8>, Vec<u8>, Vec<u8>);

impl Papers {
    fn of(lock: &[u8]) -> Self {
        Self(lock.to_vec(), sbom_of(lock), bundle_about(lock))
    }

    fn documents(&self) -> Documents<'_> {
        Documents {
            id: "exp",
            lock: &self.0,
            sbom: &self.1,
            bundle: Some(&self.2),
        }
    }
}

fn attach_to(registry: &FakeRegistry, lock: &[u8]) -> Result<Vec<Attached>, PushError> {
    let papers = Papers::of(lock);
    attach(&papers.documents(), &registry.place(), &subject(), client())
}

fn found_in(registry: &FakeRegistry, lock: &[u8]) -> Result<Fetched, RemoteError> {
    let digest = Sha256Digest::of(lock);
    let found = find(&registry.place(), Some(&digest), true, client())?;
    Ok(found.of_lock(lock, &sbom_of(lock)))
}

fn lacking(registry: &FakeRegistry, lock: &[u8]) -> Vec<String> {
    let lacks = found_in(registry, lock).unwrap().lacks();
    lacks.iter().map(ToString::to_string).collect()
}
