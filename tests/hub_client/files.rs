//! The files of a commit.

use serde_json::json;
use vhb::model::{FileDigest, FilePin, HubKind, Sha256Digest};
use vhb::remote::{ModelHub as _, RemoteError, TreeError};

use crate::common::hub_server::{Answer, File, HubServer};
use crate::{client, demo, oid};

#[test]
fn large_files_have_a_sha256_and_small_ones_the_name_that_git_gives_them() {
    let server = HubServer::start();
    let (repo, commit) = demo(&server);
    let files = client(&server).files(&repo.name(), &commit).unwrap();
    let names: Vec<_> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [".gitattributes", "config.json", "model.safetensors"]
    );
    let weights = FilePin {
        size: 7,
        digest: FileDigest::Sha256(Sha256Digest::of(b"weights")),
    };
    assert_eq!(files["model.safetensors"], weights);
    // `printf '{}\n' | git hash-object --stdin`
    let config = FilePin {
        size: 3,
        digest: FileDigest::GitBlob(oid("0967ef424bce6791893e9a57bb952f80fd536e93")),
    };
    assert_eq!(files["config.json"], config);
}

#[test]
fn all_pages_are_read() {
    let server = HubServer::start();
    let repo = server.repo(HubKind::Dataset, "org/name");
    let files: Vec<_> = (0..25)
        .map(|n| File::text(&format!("a/b{}/{n}.txt", n % 3), "x"))
        .collect();
    let commit = oid(&repo.commit("main", &files));
    let hub = client(&server);
    let at_once = hub.files(&repo.name(), &commit).unwrap();
    assert_eq!((at_once.len(), server.take_paths().len()), (26, 1));
    server.with(|state| state.files_per_page = 7);
    assert_eq!(hub.files(&repo.name(), &commit).unwrap(), at_once);
    // With four directories.
    assert_eq!(server.take_paths().len(), 5);
}

/// What comes of one page with these entries, and a link to another one.
fn listed(entries: &serde_json::Value, link: Option<&str>) -> RemoteError {
    let server = HubServer::start();
    let (repo, commit) = demo(&server);
    let body = entries.to_string();
    let mut answer = Answer::body("application/json", body.as_bytes());
    if let Some(link) = link {
        let link = link.replace("HUB", &server.url());
        answer = answer.header("Link", &format!("<{link}>; rel=\"next\""));
    }
    server.with(|state| state.always = Some(answer));
    client(&server).files(&repo.name(), &commit).unwrap_err()
}

fn file(path: &str) -> serde_json::Value {
    json!({ "type": "file", "path": path, "size": 1, "oid": "0".repeat(40) })
}

#[test]
fn paths_that_lead_out_are_refused() {
    for path in ["../a", "/etc/passwd", "a/../b", "a//b", "a\nb", "", "./a"] {
        let error = listed(&json!([file(path)]), None);
        let is_name = matches!(error, RemoteError::Tree(TreeError::Name(_)));
        assert!(is_name, "{path:?}: {error:?}");
        assert!(!error.to_string().contains('\n'), "{error}");
    }
}

#[test]
fn lists_that_make_no_sense_are_refused() {
    let mut without_digest = file("a");
    without_digest["oid"] = json!("latest");
    let mut lfs = file("a");
    lfs["lfs"] = json!({ "oid": "0".repeat(40), "size": 1 });
    for (entries, expected) in [
        (json!([without_digest]), "no digest of `a`"),
        (json!([lfs]), "no digest of `a`"),
        (json!([{ "type": "socket", "path": "a" }]), "`socket`"),
        (json!([file("a"), file("a")]), "`a` twice"),
        (json!({ "error": "sorry" }), "makes no sense"),
    ] {
        let error = listed(&entries, None);
        assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn a_next_page_elsewhere_is_not_asked_for() {
    let elsewhere = HubServer::start();
    let link = format!("{}/api/models/org/name/refs", elsewhere.url());
    let error = listed(&json!([file("a")]), Some(&link));
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    assert!(error.to_string().contains(&elsewhere.url()), "{error}");
    assert!(elsewhere.take_paths().is_empty());
}

#[test]
fn a_list_that_begins_again_is_given_up() {
    let error = listed(&json!([file("a")]), Some("HUB/api/models/org/name/tree"));
    assert!(error.to_string().contains("twice"), "{error}");
    // Nor does one end that lists nothing, page after page.
    let error = listed(&json!([]), Some("?cursor=1"));
    assert!(error.to_string().contains("pages"), "{error}");
}
