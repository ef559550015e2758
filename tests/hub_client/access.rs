//! Who is shown what, and to whom the token is told.

use vhb::io::hub::{HubAccess, HubClient, HubOptions};
use vhb::model::{HubKind, HubRepo};
use vhb::remote::{ModelHub as _, RemoteError};

use crate::common::hub_server::{Answer, Gate, HubServer};
use crate::{TOKEN, client, client_as, demo, digest};

/// A Hub with a user.
fn hub() -> HubServer {
    let server = HubServer::start();
    server.with(|state| state.token = Some(TOKEN.to_owned()));
    server
}

#[test]
fn what_is_not_there_and_what_is_not_shown_look_the_same() {
    let server = hub();
    let (repo, commit) = demo(&server);
    repo.private();
    let missing = HubRepo {
        kind: HubKind::Dataset,
        id: "org/missing".parse().unwrap(),
    };
    let anonymous = client(&server);
    for name in [&repo.name(), &missing] {
        let errors = [
            anonymous.revision(name, None).unwrap_err(),
            anonymous.files(name, &commit).unwrap_err(),
            anonymous.read(name, &commit, "config.json", 9).unwrap_err(),
            digest(&anonymous, name, &commit, "config.json").unwrap_err(),
        ];
        for error in errors {
            assert!(matches!(error, RemoteError::NotFound(_)), "{error:?}");
            assert_eq!(
                error.to_string(),
                format!(
                    "no repository `{name}` on `{}`, or none that is shown to users without a token",
                    server.host()
                )
            );
        }
    }
    let known = client_as(&server, TOKEN);
    assert_eq!(known.revision(&repo.name(), None).unwrap().commit, commit);
    let error = known.revision(&missing, None).unwrap_err();
    assert!(matches!(error, RemoteError::NotFound(_)), "{error:?}");

    repo.delete();
    let name = &HubRepo {
        kind: HubKind::Model,
        ..missing
    };
    let error = known.revision(name, None).unwrap_err();
    assert!(matches!(error, RemoteError::NotFound(_)), "{error:?}");
}

#[test]
fn of_a_gated_repository_everybody_reads_which_files_there_are() {
    let server = hub();
    let (repo, commit) = demo(&server);
    repo.gated(Gate::Files, true);
    let name = repo.name();
    let (anonymous, known) = (client(&server), client_as(&server, TOKEN));
    assert_eq!(anonymous.revision(&name, None).unwrap().commit, commit);
    assert_eq!(anonymous.files(&name, &commit).unwrap().len(), 3);
    assert!(known.read(&name, &commit, "config.json", 9).is_ok());
    let error = anonymous
        .read(&name, &commit, "config.json", 9)
        .unwrap_err();
    assert!(matches!(error, RemoteError::Gated(_)), "{error:?}");
    assert!(error.to_string().contains("no token was sent"), "{error}");

    repo.gated(Gate::Files, false);
    let error = digest(&known, &name, &commit, "model.safetensors").unwrap_err();
    assert!(matches!(error, RemoteError::Gated(_)), "{error:?}");
    assert!(error.to_string().contains("is not admitted"), "{error}");

    repo.gated(Gate::Everything, false);
    for hub in [anonymous, known] {
        let error = hub.revision(&name, None).unwrap_err();
        assert!(matches!(error, RemoteError::Gated(_)), "{error:?}");
    }
}

#[test]
fn a_token_that_has_run_out_is_denied() {
    let server = hub();
    let (repo, commit) = demo(&server);
    let expired = client_as(&server, "hf_0ld");
    for error in [
        expired.revision(&repo.name(), None).unwrap_err(),
        expired
            .read(&repo.name(), &commit, "config.json", 9)
            .unwrap_err(),
    ] {
        assert!(matches!(error, RemoteError::Denied(_)), "{error:?}");
        let text = error.to_string();
        for part in ["401", "to the token that was sent", "Invalid credentials"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("hf_0ld"), "{text}");
    }
    assert_eq!(
        server.statuses(),
        [401, 401],
        "a refusal is not asked again"
    );
}

