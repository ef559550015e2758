//! A real registry of container images on 127.0.0.1: Debian's `docker-registry`.
//!
//! What is pushed is small and made up, but it is pushed as docker pushes it: blobs, manifests,
//! and an index that names them, with the attestation that builders add.

use std::process::{Child, Command, Stdio};
use std::sync::Once;
use std::thread;
use std::time::{Duration, Instant};

use reqwest::blocking::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use tempfile::TempDir;
use vhb::model::{Descriptor, Sha256Digest};

use super::git_server::free_port;

/// Generous: only a machine that is stuck reaches it.
const PATIENCE: Duration = Duration::from_mins(1);

/// The one user of a registry that wants to know its users.
pub const USER: &str = "tester";
/// That user's password.
pub const PASSWORD: &str = "pa:ss word";
/// As `htpasswd -B` writes it.
const HTPASSWD: &str = "tester:$2b$04$HSzcbW361jCKqaHzbBwABeQHjIsCbnpMbNBxnEXzkKtHI9LV9h7eW\n";

pub const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
pub const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";

/// An image of one platform.
#[derive(Clone, Debug)]
pub struct Image {
    pub architecture: &'static str,
    pub variant: Option<&'static str>,
    pub created: &'static str,
    pub labels: Value,
    /// What its only layer holds.
    pub content: &'static str,
}

impl Image {
    /// An image for Linux.
    pub fn new(architecture: &'static str, content: &'static str) -> Self {
        Self {
            architecture,
            variant: None,
            created: "2026-01-02T03:04:05.678901234Z",
            labels: json!({"org.opencontainers.image.source": "https://git.example/app"}),
            content,
        }
    }

    fn config(&self) -> Value {
        let mut config = json!({
            "os": "linux",
            "architecture": self.architecture,
            "created": self.created,
            "config": {"Labels": self.labels},
            "rootfs": {"type": "layers", "diff_ids": [Sha256Digest::of(self.content.as_bytes())]},
        });
        if let Some(variant) = self.variant {
            config["variant"] = variant.into();
        }
        config
    }
}

/// What a push of several platforms made.
#[derive(Clone, Debug)]
pub struct Pushed {
    /// What the tag means.
    pub index: Descriptor,
    /// In the order of the images.
    pub manifests: Vec<Descriptor>,
    /// In the order of the images.
    pub configs: Vec<Descriptor>,
}

/// A running registry; its images are gone with it.
pub struct RegistryServer {
    child: Child,
    port: u16,
    base: TempDir,
    with_login: bool,
}

impl RegistryServer {
    /// Starts a registry that is open to all, and waits until it answers.
    pub fn start() -> Self {
        Self::start_as(false)
    }

    /// Starts a registry that wants [`USER`] and [`PASSWORD`].
    pub fn start_with_login() -> Self {
        Self::start_as(true)
    }

    fn start_as(with_login: bool) -> Self {
        let begun = Instant::now();
        // Between finding a free port and using it, someone else may take it.
        loop {
            assert!(begun.elapsed() < PATIENCE, "docker-registry does not start");
            let base = tempfile::tempdir().expect("a temporary directory");
            let port = free_port();
            let mut server = Self {
                child: spawn(&base, port, with_login),
                port,
                base,
                with_login,
            };
            if server.is_ready() {
                return server;
            }
        }
    }

