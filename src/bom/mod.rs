//! Floor 2: the CycloneDX 1.6 SBOM of a lock.
//!
//! A function of the lock alone, so anyone can make it again offline, byte for byte: the serial
//! number is derived from the lock's digest, the timestamp is `resolved_at`, everything is sorted.
//! What the lock does not know is left out; nothing is claimed to be complete that is not locked.

mod artifacts;
mod components;
mod cyclonedx;
mod formulation;
mod licenses;
mod relations;
mod releases;
mod stated;

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::lock::{LOCK_DIGEST_PROPERTY, Lock};
use crate::model::{EntryRef, Kind, Purl, Sha256Digest};
use cyclonedx::{Bom, Component, ExternalReference, Hash, Lifecycle, Metadata, Property, Tools};
use relations::Relations;

/// The bytes of the SBOM: JSON with two-space indent and a final newline.
pub fn to_bytes(lock: &Lock) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(&build(lock))
        .expect("plain structures of text and numbers are JSON");
    bytes.push(b'\n');
    bytes
}

fn build(lock: &Lock) -> Bom {
    let digest = lock.digest();
    let (mut components, refs) = components::of(lock);
    let members = relations::members(lock, &refs);
    belong(&mut components, &members);
    let relations = Relations::of(lock, &refs, &members);
    let experiment = experiment(lock, digest);
    let root = experiment.bom_ref.clone();
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
        dependencies: relations.dependencies(&root),
        compositions: relations.compositions(&root, lock, &members),
        formulation: formulation::of(lock, &members, &refs.artifacts),
        components: components.into_values().collect(),
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

/// The components that each environment holds, by the environment's id.
type Members<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// Says of each component which environments hold it, and puts its properties in order.
fn belong(components: &mut BTreeMap<String, Component>, members: &Members<'_>) {
    let mut holders: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (id, parts) in members {
        for part in parts {
            holders.entry(part).or_default().insert(id);
        }
    }
    for (part, component) in components {
        let holders = holders.remove(part.as_str()).unwrap_or_default();
        component.properties.extend(within(&holders));
        component.properties.sort();
        component.properties.dedup();
    }
}

/// The environments that hold something, as its properties.
fn within(environments: &BTreeSet<&str>) -> Vec<Property> {
    let ids = environments.iter();
    ids.map(|id| property("vhb:environment", (*id).to_owned()))
        .collect()
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
        properties: vec![property("vhb:experiment", lock.experiment.name.clone())],
        ..Component::default()
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
