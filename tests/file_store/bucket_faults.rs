//! Stores that refuse, are away, or break off.

use std::time::{Duration, Instant};

use vhb::model::Sha256Digest;
use vhb::remote::{FileStore as _, RemoteError};

use crate::common::cutting_proxy::CuttingProxy;
use crate::common::git_server::free_port;
use crate::common::s3_server::S3Server;
use crate::common::web_server::{Reply, WebServer};
use crate::{Counted, at, client, digest, list};

const LARGE: usize = 1_000_000;

fn of(endpoint: &str, signed: bool) -> Vec<(String, String)> {
    let mut variables = vec![("AWS_ENDPOINT_URL", endpoint)];
    if signed {
        variables.push(("AWS_ACCESS_KEY_ID", "tester"));
        variables.push(("AWS_SECRET_ACCESS_KEY", "s3cret"));
    }
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    variables.into_iter().map(owned).collect()
}

#[test]
fn a_bucket_that_is_missing_is_not_found() {
    let server = S3Server::start();
    let client = client(server.variables(), |_| {});
    for place in ["s3://nothing", "s3://nothing/a"] {
        let error = list(&client, place).unwrap_err();
        assert!(matches!(error, RemoteError::NotFound(_)), "{error:?}");
    }
}

#[test]
fn who_has_no_credentials_asks_without_them_and_at_once() {
    let server = S3Server::start();
    server.public_bucket("open");
    server.put("open", "a/x", b"for all");
    let anonymous = client(of(&server.endpoint(), false), |_| {});
    let begun = Instant::now();
    let files = list(&anonymous, "s3://open/a").unwrap();
    let found = digest(&anonymous, "s3://open/a", "x", &files["x"]).unwrap();
    assert_eq!(found, Sha256Digest::of(b"for all"));
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn refusals_say_who_asked() {
    for status in [401, 403] {
        let store = WebServer::start(move |_, _| Reply::body("<Error/>").with_status(status));
        for (signed, expected) in [
            (true, "to the credentials that were sent"),
            (false, "and no credentials were sent"),
        ] {
            let asked = client(of(&store.url(""), signed), |_| {});
            let error = list(&asked, "s3://data/a").unwrap_err();
            assert!(matches!(error, RemoteError::Denied(_)), "{error:?}");
            let text = error.to_string();
            assert!(
                text.contains(expected) && text.contains(&status.to_string()),
                "{text}"
            );
            assert!(text.contains("on `s3://data`"), "{text}");
            assert!(!text.contains("s3cret"), "{text}");
        }
        let requests = store.requests();
        let signatures = requests
            .iter()
            .map(|request| request.header("authorization"));
        let signed: Vec<_> = signatures
            .map(|header| header.starts_with("AWS4-"))
            .collect();
        assert_eq!(signed, [true, false]);
    }
    let store = WebServer::start(|_, _| Reply::status(403));
    let mut variables = of(&store.url(""), false);
    variables.push(("AWS_PROFILE".to_owned(), "team".to_owned()));
    let error = list(&client(variables, |_| {}), "s3://data/a").unwrap_err();
    assert!(error.to_string().contains("`AWS_PROFILE`"), "{error}");
}

#[test]
fn a_store_that_is_away_is_unreachable() {
    let port = free_port();
    // The second is no TLS server, but must not be asked without a provider of cryptography.
    let plain = WebServer::start(|_, _| Reply::status(200));
    for endpoint in [
        format!("http://127.0.0.1:{port}"),
        format!("https://{}", plain.host()),
    ] {
        let asked = client(of(&endpoint, true), |_| {});
        let error = list(&asked, "s3://data/a").unwrap_err();
        assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
        let text = error.to_string();
        assert!(
            text.contains(&format!("`{endpoint}` does not answer")),
            "{text}"
        );
    }
}

#[test]
fn passing_failures_are_retried_and_lasting_ones_are_told() {
    let page = "<ListBucketResult><Contents><Key>a/x</Key><Size>1</Size>\
        <LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>\"e\"</ETag></Contents>\
        </ListBucketResult>";
    let store = WebServer::start(move |request, before| match before {
        0 => Reply::status(503),
        _ if request.method == "HEAD" => Reply::body("x").header("ETag", "\"e\""),
        _ => Reply::body(page),
    });
    let files = list(&client(of(&store.url(""), true), |_| {}), "s3://data/a").unwrap();
    assert_eq!(files["x"].token, "etag:\"e\"");

    let broken = WebServer::start(|_, _| Reply::status(500));
    let error = list(&client(of(&broken.url(""), true), |_| {}), "s3://data/a").unwrap_err();
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    assert!(error.to_string().contains("500"), "{error}");
    assert_eq!(broken.requests().len(), 4);

    let odd = WebServer::start(|_, _| Reply::body("<html>"));
    let error = list(&client(of(&odd.url(""), true), |_| {}), "s3://data/a").unwrap_err();
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    assert!(error.to_string().contains("makes no sense"), "{error}");
}

#[test]
fn silence_ends_with_the_time_out() {
    let store = WebServer::start(|_, _| Reply::silence());
    let hasty = client(of(&store.url(""), true), |options| {
        options.timeout = Duration::from_millis(300);
        options.retries.count = 1;
    });
    let begun = Instant::now();
    let error = list(&hasty, "s3://data/a").unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(8));
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    assert!(error.to_string().contains("timed out"), "{error}");
}

