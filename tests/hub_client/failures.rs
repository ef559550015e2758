//! Servers that fail, are silent, or send nonsense.

use std::time::{Duration, Instant};

use vhb::remote::{ModelHub as _, RemoteError};

use crate::common::hub_server::{Answer, HubServer};
use crate::{client, client_with, demo, digest};

#[test]
fn passing_failures_are_asked_again() {
    let server = HubServer::start();
    let (repo, commit) = demo(&server);
    server.with(|state| {
        let broken = Answer::body("application/json", b"{\"sha\": ");
        let cut = Answer::body("application/json", b"{}").cut(1);
        state.answers = [Answer::status(503), broken, cut].into();
    });
    let hub = client(&server);
    assert_eq!(hub.revision(&repo.name(), None).unwrap().commit, commit);
    assert_eq!(server.statuses()[..4], [503, 200, 200, 200]);

    server.with(|state| state.cdn_answers = [Answer::status(500), Answer::status(504)].into());
    assert!(digest(&hub, &repo.name(), &commit, "model.safetensors").is_ok());
}

#[test]
fn the_hub_says_when_to_come_back() {
    let server = HubServer::start();
    let (repo, _) = demo(&server);
    for (header, value) in [("Retry-After", "1"), ("RateLimit", "\"api\";r=0;t=1")] {
        let later = Answer::status(429).header(header, value);
        server.with(|state| state.answers.push_back(later));
        let begun = Instant::now();
        client(&server).revision(&repo.name(), None).unwrap();
        assert!(begun.elapsed() >= Duration::from_secs(1), "{header}");
    }

    // But nobody waits for an hour.
    let far = Answer::status(429).header("Retry-After", "3600");
    server.with(|state| state.always = Some(far));
    let hub = client_with(&server, |options| {
        options.retries.longest_wait = Duration::from_millis(10);
    });
    let error = hub.revision(&repo.name(), None).unwrap_err();
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    assert!(error.to_string().contains("429"), "{error}");
}

#[test]
fn failures_that_do_not_pass_are_given_up() {
    let server = HubServer::start();
    let (repo, _) = demo(&server);
    server.with(|state| state.always = Some(Answer::status(500)));
    let hub = client_with(&server, |options| options.retries.count = 2);
    let error = hub.revision(&repo.name(), None).unwrap_err();
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    let text = error.to_string();
    for part in ["revision `main` of `org/name`", "500", "(3 attempts)"] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(server.statuses(), [500; 3]);

    server.with(|state| state.always = Some(Answer::status(418)));
    let error = hub.revision(&repo.name(), None).unwrap_err();
    assert!(error.to_string().contains("418"), "{error}");
    assert_eq!(
        server.statuses().len(),
        4,
        "other refusals are not asked again"
    );
}

#[test]
fn silence_ends_with_the_time_out() {
    let server = HubServer::start();
    let (repo, commit) = demo(&server);
    server.with(|state| state.always = Some(Answer::silence()));
    let hub = client_with(&server, |options| {
        options.timeout = Duration::from_millis(200);
        options.retries.count = 1;
    });
    let begun = Instant::now();
    for error in [
        hub.revision(&repo.name(), None).unwrap_err(),
        digest(&hub, &repo.name(), &commit, "model.safetensors").unwrap_err(),
    ] {
        assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
        assert!(error.to_string().contains("timed out"), "{error}");
    }
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_hub_that_is_not_there_is_named() {
    let server = HubServer::start();
    let (name, host) = (demo(&server).0.name(), server.host());
    let hub = client_with(&server, |options| options.retries.count = 0);
    drop(server);
    let error = hub.revision(&name, None).unwrap_err();
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    assert!(error.to_string().contains(&host), "{error}");
}

#[test]
fn offline_nothing_is_asked() {
    let server = HubServer::start();
    let (repo, commit) = demo(&server);
    let hub = client_with(&server, |options| options.offline = true);
    let main = crate::reference("refs/heads/main");
    for error in [
        hub.revision(&repo.name(), None).unwrap_err(),
        hub.files(&repo.name(), &commit).unwrap_err(),
        hub.read(&repo.name(), &commit, "config.json", 9)
            .unwrap_err(),
        digest(&hub, &repo.name(), &commit, "config.json").unwrap_err(),
        hub.leads_to(&repo.name(), &main, &commit).unwrap_err(),
    ] {
        assert!(matches!(error, RemoteError::NotCached(_)), "{error:?}");
        let text = error.to_string();
        assert!(
            text.contains("org/name") && text.contains(&server.host()),
            "{text}"
        );
    }
    assert!(server.take_paths().is_empty());
}
