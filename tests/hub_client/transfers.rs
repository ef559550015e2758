//! The bytes of files: whole, in pieces, broken off, and wrong.

use vhb::model::{GitOid, HubRepo, Sha256Digest};
use vhb::remote::{ModelHub as _, RemoteError};

use crate::common::hub_server::{Answer, File, HubServer};
use crate::{Count, client, client_with, demo, digest, model};

/// Bytes that differ from place to place.
fn many(length: usize) -> Vec<u8> {
    (0..251).cycle().take(length).collect()
}

/// A model with one large file.
fn large(server: &HubServer, bytes: &[u8]) -> (HubRepo, GitOid) {
    let (repo, commit) = model(server, &[File::lfs("w.bin", bytes)]);
    (repo.name(), commit)
}

#[test]
fn files_are_read_wherever_they_lie() {
    let server = HubServer::start();
    let (repo, commit) = demo(&server);
    let hub = client(&server);
    for (path, expected) in [
        ("config.json", &b"{}\n"[..]),
        ("model.safetensors", b"weights"),
    ] {
        let read = hub.read(&repo.name(), &commit, path, 7).unwrap();
        assert_eq!(read, expected);
        let expected = (Sha256Digest::of(expected), expected.len() as u64);
        assert_eq!(digest(&hub, &repo.name(), &commit, path).unwrap(), expected);
    }
    let error = hub.read(&repo.name(), &commit, "model.safetensors", 6);
    let error = error.unwrap_err();
    assert!(error.to_string().contains("larger than 6 bytes"), "{error}");
    let encoded: Vec<_> = server.cdn_requests();
    assert!(
        encoded
            .iter()
            .all(|r| r.headers["accept-encoding"] == "identity")
    );
}

