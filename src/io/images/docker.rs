//! Who the user is to a registry, as `docker login` and its kin write it down.
//!
//! The helper that is named for the registry is asked first, then the one that is named for all,
//! then the file itself. A helper that does not work is remembered as the reason why credentials
//! may be missing: many images can be had without.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, general_purpose::STANDARD};
use serde::Deserialize;

use super::helper;
use crate::io::index::Credentials;

/// The registry of images without a registry in their names.
pub(super) const DOCKER_HUB: &str = "docker.io";
/// What credentials for it are kept under.
const DOCKER_HUB_KEY: &str = "https://index.docker.io/v1/";

/// How a user proves to be one; never shown.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Login {
    Password(Credentials),
    /// What a token for each question is given for (OAuth 2 refresh token).
    IdentityToken(String),
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login")
    }
}

/// What is known of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) login: Option<Login>,
    /// Why there may be credentials that are not known, for the message of a refusal.
    pub(super) missing: Option<String>,
}

/// The configuration of docker, read when it is first needed.
#[derive(Debug)]
pub(super) struct Docker {
    directory: Option<PathBuf>,
    path: Option<OsString>,
    limit: Duration,
    config: OnceLock<Result<ConfigWire, String>>,
    known: Mutex<HashMap<String, Known>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ConfigWire {
    auths: Option<BTreeMap<String, AuthWire>>,
    creds_store: Option<String>,
    cred_helpers: Option<BTreeMap<String, String>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AuthWire {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
    identitytoken: Option<String>,
}

impl fmt::Debug for AuthWire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthWire")
    }
}

impl Docker {
    /// `path` is where helpers are looked for, and `limit` how long each may take.
    pub(super) fn new(directory: Option<PathBuf>, path: Option<OsString>, limit: Duration) -> Self {
        Self {
            directory,
            path,
            limit,
            config: OnceLock::new(),
            known: Mutex::default(),
        }
    }

    /// What is known for a registry; its helper is asked once.
    pub(super) fn known(&self, registry: &str) -> Known {
        // Held while a helper runs: two that ask the same user at once help nobody.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known
            .entry(registry.to_owned())
            .or_insert_with(|| self.find(registry));
        found.clone()
    }

    fn find(&self, registry: &str) -> Known {
        let config = match self.config.get_or_init(|| self.read()) {
            Ok(config) => config,
            Err(reason) => {
                return Known {
                    login: None,
                    missing: Some(reason.clone()),
                };
            }
        };
        let key = if registry == DOCKER_HUB {
            DOCKER_HUB_KEY
        } else {
            registry
        };
        let own_helper = config
            .cred_helpers
            .as_ref()
            .and_then(|helpers| entry(helpers, key));
        let name = own_helper.or(config.creds_store.as_ref());
        let asked = name.filter(|name| !name.is_empty()).map(|name| {
            let path = self.path.as_deref();
            helper::ask(name, key, path, self.limit)
        });
        let (login, missing) = match asked {
            Some(Ok(login)) => (login, None),
            Some(Err(reason)) => (None, Some(reason)),
            None => (None, None),
        };
        let written = || entry(config.auths.as_ref()?, key).and_then(AuthWire::login);
        Known {
            login: login.or_else(written),
            missing,
        }
    }

    fn read(&self) -> Result<ConfigWire, String> {
        let Some(directory) = &self.directory else {
            return Ok(ConfigWire::default());
        };
        let path = directory.join("config.json");
        let unreadable = || format!("docker configuration `{}` is unreadable", path.display());
        match std::fs::read(&path) {
            // The cause is not told: it may quote a word of the file, and that a password.
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| unreadable()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(ConfigWire::default()),
            Err(_) => Err(unreadable()),
        }
    }
}

impl AuthWire {
    fn login(&self) -> Option<Login> {
        let set = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        if let Some(token) = set(&self.identitytoken) {
            return Some(Login::IdentityToken(token));
        }
        let credentials = match set(&self.auth) {
            Some(encoded) => decoded(&encoded)?,
            None => Credentials {
                user: set(&self.username)?,
                password: set(&self.password),
            },
        };
        Some(Login::Password(credentials))
    }
}