    fn is_ready(&mut self) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return false;
            }
            let answered = self.sent(client().get(self.url("")));
            if answered.is_ok_and(|response| response.status() == 200) {
                return true;
            }
            thread::sleep(Duration::from_millis(20));
        }
        false
    }

    /// `127.0.0.1:<port>`, as it stands in the names of images.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The full name of an image: `127.0.0.1:<port>/<name>`.
    pub fn image(&self, name: &str) -> String {
        format!("{}/{name}", self.host())
    }

    /// Pushes an image of one platform, by a tag; also over one that there is.
    pub fn push(&self, repository: &str, tag: &str, image: &Image) -> (Descriptor, Descriptor) {
        self.push_manifest(repository, Some(tag), image, OCI_MANIFEST)
    }

    /// The same as docker itself pushes it (schema 2).
    pub fn push_docker(
        &self,
        repository: &str,
        tag: &str,
        image: &Image,
    ) -> (Descriptor, Descriptor) {
        self.push_manifest(repository, Some(tag), image, DOCKER_MANIFEST)
    }

    /// Pushes an index of images, and of an attestation that is for no platform.
    pub fn push_index(&self, repository: &str, tag: &str, images: &[Image]) -> Pushed {
        let pushed = images
            .iter()
            .map(|image| self.push_manifest(repository, None, image, OCI_MANIFEST));
        let (manifests, configs): (Vec<_>, Vec<_>) = pushed.unzip();
        let entry = |descriptor: &Descriptor, platform: Value| {
            json!({
                "mediaType": descriptor.media_type,
                "digest": descriptor.digest,
                "size": descriptor.size,
                "platform": platform,
            })
        };
        let mut entries: Vec<_> = manifests
            .iter()
            .zip(images)
            .map(|(manifest, image)| {
                let mut platform = json!({"os": "linux", "architecture": image.architecture});
                if let Some(variant) = image.variant {
                    platform["variant"] = variant.into();
                }
                entry(manifest, platform)
            })
            .collect();
        let attestation = Image::new("unknown", "an attestation");
        let (attestation, _) = self.push_manifest(repository, None, &attestation, OCI_MANIFEST);
        let unknown = json!({"os": "unknown", "architecture": "unknown"});
        entries.push(entry(&attestation, unknown));
        let index = json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": entries});
        let index = self.put_manifest(repository, Some(tag), OCI_INDEX, &index);
        Pushed {
            index,
            manifests,
            configs,
        }
    }

    /// Deletes a manifest or an index by its digest.
    pub fn delete(&self, repository: &str, digest: &Sha256Digest) {
        let address = self.url(&format!("{repository}/manifests/{digest}"));
        let response = self.sent(client().delete(address)).expect("it answers");
        assert_eq!(response.status(), 202, "{digest} of {repository}");
    }

    /// Stops answering.
    pub fn stop(&mut self) {
        // Both fail only where it has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/v2/{path}", self.host())
    }

    fn sent(&self, request: RequestBuilder) -> reqwest::Result<Response> {
        let request = if self.with_login {
            request.basic_auth(USER, Some(PASSWORD))
        } else {
            request
        };
        request.send()
    }

    fn push_manifest(
        &self,
        repository: &str,
        tag: Option<&str>,
        image: &Image,
        media_type: &str,
    ) -> (Descriptor, Descriptor) {
        let (config_type, layer_type) = if media_type == OCI_MANIFEST {
            (
                "application/vnd.oci.image.config.v1+json",
                "application/vnd.oci.image.layer.v1.tar",
            )
        } else {
            (
                "application/vnd.docker.container.image.v1+json",
                "application/vnd.docker.image.rootfs.diff.tar.gzip",
            )
        };
        let config = image.config().to_string().into_bytes();
        let config = self.push_blob(repository, &config, config_type);
        let layer = self.push_blob(repository, image.content.as_bytes(), layer_type);
        let named = |blob: &Descriptor| json!({"mediaType": blob.media_type, "digest": blob.digest, "size": blob.size});
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": media_type,
            "config": named(&config),
            "layers": [named(&layer)],
        });
        (
            self.put_manifest(repository, tag, media_type, &manifest),
            config,
        )
    }

    fn push_blob(&self, repository: &str, bytes: &[u8], media_type: &str) -> Descriptor {
        let descriptor = described(bytes, media_type);
        let begin = self.url(&format!("{repository}/blobs/uploads/"));
        let response = self.sent(client().post(begin)).expect("it answers");
        assert_eq!(response.status(), 202, "upload to {repository}");
        let location = response.headers()["location"].to_str().expect("an address");
        let separator = if location.contains('?') { '&' } else { '?' };
        let address = format!("{location}{separator}digest={}", descriptor.digest);
        let request = client()
            .put(address)
            .header("Content-Type", "application/octet-stream")
            .body(bytes.to_vec());
        let response = self.sent(request).expect("it answers");
        assert_eq!(response.status(), 201, "blob of {repository}");
        descriptor
    }

    fn put_manifest(
        &self,
        repository: &str,
        tag: Option<&str>,
        media_type: &str,
        manifest: &Value,
    ) -> Descriptor {
        let bytes = manifest.to_string().into_bytes();
        let descriptor = described(&bytes, media_type);
        let name = tag.map_or_else(|| descriptor.digest.to_string(), str::to_owned);
        let request = client()
            .put(self.url(&format!("{repository}/manifests/{name}")))
            .header("Content-Type", media_type)
            .body(bytes);
        let response = self.sent(request).expect("it answers");
        let status = response.status();
        assert_eq!(status, 201, "{}", response.text().unwrap_or_default());
        descriptor
    }
}

impl Drop for RegistryServer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn described(bytes: &[u8], media_type: &str) -> Descriptor {
    Descriptor {
        digest: Sha256Digest::of(bytes),
        media_type: media_type.to_owned(),
        size: bytes.len() as u64,
    }
}

fn client() -> Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    // No proxy of the machine comes between.
    let builder = Client::builder().no_proxy().timeout(PATIENCE);
    builder.build().expect("an HTTP client")
}

fn spawn(base: &TempDir, port: u16, with_login: bool) -> Child {
    let images = base.path().join("images");
    let mut configuration = json!({
        "version": 0.1,
        "log": {"level": "error", "accesslog": {"disabled": true}},
        "storage": {
            "filesystem": {"rootdirectory": images},
            "delete": {"enabled": true},
        },
        "http": {"addr": format!("127.0.0.1:{port}")},
    });
    if with_login {
        let htpasswd = base.path().join("htpasswd");
        std::fs::write(&htpasswd, HTPASSWD).expect("a file");
        configuration["auth"] = json!({"htpasswd": {"realm": "tests", "path": htpasswd}});
    }
    // JSON is YAML.
    let path = base.path().join("config.yml");
    std::fs::write(&path, configuration.to_string()).expect("a file");
    let mut command = Command::new("docker-registry");
    for (name, _) in std::env::vars_os() {
        // Each would override a line of the configuration.
        if name.to_string_lossy().starts_with("REGISTRY_") {
            command.env_remove(name);
        }
    }
    command
        .arg("serve")
        .arg(path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("docker-registry must be installed (Debian's package `docker-registry`)")
}
