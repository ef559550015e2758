//! What indexes answered before: to ask "has it changed?" when online, and to answer when offline.
//!
//! A page lies at `index/<sha256 of its address>.json` under the cache directory, the digest of a
//! file at `files/<sha256 of its address>`. The addresses are those without credentials. The cache
//! only ever saves work: what is damaged counts as absent, and a failure to write is no failure.

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::model::Sha256Digest;

/// What makes a request conditional (RFC 9110 §13.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Validators {
    /// The address that answered, after redirects, without credentials and query.
    pub(super) from: String,
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
}

/// A page as it was received, before it was understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CachedPage {
    pub(super) validators: Validators,
    pub(super) content_type: String,
    /// Of the body: a torn or edited file is told by it.
    sha256: Sha256Digest,
    pub(super) body: String,
}

impl CachedPage {
    pub(super) fn new(validators: Validators, content_type: String, body: String) -> Self {
        Self {
            validators,
            content_type,
            sha256: Sha256Digest::of(body.as_bytes()),
            body,
        }
    }
}

/// The digest of a file that was read to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CachedDigest {
    pub(super) validators: Validators,
    filename: String,
    pub(super) sha256: Sha256Digest,
}

impl CachedDigest {
    pub(super) fn new(validators: Validators, filename: &str, sha256: Sha256Digest) -> Self {
        Self {
            validators,
            filename: filename.to_owned(),
            sha256,
        }
    }
}

/// A directory of answers.
#[derive(Debug)]
pub(super) struct Cache {
    directory: PathBuf,
}

impl Cache {
    pub(super) fn new(directory: PathBuf) -> Self {
        Self { directory }
    }

    pub(super) fn page(&self, address: &Url) -> Option<CachedPage> {
        let page: CachedPage = read(&self.page_path(address))?;
        (Sha256Digest::of(page.body.as_bytes()) == page.sha256).then_some(page)
    }

    pub(super) fn keep_page(&self, address: &Url, page: &CachedPage) {
        write(&self.page_path(address), page);
    }

    pub(super) fn digest(&self, address: &Url, filename: &str) -> Option<CachedDigest> {
        read(&self.digest_path(address)).filter(|found: &CachedDigest| found.filename == filename)
    }

    pub(super) fn keep_digest(&self, address: &Url, digest: &CachedDigest) {
        write(&self.digest_path(address), digest);
    }

    fn page_path(&self, address: &Url) -> PathBuf {
        let name = format!("{}.json", key(address));
        self.directory.join("index").join(name)
    }

    fn digest_path(&self, address: &Url) -> PathBuf {
        self.directory.join("files").join(key(address))
    }
}

fn key(address: &Url) -> String {
    let shown = super::credentials::without_userinfo(address);
    Sha256Digest::of(shown.as_str().as_bytes()).hex()
}

fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs_err::read(path).ok()?).ok()
}

fn write<T: Serialize>(path: &Path, value: &T) {
    // A full or read-only disk costs the next run some time, nothing more.
    let _ = try_write(path, value);
}

fn try_write<T: Serialize>(path: &Path, value: &T) -> std::io::Result<()> {
    let directory = path.parent().expect("the path was joined to a directory");
    fs_err::create_dir_all(directory)?;
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    let mut writer = BufWriter::new(file.as_file_mut());
    serde_json::to_writer(&mut writer, value)?;
    writer.flush()?;
    drop(writer);
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(body: &str) -> CachedPage {
        let validators = Validators {
            from: "https://index.example/simple/foo/".to_owned(),
            etag: Some("\"1\"".to_owned()),
            last_modified: None,
        };
        CachedPage::new(validators, "text/html".to_owned(), body.to_owned())
    }

    #[test]
    fn pages_come_back_by_the_address_without_credentials() {
        let directory = tempfile::tempdir().unwrap();
        let cache = Cache::new(directory.path().to_owned());
        let secret: Url = "https://me:s3cret@index.example/simple/foo/"
            .parse()
            .unwrap();
        let shown: Url = "https://index.example/simple/foo/".parse().unwrap();
        cache.keep_page(&secret, &page("body"));
        assert_eq!(cache.page(&shown), Some(page("body")));
        let other: Url = "https://index.example/simple/bar/".parse().unwrap();
        assert_eq!(cache.page(&other), None);
    }

    #[test]
    fn damaged_pages_are_absent_and_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let cache = Cache::new(directory.path().to_owned());
        let address: Url = "https://index.example/simple/foo/".parse().unwrap();
        cache.keep_page(&address, &page("whole body"));
        let path = cache.page_path(&address);
        let whole = fs_err::read_to_string(&path).unwrap();
        for damaged in [
            &whole[..whole.len() / 2],
            &whole.replace("whole body", "other body"),
            "",
        ] {
            fs_err::write(&path, damaged).unwrap();
            assert_eq!(cache.page(&address), None);
        }
        cache.keep_page(&address, &page("new"));
        assert_eq!(cache.page(&address), Some(page("new")));
    }

    #[test]
    fn digests_belong_to_a_file_name_too() {
        let directory = tempfile::tempdir().unwrap();
        let cache = Cache::new(directory.path().to_owned());
        let address: Url = "https://index.example/f".parse().unwrap();
        let digest = CachedDigest::new(Validators::default(), "a.whl", Sha256Digest::of(b"a"));
        cache.keep_digest(&address, &digest);
        assert_eq!(cache.digest(&address, "a.whl"), Some(digest));
        assert_eq!(cache.digest(&address, "b.whl"), None);
    }
}
