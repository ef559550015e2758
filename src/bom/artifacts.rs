//! The models, datasets and images of a lock as components.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::cyclonedx::{
    Component, Data, DataContents, DatasetReference, ExternalReference, Hash, ModelCard,
    ModelParameters, Organization, Property,
};
use super::{licenses, property, sha256};
use crate::lock::{Lock, LockedDataset};
use crate::model::{
    DatasetOrigin, DatasetPin, DatasetSource, EntryRef, FileDigest, FilePins, HUB, HubKind,
    HubModelPin, ImagePin, Kind, License, LocalModelPin, MANIFEST_RULES, ModelPin, PlatformImage,
    Purl, Sha256Digest, files_digest,
};

/// The rules by which the files of a model make one digest: sorted lines `digest  path`, each
/// digest with its algorithm.
const FILES_RULES: &str = "files-1";

/// The references of these components, by their key in the lock.
#[derive(Default)]
pub(super) struct ArtifactRefs {
    pub(super) models: BTreeMap<String, String>,
    pub(super) datasets: BTreeMap<String, String>,
    /// One for each platform.
    pub(super) images: BTreeMap<String, Vec<String>>,
}

impl ArtifactRefs {
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        let things = self.models.values().chain(self.datasets.values());
        things
            .chain(self.images.values().flatten())
            .map(String::as_str)
    }
}

/// The components by reference, added to those that are there.
pub(super) fn add(lock: &Lock, components: &mut BTreeMap<String, Component>) -> ArtifactRefs {
    let mut refs = ArtifactRefs::default();
    for (id, locked) in &lock.datasets {
        if let Ok(pin) = &locked.pin {
            let component = dataset(lock, id, locked, pin);
            refs.datasets.insert(id.clone(), component.bom_ref.clone());
            insert(components, component);
        }
    }
    for (key, locked) in &lock.models {
        let Ok(pin) = &locked.pin else { continue };
        let scored_on = scored_on(lock, key, &refs);
        let component = match pin {
            ModelPin::Huggingface(pin) => hub_model(key, pin, scored_on),
            ModelPin::Local(pin) => local_model(key, pin, scored_on),
        };
        refs.models.insert(key.clone(), component.bom_ref.clone());
        insert(components, component);
    }
    for (key, locked) in &lock.images {
        let Ok(pin) = &locked.pin else { continue };
        for (platform, image) in &pin.platforms {
            let component = container(key, pin, platform, image);
            let of_image = refs.images.entry(key.clone()).or_default();
            of_image.push(component.bom_ref.clone());
            insert(components, component);
        }
    }
    refs
}

/// Adds a component; what is one thing by several names is one component with all of them.
fn insert(components: &mut BTreeMap<String, Component>, component: Component) {
    match components.get_mut(&component.bom_ref) {
        Some(there) => there.properties.extend(component.properties),
        None => drop(components.insert(component.bom_ref.clone(), component)),
    }
}

/// The datasets on which runs score a model.
fn scored_on(lock: &Lock, key: &str, refs: &ArtifactRefs) -> Vec<String> {
    let runs = lock.runs.values().filter(|run| run.model == key);
    let mut datasets: Vec<_> = runs
        .filter_map(|run| refs.datasets.get(&run.dataset).cloned())
        .collect();
    datasets.sort();
    datasets.dedup();
    datasets
}

