//! The packages of a lock as components.

use std::collections::BTreeMap;

use super::cyclonedx::{Component, ExternalReference, Property};
use super::purl::{Purl, vcs_url};
use super::{PackageRefs, property, sha256};
use crate::lock::{Lock, LockedPackage};
use crate::model::{GitPin, LocalPin, MANIFEST_RULES, Pin, PypiPin};

/// The components by reference in order, and the reference of each package.
///
/// Two packages that are the same thing (one release with other extras) are one component.
pub(super) fn of(lock: &Lock) -> (Vec<Component>, PackageRefs) {
    let mut components: BTreeMap<String, Component> = BTreeMap::new();
    let mut refs = PackageRefs::new();
    for (key, package) in &lock.packages {
        let component = component(lock, key, package);
        refs.insert(key.clone(), component.bom_ref.clone());
        match components.get_mut(&component.bom_ref) {
            Some(there) => {
                there.properties.extend(component.properties);
                there
                    .properties
                    .sort_by(|a, b| (&a.name, &a.value).cmp(&(&b.name, &b.value)));
                there
                    .properties
                    .dedup_by(|a, b| (&a.name, &a.value) == (&b.name, &b.value));
            }
            None => drop(components.insert(component.bom_ref.clone(), component)),
        }
    }
    (components.into_values().collect(), refs)
}

fn component(lock: &Lock, key: &str, package: &LockedPackage) -> Component {
    let mut component = match &package.pin {
        Pin::Pypi(pin) => pypi(lock, pin),
        Pin::Git(pin) => git(key, package, pin),
        Pin::Local(pin) => local(key, package, pin),
    };
    component.kind = "library";
    component
        .properties
        .push(property("vhb:package", key.to_owned()));
    component
        .properties
        .sort_by(|a, b| (&a.name, &a.value).cmp(&(&b.name, &b.value)));
    component
}

/// A release; its files are sub-components, each with its own digest. Where there is only one
/// file, the release has that digest too.
fn pypi(lock: &Lock, pin: &PypiPin) -> Component {
    let purl = Purl::pypi(pin);
    let release = lock.distributions.get(&pin.dist());
    let files: Vec<_> = release
        .into_iter()
        .flat_map(|release| &release.files)
        .collect();
    let mut properties: Vec<Property> = pin
        .extras
        .iter()
        .map(|extra| property("vhb:extra", extra.to_string()))
        .collect();
    if let Some(reason) = release.and_then(|release| release.yanked.as_ref()) {
        properties.push(property("vhb:yanked", reason.clone()));
    }
    let only = match &files[..] {
        [(_, digest)] => vec![sha256(**digest)],
        _ => Vec::new(),
    };
    let components = files.into_iter().map(|(filename, digest)| {
        let purl = purl.file(filename);
        Component {
            kind: "file",
            bom_ref: purl.decoded(),
            name: filename.clone(),
            hashes: vec![sha256(*digest)],
            purl: Some(purl.encoded()),
            ..Component::default()
        }
    });
    Component {
        bom_ref: purl.decoded(),
        name: pin.name.to_string(),
        version: Some(pin.version.to_string()),
        hashes: only,
        purl: Some(purl.encoded()),
        components: components.collect(),
        properties,
        ..Component::default()
    }
}

fn git(key: &str, package: &LockedPackage, pin: &GitPin) -> Component {
    let (name, version) = named(key, package);
    let purl = Purl::git(&name, version.as_deref(), pin);
    let vcs = vcs_url(pin.url.as_str()).map(|url| ExternalReference {
        kind: "vcs",
        url: url.trim_start_matches("git+").to_owned(),
        hashes: Vec::new(),
    });
    let mut properties = vec![
        property("vhb:git:commit", pin.commit.to_string()),
        property("vhb:git:tree", pin.tree.to_string()),
        property("vhb:hash", MANIFEST_RULES.to_owned()),
    ];
    if let Some(reference) = &pin.reference {
        properties.push(property("vhb:git:ref", reference.to_string()));
    }
    if let Some(tree) = &pin.subdirectory_tree {
        properties.push(property("vhb:git:subdirectory-tree", tree.to_string()));
    }
    for submodule in &pin.submodules {
        let value = format!("{} {}", submodule.path, submodule.commit);
        properties.push(property("vhb:git:submodule", value));
    }
    Component {
        bom_ref: purl.decoded(),
        name,
        version: version.or_else(|| Some(pin.commit.to_string())),
        hashes: vec![sha256(pin.content)],
        purl: Some(purl.encoded()),
        external_references: vcs.into_iter().collect(),
        properties,
        ..Component::default()
    }
}

fn local(key: &str, package: &LockedPackage, pin: &LocalPin) -> Component {
    let (name, version) = named(key, package);
    let purl = Purl::local(&name, version.as_deref(), pin);
    let mut properties = vec![
        property("vhb:hash", MANIFEST_RULES.to_owned()),
        property("vhb:local:path", pin.path.clone()),
    ];
    if let Some(commit) = &pin.commit {
        properties.push(property("vhb:git:commit", commit.to_string()));
    }
    if let Some(dirty) = pin.dirty {
        properties.push(property("vhb:git:dirty", dirty.to_string()));
    }
    Component {
        bom_ref: purl.decoded(),
        name,
        version,
        hashes: vec![sha256(pin.content)],
        purl: Some(purl.encoded()),
        properties,
        ..Component::default()
    }
}

/// The distribution's name and version, or the package's own key where they are not known.
fn named(key: &str, package: &LockedPackage) -> (String, Option<String>) {
    match &package.distribution {
        Some(dist) => (
            dist.name.to_string(),
            dist.version.as_ref().map(ToString::to_string),
        ),
        None => (key.to_owned(), None),
    }
}
