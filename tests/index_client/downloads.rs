//! Files that are written whole, or not at all.

use std::path::Path;

use vhb::io::index::IndexClient;
use vhb::model::IndexUrl;
use vhb::remote::{IndexFile, PackageIndex as _, RemoteError};

use crate::common::archives::noise;
use crate::common::index_server::{Answer, File, IndexServer, sha256};
use crate::{Setting, ask};

fn download(
    client: &IndexClient,
    server: &IndexServer,
    file: &IndexFile,
    into: &Path,
) -> Result<(), RemoteError> {
    let index: IndexUrl = server.url().parse().unwrap();
    client.download(Some(&index), file, into)
}

fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect()
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let server = IndexServer::start();
    let content = noise(300_000);
    server.add("demo", "1.0", &[File::sdist().content(&content)]);
    let setting = Setting::new();
    let file = &ask(&setting.online(), &server.url(), "demo").unwrap().files[0];
    let directory = tempfile::tempdir().unwrap();
    let into = directory.path().join("demo.tar.gz");

    let error = download(&setting.offline(), &server, file, &into).unwrap_err();
    assert!(matches!(error, RemoteError::NotCached(_)), "{error:?}");
    let wrong = Answer::body("application/gzip", &content[1..]);
    server.with(|state| state.answers = [wrong.clone(), wrong].into());
    let error = download(&setting.online(), &server, file, &into).unwrap_err();
    assert!(matches!(error, RemoteError::Mismatch(_)), "{error:?}");
    let expected = format!(
        "`demo-1.0.tar.gz` on `{}` has SHA-256 {}, but the index states {}",
        server.url(),
        sha256(&content[1..]),
        sha256(&content)
    );
    assert_eq!(error.to_string(), expected);
    let cut = Answer::truncated("application/gzip", &content[..1000]);
    server.with(|state| state.always = Some(cut.clone()));
    let error = download(&setting.online(), &server, file, &into).unwrap_err();
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    assert!(names(directory.path()).is_empty());

    server.with(|state| {
        state.always = None;
        state.answers.push_back(cut);
    });
    download(&setting.online(), &server, file, &into).unwrap();
    assert_eq!(names(directory.path()), ["demo.tar.gz"]);
    assert_eq!(std::fs::read(&into).unwrap(), content);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let other = directory.path().join("other");
        std::fs::write(&other, "").unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&into), mode(&other), "as readable as any file");
    }
}

#[test]
fn without_a_stated_digest_there_is_nothing_to_check() {
    let server = IndexServer::start();
    server.add("demo", "1.0", &[File::sdist().content(b"one")]);
    server.with(|state| state.hashes = false);
    let setting = Setting::new();
    let file = &ask(&setting.online(), &server.url(), "demo").unwrap().files[0];
    server.change(&file.filename, |file| file.content(b"two"));
    let directory = tempfile::tempdir().unwrap();
    let into = directory.path().join("demo.tar.gz");
    download(&setting.online(), &server, file, &into).unwrap();
    assert_eq!(std::fs::read(&into).unwrap(), b"two");

    // A file stands where a directory would have to be made.
    let nowhere = into.join("demo.tar.gz");
    let error = download(&setting.online(), &server, file, &nowhere).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("cannot write file `demo-1.0.tar.gz`"),
        "{error}"
    );
    server.remove(&file.filename);
    let error = download(&setting.online(), &server, file, &into).unwrap_err();
    assert!(matches!(error, RemoteError::NotFound(_)), "{error:?}");
    assert_eq!(std::fs::read(&into).unwrap(), b"two");
}
