//! One file on a web server.

use std::time::{Duration, Instant};

use vhb::model::Sha256Digest;
use vhb::remote::{FileStore as _, RemoteError, StoredFile};

use crate::common::web_server::{Reply, Request, WebServer};
use crate::{Counted, at, client, digest, list, names};

const CONTENT: &[u8] = b"0123456789abcdefghij";
const DATE: &str = "Fri, 02 Jan 2026 03:04:05 GMT";

fn listed(server: &WebServer) -> Result<StoredFile, RemoteError> {
    let mut files = list(&client(Vec::new(), |_| {}), &server.url("/d/a%20b.zip"))?;
    assert_eq!(files.len(), 1);
    Ok(files.remove("a b.zip").unwrap())
}

/// The digest of the file, and how many bytes progress was told of.
fn read(server: &WebServer, file: &StoredFile) -> (Result<Sha256Digest, RemoteError>, u64) {
    let counted = Counted::default();
    let asked = client(Vec::new(), |_| {});
    let place = server.url("/d/a%20b.zip");
    let read = at(&place, |place| {
        asked.digest(place, "a b.zip", file, &counted)
    });
    (read, counted.bytes())
}

fn etag(reply: Reply) -> Reply {
    reply.header("ETag", "\"one\"")
}

#[test]
fn size_and_state_come_from_the_headers() {
    for (headers, token) in [
        (
            vec![("ETag", "\"one\""), ("Last-Modified", DATE)],
            "etag:\"one\"",
        ),
        (
            vec![("ETag", "W/\"one\""), ("Last-Modified", DATE)],
            "modified:2026-01-02T03:04:05Z",
        ),
        (
            vec![("Last-Modified", DATE)],
            "modified:2026-01-02T03:04:05Z",
        ),
        (vec![("ETag", "W/\"one\""), ("Last-Modified", "lately")], ""),
    ] {
        let server = WebServer::start(move |_, _| {
            let reply = Reply::body(CONTENT);
            headers
                .iter()
                .fold(reply, |reply, (name, value)| reply.header(name, value))
        });
        let file = listed(&server).unwrap();
        assert_eq!((file.size, file.token.as_str()), (20, token));
        let (digest, bytes) = read(&server, &file);
        assert_eq!(digest.unwrap(), Sha256Digest::of(CONTENT));
        assert_eq!(bytes, 20);
        let requests = server.requests();
        let methods: Vec<_> = requests
            .iter()
            .map(|request| request.method.as_str())
            .collect();
        assert_eq!(methods, ["HEAD", "GET"]);
        let coded = requests
            .iter()
            .filter(|one| one.header("accept-encoding") != "identity");
        assert_eq!(coded.count(), 0);
    }
}

#[test]
fn where_head_is_refused_one_byte_is_asked_for() {
    for status in [403, 405, 501] {
        for ranges in [true, false] {
            let server = WebServer::start(move |request, _| {
                let reply = etag(Reply::body(CONTENT));
                match request.method.as_str() {
                    "HEAD" => Reply::status(status),
                    _ if ranges => reply.ranged(request),
                    _ => reply,
                }
            });
            let file = listed(&server).unwrap();
            assert_eq!((file.size, file.token.as_str()), (20, "etag:\"one\""));
            assert_eq!(server.requests()[1].header("range"), "bytes=0-0");
        }
    }
}

#[test]
fn a_transfer_that_breaks_off_goes_on() {
    let answers: [fn(&Request) -> Reply; 3] = [
        |request| etag(Reply::body(CONTENT).ranged(request)),
        // Without ranges all comes again, and what is known is read over.
        |_| etag(Reply::body(CONTENT)),
        |request| {
            Reply::body(CONTENT)
                .header("Last-Modified", DATE)
                .ranged(request)
        },
    ];
    for (number, answer) in answers.into_iter().enumerate() {
        let server = WebServer::start(move |request, before| match before {
            // The first is the listing.
            1 => answer(request).cut_after(7),
            _ => answer(request),
        });
        let file = listed(&server).unwrap();
        let (digest, bytes) = read(&server, &file);
        assert_eq!(digest.unwrap(), Sha256Digest::of(CONTENT), "{number}");
        assert_eq!(bytes, 20, "{number}");
        let requests = server.requests();
        assert_eq!(requests.len(), 3);
        assert_eq!(requests[1].header("range"), "");
        assert_eq!(requests[2].header("range"), "bytes=7-");
        let condition = if number < 2 { "\"one\"" } else { "" };
        assert_eq!(requests[2].header("if-range"), condition);
    }
}

#[test]
fn a_file_without_a_state_is_read_from_its_beginning() {
    let server = WebServer::start(|request, before| match before {
        1 => Reply::body(CONTENT).cut_after(7),
        _ => Reply::body(CONTENT).ranged(request),
    });
    let file = listed(&server).unwrap();
    let (digest, _) = read(&server, &file);
    assert_eq!(digest.unwrap(), Sha256Digest::of(CONTENT));
    assert_eq!(server.requests()[2].header("range"), "");
}

