//! What lies in buckets.

use std::thread;

use vhb::model::Sha256Digest;
use vhb::remote::RemoteError;

use crate::common::s3_server::S3Server;
use crate::{client, digest, list, names};

#[test]
fn all_that_lies_below_a_prefix_is_listed_and_no_more() {
    let server = S3Server::start();
    server.bucket("data");
    for (key, content) in [
        ("a/one.csv", "1"),
        ("a/deep/er/two.csv", "22"),
        ("a/Übung/файл 1%2F+.txt", "333"),
        ("a/empty", ""),
        // Marks of directories.
        ("a/", ""),
        ("a/deep/", ""),
        ("ab/other.csv", "no"),
        ("a.csv", "no"),
        ("b", "itself"),
        // What tools leave beside data.
        ("a/.git/HEAD", "no"),
        ("a/x/__pycache__/y", "no"),
        ("a/x.pyc", "no"),
        ("a/.cache/huggingface/z", "no"),
    ] {
        server.put("data", key, content.as_bytes());
    }
    let client = client(server.variables(), |_| {});
    let files = list(&client, "s3://data/a/").unwrap();
    let expected = [
        ("deep/er/two.csv", 2),
        ("empty", 0),
        ("one.csv", 1),
        ("Übung/файл 1%2F+.txt", 3),
    ];
    assert_eq!(names(&files), expected);
    for (path, content) in [
        ("one.csv", "1"),
        ("Übung/файл 1%2F+.txt", "333"),
        ("empty", ""),
    ] {
        let found = digest(&client, "s3://data/a", path, &files[path]).unwrap();
        assert_eq!(found, Sha256Digest::of(content.as_bytes()), "{path}");
    }
    let all = list(&client, "s3://data").unwrap();
    assert_eq!(all.len(), 7, "{:?}", names(&all));
    assert_eq!(all["a/one.csv"], files["one.csv"]);

    let itself = list(&client, "s3://data/a/one.csv").unwrap();
    assert_eq!(names(&itself), [("one.csv", 1)]);
    let found = digest(
        &client,
        "s3://data/a/one.csv",
        "one.csv",
        &itself["one.csv"],
    );
    assert_eq!(found.unwrap(), Sha256Digest::of(b"1"));
    let at_root = list(&client, "s3://data/b").unwrap();
    assert_eq!(names(&at_root), [("b", 6)]);

    for nothing in [
        "s3://data/c",
        "s3://data/one.csv",
        "s3://data/a/deep/er/two",
    ] {
        let error = list(&client, nothing).unwrap_err();
        assert!(matches!(error, RemoteError::NotFound(_)), "{error:?}");
    }
    let error = list(&client, "s3://data/c").unwrap_err();
    let expected = "no object at or below `c` on `s3://data`";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_changed_object_has_another_token_and_no_digest_under_the_old_one() {
    let server = S3Server::start();
    server.bucket("data");
    server.put("data", "a/x", b"before");
    server.put("data", "a/y", b"y");
    let client = client(server.variables(), |_| {});
    let before = list(&client, "s3://data/a").unwrap();
    assert!(before["x"].token.starts_with("etag:"), "{before:?}");
    server.put("data", "a/x", b"after!");
    let after = list(&client, "s3://data/a").unwrap();
    assert_eq!(before["x"].size, after["x"].size);
    assert_ne!(before["x"].token, after["x"].token);
    assert_eq!(before["y"], after["y"]);
    let error = digest(&client, "s3://data/a", "x", &before["x"]).unwrap_err();
    assert!(matches!(error, RemoteError::Mismatch(_)), "{error:?}");
    let expected = "object `a/x` on `s3://data` was replaced since it was listed";
    assert_eq!(error.to_string(), expected);
    let found = digest(&client, "s3://data/a", "x", &after["x"]).unwrap();
    assert_eq!(found, Sha256Digest::of(b"after!"));

    server.delete("data", "a/x");
    let error = digest(&client, "s3://data/a", "x", &after["x"]).unwrap_err();
    assert!(matches!(error, RemoteError::NotFound(_)), "{error:?}");
    let now = list(&client, "s3://data/a").unwrap();
    assert_eq!(names(&now), [("y", 1)]);
}

#[test]
fn a_listing_has_as_many_pages_as_it_needs() {
    const WRITERS: usize = 4;
    const EACH: usize = 625;
    let server = S3Server::start();
    server.bucket("many");
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let server = &server;
            scope.spawn(move || {
                for number in 0..EACH {
                    let key = format!("p/{writer}/{number:05}");
                    server.put("many", &key, key.as_bytes());
                }
            });
        }
    });
    let client = client(server.variables(), |_| {});
    let files = list(&client, "s3://many/p").unwrap();
    assert_eq!(files.len(), WRITERS * EACH);
    assert!(files.contains_key("0/00000") && files.contains_key("3/00624"));
    assert!(files.values().all(|file| file.size == 9));
    // One client, many threads.
    thread::scope(|scope| {
        for writer in 0..8 {
            let (client, files) = (&client, &files);
            scope.spawn(move || {
                for number in 0..10 {
                    let path = format!("{}/{:05}", writer % WRITERS, writer * 10 + number);
                    let found = digest(client, "s3://many/p", &path, &files[&path]);
                    let content = format!("p/{path}");
                    assert_eq!(found.unwrap(), Sha256Digest::of(content.as_bytes()));
                }
            });
        }
    });
}

#[test]
fn where_versions_are_kept_the_version_is_the_token() {
    let server = S3Server::start();
    server.bucket("data");
    server.put("data", "a/old", b"old");
    server.keep_versions("data");
    server.put("data", "a/x", b"first");
    server.put("data", "a/y", b"y");
    let client = client(server.variables(), |_| {});
    let before = list(&client, "s3://data/a").unwrap();
    // What was there before has no version of its own.
    assert!(before["old"].token.starts_with("etag:"), "{before:?}");
    server.delete("data", "a/old");
    let before = list(&client, "s3://data/a").unwrap();
    for file in before.values() {
        assert!(file.token.starts_with("version:"), "{before:?}");
        assert_ne!(file.token, "version:null");
    }
    server.put("data", "a/x", b"first");
    let after = list(&client, "s3://data/a").unwrap();
    assert_ne!(before["x"].token, after["x"].token);
    assert_eq!(before["y"], after["y"]);
    server.put("data", "a/x", b"other");
    let kept = digest(&client, "s3://data/a", "x", &before["x"]).unwrap();
    assert_eq!(kept, Sha256Digest::of(b"first"));
}

#[test]
fn a_name_that_no_file_can_have_is_refused() {
    let server = S3Server::start();
    for (bucket, key) in [
        ("upward", "a/../../x"),
        ("here", "a/./x"),
        ("twice", "a//x"),
    ] {
        server.bucket(bucket);
        server.put(bucket, key, b"hostile");
        let client = client(server.variables(), |_| {});
        let error = list(&client, &format!("s3://{bucket}/a")).unwrap_err();
        assert!(matches!(error, RemoteError::Tree(_)), "{error:?}");
        let text = error.to_string();
        assert!(
            text.contains(&format!("object `{key}` of `s3://{bucket}`")),
            "{text}"
        );
    }
}
