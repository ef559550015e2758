//! Where an installed distribution comes from, as PEP 610 writes it (`direct_url.json`).

use std::path::{Component, Path, PathBuf};

use serde_json::json;
use url::Url;

use super::{ExportError, repository};
use crate::model::{GitPin, GitSource, LocalPin};

/// The origin of a pinned commit.
pub(super) fn git_origin(
    source: &GitSource,
    pin: &GitPin,
    root: Option<&Path>,
) -> Result<String, ExportError> {
    let here = || {
        let path = absolute(root?, pin.url.local_path()?);
        Url::from_file_path(path).ok().map(String::from)
    };
    let url = repository(&pin.url).or_else(|error| here().ok_or(error))?;
    let mut origin = json!({
        "url": url,
        "vcs_info": { "vcs": "git", "commit_id": pin.commit.as_str() },
    });
    if let Some(asked) = &source.reference {
        origin["vcs_info"]["requested_revision"] = asked.as_str().into();
    }
    if let Some(directory) = &pin.subdirectory {
        origin["subdirectory"] = directory.as_str().into();
    }
    Ok(origin.to_string())
}

/// The origin of a directory.
pub(super) fn local_origin(pin: &LocalPin, root: Option<&Path>) -> Result<String, ExportError> {
    let rootless = || ExportError::Rootless(pin.path.clone());
    let path = absolute(root.ok_or_else(rootless)?, &pin.path);
    let url = Url::from_file_path(path).map_err(|()| rootless())?;
    Ok(json!({ "url": url.as_str(), "dir_info": {} }).to_string())
}

/// The path from a root, without `.` and `..`, which a URL would take for granted otherwise.
fn absolute(root: &Path, path: &str) -> PathBuf {
    let mut out = PathBuf::new();
    for part in root.join(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(out.pop()),
            part => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin(url: &str) -> (GitSource, GitPin) {
        let source = json!({ "url": url, "ref": "v1", "subdirectory": "a b" });
        let pin = json!({
            "url": url,
            "commit": "0123456789abcdef0123456789abcdef01234567",
            "committed": "2025-06-01T00:00:00Z",
            "tree": "0123456789abcdef0123456789abcdef01234567",
            "subdirectory": "a b",
            "content": format!("sha256:{}", "8".repeat(64)),
            "files": 1,
            "bytes": 1,
        });
        (
            serde_json::from_value(source).unwrap(),
            serde_json::from_value(pin).unwrap(),
        )
    }

    #[test]
    fn a_commit_says_its_repository_without_credentials() {
        for (url, expected) in [
            ("https://me:s3cret@h/x.git", "https://h/x.git"),
            ("git@h:x.git", "ssh://git@h/x.git"),
            ("/srv/x", "file:///srv/x"),
            ("../x", "file:///work/x"),
        ] {
            let (source, pin) = pin(url);
            let text = git_origin(&source, &pin, Some(Path::new("/work/project"))).unwrap();
            assert_eq!(
                text,
                format!(
                    r#"{{"subdirectory":"a b","url":"{expected}","vcs_info":{{"commit_id":"{}","requested_revision":"v1","vcs":"git"}}}}"#,
                    pin.commit
                )
            );
        }
        let (source, pin) = pin("../x");
        assert!(git_origin(&source, &pin, None).is_err());
    }

    #[test]
    fn a_directory_says_where_it_lies() {
        let pin = LocalPin {
            path: "../plugins/./my plugin".to_owned(),
            content: crate::model::Sha256Digest::of(b""),
            files: 1,
            bytes: 1,
            commit: None,
            dirty: None,
            committed: None,
        };
        let text = local_origin(&pin, Some(Path::new("/work/project"))).unwrap();
        assert_eq!(
            text,
            r#"{"dir_info":{},"url":"file:///work/plugins/my%20plugin"}"#
        );
        assert!(matches!(
            local_origin(&pin, None),
            Err(ExportError::Rootless(_))
        ));
    }
}