/// `base64(user:password)`, with or without its padding.
fn decoded(encoded: &str) -> Option<Credentials> {
    let lenient =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let engine = GeneralPurpose::new(&base64::alphabet::STANDARD, lenient);
    let decode = |text| engine.decode(text).or_else(|_| STANDARD.decode(text));
    let pair = String::from_utf8(decode(encoded.trim()).ok()?).ok()?;
    let (user, password) = pair.split_once(':')?;
    Some(Credentials {
        user: user.to_owned(),
        // Docker once padded what it wrote.
        password: Some(password.trim_end_matches('\0').to_owned()),
    })
}

/// The entry of a server, by its key or by another spelling of it (`https://host/v1/`).
fn entry<'a, T>(entries: &'a BTreeMap<String, T>, key: &str) -> Option<&'a T> {
    let host = host_of(key);
    let by_host = || {
        let same = |(known, _): &(&String, _)| {
            let known = host_of(known);
            known == host || (known == DOCKER_HUB && key == DOCKER_HUB_KEY)
        };
        entries.iter().find(same).map(|(_, entry)| entry)
    };
    entries.get(key).or_else(by_host)
}

fn host_of(key: &str) -> &str {
    let bare = key.strip_prefix("https://");
    let bare = bare.or_else(|| key.strip_prefix("http://")).unwrap_or(key);
    bare.split('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(config: &str, registry: &str) -> Known {
        let directory = tempfile::tempdir().unwrap();
        fs_err::write(directory.path().join("config.json"), config).unwrap();
        let limit = Duration::from_secs(20);
        let path = Some(directory.path().as_os_str().to_owned());
        Docker::new(Some(directory.path().to_owned()), path, limit).known(registry)
    }

    fn password(known: &Known) -> Option<(&str, &str)> {
        match known.login.as_ref()? {
            Login::Password(Credentials { user, password }) => {
                Some((user, password.as_deref().unwrap_or_default()))
            }
            Login::IdentityToken(token) => Some(("<token>", token)),
        }
    }

    #[test]
    fn logins_are_found_under_every_spelling_of_the_server() {
        let pair = STANDARD.encode("me:p:w");
        for (key, registry) in [
            ("ghcr.io", "ghcr.io"),
            ("https://ghcr.io", "ghcr.io"),
            ("https://ghcr.io/v2/", "ghcr.io"),
            ("https://index.docker.io/v1/", "docker.io"),
            ("index.docker.io", "docker.io"),
            ("docker.io", "docker.io"),
            ("localhost:5000", "localhost:5000"),
        ] {
            let config = format!(r#"{{"auths":{{"other":{{}},"{key}":{{"auth":"{pair}"}}}}}}"#);
            let found = known(&config, registry);
            assert_eq!(password(&found), Some(("me", "p:w")), "{key}");
            assert_eq!(known(&config, "quay.io"), Known::default());
        }
        let config = format!(r#"{{"auths":{{"h:5000":{{"auth":"{pair}"}}}}}}"#);
        assert_eq!(known(&config, "h"), Known::default());
    }

    #[test]
    fn logins_have_several_forms() {
        let unpadded = STANDARD.encode("user:secret");
        let unpadded = unpadded.trim_end_matches('=');
        for (entry, expected) in [
            (
                format!(r#"{{"auth":"{unpadded}"}}"#),
                Some(("user", "secret")),
            ),
            (
                r#"{"username":"u","password":"p"}"#.to_owned(),
                Some(("u", "p")),
            ),
            (
                format!(r#"{{"auth":"{unpadded}","identitytoken":"t"}}"#),
                Some(("<token>", "t")),
            ),
            (r#"{"auth":"%%%"}"#.to_owned(), None),
            ("{}".to_owned(), None),
        ] {
            let config = format!(r#"{{"auths":{{"h":{entry}}},"credHelpers":null}}"#);
            assert_eq!(password(&known(&config, "h")), expected, "{entry}");
        }
    }

    #[test]
    fn what_does_not_work_is_a_reason_and_not_quoted() {
        let found = known(r#"{"credsStore":"absent","auths":null}"#, "h");
        let reason = found.missing.unwrap();
        assert!(
            reason.contains("`docker-credential-absent` cannot be run"),
            "{reason}"
        );
        let found = known(r#"{"auths": "s3cret"}"#, "h");
        let reason = found.missing.unwrap();
        assert!(reason.ends_with("is unreadable"), "{reason}");
        assert!(!reason.contains("s3cret"), "{reason}");
    }
}
