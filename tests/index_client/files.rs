//! Digests of files that the index does not state.

use vhb::io::index::IndexClient;
use vhb::remote::RemoteError;

use crate::common::index_server::{Answer, File, sha256};
use crate::{Setting, ask, demo, digest};

#[test]
fn files_without_a_stated_digest_are_read() {
    let server = demo();
    server.with(|state| state.hashes = false);
    let setting = Setting::new();
    let content = vec![7; 300_000];
    server.add("demo", "2.0", &[File::sdist().content(&content)]);
    let page = ask(&setting.online(), &server.url(), "demo").unwrap();
    let file = page.files.last().unwrap();
    assert_eq!(file.sha256, None);
    let read = |client: &IndexClient| digest(client, &server.url(), file);

    let cut = Answer::truncated("application/octet-stream", &content[..1000]);
    server.with(|state| state.answers = [Answer::status(503), cut].into());
    assert_eq!(read(&setting.online()).unwrap(), sha256(&content));
    assert_eq!(read(&setting.online()).unwrap(), sha256(&content));
    assert_eq!(server.statuses(), [200, 503, 200, 200, 200]);
    assert_eq!(read(&setting.offline()).unwrap(), sha256(&content));

    // The content at an address may change: then the cached digest is worth nothing.
    server.change(&file.filename, |file| file.content(b"changed"));
    assert_eq!(read(&setting.online()).unwrap(), sha256(b"changed"));
    assert_eq!(read(&setting.offline()).unwrap(), sha256(b"changed"));

    let other = &page.files[0];
    let error = digest(&setting.offline(), &server.url(), other).unwrap_err();
    assert!(matches!(error, RemoteError::NotCached(_)), "{error:?}");
    server.remove(&other.filename);
    let error = digest(&setting.online(), &server.url(), other).unwrap_err();
    assert!(matches!(error, RemoteError::NotFound(_)), "{error:?}");
    let expected = format!("no file `{}` on `{}`", other.filename, server.url());
    assert_eq!(error.to_string(), expected);
}

#[test]
fn digests_are_of_the_bytes_that_the_server_stores() {
    let server = demo();
    let setting = Setting::new();
    let page = ask(&setting.online(), &server.url(), "demo").unwrap();
    // Some servers declare the compression of an archive as one of the transfer.
    let archive = b"\x1f\x8b not really";
    let answer = Answer::body("application/x-tar", archive).header("Content-Encoding", "gzip");
    server.with(|state| state.answers.push_back(answer));
    let read = digest(&setting.online(), &server.url(), &page.files[1]).unwrap();
    assert_eq!(read, sha256(archive));
    assert_eq!(server.requests()[1].headers["accept-encoding"], "identity");
}
