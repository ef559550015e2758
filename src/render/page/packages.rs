//! The packages of the registry: what was asked for, and what it is.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::distributions::{installed, license};
use super::text::{
    MovingNames, bytes, code, counted, declared, digest, facts, gap, instant, licence, list, mark,
    may_move, nothing, shown,
};
use crate::lock::{Lock, LockedPackage, Selected};
use crate::model::{Dist, GitPin, LocalPin, Moving, Pin, PypiPin, Sha256Digest, Source};

pub(super) fn section(lock: &Lock, moving: &MovingNames) -> Markup {
    if lock.packages.is_empty() {
        return nothing("The experiment needs no packages.");
    }
    html! {
        @for (key, package) in &lock.packages {
            article.card {
                h3 { (shown(key)) }
                (of_package(lock, package, moving.get(&format!("packages/{key}"))))
            }
        }
    }
}

fn of_package(lock: &Lock, package: &LockedPackage, moving: Option<&Moving>) -> Markup {
    let distribution = package.distribution.as_ref();
    let installs = distribution.map_or_else(
        || gap("known only after a build"),
        |distribution| code(&distribution.to_string()),
    );
    let asked = [
        (
            "Asked for",
            Some(html! { (asked(&package.source)) (may_move(moving)) }),
        ),
        ("Installs", Some(installs)),
    ];
    let pinned = match &package.pin {
        Pin::Git(pin) => git(pin),
        Pin::Local(pin) => local(pin),
        Pin::Pypi(pin) => pypi(lock, pin),
    };
    let stated = license_of(lock, package);
    let said = [("Licence", Some(licence(stated.as_deref())))];
    facts(asked.into_iter().chain(pinned).chain(said))
}

fn asked(source: &Source) -> Markup {
    match source {
        Source::Local(source) => html! {
            "directory " (code(&source.path)) @if source.editable { ", editable" }
        },
        Source::Git(source) => html! {
            "git " (code(&source.url.to_string())) " at "
            @match &source.reference {
                Some(reference) => (code(reference)),
                None => "its default branch",
            }
            @if let Some(subdirectory) = &source.subdirectory { ", in " (code(subdirectory)) }
        },
        Source::Pypi(source) => html! {
            "release " (code(source.name.as_ref())) " " (code(&source.version.to_string()))
            @if let Some(index) = &source.index { " of " (code(&index.to_string())) }
        },
    }
}

fn license_of(lock: &Lock, package: &LockedPackage) -> Option<String> {
    if let Some(metadata) = &package.metadata {
        return metadata.license.as_ref().map(declared);
    }
    let dist = package.distribution.as_ref()?;
    license(lock, dist, &chosen(lock, dist))
}

/// The files of a release that environments install.
fn chosen<'a>(lock: &'a Lock, dist: &Dist) -> BTreeSet<&'a Selected> {
    let environments = lock.environments.values();
    let closures = environments.filter_map(|environment| environment.closure.as_ref());
    closures
        .filter_map(|closure| closure.distributions.get(dist))
        .collect()
}

type Facts = Vec<(&'static str, Option<Markup>)>;

fn git(pin: &GitPin) -> Facts {
    let submodules = pin.submodules.iter().map(|it| {
        let open = gap("content not part of the digest");
        html! { li { (code(&it.path)) " at " (digest(&it.commit)) " " (open) } }
    });
    vec![
        (
            "Found as",
            pin.reference.as_ref().map(|it| code(&it.to_string())),
        ),
        ("Tag object", pin.tag_object.as_ref().map(digest)),
        (
            "Commit",
            Some(html! { (digest(&pin.commit)) " of " (instant(pin.committed)) }),
        ),
        ("Tree", Some(digest(&pin.tree))),
        (
            "Directory's tree",
            pin.subdirectory_tree.as_ref().map(digest),
        ),
        ("Content", Some(content(&pin.content, pin.files, pin.bytes))),
        (
            "Submodules",
            (!pin.submodules.is_empty())
                .then(|| html! { ul.plain { @for it in submodules { (it) } } }),
        ),
    ]
}

fn local(pin: &LocalPin) -> Facts {
    let commit = pin.commit.as_ref().map(|commit| {
        html! {
            (digest(commit))
            @if let Some(committed) = pin.committed { " of " (instant(committed)) }
            @if pin.dirty == Some(true) { " " (mark("changed since that commit", "warning")) }
        }
    });
    vec![
        ("Path", Some(code(&pin.path))),
        ("Content", Some(content(&pin.content, pin.files, pin.bytes))),
        ("Commit", commit),
    ]
}

fn pypi(lock: &Lock, pin: &PypiPin) -> Facts {
    let dist = pin.dist();
    let files = lock
        .distributions
        .get(&dist)
        .map_or(0, |release| release.files.len());
    let chosen = chosen(lock, &dist);
    let installed = html! { @for selected in &chosen { (installed(lock, &dist, selected)) } };
    vec![
        ("Installed", (!chosen.is_empty()).then_some(installed)),
        (
            "Release",
            Some(html! { (counted(files, "file")) ", each by its SHA-256" }),
        ),
        ("Extras", list(pin.extras.iter().map(AsRef::as_ref))),
        (
            "Index",
            pin.index.as_ref().map(|index| code(&index.to_string())),
        ),
    ]
}

/// A tree's digest and its extent.
pub(super) fn content(sha256: &Sha256Digest, files: u64, size: u64) -> Markup {
    let files = counted(usize::try_from(files).unwrap_or(usize::MAX), "file");
    html! { (digest(sha256)) " of " (files) ", " (bytes(size)) }
}
