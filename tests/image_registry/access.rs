//! Who the user is: docker's configuration, its helpers, and tokens.

use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;
use vhb::io::images::RegistryOptions;
use vhb::remote::{ImageManifest, ImageRegistry as _, RemoteError};

use crate::common::registry_server::{Image, PASSWORD, RegistryServer, USER};
use crate::common::web_server::{Reply, WebServer};
use crate::{client, reference};

/// `base64("tester:pa:ss word")`.
const PAIR: &str = "dGVzdGVyOnBhOnNzIHdvcmQ=";
/// `base64("tester:wr0ng")`.
const WRONG_PAIR: &str = "dGVzdGVyOndyMG5n";

pub(crate) fn docker_config(config: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("config.json"), config).unwrap();
    directory
}

/// What `docker login` writes.
pub(crate) fn written(host: &str) -> String {
    format!(r#"{{"auths": {{"{host}": {{"auth": "{PAIR}"}}}}}}"#)
}

fn ask(home: &Path, image: &str) -> Result<ImageManifest, RemoteError> {
    // The helper needs a shell, which lies on the path of the machine.
    let path = format!("{}:/usr/bin:/bin", home.display());
    let asked = client(|options| {
        *options = RegistryOptions {
            docker_config: Some(home.to_owned()),
            helper_path: Some(path.into()),
            timeout: Duration::from_secs(5),
            ..options.clone()
        };
    });
    asked.manifest(&reference(image))
}

#[cfg(unix)]
fn helper(home: &Path, name: &str, script: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let path = home.join(format!("docker-credential-{name}"));
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn credentials_come_from_the_configuration_of_docker() {
    let server = RegistryServer::start_with_login();
    let (descriptor, _) = server.push("app", "1", &Image::new("amd64", "one"));
    let home = docker_config(&written(&server.host()));
    let found = ask(home.path(), &server.image("app:1")).unwrap();
    assert_eq!(found.descriptor, descriptor);
    let error = ask(home.path(), &server.image("app:2")).unwrap_err();
    assert!(matches!(error, RemoteError::NotFound(_)), "{error:?}");
}

#[test]
fn missing_and_wrong_credentials_are_told_apart() {
    let server = RegistryServer::start_with_login();
    server.push("app", "1", &Image::new("amd64", "one"));
    let wrong = written(&server.host()).replace(PAIR, WRONG_PAIR);
    for (config, expected) in [
        (wrong.as_str(), "to the credentials that were sent"),
        ("{}", "no credentials were sent"),
        ("{\"auths\": 5}", "config.json` is unreadable)"),
        (
            r#"{"credsStore": "absent"}"#,
            "(credential helper `docker-credential-absent` cannot be run",
        ),
    ] {
        let home = docker_config(config);
        let error = ask(home.path(), &server.image("app:1")).unwrap_err();
        assert!(matches!(error, RemoteError::Denied(_)), "{error:?}");
        let text = error.to_string();
        assert!(text.contains(expected), "{text}");
        assert!(text.contains(&server.image("app:1")), "{text}");
        for secret in ["wr0ng", WRONG_PAIR, USER] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[test]
#[cfg(unix)]
fn credentials_come_from_a_helper() {
    let server = RegistryServer::start_with_login();
    let (descriptor, _) = server.push("app", "1", &Image::new("amd64", "one"));
    let host = server.host();
    for config in [
        format!(r#"{{"credHelpers": {{"{host}": "vault"}}, "credsStore": "absent"}}"#),
        r#"{"credsStore": "vault"}"#.to_owned(),
    ] {
        let home = docker_config(&config);
        let script = format!(
            r#"read -r server; [ "$1 $server" = "get {host}" ] || exit 1
echo >> "$0.asked"
printf '{{"ServerURL": "x", "Username": "{USER}", "Secret": "{PASSWORD}"}}'"#
        );
        helper(home.path(), "vault", &script);
        let found = ask(home.path(), &server.image("app:1")).unwrap();
        assert_eq!(found.descriptor, descriptor);
        let asked = home.path().join("docker-credential-vault.asked");
        assert_eq!(std::fs::read_to_string(asked).unwrap().lines().count(), 1);
    }
}

#[test]
#[cfg(unix)]
fn a_helper_that_fails_is_named_and_not_quoted() {
    let server = RegistryServer::start_with_login();
    server.push("app", "1", &Image::new("amd64", "one"));
    for (script, reason) in [
        (
            "echo s3cret; exit 1",
            "(credential helper `docker-credential-vault` failed)",
        ),
        (
            "echo s3cret",
            "(credential helper `docker-credential-vault` gave no credentials)",
        ),
        (
            "exec sleep 60",
            "(credential helper `docker-credential-vault` did not answer within 5 s)",
        ),
        (
            "echo credentials not found in native keychain; exit 1",
            "no credentials were sent",
        ),
    ] {
        let home = docker_config(r#"{"credsStore": "vault"}"#);
        helper(home.path(), "vault", script);
        let error = ask(home.path(), &server.image("app:1")).unwrap_err();
        assert!(matches!(error, RemoteError::Denied(_)), "{error:?}");
        let text = error.to_string();
        assert!(text.ends_with(reason), "{text}");
        assert!(!text.contains("s3cret"), "{text}");
    }
}

/// A registry that wants a token, and the server that gives it for the right word.
fn token_servers(status: u16) -> (WebServer, WebServer) {
    let tokens = WebServer::start(move |request, _| {
        let basic = format!("Basic {PAIR}");
        let by_password = request.method == "GET" && request.header("authorization") == basic;
        let by_identity = request.method == "POST"
            && request.body.contains("grant_type=refresh_token")
            && request.body.contains("refresh_token=id%2Btoken");
        let asked = format!("{}{}", request.path, request.body);
        let scoped = asked.contains("scope=repository%3Ateam%2Fapp%3Apull")
            && asked.contains("service=registry.example");
        if status != 200 || !scoped || !(by_password || by_identity) {
            return Reply::status(if status == 200 { 401 } else { status });
        }
        Reply::body(r#"{"access_token": "opaque", "expires_in": 60}"#)
    });
    let realm = tokens.url("/token");
    let registry = WebServer::start(move |request, _| {
        if request.header("authorization") == "Bearer opaque" {
            return Reply::body(r#"{"schemaVersion": 2, "manifests": []}"#);
        }
        let challenge = format!(r#"Bearer realm="{realm}",service="registry.example""#);
        Reply::status(401).header("WWW-Authenticate", &challenge)
    });
    (registry, tokens)
}

#[test]
fn a_token_is_asked_for_once_by_password_or_identity() {
    for entry in [
        format!(r#"{{"auth": "{PAIR}"}}"#),
        r#"{"identitytoken": "id+token"}"#.to_owned(),
    ] {
        let (registry, tokens) = token_servers(200);
        let host = registry.host();
        let home = docker_config(&format!(r#"{{"auths": {{"{host}": {entry}}}}}"#));
        let client = client(|options| options.docker_config = Some(home.path().to_owned()));
        let image = reference(&format!("{host}/team/app:1"));
        for _ in 0..3 {
            assert!(client.manifest(&image).is_ok());
        }
        assert_eq!(tokens.requests().len(), 1, "{entry}");
        assert_eq!(registry.requests().len(), 4, "{entry}");
        let passwords = registry.requests().into_iter();
        let passwords = passwords.filter(|request| request.header("authorization").contains(PAIR));
        assert_eq!(passwords.count(), 0, "the password is for the token alone");
    }
}

#[test]
fn a_refused_token_is_denied_and_a_failing_server_is_not() {
    let asked = |status, config: &str| {
        let (registry, _tokens) = token_servers(status);
        let home = docker_config(&config.replace("HOST", &registry.host()));
        ask(home.path(), &format!("{}/team/app:1", registry.host())).unwrap_err()
    };
    let identity = r#"{"auths": {"HOST": {"identitytoken": "expired"}}}"#;
    for (status, config) in [(200, "{}"), (200, identity), (400, identity)] {
        let error = asked(status, config);
        assert!(matches!(error, RemoteError::Denied(_)), "{error:?}");
        assert!(!error.to_string().contains("expired"), "{error}");
    }
    let error = asked(503, &written("HOST"));
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    assert!(error.to_string().contains("503"), "{error}");
}

#[test]
fn credentials_stay_with_the_registry() {
    let elsewhere = WebServer::start(|request, _| {
        if request.headers.contains_key("authorization") {
            return Reply::status(400);
        }
        // A stranger's wish for a password is not heard.
        Reply::status(401).header("WWW-Authenticate", "Basic realm=\"x\"")
    });
    let location = elsewhere.url("/stored");
    let registry = WebServer::start(move |request, _| {
        if request.headers.contains_key("authorization") {
            return Reply::status(307).header("Location", &location);
        }
        Reply::status(401).header("WWW-Authenticate", "Basic realm=\"x\"")
    });
    let home = docker_config(&written(&registry.host()));
    let error = ask(home.path(), &format!("{}/app:1", registry.host())).unwrap_err();
    assert!(matches!(error, RemoteError::Denied(_)), "{error:?}");
    let heard = elsewhere.requests();
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert_eq!(heard[0].header("authorization"), "");
}
