//! What indexes answered before: to ask "has it changed?" when online, and to answer when offline.
//!
//! A page lies at `index/<sha256 of its address>.page` under the cache directory, the digest of a
//! file at `files/<sha256 of its address>`, core metadata at `metadata/` and what proves it (see
//! [`Proof`]). The addresses are those without credentials. The cache only ever saves work: what
//! is damaged counts as absent, and a failure to write is no failure.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::Url;

use super::fresh::Freshness;
use crate::model::{IndexUrl, Sha256Digest};

/// What makes a request conditional (RFC 9110 §13.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Validators {
    /// The address that answered, after redirects, without credentials and query.
    pub(super) from: String,
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
}

/// A page as it was received, before it was understood.
///
/// In its file, what is known of it stands in the first line and the body in the rest, so that a
/// page of some megabytes is read without being taken apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CachedPage {
    pub(super) validators: Validators,
    pub(super) content_type: String,
    /// For how long nobody need ask again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) fresh: Option<Freshness>,
    /// Of the body: a torn or edited file is told by it.
    sha256: Sha256Digest,
    #[serde(skip)]
    pub(super) body: String,
}

impl CachedPage {
    pub(super) fn new(validators: Validators, content_type: String, body: String) -> Self {
        Self {
            validators,
            content_type,
            fresh: None,
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

/// What says that some text is the core metadata of a file; the text is kept under it.
///
/// An index can say anything of a file that another index has as well, so what was not proved by
/// bytes is for the index that told it alone.
#[derive(Clone, Copy, Debug)]
pub(super) enum Proof<'a> {
    /// This is the digest that the index states of the metadata.
    Stated(Sha256Digest),
    /// It was in the file with this digest, which was read to its end.
    Inside(Sha256Digest),
    /// The index gave it for the file with this digest.
    Told(Sha256Digest, &'a IndexUrl),
}

impl Proof<'_> {
    fn file_name(&self) -> String {
        match self {
            Self::Stated(digest) => digest.hex(),
            Self::Inside(file) => format!("{}-inside", file.hex()),
            Self::Told(file, index) => {
                let index = Sha256Digest::of(index.to_string().as_bytes()).hex();
                format!("{}-{index}", file.hex())
            }
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
        let mut text = fs_err::read_to_string(self.page_path(address)).ok()?;
        let line = text.find('\n')?;
        let mut page: CachedPage = serde_json::from_str(&text[..line]).ok()?;
        text.drain(..=line);
        page.body = text;
        (Sha256Digest::of(page.body.as_bytes()) == page.sha256).then_some(page)
    }

    pub(super) fn keep_page(&self, address: &Url, page: &CachedPage) {
        // A full or read-only disk costs the next run some time, nothing more.
        let _ = put(&self.page_path(address), |writer| {
            serde_json::to_writer(&mut *writer, page)?;
            writer.write_all(b"\n")?;
            writer.write_all(page.body.as_bytes())
        });
    }

    pub(super) fn digest(&self, address: &Url, filename: &str) -> Option<CachedDigest> {
        read(&self.digest_path(address)).filter(|found: &CachedDigest| found.filename == filename)
    }

    pub(super) fn keep_digest(&self, address: &Url, digest: &CachedDigest) {
        write(&self.digest_path(address), digest);
    }

    /// Core metadata as it was received, byte for byte.
    pub(super) fn metadata(&self, proof: Proof<'_>) -> Option<Vec<u8>> {
        let kept = fs_err::read(self.metadata_path(proof)).ok()?;
        let (digest, bytes) = kept.split_at_checked(64)?;
        let of_bytes = Sha256Digest::of(bytes);
        let whole = digest == of_bytes.hex().as_bytes();
        let proved = !matches!(proof, Proof::Stated(stated) if stated != of_bytes);
        (whole && proved).then(|| bytes.to_vec())
    }

    pub(super) fn keep_metadata(&self, proof: Proof<'_>, bytes: &[u8]) {
        let digest = Sha256Digest::of(bytes).hex();
        // A full or read-only disk costs the next run some time, nothing more.
        let _ = put(&self.metadata_path(proof), |writer| {
            writer.write_all(digest.as_bytes())?;
            writer.write_all(bytes)
        });
    }

    /// A file for as long as it is open, without a name that could be left behind.
    pub(super) fn scratch(&self) -> std::io::Result<File> {
        let here = fs_err::create_dir_all(&self.directory)
            .and_then(|()| tempfile::tempfile_in(&self.directory));
        here.or_else(|_| tempfile::tempfile())
    }

    fn metadata_path(&self, proof: Proof<'_>) -> PathBuf {
        self.directory.join("metadata").join(proof.file_name())
    }

    fn page_path(&self, address: &Url) -> PathBuf {
        let name = format!("{}.page", key(address));
        self.directory.join("index").join(name)
    }

    fn digest_path(&self, address: &Url) -> PathBuf {
        self.directory.join("files").join(key(address))
    }
}

fn key(address: &Url) -> String {
    let shown = crate::io::http::without_userinfo(address);
    Sha256Digest::of(shown.as_str().as_bytes()).hex()
}

fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs_err::read(path).ok()?).ok()
}

fn write<T: Serialize>(path: &Path, value: &T) {
    // A full or read-only disk costs the next run some time, nothing more.
    let _ = put(path, |writer| Ok(serde_json::to_writer(writer, value)?));
}

fn put(
    path: &Path,
    write_to: impl FnOnce(&mut BufWriter<&mut File>) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let directory = path.parent().expect("the path was joined to a directory");
    fs_err::create_dir_all(directory)?;
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    let mut writer = BufWriter::new(file.as_file_mut());
    write_to(&mut writer)?;
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

    #[test]
    fn metadata_is_kept_by_what_proves_it() {
        let directory = tempfile::tempdir().unwrap();
        let cache = Cache::new(directory.path().to_owned());
        let indexes = ["https://a.example/simple", "https://b.example/simple"];
        let [here, there] = indexes.map(|index| index.parse::<IndexUrl>().unwrap());
        let (file, other) = (Sha256Digest::of(b"file"), Sha256Digest::of(b"other"));
        let kept = |proof| cache.metadata(proof);

        cache.keep_metadata(Proof::Told(file, &here), b"told \xff");
        assert_eq!(kept(Proof::Told(file, &here)).unwrap(), b"told \xff");
        assert_eq!(kept(Proof::Told(file, &there)), None);
        assert_eq!(kept(Proof::Told(other, &here)), None);
        assert_eq!(kept(Proof::Inside(file)), None);
        cache.keep_metadata(Proof::Inside(file), b"");
        assert_eq!(kept(Proof::Inside(file)).unwrap(), b"");

        let stated = Proof::Stated(Sha256Digest::of(b"stated"));
        cache.keep_metadata(stated, b"stated");
        assert_eq!(kept(stated).unwrap(), b"stated");
        cache.keep_metadata(stated, b"another");
        assert_eq!(kept(stated), None);
    }

    #[test]
    fn damaged_metadata_is_absent() {
        let directory = tempfile::tempdir().unwrap();
        let cache = Cache::new(directory.path().to_owned());
        let proof = Proof::Inside(Sha256Digest::of(b"file"));
        cache.keep_metadata(proof, b"Name: demo\n");
        let path = cache.metadata_path(proof);
        let whole = fs_err::read(&path).unwrap();
        for damaged in [&whole[..whole.len() - 1], &whole[..20], b""] {
            fs_err::write(&path, damaged).unwrap();
            assert_eq!(cache.metadata(proof), None);
        }
    }
}
