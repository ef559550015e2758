//! The client of buckets and web servers against a real store of objects, and against web servers
//! of every kind.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod bucket_faults;
mod buckets;
mod web;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use vhb::io::files::{FileStoreClient, FileStoreOptions};
use vhb::model::{DatasetSource, Sha256Digest};
use vhb::remote::{FileStore as _, Place, Progress, RemoteError, StoredFile};

type Files = BTreeMap<String, StoredFile>;

/// Counts the bytes that were read.
#[derive(Default)]
struct Counted(AtomicU64);

impl Counted {
    fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Progress for Counted {
    fn expect(&self, _: usize) {}
    fn begin(&self, _: &str) {}
    fn end(&self, _: &str) {}
    fn expect_bytes(&self, _: u64) {}
    fn read(&self, bytes: u64) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// A client that does not wait between attempts.
fn client(
    variables: Vec<(String, String)>,
    adjust: impl FnOnce(&mut FileStoreOptions),
) -> FileStoreClient {
    let mut options = FileStoreOptions::new(variables);
    options.timeout = Duration::from_secs(10);
    options.retries.first_wait = Duration::from_millis(1);
    adjust(&mut options);
    FileStoreClient::new(options)
}

/// Does something with a place, as a registry entry writes it.
fn at<T>(place: &str, act: impl FnOnce(Place<'_>) -> T) -> T {
    match DatasetSource::of(place, None).unwrap() {
        DatasetSource::S3(prefix) => act(Place::S3(&prefix)),
        DatasetSource::Https(file) => act(Place::Web(&file)),
        source => panic!("{source:?}"),
    }
}

fn list(client: &FileStoreClient, place: &str) -> Result<Files, RemoteError> {
    at(place, |place| client.list(place))
}

fn digest(
    client: &FileStoreClient,
    place: &str,
    path: &str,
    file: &StoredFile,
) -> Result<Sha256Digest, RemoteError> {
    at(place, |place| {
        client.digest(place, path, file, &Counted::default())
    })
}

fn names(files: &Files) -> Vec<(&str, u64)> {
    let files = files.iter();
    files
        .map(|(path, file)| (path.as_str(), file.size))
        .collect()
}
