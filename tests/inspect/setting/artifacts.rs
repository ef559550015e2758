//! Models, datasets and images, and what git and the Hub find.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use vhb::lock::{Lock, LockedExperiment};
use vhb::model::{ImageReference, Sha256Digest, role_digests};
use vhb::registry::Plan;

use super::{COMMIT, Setting};

impl Setting {
    /// The full name of what was asked for: a tag, if nothing else is said; the default branch.
    pub(super) fn reference(&self, subject: &str, asked: Option<&str>) -> String {
        let found = self.found.get(subject).cloned();
        found.unwrap_or_else(|| match asked {
            Some(tag) => format!("refs/tags/{tag}"),
            None => "refs/heads/main".to_owned(),
        })
    }

    /// Adds models, datasets and images.
    pub(super) fn add_artifacts(&self, plan: &Plan, lock: &mut Lock) {
        let pinned = |subject: &str, source: Json, pin: Json| {
            if self.unresolved.contains(subject) {
                json!({ "source": source, "unresolved": "hub-gated" })
            } else {
                json!({ "source": source, "pin": pin })
            }
        };
        for (key, planned) in &plan.models {
            let Some(source) = &planned.source else {
                continue;
            };
            let source = serde_json::to_value(source).unwrap();
            let subject = format!("models/{key}");
            let model = pinned(&subject, source.clone(), self.model(&subject, &source));
            lock.models
                .insert(key.clone(), serde_json::from_value(model).unwrap());
        }
        for (id, planned) in &plan.datasets {
            let source = serde_json::to_value(&planned.source).unwrap();
            let subject = format!("datasets/{id}");
            let origin = match source["type"].as_str().unwrap() {
                "local" => json!({ "type": "local", "path": source["path"] }),
                kind => json!({
                    "type": kind, "ref": self.reference(&subject, source["revision"].as_str()), "commit": COMMIT,
                    "tokens": Sha256Digest::of(b"tokens"),
                }),
            };
            let content = Sha256Digest::of(id.as_bytes());
            let pin = json!({ "content": content, "files": 2, "bytes": 3, "origin": origin });
            let dataset = pinned(&subject, source, pin);
            lock.datasets
                .insert(id.clone(), serde_json::from_value(dataset).unwrap());
        }
        for (key, planned) in &plan.images {
            let pin = image(&planned.source, &lock.experiment);
            let image = pinned(&format!("images/{key}"), json!(planned.source), pin);
            lock.images
                .insert(key.clone(), serde_json::from_value(image).unwrap());
        }
    }

    /// The pin of a model of one file.
    fn model(&self, subject: &str, source: &Json) -> Json {
        let digest = Sha256Digest::of(subject.as_bytes());
        let files = json!({ "model.safetensors": { "size": 1, "digest": digest } });
        let roles = role_digests(&serde_json::from_value(files.clone()).unwrap());
        if source["type"] == "local" {
            let path = source["path"].as_str().unwrap().trim_start_matches("./");
            let manifest = format!("{}  model.safetensors\n", digest.hex());
            let content = Sha256Digest::of(manifest.as_bytes());
            json!({
                "type": "local", "path": path, "content": content,
                "roles": roles, "files": files,
            })
        } else {
            json!({
                "type": "huggingface", "repo": source["repo"], "commit": COMMIT,
                "ref": self.reference(subject, source["revision"].as_str()), "roles": roles, "files": files,
            })
        }
    }
}

/// The pin of an image, with a manifest for each target.
fn image(reference: &ImageReference, experiment: &LockedExperiment) -> Json {
    let blob = |what: &str| {
        let digest = Sha256Digest::of(format!("{what} of {reference}").as_bytes());
        json!({ "digest": digest, "media_type": "application/json", "size": 1 })
    };
    let index = reference
        .digest()
        .map(|digest| json!({ "digest": digest, "media_type": "application/json", "size": 1 }));
    let targets = experiment.target.iter();
    let platforms: BTreeMap<_, _> = targets
        .map(|target| {
            let platform = target.platform().container();
            let image = json!({
                "manifest": blob(&platform), "config": blob("the configuration"),
            });
            (platform, image)
        })
        .collect();
    json!({
        "registry": reference.registry(),
        "repository": reference.repository(),
        "tag": reference.tag(),
        "index": index.unwrap_or_else(|| blob("the index")),
        "platforms": platforms,
    })
}