fn hub_model(key: &str, pin: &HubModelPin, scored_on: Vec<String>) -> Component {
    let purl = Purl::hub_model(&pin.repo, &pin.commit);
    let (owner, name) = pin.repo.parts();
    let mut properties = vec![
        property("vhb:hash", FILES_RULES.to_owned()),
        property("vhb:model", key.to_owned()),
    ];
    if let Some(reference) = &pin.reference {
        properties.push(property("vhb:git:ref", reference.to_string()));
    }
    properties.extend(roles(pin.roles.iter()));
    Component {
        supplier: Some(Organization {
            name: owner.to_owned(),
        }),
        version: Some(pin.commit.to_string()),
        hashes: vec![sha256(files_digest(&pin.files))],
        licenses: pin
            .license
            .as_deref()
            .map(licenses::of_card)
            .unwrap_or_default(),
        purl: Some(purl.encoded()),
        external_references: vec![
            link("model-card", format!("{HUB}/{}", pin.repo)),
            link(
                "distribution",
                format!("{HUB}/{}/tree/{}", pin.repo, pin.commit),
            ),
        ],
        components: files(&purl.decoded(), &pin.files),
        properties,
        model_card: card(pin.task.clone(), scored_on),
        ..model(purl.decoded(), name.to_owned())
    }
}

fn local_model(key: &str, pin: &LocalModelPin, scored_on: Vec<String>) -> Component {
    let name = pin.path.rsplit('/').next().unwrap_or(&pin.path);
    let purl = Purl::content(name, None, pin.content);
    let mut properties = vec![
        property("vhb:hash", MANIFEST_RULES.to_owned()),
        property("vhb:local:path", pin.path.clone()),
        property("vhb:model", key.to_owned()),
    ];
    properties.extend(roles(pin.roles.iter()));
    Component {
        hashes: vec![sha256(pin.content)],
        purl: Some(purl.encoded()),
        components: files(&purl.decoded(), &pin.files),
        properties,
        model_card: card(None, scored_on),
        ..model(purl.decoded(), name.to_owned())
    }
}

fn model(bom_ref: String, name: String) -> Component {
    Component {
        kind: "machine-learning-model",
        bom_ref,
        name,
        ..Component::default()
    }
}

fn roles<'a>(
    roles: impl Iterator<Item = (&'a crate::model::Role, &'a Sha256Digest)>,
) -> impl Iterator<Item = Property> {
    roles.map(|(role, digest)| {
        let name = format!("vhb:role:{}", role.to_string().replace(' ', "-"));
        property(&name, digest.to_string())
    })
}

fn card(task: Option<String>, scored_on: Vec<String>) -> Option<ModelCard> {
    let datasets: Vec<_> = scored_on
        .into_iter()
        .map(|reference| DatasetReference { reference })
        .collect();
    let known = task.is_some() || !datasets.is_empty();
    known.then_some(ModelCard {
        model_parameters: ModelParameters { task, datasets },
    })
}

/// Each file of a model as a part of it.
fn files(owner: &str, files: &FilePins) -> Vec<Component> {
    let parts = files.iter().map(|(path, file)| {
        let (hashes, gitoid) = match &file.digest {
            FileDigest::Sha256(digest) => (vec![sha256(*digest)], Vec::new()),
            FileDigest::GitBlob(_) => (Vec::new(), vec![file.digest.to_string()]),
        };
        Component {
            kind: "file",
            bom_ref: format!("{owner}#{path}"),
            name: path.clone(),
            hashes,
            omnibor_id: gitoid,
            properties: vec![property("vhb:bytes", file.size.to_string())],
            ..Component::default()
        }
    });
    parts.collect()
}

fn link(kind: &'static str, url: String) -> ExternalReference {
    ExternalReference {
        kind,
        url,
        hashes: Vec::new(),
    }
}

