//! The client of the Hugging Face Hub against a Hub on the loopback interface.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod access;
mod answers;
mod failures;
mod files;
mod histories;
mod revisions;
mod transfers;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use vhb::io::hub::{HubAccess, HubClient, HubOptions, HubToken};
use vhb::model::{GitOid, GitRefName, HubKind, HubRepo, Sha256Digest};
use vhb::remote::{ModelHub as _, Progress, RemoteError};

use self::common::hub_server::{File, HubServer, Repo};

const TOKEN: &str = "hf_s3cret";

/// A client of the Hub, for nobody in particular.
fn client(server: &HubServer) -> HubClient {
    client_with(server, |_| {})
}

/// A client for the user with this token.
fn client_as(server: &HubServer, token: &str) -> HubClient {
    client_with(server, |options| {
        options.access.as_mut().unwrap().token = HubToken::new(token);
    })
}

fn client_with(server: &HubServer, adjust: impl FnOnce(&mut HubOptions)) -> HubClient {
    let access = HubAccess {
        endpoint: server.url().parse().unwrap(),
        token: None,
    };
    let mut options = HubOptions::new(Ok(access));
    options.timeout = Duration::from_secs(10);
    options.retries.first_wait = Duration::from_millis(1);
    adjust(&mut options);
    HubClient::new(options)
}

/// A model with two files, one of them in LFS; its newest commit.
fn model<'a>(server: &'a HubServer, files: &[File]) -> (Repo<'a>, GitOid) {
    let repo = server.repo(HubKind::Model, "org/name");
    let commit = repo.commit("main", files);
    (repo, oid(&commit))
}

fn demo(server: &HubServer) -> (Repo<'_>, GitOid) {
    let files = [
        File::text("config.json", "{}\n"),
        File::lfs("model.safetensors", b"weights"),
    ];
    model(server, &files)
}

fn oid(hex: &str) -> GitOid {
    hex.parse().unwrap()
}

fn reference(name: &str) -> GitRefName {
    name.to_owned().try_into().unwrap()
}

/// Counts the bytes that it is told of.
#[derive(Default)]
struct Count(AtomicU64);

impl Count {
    fn bytes(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

impl Progress for Count {
    fn expect(&self, _: usize) {}
    fn begin(&self, _: &str) {}
    fn end(&self, _: &str) {}
    fn expect_bytes(&self, _: u64) {}
    fn read(&self, bytes: u64) {
        self.0.fetch_add(bytes, Ordering::SeqCst);
    }
}

fn digest(
    client: &HubClient,
    repo: &HubRepo,
    commit: &GitOid,
    path: &str,
) -> Result<(Sha256Digest, u64), RemoteError> {
    client.digest(repo, commit, path, u64::MAX, &Count::default())
}