#[test]
fn a_transfer_that_breaks_off_goes_on_and_is_not_done_twice() {
    let server = S3Server::start();
    server.bucket("data");
    let content: Vec<u8> = (0..=250).cycle().take(LARGE).collect();
    server.put("data", "a/large", &content);
    let files = list(&client(server.variables(), |_| {}), "s3://data/a").unwrap();
    let file = &files["large"];

    let proxy = CuttingProxy::start(server.port(), LARGE / 4, 2);
    let cache = tempfile::tempdir().unwrap();
    let through = |endpoint: &str| {
        client(of(endpoint, true), |options| {
            options.cache_dir = Some(cache.path().to_owned());
        })
    };
    let counted = Counted::default();
    let asked = through(&proxy.url());
    let read = |counted: &Counted| {
        at("s3://data/a", |place| {
            asked.digest(place, "large", file, counted)
        })
    };
    assert_eq!(read(&counted).unwrap(), Sha256Digest::of(&content));
    assert_eq!(proxy.left(), 0, "it was cut twice");
    assert_eq!(counted.bytes(), file.size, "no byte is read twice");

    // The store is asked for nothing, and is not even there.
    drop(server);
    let again = Counted::default();
    assert_eq!(read(&again).unwrap(), Sha256Digest::of(&content));
    assert_eq!(again.bytes(), file.size);
    let afresh = client(of(&proxy.url(), true), |options| {
        options.cache_dir = Some(cache.path().to_owned());
        options.rehash = true;
    });
    let error = digest(&afresh, "s3://data/a", "large", file).unwrap_err();
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
}

#[test]
fn a_transfer_that_always_breaks_off_is_given_up() {
    let server = S3Server::start();
    server.bucket("data");
    server.put("data", "a/large", &vec![7; LARGE]);
    let files = list(&client(server.variables(), |_| {}), "s3://data/a").unwrap();
    // Not one byte of an object comes through.
    let proxy = CuttingProxy::start(server.port(), 1, 1000);
    let asked = client(of(&proxy.url(), true), |_| {});
    let error = digest(&asked, "s3://data/a", "large", &files["large"]).unwrap_err();
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    assert!(error.to_string().contains("(4 attempts)"), "{error}");
    assert_eq!(proxy.left(), 996);
}

#[test]
fn offline_only_what_is_remembered_is_known() {
    let offline = client(of("http://127.0.0.1:9", true), |options| {
        options.offline = true;
    });
    let error = list(&offline, "s3://data/a").unwrap_err();
    assert!(matches!(error, RemoteError::NotCached(_)), "{error:?}");
    assert!(error.to_string().contains("s3://data/a"), "{error}");
}
