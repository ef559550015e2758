//! Who lists what is attached: the registry, page by page, or whoever pushes, under a tag.

use serde_json::Value as Json;
use vhb::attachments::{Attached, Kind};

use super::fake_registry::{FakeRegistry, Manners, others_list, subject};
use super::{LOCK, attach_to, bundle_about, found_in, lacking, sbom_of};

const OTHER: &[u8] = b"{\"lock\":2}\n";

fn by_tag() -> Manners {
    Manners {
        lists: false,
        ..Manners::default()
    }
}

fn tag() -> String {
    format!("sha256-{}", subject().digest.hex())
}

fn news(attached: &[Attached]) -> Vec<bool> {
    attached.iter().map(|document| document.new).collect()
}

#[test]
fn what_the_registry_lists_needs_no_tag() {
    let registry = FakeRegistry::start(Manners::default());
    let attached = attach_to(&registry, LOCK).unwrap();
    assert_eq!(news(&attached), [true; 3]);
    let kinds: Vec<_> = attached.iter().map(|document| document.kind).collect();
    assert_eq!(kinds, Kind::ALL);
    let puts: Vec<_> = registry
        .asked(0)
        .into_iter()
        .filter(|asked| asked.starts_with("PUT") && asked.contains("manifests"))
        .collect();
    let last = attached.last().unwrap().manifest.to_string();
    assert!(puts.last().unwrap().contains(&last), "{puts:?}");
    registry.hold(|held| assert!(!held.manifests.contains_key(&tag())));
    let fetched = found_in(&registry, LOCK).unwrap();
    assert_eq!(fetched.lock.as_deref(), Some(LOCK));
    assert_eq!(fetched.sboms, [sbom_of(LOCK).into()]);
    assert_eq!(*fetched.bundles[0].bytes, bundle_about(LOCK)[..]);
}

#[test]
fn attaching_again_changes_nothing() {
    for manners in [Manners::default(), by_tag()] {
        let registry = FakeRegistry::start(manners);
        let first = attach_to(&registry, LOCK).unwrap();
        let asked = registry.server.requests().len();
        let again = attach_to(&registry, LOCK).unwrap();
        assert_eq!(news(&again), [false; 3]);
        let names =
            |attached: &[Attached]| attached.iter().map(|it| it.manifest).collect::<Vec<_>>();
        assert_eq!(names(&first), names(&again));
        for asked in registry.asked(asked) {
            assert!(asked.starts_with("GET"), "{asked}");
        }
    }
}

#[test]
fn a_list_is_read_page_by_page() {
    let registry = FakeRegistry::start(Manners {
        page: 1,
        ..Manners::default()
    });
    attach_to(&registry, OTHER).unwrap();
    attach_to(&registry, LOCK).unwrap();
    assert_eq!(lacking(&registry, LOCK), [""; 0]);
    assert_eq!(lacking(&registry, OTHER), [""; 0]);
}

#[test]
fn a_list_under_a_tag_keeps_the_entries_of_others() {
    let registry = FakeRegistry::start(by_tag());
    let others = others_list(7);
    registry.hold(|held| held.put_manifest(&tag(), vhb::model::INDEX_TYPE, &others));
    attach_to(&registry, LOCK).unwrap();
    let written = registry.hold(|held| held.manifests[&tag()].1.clone());
    let [written, others]: [Json; 2] =
        [&written, &others].map(|text| serde_json::from_str(text).unwrap());
    let entries = written["manifests"].as_array().unwrap();
    assert_eq!(entries.len(), 4);
    assert_eq!(entries[0], others["manifests"][0]);
    assert_eq!(entries[1]["artifactType"], Kind::Lock.media_type());
    assert_eq!(lacking(&registry, LOCK), [""; 0]);
}

#[test]
fn a_lost_race_is_noticed_and_run_again() {
    let registry = FakeRegistry::start(Manners {
        lost_races: 3,
        ..by_tag()
    });
    attach_to(&registry, LOCK).unwrap();
    assert_eq!(registry.hold(|held| held.manners.lost_races), 0);
    assert_eq!(lacking(&registry, LOCK), [""; 0]);
    // The last of the other writers is not lost either.
    let written = registry.hold(|held| held.manifests[&tag()].1.clone());
    assert_eq!(written.matches("\"digest\"").count(), 4);
}

#[test]
fn a_race_that_is_never_won_is_told() {
    let registry = FakeRegistry::start(Manners {
        lost_races: 1000,
        ..by_tag()
    });
    let error = attach_to(&registry, LOCK).unwrap_err().to_string();
    assert!(error.contains("somebody else writes the tag"), "{error}");
    assert!(error.contains("`app`"), "{error}");
}

#[test]
fn a_tag_that_names_an_image_is_no_list() {
    let registry = FakeRegistry::start(by_tag());
    registry.hold(|held| {
        let image = held.manifests["1"].clone();
        held.put_manifest(&tag(), &image.0, &image.1);
    });
    let error = attach_to(&registry, LOCK).unwrap_err().to_string();
    assert!(error.contains("no list of referrers"), "{error}");
}

#[test]
fn locks_do_not_get_into_each_others_way() {
    let registry = FakeRegistry::start(Manners::default());
    attach_to(&registry, OTHER).unwrap();
    assert_eq!(lacking(&registry, LOCK), ["lock", "SBOM", "attestation"]);
    attach_to(&registry, LOCK).unwrap();
    let fetched = found_in(&registry, LOCK).unwrap();
    assert_eq!(fetched.bundles.len(), 1);
    assert_eq!(*fetched.bundles[0].bytes, bundle_about(LOCK)[..]);
}

#[test]
fn uploads_go_where_the_registry_says() {
    for uploads in ["/v2/app/blobs/uploads/1?state=a%2Fb", "uploads/x"] {
        let registry = FakeRegistry::start(Manners {
            uploads: uploads.replace("uploads/x", "../uploads/x"),
            ..Manners::default()
        });
        attach_to(&registry, LOCK).unwrap();
        let asked = registry.asked(0);
        let blobs = asked
            .iter()
            .filter(|it| it.starts_with("PUT") && !it.contains("manifests"));
        for put in blobs {
            assert!(put.contains("digest=sha256"), "{put}");
            assert!(
                !uploads.contains("state") || put.contains("state=a%2Fb&"),
                "{put}"
            );
        }
        assert_eq!(lacking(&registry, LOCK), [""; 0]);
    }
}

#[test]
fn an_entry_that_says_something_else_is_corrected() {
    let registry = FakeRegistry::start(by_tag());
    attach_to(&registry, LOCK).unwrap();
    let right = registry.hold(|held| held.manifests[&tag()].1.clone());
    for wrong in ["", "\"artifactType\":\"application/vnd.other\","] {
        registry.hold(|held| {
            let entry = format!("\"artifactType\":\"{}\",", Kind::Sbom.media_type());
            let text = right.replace(&entry, wrong);
            assert_ne!(text, right);
            held.put_manifest(&tag(), vhb::model::INDEX_TYPE, &text);
        });
        assert_eq!(lacking(&registry, LOCK), ["SBOM"]);
        let attached = attach_to(&registry, LOCK).unwrap();
        assert_eq!(news(&attached), [false, true, false]);
        assert_eq!(lacking(&registry, LOCK), [""; 0]);
        let written = registry.hold(|held| held.manifests[&tag()].1.clone());
        assert_eq!(written.matches("\"digest\"").count(), 3, "{written}");
    }
}
