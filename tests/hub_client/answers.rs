//! Answers that are larger than anybody bargained for, or lead somewhere else.

use vhb::remote::{ModelHub as _, RemoteError};

use crate::common::hub_server::{Answer, HubServer};
use crate::{client, client_with, demo};

#[test]
fn an_answer_is_held_in_memory_up_to_a_size() {
    let server = HubServer::start();
    let (repo, _) = demo(&server);
    let hub = client_with(&server, |options| options.largest_answer = 50);
    let error = hub.revision(&repo.name(), None).unwrap_err();
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    assert!(
        error.to_string().contains("larger than 50 bytes"),
        "{error}"
    );
    assert_eq!(server.statuses(), [200], "it is not asked again");
}

#[test]
fn a_repository_with_a_new_name_is_found_under_the_old_one() {
    let server = HubServer::start();
    let (repo, commit) = demo(&server);
    let old = vhb::model::HubRepo {
        id: "org/before".parse().unwrap(),
        ..repo.name()
    };
    for (path, target) in [
        (
            "api/models/org/before/revision/main",
            "api/models/org/name/revision/main",
        ),
        (
            "api/models/org/before/commits/COMMIT",
            "api/models/org/name/commits/COMMIT",
        ),
    ] {
        let [path, target] = [path, target].map(|path| path.replace("COMMIT", commit.as_str()));
        let moved = Answer::redirect(&format!("/{target}")).with_status(307);
        server.with(|state| state.at.insert(format!("/{path}"), moved));
    }
    let found = client(&server).revision(&old, None).unwrap();
    assert_eq!(found.commit, commit);
    assert!(found.committed.is_some());
}

#[test]
fn a_reference_that_the_hub_does_not_list_makes_no_sense() {
    let server = HubServer::start();
    let (repo, commit) = demo(&server);
    let body = format!("{{\"sha\": \"{commit}\"}}");
    let found = Answer::body("application/json", body.as_bytes());
    server.with(|state| state.answers = [found].into());
    let error = client(&server)
        .revision(&repo.name(), Some("v9"))
        .unwrap_err();
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    assert!(
        error.to_string().contains("neither a branch nor a tag"),
        "{error}"
    );

    let odd = Answer::body("application/json", b"{\"sha\": \"latest\"}");
    server.with(|state| state.answers = [odd].into());
    let error = client(&server).revision(&repo.name(), None).unwrap_err();
    assert!(error.to_string().contains("`latest`"), "{error}");
}
