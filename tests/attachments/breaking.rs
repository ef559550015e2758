//! A registry that hangs up at any step: nothing of what is half attached passes for all, and
//! attaching again completes it.

use std::collections::BTreeMap;

use vhb::attachments::{Publication, PublishError, ResultFile, find};
use vhb::model::{ImageReference, Sha256Digest};

use super::fake_registry::{FakeRegistry, Manners};
use super::{LOCK, Papers, attach_to, client, found_in, lacking};

#[test]
fn an_attach_that_breaks_off_anywhere_is_completed_by_the_next_one() {
    for lists in [true, false] {
        let polite = Manners {
            lists,
            ..Manners::default()
        };
        let whole = FakeRegistry::start(polite.clone());
        attach_to(&whole, LOCK).unwrap();
        let steps = whole.server.requests().len();
        assert!(steps > 10, "{:?}", whole.asked(0));
        for (step, but_obeys) in (0..steps).flat_map(|step| [(step, false), (step, true)]) {
            let registry = FakeRegistry::start(Manners {
                hangs_up_at: step,
                but_obeys,
                ..polite.clone()
            });
            let error = attach_to(&registry, LOCK).unwrap_err().to_string();
            let host = registry.server.host();
            assert!(error.contains(&host) && error.contains("app"), "{error}");
            registry.behave(polite.clone());
            let lacks = found_in(&registry, LOCK).unwrap().lacks();
            // The last step only reads back what is already written.
            let all_done = lacks.is_empty();
            assert!(!all_done || step + 2 >= steps, "step {step} of {steps}");
            attach_to(&registry, LOCK).unwrap();
            assert_eq!(lacking(&registry, LOCK), [""; 0], "step {step}");
        }
    }
}

#[test]
fn results_are_found_only_when_all_of_them_are_there() {
    let directory = tempfile::tempdir().unwrap();
    let mut files = BTreeMap::new();
    for (name, text) in [("a.json", "{}"), ("deep/b.csv", "1,2\n"), ("empty", "")] {
        let path = directory.path().join(name.replace('/', "-"));
        std::fs::write(&path, text).unwrap();
        let file = ResultFile {
            path,
            digest: Sha256Digest::of(text.as_bytes()),
            size: text.len() as u64,
        };
        files.insert(name.to_owned(), file);
    }
    let papers = Papers::of(LOCK);
    let place = |registry: &FakeRegistry| -> ImageReference {
        format!("{}/app:results", registry.server.host())
            .parse()
            .unwrap()
    };
    let publication = Publication::of(papers.documents(), &files).unwrap();
    let push = |registry: &FakeRegistry| publication.push(&place(registry), false, client());
    let whole = FakeRegistry::start(Manners::default());
    push(&whole).unwrap();
    let steps = whole.server.requests().len();
    for step in 0..steps {
        let registry = FakeRegistry::start(Manners {
            hangs_up_at: step,
            ..Manners::default()
        });
        let error = push(&registry).unwrap_err();
        let PublishError::Remote(error) = error else {
            panic!("{error}");
        };
        let uploaded = registry.hold(|held| !held.blobs.is_empty());
        assert_eq!(error.begun, uploaded, "{error}");
        registry.behave(Manners::default());
        assert!(
            find(&place(&registry), None, true, client()).is_err(),
            "{step}"
        );
        push(&registry).unwrap();
        let found = find(&place(&registry), None, true, client()).unwrap();
        assert!(found.faults.is_empty() && found.has_results);
        let expected = files
            .iter()
            .map(|(name, file)| (name.clone(), file.digest))
            .collect();
        assert_eq!(found.results, Some(expected));
        let again = push(&registry).unwrap();
        assert_eq!(again.before, Some(again.manifest));
    }
}
