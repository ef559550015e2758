//! Floor 2: the CycloneDX 1.6 SBOM of a lock.
//!
//! A function of the lock alone, so anyone can make it again offline, byte for byte: the serial
//! number is derived from the lock's digest, the timestamp is `resolved_at`, everything is sorted.
//! What the lock does not know is left out; nothing is claimed to be complete that is not locked.

mod components;
mod cyclonedx;
mod formulation;
mod purl;

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::lock::{LOCK_DIGEST_PROPERTY, Lock};
use crate::model::{EntryRef, Kind, Sha256Digest};
use cyclonedx::{
    Bom, Component, Composition, Dependency, ExternalReference, Hash, Lifecycle, Metadata,
    Property, Tools,
};
use purl::Purl;

/// The bytes of the SBOM: JSON with two-space indent and a final newline.
pub fn to_bytes(lock: &Lock) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(&build(lock))
        .expect("plain structures of text and numbers are JSON");
    bytes.push(b'\n');
    bytes
}

fn build(lock: &Lock) -> Bom {
    let digest = lock.digest();
    let (components, refs) = components::of(lock);
    let experiment = experiment(lock, digest);
    let root = experiment.bom_ref.clone();
    let all: Vec<String> = components.iter().map(|part| part.bom_ref.clone()).collect();
    Bom {
        schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
        bom_format: "CycloneDX",
        spec_version: "1.6",
        serial_number: Uuid::new_v5(&Uuid::NAMESPACE_OID, digest.as_bytes())
            .urn()
            .to_string(),
        version: 1,
        metadata: Metadata {
            timestamp: lock.resolved_at.map(|instant| instant.to_string()),
            lifecycles: vec![Lifecycle { phase: "pre-build" }],
            tools: Tools {
                components: vec![tool(&lock.generator)],
            },
            component: experiment,
        },
        // What a package requires in turn is not locked: it is left out of the graph, which in
        // CycloneDX means that it is not known, and the compositions say so.
        dependencies: vec![Dependency {
            reference: root.clone(),
            depends_on: all.clone(),
        }],
        compositions: compositions(root, all),
        formulation: formulation::of(lock, &refs),
        components,
        properties: properties(lock, digest),
    }
}

fn properties(lock: &Lock, digest: Sha256Digest) -> Vec<Property> {
    let mut properties = vec![
        property(LOCK_DIGEST_PROPERTY, digest.hex()),
        property("vhb:run-mode", lock.experiment.run_mode.to_string()),
    ];
    for target in lock.experiment.target.iter() {
        properties.extend([
            property("vhb:target:platform", target.platform().to_string()),
            property("vhb:target:python", target.python().to_owned()),
        ]);
    }
    properties
}

/// Models, datasets, images and the requirements of packages are not locked, so the experiment's
/// own list is incomplete and that of each package unknown.
fn compositions(root: String, all: Vec<String>) -> Vec<Composition> {
    let mut compositions = vec![Composition {
        bom_ref: "composition-experiment",
        aggregate: "incomplete",
        dependencies: vec![root],
    }];
    if !all.is_empty() {
        compositions.push(Composition {
            bom_ref: "composition-packages",
            aggregate: "unknown",
            dependencies: all,
        });
    }
    compositions
}

/// The program that wrote the lock, which also decides what this document looks like.
fn tool(generator: &str) -> Component {
    let (name, version) = match generator.split_once(' ') {
        Some((name, version)) => (name, Some(version.to_owned())),
        None => (generator, None),
    };
    Component {
        kind: "application",
        bom_ref: format!("tool-{name}"),
        name: name.to_owned(),
        version,
        ..Component::default()
    }
}

/// The experiment; its bytes are those of its lock.
fn experiment(lock: &Lock, digest: Sha256Digest) -> Component {
    let id = &lock.experiment.id;
    let entry = lock.config.get(&EntryRef::new(Kind::Experiments, id));
    let text = |field: &str| {
        entry
            .and_then(|value| value.get(field))
            .and_then(|value| value.as_str())
            .map(str::to_owned)
    };
    let version = text("version").unwrap_or_else(|| "1.0.0".to_owned());
    let purl = Purl::content(id, Some(&version), digest);
    Component {
        kind: "application",
        bom_ref: purl.decoded(),
        name: id.clone(),
        version: Some(version),
        description: text("description"),
        hashes: vec![sha256(digest)],
        purl: Some(purl.encoded()),
        external_references: vec![ExternalReference {
            kind: "configuration",
            url: format!("{id}.lock.json"),
            hashes: vec![sha256(digest)],
        }],
        components: Vec::new(),
        properties: vec![property("vhb:experiment", lock.experiment.name.clone())],
    }
}

fn sha256(digest: Sha256Digest) -> Hash {
    Hash {
        alg: "SHA-256",
        content: digest.hex(),
    }
}

fn property(name: &str, value: String) -> Property {
    Property {
        name: name.to_owned(),
        value,
    }
}

/// The reference of each package's component, by the package's key.
type PackageRefs = BTreeMap<String, String>;
