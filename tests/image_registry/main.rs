//! The client of image registries against a real registry, and against servers that lie.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod access;
mod faults;
mod pins;

use std::time::Duration;

use vhb::io::images::{RegistryClient, RegistryOptions};
use vhb::model::ImageReference;
use vhb::remote::{ImageManifest, ImageRegistry as _, ManifestContent, RemoteError};

/// A client that knows no user and does not wait between attempts.
fn client(adjust: impl FnOnce(&mut RegistryOptions)) -> RegistryClient {
    let mut options = RegistryOptions::from_env(|_| None);
    options.timeout = Duration::from_secs(10);
    options.retries.first_wait = Duration::from_millis(1);
    adjust(&mut options);
    RegistryClient::new(options)
}

fn reference(text: &str) -> ImageReference {
    text.parse().unwrap()
}

fn manifest(image: &str) -> Result<ImageManifest, RemoteError> {
    client(|_| {}).manifest(&reference(image))
}

fn platforms(manifest: &ImageManifest) -> Vec<(&str, String)> {
    let ManifestContent::Index(platforms) = &manifest.content else {
        panic!("{manifest:?}");
    };
    let platforms = platforms.iter();
    platforms
        .map(|(platform, descriptor)| (platform.as_str(), descriptor.digest.to_string()))
        .collect()
}
