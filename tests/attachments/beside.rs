//! What others attach to the same image does not spoil what is sound.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};
use vhb::attachments::{Documents, Kind, attach, find};
use vhb::finding::{Finding, Severity};
use vhb::model::{Artifact, Descriptor, INDEX_TYPE, Layer, MANIFEST_TYPE, Sha256Digest, described};

use super::fake_registry::{FakeRegistry, Manners, subject};
use super::{LOCK, attach_to, client, found_in, lacking, sbom_of};

/// Attaches an artifact of one layer, whose blob need not be there.
fn add(registry: &FakeRegistry, kind: Kind, blob: Descriptor) {
    let artifact = Artifact {
        artifact_type: kind.media_type().to_owned(),
        subject: Some(subject()),
        layers: vec![Layer { blob, title: None }],
        annotations: BTreeMap::new(),
    };
    let text = String::from_utf8(artifact.to_bytes()).unwrap();
    registry.hold(|held| held.put_manifest("added", MANIFEST_TYPE, &text));
}

fn findings(registry: &FakeRegistry) -> Vec<Finding> {
    let found = find(&registry.place(), None, true, client()).unwrap();
    let fetched = found.of_lock(LOCK, &sbom_of(LOCK));
    found.findings(&fetched, "exp", "place")
}

#[test]
fn what_is_broken_is_only_told_where_it_is_not_needed() {
    for kind in Kind::ALL {
        let registry = FakeRegistry::start(Manners::default());
        let gone = described(kind.media_type(), b"gone");
        add(&registry, kind, gone);
        let alone = findings(&registry);
        assert_eq!(alone[0].severity, Severity::Error, "{alone:?}");
        attach_to(&registry, LOCK).unwrap();
        let [told] = &findings(&registry)[..] else {
            panic!("{:?}", findings(&registry));
        };
        assert_eq!((told.severity, told.verdict), (Severity::Info, None));
    }
}

#[test]
fn what_is_too_long_is_told_and_not_fetched() {
    let registry = FakeRegistry::start(Manners::default());
    attach_to(&registry, LOCK).unwrap();
    let mut long = described(Kind::Sbom.media_type(), b"long");
    long.size = (32 << 20) + 1;
    let digest = long.digest.to_string();
    add(&registry, Kind::Sbom, long);
    let asked = registry.server.requests().len();
    let findings = findings(&registry);
    let [told] = &findings[..] else {
        panic!("{findings:?}");
    };
    assert!(told.message.contains("no more than 33554432"), "{told:?}");
    assert_eq!(told.code.as_str(), "attached-invalid");
    let asked = registry.asked(asked);
    assert!(!asked.iter().any(|it| it.contains(&digest)), "{asked:?}");
}

#[test]
fn a_wrong_entry_does_not_hide_a_right_one() {
    let registry = FakeRegistry::start(Manners {
        lists: false,
        ..Manners::default()
    });
    attach_to(&registry, LOCK).unwrap();
    registry.hold(|held| {
        let tag = format!("sha256-{}", subject().digest.hex());
        let mut list: Json = serde_json::from_str(&held.manifests[&tag].1).unwrap();
        let entries = list["manifests"].as_array_mut().unwrap();
        let right = std::mem::take(entries);
        for wrong in [
            json!(null),
            json!("application/vnd.other"),
            json!(Kind::Lock.media_type()),
        ] {
            for mut entry in right.clone() {
                entry["artifactType"] = wrong.clone();
                entries.push(entry);
            }
        }
        entries.extend(right);
        held.put_manifest(&tag, INDEX_TYPE, &list.to_string());
    });
    assert_eq!(lacking(&registry, LOCK), [""; 0]);
}

#[test]
fn each_bundle_has_the_sbom_that_it_names() {
    let registry = FakeRegistry::start(Manners::default());
    let lock_digest = Sha256Digest::of(LOCK).hex();
    let with_space = [sbom_of(LOCK), b" ".to_vec()].concat();
    let sboms = [sbom_of(LOCK), with_space];
    let bundles = sboms.clone().map(|sbom| {
        let sbom = Sha256Digest::of(&sbom).hex();
        let subjects = [lock_digest.clone(), sbom].map(|it| json!({"digest": {"sha256": it}}));
        let payload = STANDARD.encode(json!({"subject": subjects}).to_string());
        let envelope = json!({"payload": payload, "payloadType": "t", "signatures": []});
        // A line that is damaged does not hide the other.
        format!("{{}}\n{envelope}\n").into_bytes()
    });
    for (sbom, bundle) in sboms.iter().zip(&bundles) {
        let documents = Documents {
            id: "exp",
            lock: LOCK,
            sbom,
            bundle: Some(bundle),
        };
        attach(&documents, &registry.place(), &subject(), client()).unwrap();
    }
    let fetched = found_in(&registry, LOCK).unwrap();
    assert_eq!(*fetched.sboms[0], sboms[0][..]);
    assert_eq!(fetched.bundles.len(), 2);
    for (sbom, bundle) in sboms.iter().zip(&bundles) {
        let mut read = fetched.bundles.iter();
        let read = read.find(|it| *it.bytes == bundle[..]).unwrap();
        assert_eq!(read.sbom.as_deref(), Some(&sbom[..]));
    }
}
