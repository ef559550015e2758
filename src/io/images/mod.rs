//! Registries of container images: the port [`ImageRegistry`] by the OCI distribution
//! specification, and what Docker's own registry did before it.
//!
//! Nothing that a registry says of its bytes is believed: they are hashed here and held against
//! the digest that was asked for, and against the one that the registry states.
//!
//! | module | holds |
//! |---|---|
//! | `challenge` | what a registry wants to hear before it answers |
//! | `docker`, `helper` | who the user is, by docker's configuration and its helpers |
//! | `manifest`, `config`, `platform` | from bytes to what they say |
//! | `repository`, `exchange` | questions about one repository, and who asks them |
//! | `artifacts` | the port [`ArtifactRegistry`](crate::remote::ArtifactRegistry) |
//! | `upload`, `referrers` | pushing, and lists of what is attached |

mod artifacts;
mod challenge;
mod config;
mod docker;
mod exchange;
mod helper;
mod manifest;
mod platform;
mod referrers;
mod repository;
mod upload;

use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use reqwest::header::HeaderValue;

use self::docker::Docker;
use self::exchange::Access;
use self::repository::Repository;
use super::http::web::Web;
use super::http::{Failure, Retries, Subject};
use crate::model::{Descriptor, ImageReference, Sha256Digest};
use crate::remote::{ImageConfig, ImageManifest, ImageRegistry, RemoteError};

/// How to ask registries.
#[derive(Clone, Debug)]
pub struct RegistryOptions {
    /// Ask nobody: every question is [`RemoteError::NotCached`].
    pub offline: bool,
    /// How long to wait for a connection (10 s at most), for an answer, for each next piece, and
    /// for a credential helper.
    pub timeout: Duration,
    /// How often to ask again.
    pub retries: Retries,
    /// The directory of docker's `config.json`.
    pub docker_config: Option<PathBuf>,
    /// Where credential helpers are looked for, as `PATH` has it; none for the program's own.
    pub helper_path: Option<OsString>,
    /// Registries that are asked without encryption, besides those of this machine.
    pub insecure: Vec<String>,
}

impl RegistryOptions {
    /// Online, 30 s, three retries, and docker's configuration as the environment names it:
    /// `DOCKER_CONFIG`, else `.docker` in the home directory. `VHB_INSECURE_REGISTRIES` lists
    /// hosts, with their ports, separated by commas.
    pub fn from_env(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let home = || set("HOME").or_else(|| set("USERPROFILE"));
        let at_home = || home().map(|home| PathBuf::from(home).join(".docker"));
        let insecure = set("VHB_INSECURE_REGISTRIES").unwrap_or_default();
        let insecure = insecure.split(',').map(str::trim);
        Self {
            offline: false,
            timeout: Duration::from_secs(30),
            retries: Retries::default(),
            docker_config: set("DOCKER_CONFIG").map(PathBuf::from).or_else(at_home),
            helper_path: set("PATH").map(OsString::from),
            insecure: insecure
                .filter(|host| !host.is_empty())
                .map(str::to_owned)
                .collect(),
        }
    }
}

/// Asks registries over HTTPS.
pub struct RegistryClient {
    offline: bool,
    retries: Retries,
    insecure: Vec<String>,
    docker: Docker,
    web: Web,
    /// What each repository wanted to hear last, by what was to be done to it.
    authorizations: Mutex<HashMap<(String, String, Access), HeaderValue>>,
}

impl fmt::Debug for RegistryClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegistryClient")
            .field("offline", &self.offline)
            .field("insecure", &self.insecure)
            .finish_non_exhaustive()
    }
}

impl RegistryClient {
    /// A client that has not connected to anything yet.
    pub fn new(options: RegistryOptions) -> Self {
        Self {
            offline: options.offline,
            retries: options.retries,
            insecure: options.insecure,
            docker: Docker::new(options.docker_config, options.helper_path, options.timeout),
            web: Web::new(options.timeout),
            authorizations: Mutex::default(),
        }
    }

    /// Asks until it is answered or given up; `thing` names what is asked for.
    fn ask<T>(
        &self,
        image: &ImageReference,
        thing: &str,
        attempt: impl Fn(&Repository<'_>) -> Result<T, Failure>,
    ) -> Result<T, RemoteError> {
        let registry = image.registry();
        if self.offline {
            return Err(RemoteError::NotCached(format!(
                "{thing} is on `{registry}`, which is not asked when offline"
            )));
        }
        let repository = Repository::new(self, image);
        let subject = Subject {
            thing,
            place: &registry,
        };
        self.retries.run(subject, || attempt(&repository))
    }
}

impl ImageRegistry for RegistryClient {
    fn manifest(&self, image: &ImageReference) -> Result<ImageManifest, RemoteError> {
        let thing = format!("image `{image}`");
        self.ask(image, &thing, |repository| match image.digest() {
            Some(digest) => repository.manifest_of(digest),
            None => repository.manifest_by_tag(image.tag().unwrap_or("latest")),
        })
    }

    fn manifest_of(
        &self,
        image: &ImageReference,
        digest: &Sha256Digest,
    ) -> Result<ImageManifest, RemoteError> {
        let thing = format!("manifest `{digest}` of `{}`", image.repository());
        self.ask(image, &thing, |repository| repository.manifest_of(digest))
    }

    fn config(
        &self,
        image: &ImageReference,
        config: &Descriptor,
    ) -> Result<ImageConfig, RemoteError> {
        let (digest, repository) = (&config.digest, image.repository());
        let thing = format!("configuration `{digest}` of `{repository}`");
        self.ask(image, &thing, |repository| repository.config(config))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_names_the_configuration_of_docker() {
        let options = |variables: &'static [(&str, &str)]| {
            RegistryOptions::from_env(|name| {
                let found = variables.iter().find(|(key, _)| *key == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        let at_home = options(&[("HOME", "/home/me"), ("DOCKER_CONFIG", "")]);
        assert_eq!(at_home.docker_config, Some("/home/me/.docker".into()));
        let named = options(&[("HOME", "/home/me"), ("DOCKER_CONFIG", "/d")]);
        assert_eq!(named.docker_config, Some("/d".into()));
        assert_eq!(options(&[]).docker_config, None);
        let listed = options(&[("VHB_INSECURE_REGISTRIES", "a:5000, b,")]);
        assert_eq!(listed.insecure, ["a:5000", "b"]);
    }
}
