//! Addresses that may carry credentials: usable whole, but only ever shown without them.
//!
//! `Display`, `Debug`, `Serialize`, equality and order all see the address without credentials;
//! only [`RemoteUrl::secret`] and [`IndexUrl::secret`] give the whole one, for the adapter that
//! opens the connection.

use std::fmt;
use std::str::FromStr;

use url::Url;

/// The text is no address that vhb can use.
#[derive(Debug, thiserror::Error)]
#[error("`{shown}` is not {expected}")]
pub struct UrlError {
    shown: String,
    expected: &'static str,
}

macro_rules! secret_address {
    ($name:ident, $about:literal) => {
        impl $name {
            /// The whole address, credentials included: for connecting, never for showing.
            pub fn secret(&self) -> &str {
                &self.whole
            }

            /// The address without credentials.
            pub fn as_str(&self) -> &str {
                &self.shown
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.shown)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.shown, f)
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.shown == other.shown
            }
        }

        impl Eq for $name {}

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                self.shown.cmp(&other.shown)
            }
        }

        impl std::hash::Hash for $name {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.shown.hash(state);
            }
        }

        serde_as_text!($name, $about);
    };
}

/// A git remote: a URL, `user@host:path`, or a path on this machine.
#[derive(Clone)]
pub struct RemoteUrl {
    whole: String,
    shown: String,
}

secret_address!(RemoteUrl, "A git remote, without credentials.");

impl FromStr for RemoteUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shown = address_without_credentials(text);
        // A leading `-` would be read as an option, `ext::` would run a command.
        let unusable = text.is_empty()
            || text.starts_with('-')
            || names_a_helper(text)
            || text.chars().any(char::is_control);
        if unusable {
            return Err(UrlError {
                shown,
                expected: "a git address (https, ssh, git, file or a path)",
            });
        }
        Ok(Self {
            whole: text.to_owned(),
            shown,
        })
    }
}

/// `helper::address` makes git run a program; `https://[::1]/x` does not.
fn names_a_helper(text: &str) -> bool {
    text.split_once("::")
        .is_some_and(|(helper, _)| !helper.contains(['/', '[', '@']))
}

impl RemoteUrl {
    /// The path, where the remote is a directory of this machine that is not written as a URL.
    pub fn local_path(&self) -> Option<&str> {
        let scp = self
            .whole
            .split_once(':')
            .is_some_and(|(host, _)| !host.contains('/'));
        (!self.whole.contains("://") && !scp).then_some(self.whole.as_str())
    }

    /// The address as installers, purl and SPDX write it: `git+https://h/x`, and
    /// `git+ssh://git@h/x` for `git@h:x`; none for a path of one machine, however it is written.
    pub fn vcs_url(&self) -> Option<String> {
        let url = &self.shown;
        if url.contains("://") {
            return (!url.starts_with("file://")).then(|| format!("git+{url}"));
        }
        let (host, path) = url
            .split_once(':')
            .filter(|(host, _)| !host.contains('/'))?;
        Some(format!("git+ssh://{host}/{}", path.trim_start_matches('/')))
    }
}

/// The root of a Simple repository API (PEP 503, PEP 691), without the final slash.
#[derive(Clone)]
pub struct IndexUrl {
    whole: String,
    shown: String,
}

secret_address!(
    IndexUrl,
    "The root of a package index (PEP 503), without credentials."
);

impl FromStr for IndexUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let whole = text.trim_end_matches('/');
        let error = || UrlError {
            shown: without_credentials(text),
            expected: "an http or https address of a package index",
        };
        let mut url = Url::parse(whole).map_err(|_| error())?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(error());
        }
        // The parser that will connect decides what is a credential: it accepts quotes in a
        // password and `https:user@host`, where a search through the text would find none.
        url.set_username("")
            .and_then(|()| url.set_password(None))
            .expect("an http address with a host can hold credentials");
        Ok(Self {
            whole: whole.to_owned(),
            shown: url.as_str().trim_end_matches('/').to_owned(),
        })
    }
}

/// One file on a web server.
#[derive(Clone)]
pub struct FileUrl {
    whole: String,
    shown: String,
}

secret_address!(FileUrl, "A file on a web server, without credentials.");

impl FromStr for FileUrl {
    type Err = UrlError;

    /// An address that is signed is refused: it stops working, and the signature is a secret.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let without_query = text.split(['?', '#']).next().unwrap_or_default();
        let error = |expected| UrlError {
            shown: without_credentials(without_query),
            expected,
        };
        let no_file = error("an http or https address of a file");
        let Ok(mut url) = Url::parse(text) else {
            return Err(no_file);
        };
        let plain = matches!(url.scheme(), "http" | "https") && url.has_host();
        if !plain || url.fragment().is_some() {
            return Err(no_file);
        }
        let signed = url.query_pairs().any(|(name, _)| is_signature(&name));
        if signed {
            return Err(error("an address without a signature or a token in it"));
        }
        let whole = url.to_string();
        url.set_username("")
            .and_then(|()| url.set_password(None))
            .expect("an http address with a host can hold credentials");
        let url = Self {
            whole,
            shown: url.into(),
        };
        if url.filename().is_empty() {
            return Err(no_file);
        }
        Ok(url)
    }
}

impl FileUrl {
    /// The last part of the path, decoded: what the file is called when it is saved.
    pub fn filename(&self) -> String {
        let url = Url::parse(&self.shown).expect("it was parsed once");
        let last = url.path().rsplit('/').next().unwrap_or_default();
        let name = percent_encoding::percent_decode_str(last).decode_utf8_lossy();
        // What decodes to a path is not one.
        name.replace('/', "_")
    }
}

