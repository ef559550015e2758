//! Models, datasets and images of a lock by themselves: whether they follow from the recorded
//! entries, and whether each pin agrees with itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::consistency::{Contradiction, inner_path};
use crate::lock::{Lock, Locked};
use crate::model::{
    DatasetOrigin, DatasetPin, DatasetSource, HubModelPin, ImagePin, ImageReference, LocalModelPin,
    Manifest, ModelPin, ModelSource, role_digests,
};
use crate::registry::Plan;

pub(super) fn check(lock: &Lock, plan: &Plan, contradiction: Contradiction<'_>) {
    models(lock, plan, contradiction);
    let datasets = plan.datasets.iter();
    let datasets = datasets.map(|(id, planned)| (id.clone(), &planned.source));
    follow(
        "datasets",
        &datasets.collect(),
        &lock.datasets,
        contradiction,
    );
    let images = plan.images.iter();
    let images = images.map(|(key, planned)| (key.clone(), &planned.source));
    follow("images", &images.collect(), &lock.images, contradiction);
    for (id, locked) in &lock.datasets {
        if let Ok(pin) = &locked.pin {
            report(
                "datasets",
                id,
                dataset_faults(&locked.source, pin),
                contradiction,
            );
        }
    }
    let targets = plan.targets.iter();
    let platforms = targets
        .map(|target| target.platform().container())
        .collect();
    for (key, locked) in &lock.images {
        if let Ok(pin) = &locked.pin {
            let faults = image_faults(&locked.source, pin, &platforms);
            report("images", key, faults, contradiction);
        }
    }
}

fn report(section: &str, key: &str, faults: Vec<&'static str>, contradiction: Contradiction<'_>) {
    let subject = format!("{section}/{key}");
    for fault in faults {
        contradiction(&subject, fault.to_owned());
    }
}

/// Holds what is locked against what the recorded entries ask for.
fn follow<S: PartialEq, P>(
    section: &str,
    planned: &BTreeMap<String, &S>,
    locked: &BTreeMap<String, Locked<S, P>>,
    contradiction: Contradiction<'_>,
) {
    for (key, source) in planned {
        let subject = format!("{section}/{key}");
        match locked.get(key) {
            None => contradiction(
                &subject,
                format!("a run needs `{key}`, which is not locked"),
            ),
            Some(locked) if locked.source != **source => {
                let message = format!("the source of `{key}` is not the recorded one");
                contradiction(&subject, message);
            }
            Some(_) => {}
        }
    }
    for key in locked.keys().filter(|key| !planned.contains_key(*key)) {
        let subject = format!("{section}/{key}");
        contradiction(&subject, format!("no run of the lock needs `{key}`"));
    }
}

fn models(lock: &Lock, plan: &Plan, contradiction: Contradiction<'_>) {
    let mut wanted: BTreeMap<String, ModelSource> = BTreeMap::new();
    for (key, planned) in &plan.models {
        wanted.extend(planned.source.clone().map(|source| (key.clone(), source)));
        let pin = lock
            .models
            .get(key)
            .and_then(|model| model.pin.as_ref().ok());
        if let Some(pin) = pin {
            wanted.extend(planned.code(pin));
        }
    }
    let planned = wanted.iter().map(|(key, source)| (key.clone(), source));
    follow("models", &planned.collect(), &lock.models, contradiction);
    for (key, locked) in &lock.models {
        if let Ok(pin) = &locked.pin {
            report(
                "models",
                key,
                model_faults(&locked.source, pin),
                contradiction,
            );
        }
    }
}

/// Collects what does not hold.
#[derive(Default)]
struct Faults(Vec<&'static str>);

impl Faults {
    fn expect(&mut self, holds: bool, fault: &'static str) {
        if !holds {
            self.0.push(fault);
        }
    }
}

fn model_faults(source: &ModelSource, pin: &ModelPin) -> Vec<&'static str> {
    let mut faults = Faults::default();
    faults.expect(
        *pin.roles() == role_digests(pin.files()),
        "`roles` does not follow from `files`",
    );
    match (source, pin) {
        (ModelSource::Huggingface(source), ModelPin::Huggingface(pin)) => {
            let HubModelPin {
                repo,
                reference,
                commit,
                ..
            } = pin;
            faults.expect(source.repo == *repo, "the pin is of another repository");
            faults.expect(
                suits_revision(source.revision.as_deref(), reference.as_ref(), commit),
                "the pin is not of the revision that the source asks for",
            );
        }
        (ModelSource::Local(source), ModelPin::Local(pin)) => {
            local_faults(&source.path, pin, &mut faults);
        }
        _ => faults.expect(false, "the pin is of another type than the source"),
    }
    faults.0
}

fn local_faults(path: &str, pin: &LocalModelPin, faults: &mut Faults) {
    faults.expect(
        inner_path(path).is_none_or(|path| path == pin.path),
        "the pin has another `path` than the source",
    );
    let mut manifest = Manifest::default();
    let known = pin.files.iter().all(|(path, file)| {
        let digest = file.digest.sha256();
        digest.is_some_and(|digest| manifest.insert(path.clone(), digest).is_ok())
    });
    faults.expect(
        known && manifest.digest() == pin.content,
        "`content` does not follow from `files`",
    );
}

/// Whether a pin can be what a revision of the Hub meant.
fn suits_revision(
    asked: Option<&str>,
    reference: Option<&impl Display>,
    commit: &impl Display,
) -> bool {
    let commit = commit.to_string();
    let named = reference.map(ToString::to_string);
    match (asked, named) {
        (None, Some(name)) => name.starts_with("refs/heads/"),
        (None, None) => false,
        (Some(asked), None) => commit.starts_with(&asked.to_ascii_lowercase()),
        (Some(asked), Some(name)) => ["", "refs/", "refs/tags/", "refs/heads/"]
            .iter()
            .any(|prefix| name == format!("{prefix}{asked}")),
    }
}

