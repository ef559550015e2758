//! Registries that lie, and artifacts that are not what they say.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use vhb::attachments::{Kind, Publication, PublishError, ResultFile, find};
use vhb::model::{Artifact, INDEX_TYPE, Layer, MANIFEST_TYPE, Sha256Digest, described};
use vhb::remote::{ArtifactRegistry as _, RemoteError};

use super::common::web_server::{Reply, WebServer};
use super::fake_registry::{FakeRegistry, Manners, subject};
use super::{LOCK, Papers, attach_to, client, found_in, lacking};

/// All that was attached, and then something changed.
fn damaged(change: impl FnOnce(&mut super::fake_registry::Held)) -> FakeRegistry {
    let registry = FakeRegistry::start(Manners::default());
    attach_to(&registry, LOCK).unwrap();
    registry.hold(change);
    registry
}

fn faults(registry: &FakeRegistry) -> Vec<String> {
    let found = find(&registry.place(), None, true, client()).unwrap();
    found
        .faults
        .into_iter()
        .map(|it| it.finding.message)
        .collect()
}

fn lock_digest() -> String {
    Sha256Digest::of(LOCK).to_string()
}

#[test]
fn bytes_that_are_not_those_that_are_named_are_not_taken() {
    let longer = format!("{}more", String::from_utf8_lossy(LOCK));
    let other = String::from_utf8_lossy(LOCK).replace('1', "2");
    for (bytes, told) in [
        (other, "has the digest"),
        (longer, "does not have the 11 bytes"),
        ("short".to_owned(), "does not have the 11 bytes"),
    ] {
        let registry = damaged(|held| {
            held.blobs.insert(lock_digest(), bytes);
        });
        let faults = faults(&registry);
        assert!(faults.len() == 1 && faults[0].contains(told), "{faults:?}");
        assert_eq!(lacking(&registry, LOCK), ["lock"]);
    }
}

#[test]
fn a_manifest_that_is_another_one_is_not_taken() {
    let registry = damaged(|held| {
        let (_, text) = held.manifests["1"].clone();
        let others: Vec<_> = held.manifests.keys().cloned().collect();
        for name in others.iter().filter(|name| name.starts_with("sha256:")) {
            let entry = held.manifests.get_mut(name).unwrap();
            if entry.1.contains(Kind::Sbom.media_type()) {
                // Still listed, but given with other bytes.
                entry.1 = format!("{} ", entry.1);
            }
        }
        assert!(!text.is_empty());
    });
    let faults = faults(&registry);
    assert!(
        faults.len() == 1 && faults[0].contains("has the digest"),
        "{faults:?}"
    );
    assert_eq!(lacking(&registry, LOCK), ["SBOM"]);
}

#[test]
fn what_is_listed_and_gone_is_not_there() {
    let registry = damaged(|held| {
        held.blobs.remove(&lock_digest());
    });
    let faults = faults(&registry);
    assert!(
        faults.len() == 1 && faults[0].contains("no blob"),
        "{faults:?}"
    );
    assert_eq!(lacking(&registry, LOCK), ["lock"]);
}

#[test]
fn an_artifact_of_another_image_does_not_count() {
    let papers = Papers::of(LOCK);
    let registry = FakeRegistry::start(Manners {
        lists: false,
        ..Manners::default()
    });
    attach_to(&registry, LOCK).unwrap();
    // The list names an artifact that is attached to something else, and the image itself.
    let elsewhere = Artifact {
        artifact_type: Kind::Lock.media_type().to_owned(),
        subject: Some(described(MANIFEST_TYPE, b"another image")),
        layers: vec![Layer {
            blob: described(Kind::Lock.media_type(), &papers.0),
            title: None,
        }],
        annotations: BTreeMap::new(),
    };
    let itself = subject();
    let entry = |digest: Sha256Digest| json!({"mediaType": MANIFEST_TYPE, "digest": digest, "size": 1, "artifactType": Kind::Lock.media_type()});
    registry.hold(|held| {
        let text = String::from_utf8(elsewhere.to_bytes()).unwrap();
        held.put_manifest("elsewhere", MANIFEST_TYPE, &text);
        let digest = Sha256Digest::of(text.as_bytes());
        let list = json!({"schemaVersion": 2, "manifests": [entry(digest), entry(itself.digest)]});
        let tag = format!("sha256-{}", itself.digest.hex());
        held.put_manifest(&tag, INDEX_TYPE, &list.to_string());
    });
    assert_eq!(lacking(&registry, LOCK), ["lock", "SBOM", "attestation"]);
    assert!(faults(&registry).is_empty());
}

#[test]
fn a_list_without_end_is_given_up() {
    let server = WebServer::start(|request, _| {
        if request.path.contains("/referrers/") {
            let list = json!({"schemaVersion": 2, "manifests": []});
            let next = format!("<{}>; rel=\"next\"", request.path);
            return Reply::body(list.to_string()).header("Link", &next);
        }
        Reply::status(404)
    });
    let place = format!("{}/app:1", server.host()).parse().unwrap();
    let error = client().referrers(&place, &subject().digest).unwrap_err();
    assert!(error.to_string().contains("more than 64 pages"), "{error}");
}

