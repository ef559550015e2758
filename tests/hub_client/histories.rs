//! Whether histories hold commits.

use vhb::remote::{ModelHub as _, RemoteError};

use crate::common::hub_server::{File, HubServer};
use crate::{client, demo, oid, reference};

#[test]
fn a_history_is_paged_through_until_the_commit_is_found() {
    let server = HubServer::start();
    let (repo, first) = demo(&server);
    for n in 0..6 {
        repo.commit("main", &[File::text("n", &n.to_string())]);
    }
    let newest = repo.target("refs/heads/main");
    server.with(|state| state.commits_per_page = 3);
    let hub = client(&server);
    let main = reference("refs/heads/main");
    assert!(hub.leads_to(&repo.name(), &main, &oid(&newest)).unwrap());
    assert_eq!(
        server.take_paths().len(),
        1,
        "the references tell the newest"
    );
    assert!(hub.leads_to(&repo.name(), &main, &first).unwrap());
    let commits = format!("/api/models/org/name/commits/{newest}");
    let expected = [
        "/api/models/org/name/refs".to_owned(),
        commits.clone(),
        format!("{commits}?p=1"),
        format!("{commits}?p=2"),
    ];
    assert_eq!(server.take_paths(), expected);

    let aside = oid(&repo.commit("aside", &[File::text("a", "1")]));
    assert!(!hub.leads_to(&repo.name(), &main, &aside).unwrap());
}

#[test]
fn tags_and_pull_requests_have_histories_too() {
    let server = HubServer::start();
    let (repo, first) = demo(&server);
    let second = repo.commit("main", &[File::text("a", "1")]);
    repo.tag("v1", first.as_str());
    repo.pull_request(1, &second);
    let hub = client(&server);
    let leads = |name: &str, commit: &str| {
        hub.leads_to(&repo.name(), &reference(name), &oid(commit))
            .unwrap()
    };
    assert!(leads("refs/tags/v1", first.as_str()));
    assert!(!leads("refs/tags/v1", &second));
    assert!(leads("refs/pr/1", first.as_str()));
}

#[test]
fn a_squashed_history_does_not_lead_to_what_was_there_before() {
    let server = HubServer::start();
    let (repo, locked) = demo(&server);
    let files = client(&server).files(&repo.name(), &locked).unwrap();
    let squashed = oid(&repo.squash("main"));
    let hub = client(&server);
    let main = reference("refs/heads/main");
    assert!(!hub.leads_to(&repo.name(), &main, &locked).unwrap());
    let gone = hub
        .revision(&repo.name(), Some(locked.as_str()))
        .unwrap_err();
    assert!(matches!(gone, RemoteError::NoRevision(_)), "{gone:?}");
    let gone = hub.files(&repo.name(), &locked).unwrap_err();
    assert!(matches!(gone, RemoteError::NoRevision(_)), "{gone:?}");
    assert_eq!(hub.files(&repo.name(), &squashed).unwrap(), files);
}

#[test]
fn a_branch_that_was_reset_or_deleted_leaves_its_commits_behind() {
    let server = HubServer::start();
    let (repo, first) = demo(&server);
    let second = oid(&repo.commit("main", &[File::text("a", "1")]));
    repo.branch("main", first.as_str());
    repo.branch("other", first.as_str());
    let hub = client(&server);
    let leads = |name: &str| hub.leads_to(&repo.name(), &reference(name), &second);
    assert!(!leads("refs/heads/main").unwrap());
    assert!(hub.revision(&repo.name(), Some(second.as_str())).is_ok());
    repo.delete_branch("other");
    let error = leads("refs/heads/other").unwrap_err();
    assert!(matches!(error, RemoteError::NoRevision(_)), "{error:?}");
    assert!(error.to_string().contains("refs/heads/other"), "{error}");
}

#[test]
fn a_history_without_an_end_is_given_up() {
    let server = HubServer::start();
    let (repo, first) = demo(&server);
    for n in 0..202 {
        repo.commit("main", &[File::text("n", &n.to_string())]);
    }
    server.with(|state| state.commits_per_page = 1);
    let main = reference("refs/heads/main");
    let error = client(&server)
        .leads_to(&repo.name(), &main, &first)
        .unwrap_err();
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    assert!(error.to_string().contains("more than 200 pages"), "{error}");
    assert_eq!(server.take_paths().len(), 201);
}
