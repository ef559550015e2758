//! What the environment says of the Hub, by the variables that `huggingface_hub` reads.
//!
//! A variable that is empty counts as unset. A path may begin with `~/`. Where a token is expected
//! and none can be made out, there is none: the Hub says to whom it refuses what.

use std::path::{Path, PathBuf};

use super::access::{HubAccess, HubEndpoint, HubToken};
use crate::model::{GitOid, HubKind, HubRepo};
use crate::remote::RemoteError;

impl HubAccess {
    /// `HF_ENDPOINT`, and the first token of `HF_TOKEN`, `HUGGING_FACE_HUB_TOKEN`, and the file
    /// `HF_TOKEN_PATH`, else `token` in the directory `HF_HOME` (by default `huggingface` in the
    /// user's cache directory).
    ///
    /// With `HF_HUB_DISABLE_IMPLICIT_TOKEN` no file is read: only what the environment itself
    /// holds was put there for this run.
    pub fn from_env(variable: impl Fn(&str) -> Option<String>) -> Result<Self, RemoteError> {
        let variables = Variables(&variable);
        let endpoint = match variables.set("HF_ENDPOINT") {
            Some(text) => text.parse().map_err(|error| {
                RemoteError::NotConfigured(format!("cannot use `HF_ENDPOINT`: {error}"))
            })?,
            None => HubEndpoint::default(),
        };
        let token = variables.token()?;
        Ok(Self { endpoint, token })
    }
}

/// Whether `HF_HUB_OFFLINE` forbids to ask anything.
pub fn offline_from_env(variable: impl Fn(&str) -> Option<String>) -> bool {
    Variables(&variable).is_on("HF_HUB_OFFLINE")
}

/// Where `huggingface_hub` keeps what it downloads: `HF_HUB_CACHE`, else `HUGGINGFACE_HUB_CACHE`,
/// else `hub` in the directory `HF_HOME`; none where there is no home directory.
pub fn cache_dir_from_env(variable: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let variables = Variables(&variable);
    ["HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"]
        .iter()
        .find_map(|name| variables.path(name))
        .or_else(|| Some(variables.hf_home()?.join("hub")))
}

/// Where in that cache the files of a commit lie once they are downloaded.
pub fn snapshot_dir(cache: &Path, repo: &HubRepo, commit: &GitOid) -> PathBuf {
    let kind = match repo.kind {
        HubKind::Model => "models",
        HubKind::Dataset => "datasets",
    };
    let (owner, name) = repo.id.parts();
    cache
        .join(format!("{kind}--{owner}--{name}"))
        .join("snapshots")
        .join(commit.as_str())
}

struct Variables<'a>(&'a dyn Fn(&str) -> Option<String>);

