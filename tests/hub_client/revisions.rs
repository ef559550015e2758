//! What revisions mean, and what is said of them.

use serde_json::json;
use vhb::model::HubKind;
use vhb::remote::{ModelHub as _, RemoteError};

use crate::common::hub_server::{Answer, File, HubServer};
use crate::{client, demo, oid, reference};

#[test]
fn names_are_told_by_their_full_names_and_commits_have_none() {
    let server = HubServer::start();
    let (repo, commit) = demo(&server);
    repo.tag("v1.0", commit.as_str());
    let newer = oid(&repo.commit("feature/x", &[File::text("a", "1")]));
    repo.pull_request(3, newer.as_str());
    let hub = client(&server);

    for (asked, full_name, expected) in [
        (None, Some("refs/heads/main"), &commit),
        (Some("main"), Some("refs/heads/main"), &commit),
        (Some("refs/heads/main"), Some("refs/heads/main"), &commit),
        (Some("v1.0"), Some("refs/tags/v1.0"), &commit),
        (Some("refs/tags/v1.0"), Some("refs/tags/v1.0"), &commit),
        (Some("feature/x"), Some("refs/heads/feature/x"), &newer),
        (Some("refs/pr/3"), Some("refs/pr/3"), &newer),
        (Some(commit.as_str()), None, &commit),
        (Some(commit.short()), None, &commit),
        (Some(&commit.as_str().to_uppercase()), None, &commit),
    ] {
        let found = hub.revision(&repo.name(), asked).unwrap();
        assert_eq!(found.reference, full_name.map(reference), "{asked:?}");
        assert_eq!(found.commit, *expected, "{asked:?}");
    }
}

#[test]
fn a_branch_that_moves_names_another_commit_and_the_old_one_stays() {
    let server = HubServer::start();
    let (repo, old) = demo(&server);
    let hub = client(&server);
    let before = hub.revision(&repo.name(), None).unwrap();
    let new = oid(&repo.commit("main", &[File::text("config.json", "{1}")]));
    let after = hub.revision(&repo.name(), None).unwrap();
    assert_eq!((before.commit, after.commit), (old.clone(), new));
    assert!(after.committed > before.committed);

    let locked = hub.revision(&repo.name(), Some(old.as_str())).unwrap();
    assert_eq!(locked.commit, old);
    assert_eq!(locked.committed, before.committed);
}

#[test]
fn a_tag_that_moves_names_another_commit() {
    let server = HubServer::start();
    let (repo, old) = demo(&server);
    repo.tag("v1", old.as_str());
    let hub = client(&server);
    let asked = Some("refs/tags/v1");
    assert_eq!(hub.revision(&repo.name(), asked).unwrap().commit, old);
    let new = repo.commit("main", &[File::text("config.json", "{1}")]);
    repo.tag("v1", &new);
    assert_eq!(hub.revision(&repo.name(), asked).unwrap().commit, oid(&new));

    repo.delete_tag("v1");
    for asked in ["v1", "refs/tags/v1"] {
        let error = hub.revision(&repo.name(), Some(asked)).unwrap_err();
        assert!(matches!(error, RemoteError::NoRevision(_)), "{error:?}");
    }
}

#[test]
fn of_a_branch_and_a_tag_with_one_name_the_one_that_the_hub_found_is_meant() {
    let server = HubServer::start();
    let (repo, first) = demo(&server);
    let second = oid(&repo.commit("main", &[File::text("a", "1")]));
    repo.branch("x", second.as_str());
    repo.tag("x", first.as_str());
    let hub = client(&server);
    // This Hub looks at branches first.
    for (asked, full_name, commit) in [
        ("x", "refs/heads/x", &second),
        ("refs/heads/x", "refs/heads/x", &second),
        ("refs/tags/x", "refs/tags/x", &first),
    ] {
        let found = hub.revision(&repo.name(), Some(asked)).unwrap();
        assert_eq!(found.reference, Some(reference(full_name)), "{asked}");
        assert_eq!(found.commit, *commit, "{asked}");
    }
    repo.tag("x", second.as_str());
    let same = hub.revision(&repo.name(), Some("x")).unwrap();
    assert_eq!(same.reference, Some(reference("refs/tags/x")));
}