#[test]
fn a_file_that_was_replaced_has_no_digest() {
    let other = b"another file of 20 b";
    assert_eq!(other.len(), CONTENT.len());
    // Before it is read, and while it is.
    for cut in [false, true] {
        let server = WebServer::start(move |request, before| match before {
            0 => etag(Reply::body(CONTENT)),
            1 if cut => etag(Reply::body(CONTENT).cut_after(7)),
            _ => Reply::body(other).header("ETag", "\"two\"").ranged(request),
        });
        let file = listed(&server).unwrap();
        let error = read(&server, &file).0.unwrap_err();
        assert!(matches!(error, RemoteError::Mismatch(_)), "{error:?}");
        let text = error.to_string();
        assert!(
            text.contains("file `a b.zip`") && text.contains("was replaced"),
            "{text}"
        );
    }
    // Of the same name, but not as long.
    let server = WebServer::start(|_, before| match before {
        0 => etag(Reply::body(CONTENT)),
        _ => etag(Reply::body(&CONTENT[1..])),
    });
    let file = listed(&server).unwrap();
    let error = read(&server, &file).0.unwrap_err();
    assert!(matches!(error, RemoteError::Mismatch(_)), "{error:?}");
}

#[test]
fn a_second_run_reads_nothing_unless_it_is_told_to() {
    let cache = tempfile::tempdir().unwrap();
    let server = WebServer::start(|_, _| etag(Reply::body(CONTENT)));
    let file = listed(&server).unwrap();
    let place = server.url("/d/a%20b.zip");
    let remembering = |rehash| {
        client(Vec::new(), |options| {
            options.cache_dir = Some(cache.path().to_owned());
            options.rehash = rehash;
        })
    };
    for (rehash, requests) in [(false, 2), (false, 2), (true, 3), (false, 3)] {
        let found = digest(&remembering(rehash), &place, "a b.zip", &file).unwrap();
        assert_eq!(found, Sha256Digest::of(CONTENT));
        assert_eq!(server.requests().len(), requests);
    }
    let offline = client(Vec::new(), |options| {
        options.cache_dir = Some(cache.path().to_owned());
        options.offline = true;
    });
    let found = digest(&offline, &place, "a b.zip", &file).unwrap();
    assert_eq!(found, Sha256Digest::of(CONTENT));
    let error = list(&offline, &place).unwrap_err();
    assert!(matches!(error, RemoteError::NotCached(_)), "{error:?}");
    // Another state of the file is another file.
    let token = "etag:\"two\"".to_owned();
    let error = digest(
        &remembering(false),
        &place,
        "a b.zip",
        &StoredFile { size: 20, token },
    );
    assert!(matches!(error, Err(RemoteError::Mismatch(_))), "{error:?}");
}

#[test]
fn refusals_and_failures_are_told_apart() {
    for (status, expected) in [
        (404, "no file `a b.zip` on `http://127.0.0.1:"),
        (401, "and no credentials were sent"),
        (403, "and no credentials were sent"),
        (500, "(4 attempts)"),
        (418, "418"),
    ] {
        let server = WebServer::start(move |_, _| Reply::status(status));
        let error = listed(&server).unwrap_err();
        let right = match status {
            404 => matches!(error, RemoteError::NotFound(_)),
            401 | 403 => matches!(error, RemoteError::Denied(_)),
            _ => matches!(error, RemoteError::Unreachable(_)),
        };
        assert!(right, "{status}: {error:?}");
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn the_password_of_an_address_stays_with_its_origin() {
    let elsewhere = WebServer::start(|_, _| etag(Reply::body(CONTENT)));
    let location = elsewhere.url("/stored");
    let server = WebServer::start(move |request, _| {
        if request.header("authorization") == "Basic bWU6czNjcmV0" {
            return Reply::status(302).header("Location", &location);
        }
        Reply::status(401)
    });
    let address = |password: &str| {
        server
            .url("/f.zip")
            .replace("//", &format!("//me:{password}@"))
    };
    let asked = client(Vec::new(), |_| {});
    let files = list(&asked, &address("s3cret")).unwrap();
    assert_eq!(names(&files), [("f.zip", 20)]);
    assert_eq!(elsewhere.requests()[0].header("authorization"), "");
    let error = list(&asked, &address("wr0ng")).unwrap_err();
    assert!(matches!(error, RemoteError::Denied(_)), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("to the credentials that were sent"), "{text}");
    assert!(!text.contains("wr0ng") && !text.contains("me:"), "{text}");
}

#[test]
fn silence_ends_with_the_time_out() {
    let server = WebServer::start(|_, _| Reply::silence());
    let hasty = client(Vec::new(), |options| {
        options.timeout = Duration::from_millis(300);
        options.retries.count = 1;
    });
    let begun = Instant::now();
    let error = list(&hasty, &server.url("/f")).unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(8));
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    assert!(error.to_string().contains("timed out"), "{error}");
}

#[test]
fn a_name_that_no_file_can_have_is_refused() {
    let server = WebServer::start(|_, _| etag(Reply::body(CONTENT)));
    let asked = client(Vec::new(), |_| {});
    let error = list(&asked, &server.url("/a%0Ab")).unwrap_err();
    assert!(matches!(error, RemoteError::Tree(_)), "{error:?}");
    assert!(server.requests().is_empty());
}