impl Variables<'_> {
    fn set(&self, name: &str) -> Option<String> {
        let value = (self.0)(name)?;
        (!value.trim().is_empty()).then_some(value)
    }

    fn is_on(&self, name: &str) -> bool {
        let value = self.set(name).unwrap_or_default().trim().to_uppercase();
        matches!(value.as_str(), "1" | "ON" | "YES" | "TRUE")
    }

    fn home(&self) -> Option<PathBuf> {
        let home = self.set("HOME").or_else(|| self.set("USERPROFILE"))?;
        Some(home.into())
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        let text = self.set(name)?;
        match text.strip_prefix('~') {
            Some("") => self.home(),
            Some(rest) if rest.starts_with('/') => {
                Some(self.home()?.join(rest.trim_start_matches('/')))
            }
            _ => Some(text.into()),
        }
    }

    fn hf_home(&self) -> Option<PathBuf> {
        let of_cache = || {
            let cache = self.path("XDG_CACHE_HOME");
            let cache = cache.or_else(|| Some(self.home()?.join(".cache")))?;
            Some(cache.join("huggingface"))
        };
        self.path("HF_HOME").or_else(of_cache)
    }

    fn token(&self) -> Result<Option<HubToken>, RemoteError> {
        let named = ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"]
            .iter()
            .find_map(|name| HubToken::new(&self.set(name)?));
        if named.is_some() || self.is_on("HF_HUB_DISABLE_IMPLICIT_TOKEN") {
            return Ok(named);
        }
        let file = self.path("HF_TOKEN_PATH");
        let Some(file) = file.or_else(|| Some(self.hf_home()?.join("token"))) else {
            return Ok(None);
        };
        match std::fs::read_to_string(&file) {
            Ok(text) => Ok(HubToken::new(&text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(RemoteError::NotConfigured(format!(
                "cannot read the token of the Hub in `{}`: {error}",
                file.display()
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables<'a>(set: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        |name| {
            let found = set.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        }
    }

    fn token(set: &[(&str, &str)]) -> Option<String> {
        let access = HubAccess::from_env(variables(set)).unwrap();
        access.token.map(|token| token.secret().to_owned())
    }

    #[test]
    fn the_endpoint_is_the_public_hub_or_the_one_that_is_named() {
        let endpoint = |set: &[(&str, &str)]| HubAccess::from_env(variables(set)).unwrap().endpoint;
        assert_eq!(endpoint(&[]), HubEndpoint::default());
        assert_eq!(endpoint(&[("HF_ENDPOINT", "")]), HubEndpoint::default());
        let named = endpoint(&[("HF_ENDPOINT", "http://127.0.0.1:80/x//")]);
        assert_eq!(named, "http://127.0.0.1/x".parse().unwrap());
        let error = HubAccess::from_env(variables(&[("HF_ENDPOINT", "here")])).unwrap_err();
        assert!(matches!(error, RemoteError::NotConfigured(_)), "{error:?}");
        let text = error.to_string();
        assert!(
            text.contains("HF_ENDPOINT") && text.contains("`here`"),
            "{text}"
        );
    }

    #[test]
    fn the_first_token_wins() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().to_str().unwrap();
        let at = |path: &str| format!("{root}/{path}");
        for directory in ["hf", "xdg/huggingface", "home/.cache/huggingface"] {
            fs_err::create_dir_all(at(directory)).unwrap();
            fs_err::write(
                at(&format!("{directory}/token")),
                format!(" {directory}\r\n"),
            )
            .unwrap();
        }
        fs_err::write(at("home/named"), "named").unwrap();
        fs_err::write(at("empty"), "\n").unwrap();
        let (hf, xdg, user) = (at("hf"), at("xdg"), at("home"));

        // The strongest first; without it the next one answers.
        let all = [
            ("HF_TOKEN", " one\n"),
            ("HUGGING_FACE_HUB_TOKEN", "two"),
            ("HF_TOKEN_PATH", "~/named"),
            ("HF_HOME", hf.as_str()),
            ("XDG_CACHE_HOME", xdg.as_str()),
            ("HOME", user.as_str()),
        ];
        let expected = [
            "one",
            "two",
            "named",
            "hf",
            "xdg/huggingface",
            "home/.cache/huggingface",
        ];
        for (from, expected) in expected.iter().enumerate() {
            assert_eq!(token(&all[from..]).as_deref(), Some(*expected));
        }
        assert_eq!(token(&[]), None);
        let empty = at("empty");
        assert_eq!(token(&[("HF_TOKEN_PATH", &empty), all[5]]), None);
        let nowhere = at("nowhere");
        assert_eq!(token(&[("HF_TOKEN_PATH", &nowhere), all[5]]), None);
        assert_eq!(token(&[("HF_TOKEN", "  "), all[1]]).unwrap(), "two");

        let unreadable = [("HF_TOKEN_PATH", hf.as_str())];
        let error = HubAccess::from_env(variables(&unreadable)).unwrap_err();
        assert!(error.to_string().contains(&hf), "{error}");

        let implicit = ("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1");
        assert_eq!(token(&[implicit, all[3]]), None);
        assert_eq!(token(&[implicit, all[0]]).unwrap(), "one");
        let off = ("HF_HUB_DISABLE_IMPLICIT_TOKEN", "0");
        assert_eq!(token(&[off, all[3]]).unwrap(), "hf");
    }

    #[test]
    fn offline_is_said_in_several_words() {
        let offline = |value: &str| offline_from_env(variables(&[("HF_HUB_OFFLINE", value)]));
        for value in ["1", "true", "True", "YES", "on", " 1 "] {
            assert!(offline(value), "{value}");
        }
        for value in ["", "0", "false", "no", "off", "2"] {
            assert!(!offline(value), "{value}");
        }
        assert!(!offline_from_env(|_| None));
    }

    #[test]
    fn downloads_lie_where_the_ecosystem_puts_them() {
        let all = [
            ("HF_HUB_CACHE", "/a"),
            ("HUGGINGFACE_HUB_CACHE", "/b"),
            ("HF_HOME", "~/c"),
            ("XDG_CACHE_HOME", "/d"),
            ("HOME", "/home/me"),
        ];
        let expected = [
            "/a",
            "/b",
            "/home/me/c/hub",
            "/d/huggingface/hub",
            "/home/me/.cache/huggingface/hub",
        ];
        for (from, expected) in expected.iter().enumerate() {
            let found = cache_dir_from_env(variables(&all[from..]));
            assert_eq!(found.as_deref(), Some(Path::new(expected)));
        }
        assert_eq!(cache_dir_from_env(|_| None), None);

        let commit: GitOid = "0123456789abcdef0123456789abcdef01234567".parse().unwrap();
        for (kind, directory) in [
            (HubKind::Model, "models--org--na.me"),
            (HubKind::Dataset, "datasets--org--na.me"),
        ] {
            let id = "org/na.me".parse().unwrap();
            let found = snapshot_dir(Path::new("/a"), &HubRepo { kind, id }, &commit);
            let expected = format!("/a/{directory}/snapshots/{commit}");
            assert_eq!(found, Path::new(&expected));
        }
    }
}