fn dataset(lock: &Lock, id: &str, locked: &LockedDataset, pin: &DatasetPin) -> Component {
    let entry = lock.config.get(&EntryRef::new(Kind::Datasets, id));
    let text = |field: &str| Some(entry?.get(field)?.as_str()?.to_owned());
    let mut properties = vec![
        property("vhb:bytes", pin.bytes.to_string()),
        property("vhb:dataset", id.to_owned()),
        property("vhb:dataset:path", locked.source.to_string()),
        property("vhb:files", pin.files.to_string()),
        property("vhb:hash", MANIFEST_RULES.to_owned()),
    ];
    let mut component = Component {
        kind: "data",
        name: id.to_owned(),
        description: text("description"),
        hashes: vec![sha256(pin.content)],
        data: vec![Data {
            kind: "dataset",
            name: id.to_owned(),
            contents: contents(entry),
        }],
        ..Component::default()
    };
    let purl = match (&locked.source, &pin.origin) {
        (
            DatasetSource::Huggingface(source),
            DatasetOrigin::Huggingface {
                reference,
                commit,
                license,
                ..
            },
        ) => {
            let repo = source.repo(HubKind::Dataset);
            component.version = Some(commit.to_string());
            component.supplier = Some(Organization {
                name: repo.id.parts().0.to_owned(),
            });
            component.licenses = license
                .as_deref()
                .map(licenses::of_card)
                .unwrap_or_default();
            let address = format!("{HUB}/{repo}");
            component.external_references =
                vec![link("distribution", format!("{address}/tree/{commit}"))];
            properties.extend(
                reference
                    .iter()
                    .map(|name| property("vhb:git:ref", name.to_string())),
            );
            Purl::hub_dataset(&repo.id, commit, &address, pin.content)
        }
        (DatasetSource::S3(_) | DatasetSource::Https(_), _) => {
            component.external_references = vec![link("distribution", locked.source.to_string())];
            Purl::content(id, None, pin.content)
        }
        _ => Purl::content(id, None, pin.content),
    };
    Component {
        bom_ref: purl.decoded(),
        purl: Some(purl.encoded()),
        properties,
        ..component
    }
}

/// The parameters of a dataset: its split, its revision, what is filtered.
fn contents(entry: Option<&Json>) -> Option<DataContents> {
    let params = entry
        .and_then(|entry| entry.get("params"))
        .and_then(Json::as_object);
    let properties: Vec<_> = params
        .into_iter()
        .flatten()
        .map(|(name, value)| {
            let value = match value {
                Json::String(text) => text.clone(),
                other => other.to_string(),
            };
            property(&format!("vhb:params:{name}"), value)
        })
        .collect();
    (!properties.is_empty()).then_some(DataContents { properties })
}

fn container(key: &str, pin: &ImagePin, platform: &str, image: &PlatformImage) -> Component {
    let digest = image.manifest.digest;
    let purl = Purl::image(pin, platform, digest);
    let name = pin.repository.rsplit('/').next().unwrap_or(&pin.repository);
    let label = |name: &str| {
        image
            .labels
            .get(&format!("org.opencontainers.image.{name}"))
    };
    let mut properties = vec![
        property("vhb:image", key.to_owned()),
        property("vhb:image:config", image.config.digest.to_string()),
        property("vhb:image:media-type", image.manifest.media_type.clone()),
        property("vhb:image:platform", platform.to_owned()),
    ];
    if let Some(index) = &pin.index {
        properties.push(property("vhb:image:index", index.digest.to_string()));
    }
    if let Some(created) = image.created {
        properties.push(property("vhb:image:created", created.to_string()));
    }
    let labels = image.labels.iter();
    properties.extend(
        labels.map(|(name, text)| property(&format!("vhb:image:label:{name}"), text.clone())),
    );
    let source = label("source").filter(|url| url.starts_with("https://"));
    let license = label("licenses").map(|text| License::Expression(text.clone()));
    Component {
        kind: "container",
        bom_ref: purl.decoded(),
        supplier: label("vendor").map(|name| Organization { name: name.clone() }),
        name: name.to_owned(),
        version: Some(digest.to_string()),
        description: label("description").cloned(),
        hashes: vec![Hash {
            alg: "SHA-256",
            content: digest.hex(),
        }],
        licenses: license.as_ref().map(licenses::of).unwrap_or_default(),
        purl: Some(purl.encoded()),
        external_references: source
            .map(|url| link("vcs", url.clone()))
            .into_iter()
            .collect(),
        properties,
        ..Component::default()
    }
}
