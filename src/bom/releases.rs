//! The releases of a lock as components, with the files of them that environments select.

use std::collections::{BTreeMap, BTreeSet};

use super::cyclonedx::{Component, Hash};
use super::{property, sha256, stated, within};
use crate::lock::{Lock, Selected};
use crate::model::{Dist, Pin, Purl};

/// The files of a release that environments select, each with the ids of these environments.
type Selection<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// Every release that the lock names anywhere, as a component.
pub(super) fn of(lock: &Lock) -> Vec<(Dist, Component)> {
    selections(lock)
        .into_iter()
        .map(|(dist, files)| {
            let component = release(lock, &dist, &files);
            (dist, component)
        })
        .collect()
}

fn selections(lock: &Lock) -> BTreeMap<Dist, Selection<'_>> {
    let pinned = lock
        .packages
        .values()
        .filter_map(|package| match &package.pin {
            Pin::Pypi(pin) => Some(pin.dist()),
            Pin::Git(_) | Pin::Local(_) => None,
        });
    let mut releases: BTreeMap<Dist, Selection<'_>> = pinned
        .chain(lock.distributions.keys().cloned())
        .map(|dist| (dist, Selection::new()))
        .collect();
    for (id, environment) in &lock.environments {
        let closure = environment.closure.iter();
        for (dist, selected) in closure.flat_map(|closure| &closure.distributions) {
            if let Selected::File(file) = selected {
                let files = releases.entry(dist.clone()).or_default();
                files.entry(file).or_default().insert(id);
            }
        }
    }
    releases
}

/// A release of an index.
///
/// Where one file of it is selected, the release is that file. Where several are, or nobody has
/// selected any, they are sub-components, each with its own digest.
fn release(lock: &Lock, dist: &Dist, selection: &Selection<'_>) -> Component {
    let release = lock.distributions.get(dist);
    let pins = lock
        .packages
        .values()
        .filter_map(|package| match &package.pin {
            Pin::Pypi(pin) if pin.dist() == *dist => Some(pin),
            _ => None,
        });
    let index = pins.clone().find_map(|pin| pin.index.as_ref());
    let mut purl = Purl::pypi(dist, index);
    let mut component = Component {
        properties: pins
            .flat_map(|pin| &pin.extras)
            .map(|extra| property("vhb:extra", extra.to_string()))
            .collect(),
        kind: "library",
        name: dist.name.to_string(),
        version: dist.version.as_ref().map(ToString::to_string),
        ..Component::default()
    };
    let digest = |file: &str| {
        let digest = release.and_then(|release| release.files.get(file));
        digest.map(|digest| sha256(*digest))
    };
    let selected: Vec<_> = selection.iter().collect();
    let metadata = match selected[..] {
        [(file, _)] => {
            purl = purl.file(file);
            component.hashes.extend(digest(file));
            release.and_then(|release| release.metadata_of(file))
        }
        [] => {
            let files: Vec<_> = release.iter().flat_map(|it| it.files.keys()).collect();
            if let [only] = files[..] {
                component.hashes.extend(digest(only));
            }
            let files = files
                .into_iter()
                .map(|file| part(&purl, file, digest(file)));
            component.components = files.collect();
            release.and_then(|release| release.metadata.as_ref())
        }
        _ => {
            let files = selected.into_iter().map(|(file, environments)| {
                let mut part = part(&purl, file, digest(file));
                part.properties = within(environments);
                part
            });
            component.components = files.collect();
            release.and_then(|release| release.metadata.as_ref())
        }
    };
    if let Some(reason) = release.and_then(|release| release.yanked.as_ref()) {
        let yanked = property("vhb:yanked", reason.clone());
        component.properties.push(yanked);
    }
    if let Some(metadata) = metadata {
        stated::of(metadata, &mut component);
    }
    component.bom_ref = purl.decoded();
    component.purl = Some(purl.encoded());
    component
}

/// A file of a release.
fn part(purl: &Purl, file: &str, digest: Option<Hash>) -> Component {
    let purl = purl.file(file);
    Component {
        kind: "file",
        bom_ref: purl.decoded(),
        name: file.to_owned(),
        hashes: digest.into_iter().collect(),
        purl: Some(purl.encoded()),
        ..Component::default()
    }
}
