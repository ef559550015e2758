//! Manifests of results that other tools could read otherwise than vhb does.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use vhb::attachments::{Publication, ResultFile, find};
use vhb::finding::{Code, Severity};
use vhb::model::{ImageReference, MANIFEST_TYPE, Sha256Digest};

use super::fake_registry::{FakeRegistry, Manners};
use super::{LOCK, Papers, client, sbom_of};

/// Results that were published as `app:results`: two files of the same bytes.
struct Results {
    registry: FakeRegistry,
    _directory: tempfile::TempDir,
}

impl Results {
    fn publish() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a");
        std::fs::write(&path, "same").unwrap();
        let file = ResultFile {
            path,
            digest: Sha256Digest::of(b"same"),
            size: 4,
        };
        let files = ["a", "b"].map(|name| (name.to_owned(), file.clone()));
        let files = BTreeMap::from(files);
        let papers = Papers::of(LOCK);
        let results = Self {
            registry: FakeRegistry::start(Manners::default()),
            _directory: directory,
        };
        let publication = Publication::of(papers.documents(), &files).unwrap();
        let place = results.place();
        publication.push(&place, false, client()).unwrap();
        results
    }

    fn place(&self) -> ImageReference {
        let host = self.registry.server.host();
        format!("{host}/app:results").parse().unwrap()
    }

    fn edit(&self, change: impl FnOnce(&mut Json)) {
        self.registry.hold(|held| {
            let mut json = serde_json::from_str(&held.manifests["results"].1).unwrap();
            change(&mut json);
            held.put_manifest("results", MANIFEST_TYPE, &json.to_string());
        });
    }

    /// What is said of them as an error.
    fn errors(&self) -> Vec<(Code, String)> {
        let found = find(&self.place(), None, true, client()).unwrap();
        let fetched = found.of_lock(LOCK, &sbom_of(LOCK));
        let findings = found.findings(&fetched, "exp", "place").into_iter();
        let errors = findings.filter(|it| it.severity == Severity::Error);
        errors.map(|it| (it.code, it.message)).collect()
    }
}

fn not_as_written(errors: &[(Code, String)]) -> bool {
    errors
        .iter()
        .any(|(_, message)| message.contains("more than vhb writes"))
}

#[test]
fn what_vhb_publishes_is_in_its_form() {
    assert_eq!(Results::publish().errors(), []);
}

#[test]
fn a_field_that_only_others_read_is_told() {
    for (from, to) in [
        ("\"layers\":", "\"Layers\":[],\"layers\":"),
        ("\"layers\":", " \"layers\":"),
        ("\"annotations\":{", "\"annotations\":{\"x\":\"y\","),
    ] {
        let results = Results::publish();
        results.registry.hold(|held| {
            let text = held.manifests["results"].1.replacen(from, to, 1);
            held.put_manifest("results", MANIFEST_TYPE, &text);
        });
        let errors = results.errors();
        assert!(errors.len() == 1 && not_as_written(&errors), "{errors:?}");
    }
}

type Change<'a> = &'a dyn Fn(&mut Json);

#[test]
fn a_manifest_that_others_read_otherwise_is_told() {
    const TITLE: &str = "org.opencontainers.image.title";
    let title = |layer: &Json| layer["annotations"][TITLE].clone();
    let cases: [(&str, Change<'_>); 3] = [
        ("2 published files are said to be the lock", &|json| {
            let lock = json["layers"][0].clone();
            json["layers"].as_array_mut().unwrap().push(lock);
        }),
        ("the published lock has the name `other.json`", &|json| {
            json["layers"][0]["annotations"] = json!({TITLE: "other.json"});
        }),
        ("two published files have the name `a`", &|json| {
            json["layers"][4]["annotations"] = json!({TITLE: title(&json["layers"][3])});
        }),
    ];
    for (told, change) in cases {
        let results = Results::publish();
        results.edit(change);
        let errors = results.errors();
        assert!(
            errors.iter().any(|(code, message)| {
                *code == Code::AttachedInvalid && message.contains(told)
            }),
            "{told}: {errors:?}"
        );
    }
}

#[test]
fn a_blob_is_read_once_by_however_many_names() {
    let results = Results::publish();
    let asked = results.registry.server.requests().len();
    let found = find(&results.place(), None, true, client()).unwrap();
    assert_eq!(found.results.unwrap().len(), 2);
    let digest = Sha256Digest::of(b"same").to_string();
    let asked = results.registry.asked(asked).into_iter();
    let count = asked.filter(|it| it.contains(&digest)).count();
    assert_eq!(count, 1);
}
