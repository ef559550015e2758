//! `direct_url.json`: where an installed distribution came from, if not from an index (PEP 610).

use serde::Deserialize;

use crate::model::Sha256Digest;

/// Where a distribution came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectUrl {
    /// The repository, the archive or the directory; it may hold credentials.
    url: String,
    /// What that is.
    pub origin: DirectOrigin,
    /// The directory inside of it.
    pub subdirectory: Option<String>,
}

/// What a direct URL leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DirectOrigin {
    /// A repository of a version control system.
    Repository {
        /// `git`, `hg`, `svn` or `bzr`.
        vcs: String,
        /// The commit that was checked out.
        commit: String,
    },
    /// A wheel or a source distribution.
    Archive {
        /// Its SHA-256, where the installer wrote it.
        sha256: Option<Sha256Digest>,
    },
    /// A directory of the machine that it was installed on.
    Directory {
        /// Whether Python imports the directory itself, and no copy of it.
        editable: bool,
    },
}

#[derive(Deserialize)]
struct Wire {
    url: String,
    vcs_info: Option<VcsWire>,
    archive_info: Option<ArchiveWire>,
    dir_info: Option<DirectoryWire>,
    subdirectory: Option<String>,
}

#[derive(Deserialize)]
struct VcsWire {
    vcs: String,
    commit_id: String,
}

#[derive(Deserialize)]
struct ArchiveWire {
    hash: Option<String>,
    #[serde(default)]
    hashes: std::collections::BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct DirectoryWire {
    #[serde(default)]
    editable: bool,
}

/// Why a text is no `direct_url.json`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DirectUrlError {
    /// Not the JSON that it should be.
    #[error("it is not what PEP 610 describes: {0}")]
    Form(String),
    /// Not exactly one of `vcs_info`, `archive_info` and `dir_info`.
    #[error("it does not hold exactly one of `vcs_info`, `archive_info` and `dir_info`")]
    Origin,
}

impl DirectUrl {
    /// Reads the text of a `direct_url.json`.
    pub fn parse(text: &str) -> Result<Self, DirectUrlError> {
        let wire: Wire =
            serde_json::from_str(text).map_err(|error| DirectUrlError::Form(error.to_string()))?;
        let origin = match (wire.vcs_info, wire.archive_info, wire.dir_info) {
            (Some(vcs), None, None) => DirectOrigin::Repository {
                vcs: vcs.vcs,
                commit: vcs.commit_id,
            },
            (None, Some(archive), None) => DirectOrigin::Archive {
                sha256: archive.sha256(),
            },
            (None, None, Some(directory)) => DirectOrigin::Directory {
                editable: directory.editable,
            },
            _ => return Err(DirectUrlError::Origin),
        };
        Ok(Self {
            url: wire.url,
            origin,
            subdirectory: wire.subdirectory,
        })
    }

    /// The URL as it may be shown.
    pub fn shown(&self) -> String {
        // In what is no address, credentials cannot be told from the rest.
        match url::Url::parse(&self.url) {
            Ok(url) if !url.cannot_be_a_base() => crate::model::without_credentials(url.as_str()),
            Ok(_) | Err(_) => "an address that makes no sense".to_owned(),
        }
    }
}

impl ArchiveWire {
    /// `hashes` counts where it is there; `hash` is what older installers wrote.
    fn sha256(&self) -> Option<Sha256Digest> {
        let old = || self.hash.as_deref()?.strip_prefix("sha256=");
        let hex = self.hashes.get("sha256").map(String::as_str).or_else(old)?;
        Sha256Digest::from_hex(hex).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_origin_is_read() {
        let origin = |text: &str| DirectUrl::parse(text).unwrap().origin;
        let digest = Sha256Digest::of(b"");
        for hashes in [
            "\"hashes\": {\"sha256\": \"HEX\"}",
            "\"hash\": \"sha256=HEX\"",
        ] {
            let hashes = hashes.replace("HEX", &digest.hex());
            let text = format!("{{\"url\": \"file:///a.whl\", \"archive_info\": {{{hashes}}}}}");
            let sha256 = Some(digest);
            assert_eq!(origin(&text), DirectOrigin::Archive { sha256 });
        }
        assert_eq!(
            origin(r#"{"url": "file:///a", "dir_info": {"editable": true}}"#),
            DirectOrigin::Directory { editable: true }
        );
        assert_eq!(
            origin(r#"{"url": "file:///a", "dir_info": {}}"#),
            DirectOrigin::Directory { editable: false }
        );
        let text = r#"{"url": "https://me:s3cret@h/a", "subdirectory": "b",
                       "vcs_info": {"vcs": "git", "commit_id": "abc", "requested_revision": "v1"}}"#;
        let read = DirectUrl::parse(text).unwrap();
        assert_eq!(read.subdirectory.as_deref(), Some("b"));
        assert_eq!(read.shown(), "https://h/a");
        let (vcs, commit) = ("git".to_owned(), "abc".to_owned());
        assert_eq!(read.origin, DirectOrigin::Repository { vcs, commit });
    }

    #[test]
    fn none_and_two_origins_are_told() {
        for text in [
            r#"{"url": "file:///a"}"#,
            r#"{"url": "file:///a", "dir_info": {}, "archive_info": {}}"#,
        ] {
            assert_eq!(
                DirectUrl::parse(text),
                Err(DirectUrlError::Origin),
                "{text}"
            );
        }
        assert!(DirectUrl::parse("[]").is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,120}|[\\[{\"a:,}\\]]{0,60}") {
            let senseless = DirectUrl::parse(&text).is_err();
            prop_assert!(senseless || text.contains("url"));
        }

        #[test]
        fn whatever_a_commit_is_called_is_read_as_it_is(commit in "\\PC{0,60}", below in "\\PC{1,30}") {
            let text = serde_json::json!({
                "url": "ssh://git@h/a",
                "vcs_info": {"vcs": "git", "commit_id": commit},
                "subdirectory": below,
                "unknown": {"deep": [[[{}]]]},
            });
            let read = DirectUrl::parse(&text.to_string()).unwrap();
            prop_assert_eq!(read.subdirectory, Some(below));
            let vcs = "git".to_owned();
            prop_assert_eq!(read.origin, DirectOrigin::Repository { vcs, commit });
        }
    }
}
