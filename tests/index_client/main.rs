//! The index client and the program uv against a real index on the loopback interface.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod cached;
mod credentials;
mod downloads;
mod failures;
mod files;
mod metadata;
mod pages;
mod sdists;
mod uv;
mod wheels;

use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;
use vhb::io::index::{IndexClient, IndexOptions};
use vhb::model::IndexUrl;
use vhb::remote::{IndexFile, PackageIndex as _, ProjectPage, RemoteError};

use self::common::index_server::{File, IndexServer};

/// A cache directory, and clients that share it.
struct Setting {
    cache: TempDir,
}

impl Setting {
    fn new() -> Self {
        Self {
            cache: tempfile::tempdir().unwrap(),
        }
    }

    fn client(&self, adjust: impl FnOnce(&mut IndexOptions)) -> IndexClient {
        let no_default = || Err(RemoteError::NotConfigured("no default".to_owned()));
        let mut options = IndexOptions::new(self.cache.path().to_owned(), Box::new(no_default));
        options.timeout = Duration::from_secs(10);
        options.retries.first_wait = Duration::from_millis(1);
        adjust(&mut options);
        IndexClient::new(options)
    }

    fn online(&self) -> IndexClient {
        self.client(|_| {})
    }

    fn offline(&self) -> IndexClient {
        self.client(|options| options.offline = true)
    }

    /// All files of the cache, as text.
    fn cached(&self) -> Vec<(PathBuf, String)> {
        let names = ["index", "files", "metadata"];
        names.iter().flat_map(|name| self.cached_in(name)).collect()
    }

    /// The files of the cache that hold core metadata.
    fn cached_metadata(&self) -> Vec<(PathBuf, String)> {
        self.cached_in("metadata")
    }

    fn cached_in(&self, name: &str) -> Vec<(PathBuf, String)> {
        let entries = std::fs::read_dir(self.cache.path().join(name));
        let entries = entries.into_iter().flatten();
        let read = entries.map(|entry| {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            (path, text)
        });
        read.collect()
    }

    /// What lies in the cache directory itself.
    fn cached_names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.cache.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }
}

fn ask(client: &IndexClient, index: &str, name: &str) -> Result<ProjectPage, RemoteError> {
    let index: IndexUrl = index.parse().unwrap();
    client.project(Some(&index), &name.parse().unwrap())
}

fn digest(client: &IndexClient, index: &str, file: &IndexFile) -> Result<String, RemoteError> {
    let index: IndexUrl = index.parse().unwrap();
    client.digest(Some(&index), file).map(|digest| digest.hex())
}

fn metadata(client: &IndexClient, index: &str, file: &IndexFile) -> Result<String, RemoteError> {
    let index: IndexUrl = index.parse().unwrap();
    client.metadata(Some(&index), file)
}

fn demo() -> IndexServer {
    let server = IndexServer::start();
    server.add("demo", "1.0", &[File::wheel(), File::sdist()]);
    server
}
