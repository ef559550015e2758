//! Registries that are away, fail, or do not give what they say.

use std::time::{Duration, Instant};

use vhb::model::{Descriptor, Sha256Digest};
use vhb::remote::{ImageRegistry as _, RemoteError};

use crate::common::registry_server::{Image, RegistryServer};
use crate::common::web_server::{Reply, WebServer};
use crate::{client, manifest, reference};

const INDEX: &str = r#"{"schemaVersion": 2, "manifests": []}"#;

fn from(server: &WebServer) -> Result<(), RemoteError> {
    manifest(&format!("{}/app:1", server.host())).map(drop)
}

#[test]
fn a_registry_that_is_down_is_unreachable() {
    let mut server = RegistryServer::start();
    server.push("app", "1", &Image::new("amd64", "one"));
    let image = server.image("app:1");
    assert!(manifest(&image).is_ok());
    server.stop();
    let error = manifest(&image).unwrap_err();
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    let text = error.to_string();
    let expected = format!("cannot read image `{image}` on `{}`", server.host());
    assert!(text.starts_with(&expected), "{text}");
    assert!(text.contains("(4 attempts)"), "{text}");
}

#[test]
fn silence_ends_with_the_time_out() {
    let server = WebServer::start(|_, _| Reply::silence());
    let hasty = client(|options| {
        options.timeout = Duration::from_millis(300);
        options.retries.count = 1;
    });
    let begun = Instant::now();
    let image = reference(&format!("{}/app:1", server.host()));
    let error = hasty.manifest(&image).unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(8));
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    assert!(error.to_string().contains("timed out"), "{error}");
}

#[test]
fn passing_failures_are_retried() {
    let server = WebServer::start(|_, before| match before {
        0 => Reply::status(503),
        1 => Reply::status(429).header("Retry-After", "0"),
        2 => Reply::body(INDEX).cut_after(10),
        _ => Reply::body(INDEX),
    });
    assert!(from(&server).is_ok());
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn bytes_are_held_against_their_digests() {
    let stated = Sha256Digest::of(b"something else").to_string();
    let wanted = Sha256Digest::of(INDEX.as_bytes());
    let server = WebServer::start({
        let stated = stated.clone();
        move |request, _| {
            let reply = Reply::body(INDEX);
            if request.path.ends_with("/lying") {
                reply.header("Docker-Content-Digest", &stated)
            } else if request.path.ends_with("/true") {
                reply.header("Docker-Content-Digest", &wanted.to_string())
            } else {
                reply
            }
        }
    });
    let host = server.host();
    let honest = manifest(&format!("{host}/app:true")).unwrap();
    assert_eq!(honest.descriptor.digest, wanted);
    for name in [
        "app:lying".to_owned(),
        format!("app@{stated}"),
        format!("app:1@{stated}"),
    ] {
        let error = manifest(&format!("{host}/{name}")).unwrap_err();
        assert!(matches!(error, RemoteError::Mismatch(_)), "{error:?}");
        let text = error.to_string();
        assert!(
            text.contains(&stated) && text.contains(&wanted.to_string()),
            "{text}"
        );
    }
    let config = Descriptor {
        digest: Sha256Digest::of(b"{}"),
        media_type: String::new(),
        size: 2,
    };
    let image = reference(&format!("{host}/app:1"));
    let error = client(|_| {}).config(&image, &config).unwrap_err();
    assert!(matches!(error, RemoteError::Mismatch(_)), "{error:?}");
}

#[test]
fn answers_that_make_no_sense_are_unreachable() {
    let large = format!("{INDEX}{}", " ".repeat(9 * 1024 * 1024));
    for (reply, reason) in [
        (Reply::body("<html>"), "no manifest"),
        (
            Reply::body(r#"{"schemaVersion": 1, "fsLayers": []}"#),
            "schema 1",
        ),
        (Reply::body(large), "larger than"),
        (Reply::status(418), "418"),
        (
            Reply::status(302).header("Location", "ftp://x/"),
            "redirects to nowhere",
        ),
    ] {
        let server = WebServer::start(move |_, _| reply.clone());
        let error = from(&server).unwrap_err();
        assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
        assert!(error.to_string().contains(reason), "{error}");
        assert_eq!(server.requests().len(), 1, "asking again does not help");
    }
}

#[test]
fn codes_say_what_a_status_does_not() {
    let codes = |status, code: &str| {
        let body = format!(r#"{{"errors": [{{"code": "{code}", "message": "m"}}]}}"#);
        let server = WebServer::start(move |_, _| Reply::body(&body).with_status(status));
        from(&server).unwrap_err()
    };
    for (status, code) in [
        (400, "NAME_UNKNOWN"),
        (400, "MANIFEST_UNKNOWN"),
        (404, "OTHER"),
    ] {
        let error = codes(status, code);
        assert!(matches!(error, RemoteError::NotFound(_)), "{error:?}");
    }
    for (status, code) in [(400, "DENIED"), (403, "OTHER")] {
        let error = codes(status, code);
        assert!(matches!(error, RemoteError::Denied(_)), "{error:?}");
    }
    for (status, code) in [
        (400, "OTHER"),
        (500, "NAME_UNKNOWN"),
        (400, "TOOMANYREQUESTS"),
    ] {
        let error = codes(status, code);
        assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    }
}

#[test]
fn offline_nobody_is_asked() {
    let server = WebServer::start(|_, _| Reply::body(INDEX));
    let image = reference(&format!("{}/app:1", server.host()));
    let offline = client(|options| options.offline = true);
    let error = offline.manifest(&image).unwrap_err();
    assert!(matches!(error, RemoteError::NotCached(_)), "{error:?}");
    assert!(error.to_string().contains(&image.to_string()), "{error}");
    assert!(server.requests().is_empty());
}