#[test]
fn a_body_without_end_is_given_up() {
    let endless = "x".repeat(9 * 1024 * 1024);
    let server = WebServer::start(move |_, _| Reply::body(&endless));
    let place = format!("{}/app:1", server.host()).parse().unwrap();
    let error = client().named(&place).unwrap_err().to_string();
    assert!(error.contains("larger than"), "{error}");
    let error = client().referrers(&place, &subject().digest).unwrap_err();
    assert!(error.to_string().contains("larger than"), "{error}");
    let blob = described("m", LOCK);
    let error = client().blob(&place, &blob, 1024).unwrap_err();
    assert!(matches!(error, RemoteError::Mismatch(_)), "{error}");
    let error = client().read_through(&place, &blob).unwrap_err();
    assert!(matches!(error, RemoteError::Mismatch(_)), "{error}");
    let error = client().blob(&place, &blob, 10).unwrap_err().to_string();
    assert!(error.contains("longer than 10 bytes"), "{error}");
}

#[test]
fn a_registry_that_keeps_something_else_is_not_believed() {
    let server = WebServer::start(|request, _| match request.method.as_str() {
        "POST" => Reply::status(202).header("Location", "/there"),
        "PUT" => Reply::status(201).header("Docker-Content-Digest", "sha256:other"),
        _ => Reply::status(404),
    });
    let place = format!("{}/app:1", server.host()).parse().unwrap();
    let content = vhb::remote::Content::Bytes(LOCK);
    let error = client()
        .push_blob(&place, &described("m", LOCK), content)
        .unwrap_err();
    assert!(matches!(error, RemoteError::Mismatch(_)), "{error}");
    let nowhere = WebServer::start(|request, _| match request.method.as_str() {
        "POST" => Reply::status(202),
        _ => Reply::status(404),
    });
    let place = format!("{}/app:1", nowhere.host()).parse().unwrap();
    let error = client()
        .push_blob(&place, &described("m", LOCK), content)
        .unwrap_err();
    assert!(
        error.to_string().contains("does not say where to upload"),
        "{error}"
    );
}

#[test]
fn published_names_are_paths_and_each_stands_once() {
    let registry = FakeRegistry::start(Manners::default());
    let blob = described("application/octet-stream", b"x");
    let layer = |title: Option<&str>| Layer {
        blob: blob.clone(),
        title: title.map(str::to_owned),
    };
    let artifact = Artifact {
        artifact_type: "application/vnd.vhb.results.v1+json".to_owned(),
        subject: None,
        layers: [Some("../up"), Some("/etc/x"), None, Some("a"), Some("a")]
            .map(layer)
            .to_vec(),
        annotations: BTreeMap::new(),
    };
    registry.hold(|held| {
        held.blobs.insert(blob.digest.to_string(), "x".to_owned());
        let text = String::from_utf8(artifact.to_bytes()).unwrap();
        held.put_manifest("1", MANIFEST_TYPE, &text);
    });
    let faults = faults(&registry);
    assert_eq!(faults.len(), 4, "{faults:?}");
    let found = find(&registry.place(), None, true, client()).unwrap();
    assert_eq!(found.results.unwrap().keys().collect::<Vec<_>>(), ["a"]);
}

#[test]
fn the_tag_of_an_image_is_not_taken_for_results() {
    let registry = FakeRegistry::start(Manners::default());
    let papers = Papers::of(LOCK);
    let files: BTreeMap<String, ResultFile> = BTreeMap::new();
    let publication = Publication::of(papers.documents(), &files).unwrap();
    for replace in [false, true] {
        let error = publication.push(&registry.place(), replace, client());
        let error = error.unwrap_err();
        assert!(matches!(error, PublishError::TagTaken(_)), "{error}");
    }
    let stays: Json = registry.hold(|held| serde_json::from_str(&held.manifests["1"].1).unwrap());
    assert!(stays.get("artifactType").is_none());
    assert!(found_in(&registry, LOCK).is_ok());
}

#[test]
fn a_tag_that_cannot_be_read_or_appears_meanwhile_is_not_overwritten() {
    let papers = Papers::of(LOCK);
    let files: BTreeMap<String, ResultFile> = BTreeMap::new();
    let publication = Publication::of(papers.documents(), &files).unwrap();
    let secret = FakeRegistry::start(Manners {
        denies_tags: true,
        ..Manners::default()
    });
    let error = publication.push(&secret.place(), true, client());
    let error = error.unwrap_err();
    let PublishError::Remote(error) = error else {
        panic!("{error}");
    };
    assert!(matches!(error.error, RemoteError::Denied(_)), "{error}");
    assert!(error.begun && tag_of(&secret, "1").contains("image.config"));
    // A tag of other results, and one of an image, that were not there at first.
    let image = tag_of(&secret, "1");
    let results = Artifact {
        artifact_type: "application/vnd.vhb.results.v1+json".to_owned(),
        subject: None,
        layers: Vec::new(),
        annotations: BTreeMap::new(),
    };
    let results = String::from_utf8(results.to_bytes()).unwrap();
    for meanwhile in [image, results] {
        let registry = FakeRegistry::start(Manners::default());
        let place = format!("{}/app:new", registry.server.host());
        registry.hold(|held| held.appears = Some(("new".to_owned(), meanwhile.clone())));
        let error = publication.push(&place.parse().unwrap(), true, client());
        let error = error.unwrap_err();
        let expected = matches!(error, PublishError::TagTaken(_) | PublishError::TagMoved(_));
        assert!(expected, "{error}");
        assert_eq!(tag_of(&registry, "new"), meanwhile);
    }
}

fn tag_of(registry: &FakeRegistry, tag: &str) -> String {
    registry.hold(|held| held.manifests[tag].1.clone())
}
