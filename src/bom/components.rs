//! The distributions, packages and interpreters of a lock as components.

use std::collections::BTreeMap;

use super::artifacts::{self, ArtifactRefs};
use super::cyclonedx::{Component, ExternalReference};
use super::{property, releases, sha256, stated};
use crate::lock::{Lock, LockedEnvironment, LockedPackage, Selected};
use crate::model::{Dist, GitPin, LocalPin, MANIFEST_RULES, Pin, Purl};

/// The reference of the component that each part of a lock is.
#[derive(Default)]
pub(super) struct Refs {
    releases: BTreeMap<Dist, String>,
    packages: BTreeMap<String, String>,
    pythons: BTreeMap<String, String>,
    pub(super) artifacts: ArtifactRefs,
}

impl Refs {
    pub(super) fn of_package(&self, key: &str) -> Option<&str> {
        self.packages.get(key).map(String::as_str)
    }

    pub(super) fn of_selected(&self, dist: &Dist, selected: &Selected) -> Option<&str> {
        match selected {
            Selected::File(_) => self.releases.get(dist).map(String::as_str),
            Selected::Package(key) => self.of_package(key),
        }
    }

    /// The interpreter of an environment.
    pub(super) fn of_python(&self, environment: &LockedEnvironment) -> Option<&str> {
        let version = environment.asked.target.python();
        self.pythons.get(version).map(String::as_str)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        let distributions = self.releases.values().chain(self.packages.values());
        let all = distributions.chain(self.pythons.values());
        all.map(String::as_str).chain(self.artifacts.all())
    }
}

/// The components by reference, and the reference of each part of the lock.
///
/// Packages that are the same thing (one release with other extras) are one component.
pub(super) fn of(lock: &Lock) -> (BTreeMap<String, Component>, Refs) {
    let mut components: BTreeMap<String, Component> = BTreeMap::new();
    let mut refs = Refs::default();
    for (dist, component) in releases::of(lock) {
        refs.releases.insert(dist, component.bom_ref.clone());
        components.insert(component.bom_ref.clone(), component);
    }
    for environment in lock.environments.values() {
        let version = environment.asked.target.python();
        let component = python(version);
        let reference = component.bom_ref.clone();
        refs.pythons.insert(version.to_owned(), reference.clone());
        components.insert(reference, component);
    }
    for (key, package) in &lock.packages {
        let own = match &package.pin {
            Pin::Pypi(pin) => refs
                .releases
                .get(&pin.dist())
                .and_then(|part| components.remove(part)),
            Pin::Git(pin) => Some(git(key, package, pin)),
            Pin::Local(pin) => Some(local(key, package, pin)),
        };
        let Some(mut component) = own else { continue };
        if let Some(metadata) = &package.metadata {
            stated::of(metadata, &mut component);
        }
        if let Some(there) = components.remove(&component.bom_ref) {
            component.properties.extend(there.properties);
        }
        component
            .properties
            .push(property("vhb:package", key.clone()));
        refs.packages.insert(key.clone(), component.bom_ref.clone());
        components.insert(component.bom_ref.clone(), component);
    }
    refs.artifacts = artifacts::add(lock, &mut components);
    (components, refs)
}

fn git(key: &str, package: &LockedPackage, pin: &GitPin) -> Component {
    let (name, version) = package.named(key);
    let purl = Purl::git(&name, version.as_deref(), pin);
    let vcs = pin.url.vcs_url().map(|url| ExternalReference {
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
        kind: "library",
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
    let (name, version) = package.named(key);
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
        kind: "library",
        bom_ref: purl.decoded(),
        name,
        version,
        hashes: vec![sha256(pin.content)],
        purl: Some(purl.encoded()),
        properties,
        ..Component::default()
    }
}

/// The interpreter that environments are locked for. Of it the lock knows the version alone.
fn python(version: &str) -> Component {
    let purl = Purl::python(version);
    let description = "The Python interpreter that environments are locked for; it is not pinned";
    Component {
        kind: "platform",
        bom_ref: purl.decoded(),
        name: "python".to_owned(),
        version: Some(version.to_owned()),
        description: Some(description.to_owned()),
        purl: Some(purl.encoded()),
        ..Component::default()
    }
}