fn dataset_faults(source: &DatasetSource, pin: &DatasetPin) -> Vec<&'static str> {
    let mut faults = Faults::default();
    match (source, &pin.origin) {
        (DatasetSource::Local(source), DatasetOrigin::Local { path }) => faults.expect(
            inner_path(&source.path).is_none_or(|asked| asked == *path),
            "the pin has another `path` than the source",
        ),
        (
            DatasetSource::Huggingface(source),
            DatasetOrigin::Huggingface {
                reference, commit, ..
            },
        ) => faults.expect(
            suits_revision(source.revision.as_deref(), reference.as_ref(), commit),
            "the pin is not of the revision that the source asks for",
        ),
        (DatasetSource::S3(_), DatasetOrigin::S3 { .. })
        | (DatasetSource::Https(_), DatasetOrigin::Https { .. }) => {}
        _ => faults.expect(false, "the origin is of another type than the source"),
    }
    faults.0
}

fn image_faults(
    source: &ImageReference,
    pin: &ImagePin,
    platforms: &BTreeSet<String>,
) -> Vec<&'static str> {
    let mut faults = Faults::default();
    faults.expect(
        (source.registry(), source.repository(), source.tag())
            == (&*pin.registry, &*pin.repository, pin.tag.as_deref()),
        "the pin is of another image than the source",
    );
    faults.expect(
        pin.platforms.keys().eq(platforms),
        "the pin is for other platforms than the experiment",
    );
    let top = pin.top().map(|top| top.digest);
    let asked = source.digest().copied();
    faults.expect(
        asked.is_none() || asked == top,
        "the pin has another digest than the source",
    );
    let mut manifests = pin.platforms.values().map(|image| &image.manifest);
    faults.expect(
        pin.index.is_some() || manifests.all(|manifest| Some(manifest.digest) == top),
        "without an index, all platforms are one manifest",
    );
    faults.0
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn sha256(text: &str) -> String {
        crate::model::Sha256Digest::of(text.as_bytes()).to_string()
    }

    fn read<T: serde::de::DeserializeOwned>(value: &Json) -> T {
        serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error}: {value}"))
    }

    /// Changes one field of a pin after the other; each change must be a fault.
    fn each_is_noticed(pin: &Json, changes: &[(&str, Json)], faults: impl Fn(&Json) -> usize) {
        assert_eq!(faults(pin), 0, "{pin}");
        for (pointer, value) in changes {
            let mut other = pin.clone();
            *other.pointer_mut(pointer).expect(pointer) = value.clone();
            assert!(faults(&other) > 0, "{pointer}");
        }
    }

    #[test]
    fn a_model_follows_from_its_source_and_its_files() {
        let file = json!({"size": 1, "digest": sha256("1")});
        let files = json!({"config.json": file});
        let source = json!({"type": "huggingface", "repo": "a/b", "revision": "main"});
        let pin = json!({
            "type": "huggingface",
            "repo": "a/b",
            "ref": "refs/heads/main",
            "commit": "1".repeat(40),
            "roles": role_digests(&read(&files)),
            "files": files,
        });
        let source: ModelSource = read(&source);
        let changes = [
            ("/repo", json!("a/c")),
            ("/ref", json!("refs/heads/other")),
            ("/roles/config", json!(sha256("2"))),
            ("/files/config.json/digest", json!(sha256("2"))),
            ("/files", json!({"merges.txt": file})),
        ];
        each_is_noticed(&pin, &changes, |pin| {
            model_faults(&source, &read(pin)).len()
        });
    }

    #[test]
    fn a_dataset_is_of_the_kind_of_its_source() {
        let source = DatasetSource::of("hf://datasets/a/b@v1", None).unwrap();
        let tokens = sha256("t");
        let pin = json!({
            "content": sha256("c"),
            "files": 1,
            "bytes": 1,
            "origin": {
                "type": "huggingface",
                "ref": "refs/tags/v1",
                "commit": "1".repeat(40),
                "tokens": tokens,
            },
        });
        let changes = [
            ("/origin/ref", json!("refs/tags/v2")),
            ("/origin", json!({"type": "s3", "tokens": tokens})),
            ("/origin", json!({"type": "local", "path": "data"})),
        ];
        each_is_noticed(&pin, &changes, |pin| {
            dataset_faults(&source, &read(pin)).len()
        });
    }

    #[test]
    fn an_image_is_of_its_name_and_its_platforms() {
        let descriptor = |text: &str| json!({"digest": sha256(text), "media_type": "m", "size": 1});
        let source: ImageReference = format!("h.example/a:1@{}", sha256("i")).parse().unwrap();
        let platforms = BTreeSet::from(["linux/amd64".to_owned()]);
        let image = json!({"manifest": descriptor("m"), "config": descriptor("c")});
        let pin = json!({
            "registry": "h.example",
            "repository": "a",
            "tag": "1",
            "index": descriptor("i"),
            "platforms": {"linux/amd64": image},
        });
        let changes = [
            ("/registry", json!("g.example")),
            ("/repository", json!("b")),
            ("/tag", json!("2")),
            ("/index/digest", json!(sha256("x"))),
            ("/index", Json::Null),
            ("/platforms", json!({"linux/arm64": image})),
            ("/platforms", json!({})),
        ];
        each_is_noticed(&pin, &changes, |pin| {
            image_faults(&source, &read(pin), &platforms).len()
        });
    }
}