#[test]
fn revisions_that_are_not_there_are_named() {
    let server = HubServer::start();
    let (repo, _) = demo(&server);
    let hub = client(&server);
    let nowhere = "0123456789abcdef0123456789abcdef01234567";
    for asked in ["v9", "refs/heads/v9", "refs/pr/9", nowhere, "..", ""] {
        let error = hub.revision(&repo.name(), Some(asked)).unwrap_err();
        assert!(matches!(error, RemoteError::NoRevision(_)), "{error:?}");
        let text = error.to_string();
        for part in [asked, "org/name", &server.host()] {
            assert!(text.contains(part), "{text}");
        }
    }
}

#[test]
fn another_commit_than_the_one_that_was_asked_for_is_a_mismatch() {
    let server = HubServer::start();
    let (repo, commit) = demo(&server);
    let other = "0123456789abcdef0123456789abcdef01234567";
    server.with(|state| {
        let answer = json!({ "sha": other }).to_string();
        let answer = Answer::body("application/json", answer.as_bytes());
        state.always = Some(answer);
    });
    let asked = Some(commit.as_str());
    let error = client(&server).revision(&repo.name(), asked).unwrap_err();
    assert!(matches!(error, RemoteError::Mismatch(_)), "{error:?}");
    assert!(error.to_string().contains(other), "{error}");
}

#[test]
fn the_card_tells_task_and_licence_where_there_is_one() {
    let server = HubServer::start();
    let (repo, _) = demo(&server);
    let hub = client(&server);
    let said = |task: Option<&str>, card: serde_json::Value| {
        repo.card(task, card);
        let found = hub.revision(&repo.name(), None).unwrap();
        (found.task, found.license)
    };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(said(None, json!(null)), (None, None));
    assert_eq!(
        said(Some("image-to-text"), json!({ "license": "apache-2.0" })),
        (text("image-to-text"), text("apache-2.0"))
    );
    for odd in [
        json!(["mit", "apache-2.0"]),
        json!(1),
        json!(" "),
        json!("a\nb"),
    ] {
        assert_eq!(said(None, json!({ "license": odd })), (None, None), "{odd}");
    }
    assert_eq!(said(None, json!("no mapping")), (None, None));
}

#[test]
fn a_dataset_is_not_the_model_of_the_same_name() {
    let server = HubServer::start();
    let (model, of_model) = demo(&server);
    let dataset = server.repo(HubKind::Dataset, "org/name");
    let of_dataset = oid(&dataset.commit("main", &[File::text("train.csv", "a,b\n")]));
    let hub = client(&server);
    let found = hub.revision(&dataset.name(), None).unwrap();
    assert_eq!(found.commit, of_dataset);
    assert_ne!(of_dataset, of_model);
    let bytes = hub.read(&dataset.name(), &of_dataset, "train.csv", 100);
    assert_eq!(bytes.unwrap(), b"a,b\n");
    dataset.delete();
    let name = server.repo(HubKind::Model, "org/name").name();
    assert_eq!(hub.revision(&name, None).unwrap().commit, of_model);
    assert_eq!(model.name(), name);
}

#[test]
fn a_mirror_without_histories_leaves_the_date_out() {
    let server = HubServer::start();
    let (repo, commit) = demo(&server);
    let path = format!("/api/models/org/name/commits/{commit}");
    server.with(|state| state.at.insert(path.clone(), Answer::status(404)));
    let found = client(&server).revision(&repo.name(), None).unwrap();
    assert_eq!((found.commit, found.committed), (commit, None));

    // One that tells another history is not believed.
    let other = br#"[{"id": "0123456789abcdef0123456789abcdef01234567"}]"#;
    let other = Answer::body("application/json", other);
    server.with(|state| state.at.insert(path, other));
    let error = client(&server).revision(&repo.name(), None).unwrap_err();
    assert!(error.to_string().contains("begins with another"), "{error}");
}
