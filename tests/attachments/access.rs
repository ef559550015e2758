//! Who is told what about the user: the registry, its token server, and nobody else.

use std::time::Duration;

use vhb::io::images::{RegistryClient, RegistryOptions};
use vhb::model::{ImageReference, described};
use vhb::remote::{ArtifactRegistry as _, Content, RemoteError};

use super::LOCK;
use super::common::web_server::{Reply, WebServer};
use super::common::wire::basic;

/// A client whose docker knows a user of a host.
fn logged_in(host: &str) -> (RegistryClient, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let auth = basic("me", "secret").replace("Basic ", "");
    let config = format!("{{\"auths\": {{\"{host}\": {{\"auth\": \"{auth}\"}}}}}}");
    std::fs::write(directory.path().join("config.json"), config).unwrap();
    let mut options = RegistryOptions::from_env(|_| None);
    options.timeout = Duration::from_secs(5);
    options.retries.first_wait = Duration::from_millis(1);
    options.docker_config = Some(directory.path().to_owned());
    (RegistryClient::new(options), directory)
}

fn place(server: &WebServer) -> ImageReference {
    format!("{}/app:1", server.host()).parse().unwrap()
}

fn push(client: &RegistryClient, server: &WebServer) -> Result<(), RemoteError> {
    client.push_blob(&place(server), &described("m", LOCK), Content::Bytes(LOCK))
}

#[test]
fn an_upload_elsewhere_hears_nothing_of_the_user() {
    for redirects in [false, true] {
        let store = WebServer::start(|_, _| Reply::status(201));
        let there = store.url("/up?signature=x");
        let server = WebServer::start(move |request, _| {
            if request.header("authorization").is_empty() {
                return Reply::status(401).header("WWW-Authenticate", "Basic realm=\"r\"");
            }
            match (request.method.as_str(), redirects) {
                ("POST", false) => Reply::status(202).header("Location", &there),
                ("POST", true) => Reply::status(202).header("Location", "/here"),
                ("PUT", true) => Reply::status(307).header("Location", &there),
                _ => Reply::status(404),
            }
        });
        let (client, _docker) = logged_in(&server.host());
        push(&client, &server).unwrap();
        let [upload] = &store.requests()[..] else {
            panic!("{:?}", store.requests());
        };
        assert_eq!(upload.header("authorization"), "");
        assert_eq!(upload.body.as_bytes(), LOCK);
        assert!(upload.path.starts_with("/up?signature=x"), "{upload:?}");
        let told = |path: &str| {
            let requests = server.requests();
            requests.iter().any(|it| {
                it.path.starts_with(path) && it.header("authorization") == basic("me", "secret")
            })
        };
        assert!(told("/v2/app/blobs/uploads/"));
        assert_eq!(told("/here"), redirects);
    }
}

#[test]
fn a_store_that_wants_a_login_is_not_given_that_of_the_registry() {
    let store = WebServer::start(|_, _| {
        Reply::status(401).header("WWW-Authenticate", "Basic realm=\"mine\"")
    });
    let there = store.url("/up");
    let server = WebServer::start(move |request, _| match request.method.as_str() {
        "POST" => Reply::status(202).header("Location", &there),
        _ => Reply::status(404),
    });
    let (client, _docker) = logged_in(&server.host());
    let error = push(&client, &server).unwrap_err();
    assert!(matches!(error, RemoteError::Denied(_)), "{error}");
    for request in store.requests() {
        assert_eq!(request.header("authorization"), "");
    }
}

#[test]
fn a_token_is_asked_for_what_is_to_be_done() {
    let tokens = WebServer::start(|request, _| {
        let scope = if request.path.contains("pull%2Cpush") {
            "push"
        } else {
            "pull"
        };
        Reply::body(format!("{{\"token\": \"to-{scope}\"}}"))
    });
    let realm = format!("Bearer realm=\"{}\",service=\"s\"", tokens.url("/token"));
    let server = WebServer::start(move |request, _| {
        let pushing = request.method != "GET";
        let wanted = if pushing {
            "Bearer to-push"
        } else {
            "Bearer to-pull"
        };
        if request.header("authorization") != wanted {
            return Reply::status(401).header("WWW-Authenticate", &realm);
        }
        match request.method.as_str() {
            "POST" => Reply::status(202).header("Location", "/up"),
            "PUT" => Reply::status(201),
            _ => Reply::status(404),
        }
    });
    let (client, _docker) = logged_in(&server.host());
    push(&client, &server).unwrap();
    let missing = client.named(&place(&server)).unwrap_err();
    assert!(matches!(missing, RemoteError::NotFound(_)), "{missing}");
    push(&client, &server).unwrap();
    let asked: Vec<_> = tokens.requests().into_iter().map(|it| it.path).collect();
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert!(
        asked[0].contains("scope=repository%3Aapp%3Apull%2Cpush"),
        "{asked:?}"
    );
    assert!(
        asked[1].contains("scope=repository%3Aapp%3Apull&"),
        "{asked:?}"
    );
}

#[test]
fn a_list_that_goes_on_elsewhere_is_not_followed() {
    let other = WebServer::start(|_, _| Reply::status(404));
    let next = format!("<{}>; rel=\"next\"", other.url("/v2/app/referrers/x"));
    let server = WebServer::start(move |_, _| {
        Reply::body("{\"schemaVersion\": 2, \"manifests\": []}").header("Link", &next)
    });
    let (client, _docker) = logged_in(&server.host());
    let subject = described("m", b"an image").digest;
    let error = client.referrers(&place(&server), &subject).unwrap_err();
    assert!(
        error.to_string().contains("goes on somewhere else"),
        "{error}"
    );
    assert!(other.requests().is_empty());
}