#[test]
fn odd_names_are_asked_for_as_they_are() {
    let server = HubServer::start();
    let paths = ["a b/ü?.txt", "100%/#1+2.txt", "%2e%2e/x"];
    let files = paths.map(|path| File::text(path, path));
    let (repo, commit) = model(&server, &files);
    let hub = client(&server);
    for path in paths {
        let read = hub.read(&repo.name(), &commit, path, 100).unwrap();
        assert_eq!(read, path.as_bytes());
    }
    for path in ["../config", "/x", "a/../b", ""] {
        server.take_paths();
        let error = hub.read(&repo.name(), &commit, path, 100).unwrap_err();
        assert!(matches!(error, RemoteError::Tree(_)), "{error:?}");
        assert!(digest(&hub, &repo.name(), &commit, path).is_err());
        assert!(server.take_paths().is_empty());
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let server = HubServer::start();
    let (repo, commit) = demo(&server);
    let error = digest(&client(&server), &repo.name(), &commit, "a.bin").unwrap_err();
    assert!(matches!(error, RemoteError::NoRevision(_)), "{error:?}");
    let expected = format!(
        "no file `a.bin` in commit `{}` of `org/name` on `{}`",
        commit.short(),
        server.host()
    );
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_transfer_that_breaks_off_goes_on_where_it_stopped() {
    let server = HubServer::start();
    let bytes = many(1_000_000);
    let (repo, commit) = large(&server, &bytes);
    server.with(|state| state.cuts = [400_000, 0, 200_000].into());
    let count = Count::default();
    let hub = client(&server);
    let found = hub
        .digest(&repo, &commit, "w.bin", u64::MAX, &count)
        .unwrap();
    assert_eq!(found, (Sha256Digest::of(&bytes), 1_000_000));
    assert_eq!(count.bytes(), 1_000_000, "no byte counts twice");
    let asked = server.cdn_requests();
    let asked: Vec<_> = asked
        .iter()
        .map(|request| request.headers.get("range").cloned())
        .collect();
    let range = |from: &str| Some(format!("bytes={from}-"));
    assert_eq!(
        asked,
        [None, range("400000"), range("400000"), range("600000")]
    );
}

#[test]
fn a_server_without_pieces_is_read_anew() {
    let server = HubServer::start();
    let bytes = many(300_000);
    let (repo, commit) = large(&server, &bytes);
    server.with(|state| {
        state.ranges = false;
        state.cuts = [200_000].into();
    });
    let count = Count::default();
    let hub = client(&server);
    let found = hub
        .digest(&repo, &commit, "w.bin", u64::MAX, &count)
        .unwrap();
    assert_eq!(found, (Sha256Digest::of(&bytes), 300_000));
    assert_eq!(count.bytes(), 300_000);

    // Another piece than the one that was asked for is no piece of it.
    let other = Answer::body("x", &bytes).piece("bytes=100-");
    let broken = Answer::body("x", &bytes).cut(200_000);
    server.with(|state| state.cdn_answers = [broken, other].into());
    let found = digest(&hub, &repo, &commit, "w.bin").unwrap();
    assert_eq!(found.0, Sha256Digest::of(&bytes));
}

#[test]
fn a_transfer_that_breaks_off_again_and_again_is_given_up() {
    let server = HubServer::start();
    let (repo, commit) = large(&server, &many(1000));
    server.with(|state| state.cuts = [10; 20].into());
    let hub = client_with(&server, |options| options.retries.count = 2);
    let error = digest(&hub, &repo, &commit, "w.bin").unwrap_err();
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    let text = error.to_string();
    assert!(
        text.contains("broke off") && text.contains("(3 attempts)"),
        "{text}"
    );
    assert_eq!(server.cdn_requests().len(), 3);
    assert!(
        !text.contains("s1gnature") && !text.contains("Amz"),
        "{text}"
    );
}

#[test]
fn attempts_that_bring_much_are_not_counted() {
    let server = HubServer::start();
    let bytes = many(36 * 1024 * 1024);
    let (repo, commit) = large(&server, &bytes);
    server.with(|state| state.cuts = [17 * 1024 * 1024; 2].into());
    let hub = client_with(&server, |options| options.retries.count = 0);
    let found = digest(&hub, &repo, &commit, "w.bin").unwrap();
    assert_eq!(found, (Sha256Digest::of(&bytes), 36 * 1024 * 1024));
    assert_eq!(server.cdn_requests().len(), 3);
}

#[test]
fn a_file_of_another_length_is_a_mismatch() {
    for wrong in [&b"less"[..], b"much more than that"] {
        let server = HubServer::start();
        let (repo, commit) = demo(&server);
        repo.wrong("model.safetensors", wrong);
        let hub = client(&server);
        let error = digest(&hub, &repo.name(), &commit, "model.safetensors");
        let error = error.unwrap_err();
        assert!(matches!(error, RemoteError::Mismatch(_)), "{error:?}");
        assert!(error.to_string().contains("7 were announced"), "{error}");
        let read = hub.read(&repo.name(), &commit, "model.safetensors", 100);
        assert!(matches!(read, Err(RemoteError::Mismatch(_))), "{read:?}");
    }
}

#[test]
fn a_file_that_becomes_longer_in_between_is_a_mismatch() {
    let server = HubServer::start();
    let (repo, commit) = large(&server, &many(1000));
    let part = Answer::body("x", &many(1000)).cut(500);
    let longer = || Answer::body("x", &many(1001));
    let answers = [part, longer().piece("bytes=500-"), longer(), longer()];
    server.with(|state| state.cdn_answers = answers.into());
    let error = digest(&client(&server), &repo, &commit, "w.bin").unwrap_err();
    assert!(matches!(error, RemoteError::Mismatch(_)), "{error:?}");
}

#[test]
fn wrong_bytes_have_their_own_digest() {
    let server = HubServer::start();
    let (repo, commit) = demo(&server);
    repo.wrong("model.safetensors", b"WEIGHTS");
    let hub = client(&server);
    let found = digest(&hub, &repo.name(), &commit, "model.safetensors").unwrap();
    assert_eq!(found, (Sha256Digest::of(b"WEIGHTS"), 7));
}

#[test]
fn an_answer_of_another_commit_is_a_mismatch() {
    let server = HubServer::start();
    let (repo, commit) = demo(&server);
    let other = "0123456789abcdef0123456789abcdef01234567";
    server.with(|state| state.stated_commit = Some(other.to_owned()));
    let hub = client(&server);
    for path in ["config.json", "model.safetensors"] {
        let error = hub.read(&repo.name(), &commit, path, 100).unwrap_err();
        assert!(matches!(error, RemoteError::Mismatch(_)), "{error:?}");
        assert!(error.to_string().contains(other), "{error}");
        let error = digest(&hub, &repo.name(), &commit, path).unwrap_err();
        assert!(matches!(error, RemoteError::Mismatch(_)), "{error:?}");
    }
    let tree = Answer::body("application/json", b"[]").header("X-Repo-Commit", other);
    server.with(|state| state.always = Some(tree));
    let error = hub.files(&repo.name(), &commit).unwrap_err();
    assert!(matches!(error, RemoteError::Mismatch(_)), "{error:?}");
}
