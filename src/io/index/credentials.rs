//! Which credentials go to which address.
//!
//! An address gets its own userinfo, else the userinfo of the index if it has the same origin
//! (scheme, host and port), else the netrc entry of its host. The `default` entry of a netrc file
//! is not used: the hosts are named by index pages, and it would hand a password to any of them.
//! Redirects to another origin get nothing (see `crate::io::http`).

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use netrc::Netrc;
use percent_encoding::percent_decode_str;
use url::Url;

/// A user and a password for basic authentication; neither is ever shown.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::io) struct Credentials {
    pub(in crate::io) user: String,
    pub(in crate::io) password: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials")
    }
}

/// The netrc file of the user, read once.
#[derive(Debug, Default)]
pub(super) struct Keyring {
    by_host: HashMap<String, Credentials>,
    /// Why there may be credentials that are not known, for the message of a refusal.
    unreadable: Option<String>,
}

impl Keyring {
    /// Reads a netrc file; one that does not exist is empty.
    pub(super) fn read(netrc: Option<&Path>) -> Self {
        let Some(path) = netrc.filter(|path| path.exists()) else {
            return Self::default();
        };
        match Netrc::from_file(path) {
            Ok(file) => Self {
                by_host: file
                    .hosts
                    .into_iter()
                    .filter(|(host, _)| host != "default")
                    .map(|(host, entry)| {
                        let credentials = Credentials {
                            user: entry.login,
                            password: Some(entry.password),
                        };
                        (host.to_ascii_lowercase(), credentials)
                    })
                    .collect(),
                unreadable: None,
            },
            // The cause is not told: it may quote a word of the file, and that a password.
            Err(_) => Self {
                by_host: HashMap::new(),
                unreadable: Some(format!("netrc file `{}` is unreadable", path.display())),
            },
        }
    }

    /// What to send to an address that an index or its page names.
    pub(super) fn credentials(&self, address: &Url, index: &Url) -> Option<Credentials> {
        let of_index = || userinfo(index).filter(|_| address.origin() == index.origin());
        let of_host = || self.by_host.get(address.host_str()?).cloned();
        userinfo(address).or_else(of_index).or_else(of_host)
    }

    /// Why credentials may be missing.
    pub(super) fn unreadable(&self) -> Option<&str> {
        self.unreadable.as_deref()
    }
}

/// The credentials inside an address, percent-decoded.
pub(in crate::io) fn userinfo(address: &Url) -> Option<Credentials> {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let password = address.password().map(decoded);
    (!address.username().is_empty() || password.is_some()).then(|| Credentials {
        user: decoded(address.username()),
        password,
    })
}

/// The netrc file that the environment names: `$NETRC`, else `.netrc` in the home directory.
pub fn netrc_path(variable: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    if let Some(path) = set("NETRC") {
        return Some(path.into());
    }
    let home = PathBuf::from(set("HOME").or_else(|| set("USERPROFILE"))?);
    let names = if cfg!(windows) {
        &["_netrc", ".netrc"][..]
    } else {
        &[".netrc"]
    };
    names
        .iter()
        .map(|name| home.join(name))
        .find(|path| path.exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    fn keyring(text: &str) -> Keyring {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs_err::write(file.path(), text).unwrap();
        Keyring::read(Some(file.path()))
    }

    fn sent(keyring: &Keyring, address: &str, index: &str) -> Option<(String, String)> {
        keyring
            .credentials(&url(address), &url(index))
            .map(|found| (found.user, found.password.unwrap_or_default()))
    }

    #[test]
    fn userinfo_stays_with_its_origin_and_is_decoded() {
        let index = "https://me:p%40ss@index.example/simple";
        let mine = Some(("me".to_owned(), "p@ss".to_owned()));
        let none = Keyring::default();
        assert_eq!(sent(&none, "https://index.example:443/f", index), mine);
        for other in [
            "http://index.example/f",
            "https://index.example:8443/f",
            "https://files.index.example/f",
        ] {
            assert_eq!(sent(&none, other, index), None, "{other}");
        }
    }

    #[test]
    fn netrc_answers_for_its_hosts_only() {
        let netrc =
            keyring("machine Files.example login a password b\ndefault login x password y\n");
        let index = "https://index.example/simple";
        let expected = Some(("a".to_owned(), "b".to_owned()));
        assert_eq!(sent(&netrc, "https://files.example/f", index), expected);
        assert_eq!(sent(&netrc, "https://other.example/f", index), None);
        let own = sent(&netrc, "https://c:d@files.example/f", index);
        assert_eq!(own, Some(("c".to_owned(), "d".to_owned())));
    }

    #[test]
    fn a_broken_netrc_is_named_but_not_quoted() {
        let netrc = keyring("machine h login a passw0rd s3cret\n");
        let why = netrc.unreadable().unwrap();
        assert!(why.contains("netrc file `"), "{why}");
        assert!(!why.contains("s3cret") && !why.contains("passw0rd"));
    }

    #[test]
    fn the_environment_names_the_netrc_file() {
        let home = tempfile::tempdir().unwrap();
        let home_text = home.path().to_str().unwrap().to_owned();
        let at_home = |name: &str| (name == "HOME").then(|| home_text.clone());
        assert_eq!(netrc_path(at_home), None);
        fs_err::write(home.path().join(".netrc"), "").unwrap();
        assert_eq!(netrc_path(at_home), Some(home.path().join(".netrc")));
        let named = |name: &str| (name == "NETRC").then(|| "/n".to_owned());
        assert_eq!(netrc_path(named), Some("/n".into()));
    }
}