#[test]
fn a_mirror_that_wants_a_token_denies() {
    let server = hub();
    let (repo, commit) = demo(&server);
    server.with(|state| state.closed = true);
    let error = client(&server).revision(&repo.name(), None).unwrap_err();
    assert!(matches!(error, RemoteError::Denied(_)), "{error:?}");
    assert!(error.to_string().contains("no token was sent"), "{error}");
    let found = client_as(&server, TOKEN).revision(&repo.name(), None);
    assert_eq!(found.unwrap().commit, commit);

    // As the Hub says it without a code: to somebody whom it does not know.
    let hidden = Answer::status(401).header("X-Error-Message", "Invalid username or password.");
    server.with(|state| state.always = Some(hidden));
    let error = client(&server).revision(&repo.name(), None).unwrap_err();
    assert!(matches!(error, RemoteError::NotFound(_)), "{error:?}");
    let error = client_as(&server, TOKEN).revision(&repo.name(), None);
    assert!(matches!(error, Err(RemoteError::Denied(_))), "{error:?}");
}

#[test]
fn the_token_is_told_to_the_hub_alone() {
    let server = hub();
    let (repo, commit) = demo(&server);
    repo.private();
    let hub = client_as(&server, TOKEN);
    hub.revision(&repo.name(), None).unwrap();
    hub.files(&repo.name(), &commit).unwrap();
    // The one is redirected within the Hub, the other to another origin.
    hub.read(&repo.name(), &commit, "config.json", 9).unwrap();
    hub.read(&repo.name(), &commit, "model.safetensors", 9)
        .unwrap();
    server.with(|state| state.cuts = [2].into());
    digest(&hub, &repo.name(), &commit, "model.safetensors").unwrap();

    let [to_hub, to_cdn] = server.authorizations();
    let bearer = Some(format!("Bearer {TOKEN}"));
    assert!(to_hub.len() >= 8 && to_hub.iter().all(|sent| *sent == bearer));
    assert_eq!(to_cdn, [None, None, None]);
}

#[test]
fn what_another_origin_says_is_no_word_of_the_hub() {
    let server = hub();
    let (repo, commit) = demo(&server);
    let hub = client_as(&server, TOKEN);
    let missing = || Answer::status(404).header("X-Error-Code", "RepoNotFound");
    server.with(|state| state.cdn_answers = [missing()].into());
    let error = digest(&hub, &repo.name(), &commit, "model.safetensors").unwrap_err();
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    let text = error.to_string();
    assert!(
        text.contains(&server.cdn_url()) && text.contains("404"),
        "{text}"
    );
    assert!(!text.contains("s1gnature"), "{text}");

    // A signature that has run out is renewed by asking the Hub again.
    server.with(|state| state.cdn_answers = [Answer::status(403)].into());
    assert!(digest(&hub, &repo.name(), &commit, "model.safetensors").is_ok());
    let other = "0123456789abcdef0123456789abcdef01234567";
    let of_other = Answer::body("x", b"weights").header("X-Repo-Commit", other);
    server.with(|state| state.cdn_answers = [of_other].into());
    assert!(digest(&hub, &repo.name(), &commit, "model.safetensors").is_ok());
}

#[test]
fn no_message_holds_the_token() {
    let server = hub();
    let (repo, _) = demo(&server);
    let hub = client_as(&server, TOKEN);
    assert!(!format!("{hub:?}").contains("s3cret"));
    let echo = Answer::status(403).header("X-Error-Message", &format!("{TOKEN} may not"));
    let away = Answer::redirect(&format!("https://me:{TOKEN}@127.0.0.1:1/?t={TOKEN}"));
    for answer in [echo, away] {
        server.with(|state| state.always = Some(answer));
        let error = hub.revision(&repo.name(), None).unwrap_err();
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
}

#[test]
fn the_environment_says_where_and_as_whom() {
    let server = hub();
    let (repo, commit) = demo(&server);
    repo.private();
    let access = HubAccess::from_env(|name| match name {
        "HF_ENDPOINT" => Some(format!("{}/", server.url())),
        "HF_TOKEN" => Some(format!("{TOKEN}\n")),
        _ => None,
    });
    let hub = HubClient::new(HubOptions::new(access));
    assert_eq!(hub.revision(&repo.name(), None).unwrap().commit, commit);

    let access = HubAccess::from_env(|name| (name == "HF_ENDPOINT").then(|| "here".to_owned()));
    let hub = HubClient::new(HubOptions::new(access));
    let error = hub.revision(&repo.name(), None).unwrap_err();
    assert!(matches!(error, RemoteError::NotConfigured(_)), "{error:?}");
}