fn is_signature(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let signed = ["x-amz-", "x-goog-", "x-oss-"];
    signed.iter().any(|start| name.starts_with(start))
        || matches!(
            name.as_str(),
            "sig" | "signature" | "expires" | "key-pair-id" | "policy"
        )
        || super::looks_secret(&name)
}

/// A text that is one address as a whole, without what identifies a user.
///
/// The parser is the judge where it can be: it finds credentials in spellings that a look at the
/// text would miss (`http:me:pw@host`, a quote in the password). Other texts are scanned.
pub fn address_without_credentials(text: &str) -> String {
    if let Ok(mut url) = Url::parse(text)
        && url.has_host()
        && (!url.username().is_empty() || url.password().is_some())
    {
        let account = url.scheme().ends_with("ssh");
        let cleared = url.set_password(None).is_ok() && (account || url.set_username("").is_ok());
        if cleared {
            // Where looking at the text does as well, the spelling stays as it was.
            let scanned = without_credentials(text);
            let same = Url::parse(&scanned).is_ok_and(|scanned| scanned == url);
            return if same { scanned } else { url.to_string() };
        }
    }
    without_credentials(text)
}

/// Removes what identifies a user from every `scheme://user:password@host` in a text.
///
/// A user name alone stays in `ssh://` addresses, where it names the service's account.
pub fn without_credentials(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("://") {
        let scheme_from = rest[..start]
            .rfind(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '-' | '.'))
            .map_or(0, |at| {
                at + rest[at..].chars().next().map_or(1, char::len_utf8)
            });
        let scheme = &rest[scheme_from..start];
        let after = &rest[start + 3..];
        let authority_end = after
            .find(|c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | '\'' | '"' | '`'))
            .unwrap_or(after.len());
        let authority = &after[..authority_end];
        out.push_str(&rest[..start + 3]);
        match authority.rsplit_once('@') {
            None => out.push_str(authority),
            Some((user, host)) => {
                let account = user.split(':').next().unwrap_or_default();
                if scheme.ends_with("ssh") && !account.is_empty() {
                    out.push_str(account);
                    out.push('@');
                }
                out.push_str(host);
            }
        }
        rest = &after[authority_end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_used_but_never_shown() {
        let url: RemoteUrl = "https://me:s3cret@host/x.git".parse().unwrap();
        assert_eq!(url.secret(), "https://me:s3cret@host/x.git");
        assert_eq!(url.to_string(), "https://host/x.git");
        assert!(!format!("{url:?}").contains("s3cret"));
        assert_eq!(
            serde_json::to_string(&url).unwrap(),
            "\"https://host/x.git\""
        );
    }

    #[test]
    fn an_index_is_shown_as_the_connection_sees_it() {
        for text in [
            "https://me:s3cret@index.example/simple/",
            "https://me:s3'cret\"@index.example/simple",
            "https:me:s3cret@index.example/simple",
            "https://me:s3\ncret@index.example/simple",
            "https://INDEX.example:443/simple",
        ] {
            let index: IndexUrl = text.parse().unwrap();
            assert_eq!(index.as_str(), "https://index.example/simple", "{text}");
        }
    }

    #[test]
    fn addresses_lose_credentials_however_they_are_written() {
        for (text, expected) in [
            ("http://me:s3'cret@h/simple", "http://h/simple"),
            ("http:me:pw@h/simple", "http://h/simple"),
            ("https:///me:pw@h/x", "https://h/x"),
            ("https://me:pw@h:8080", "https://h:8080"),
            ("ssh://git:pw@h/x", "ssh://git@h/x"),
        ] {
            assert_eq!(address_without_credentials(text), expected);
        }
        assert!("https://[::1]:3000/x.git".parse::<RemoteUrl>().is_ok());
    }

    #[test]
    fn texts_lose_every_credential_and_nothing_else() {
        for (text, expected) in [
            (
                "fatal: 'https://t0ken@h/x' gone",
                "fatal: 'https://h/x' gone",
            ),
            (
                "ssh://git:pw@h/x git+ssh://git@h/y",
                "ssh://git@h/x git+ssh://git@h/y",
            ),
            ("git@github.com:org/x.git", "git@github.com:org/x.git"),
            ("a://b@c a://d@e", "a://c a://e"),
            ("https://u:p@ss@h:80/a@b", "https://h:80/a@b"),
            ("né://u@h", "né://h"),
        ] {
            assert_eq!(without_credentials(text), expected);
        }
    }

    #[test]
    fn installers_are_told_urls() {
        let vcs = |text: &str| text.parse::<RemoteUrl>().unwrap().vcs_url();
        let scp = vcs("git@h:org/x.git");
        assert_eq!(scp.as_deref(), Some("git+ssh://git@h/org/x.git"));
        let web = vcs("https://me:s3cret@h/x");
        assert_eq!(web.as_deref(), Some("git+https://h/x"));
        assert_eq!(vcs("../x.git"), None);
        assert_eq!(vcs("file:///srv/x"), None);
    }

    #[test]
    fn local_remotes_are_told_from_addresses() {
        let local = |text: &str| text.parse::<RemoteUrl>().unwrap().local_path().is_some();
        assert!(local("../x.git") && local("/srv/x.git") && local("./a:b"));
        assert!(!local("git@h:x") && !local("https://h/x") && !local("file:///x"));
    }

    #[test]
    fn dangerous_remotes_are_refused() {
        for text in ["", "--upload-pack=evil", "ext::sh -c evil", "a\nb"] {
            assert!(text.parse::<RemoteUrl>().is_err(), "{text}");
        }
    }
}
