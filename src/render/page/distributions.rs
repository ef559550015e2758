//! Every distribution on a line: for paper, and for readers without scripts.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::text::{
    code, counted, declared, digest, gap, instant, licence, mark, nothing, shown, table,
};
use crate::lock::{Distribution, Lock, Selected};
use crate::model::{CoreMetadata, Dist, Pin};

/// Where the bytes of each distribution come from, in any environment; of releases that stand for
/// direct sources alone nothing was selected.
pub(super) fn all(lock: &Lock) -> BTreeMap<&Dist, BTreeSet<&Selected>> {
    let mut all: BTreeMap<&Dist, BTreeSet<&Selected>> = BTreeMap::new();
    for dist in lock.distributions.keys() {
        all.entry(dist).or_default();
    }
    for closure in lock
        .environments
        .values()
        .filter_map(|it| it.closure.as_ref())
    {
        for (dist, selected) in &closure.distributions {
            all.entry(dist).or_default().insert(selected);
        }
    }
    all
}

pub(super) fn section(lock: &Lock) -> Markup {
    let all = all(lock);
    if all.is_empty() {
        return nothing("The lock knows of no distributions.");
    }
    let columns = ["Distribution", "Licence", "Uploaded", "What is installed"];
    let rows = all.iter().map(|(dist, selected)| row(lock, dist, selected));
    html! { div.tall { (table("Distributions", &columns, rows)) } }
}

/// How many declare no licence.
pub(super) fn unlicensed(lock: &Lock) -> usize {
    let all = all(lock);
    let without =
        |(dist, selected): &(&&Dist, &BTreeSet<&Selected>)| license(lock, dist, selected).is_none();
    all.iter().filter(without).count()
}

/// What a distribution says of its licence, by each of its files that are installed; none where none
/// of them says anything.
pub(super) fn license(lock: &Lock, dist: &Dist, selected: &BTreeSet<&Selected>) -> Option<String> {
    let stated = |metadata: Option<&CoreMetadata>| metadata?.license.as_ref().map(declared);
    let mut licenses: BTreeSet<_> = selected
        .iter()
        .map(|selected| stated(lock.metadata_of(dist, selected)))
        .collect();
    if selected.is_empty() {
        let release = lock.distributions.get(dist);
        licenses.insert(stated(release.and_then(|it| it.metadata.as_ref())));
    }
    licenses.iter().any(Option::is_some).then(|| {
        let licenses: Vec<_> = licenses
            .into_iter()
            .map(|license| license.unwrap_or_else(|| "none".to_owned()))
            .collect();
        licenses.join(", by another file ")
    })
}

fn row(lock: &Lock, dist: &Dist, selected: &BTreeSet<&Selected>) -> Markup {
    let release = lock.distributions.get(dist);
    html! {
        th scope="row" {
            (dist.name.to_string())
            @if let Some(version) = &dist.version { " " span.version { (version.to_string()) } }
            @if let Some(reason) = release.and_then(|it| it.yanked.as_deref()) {
                (mark("yanked", "warning")) " " span.aside { (shown(reason)) }
            }
        }
        td { (licence(license(lock, dist, selected).as_deref())) }
        td { @if let Some(release) = release { (uploaded(release)) } }
        td {
            @for selected in selected { (installed(lock, dist, selected)) }
            @if selected.is_empty() { (unselected(lock, dist)) }
        }
    }
}

fn uploaded(release: &Distribution) -> Markup {
    release
        .uploaded
        .map_or_else(|| gap("not recorded"), instant)
}

/// A file or a package that environments install, with its digest.
pub(super) fn installed(lock: &Lock, dist: &Dist, selected: &Selected) -> Markup {
    let release = lock.distributions.get(dist);
    let sha256 = match selected {
        Selected::File(name) => release.and_then(|it| it.files.get(name)).map(digest),
        Selected::Package(key) => lock.packages.get(key).map(|package| match &package.pin {
            Pin::Git(pin) => digest(&pin.content),
            Pin::Local(pin) => digest(&pin.content),
            Pin::Pypi(pin) => code(&pin.dist().to_string()),
        }),
    };
    html! {
        div.installed {
            span.file { (shown(&selected.to_string())) } " "
            (sha256.unwrap_or_else(|| gap("no digest")))
        }
    }
}

fn unselected(lock: &Lock, dist: &Dist) -> Markup {
    let files = lock
        .distributions
        .get(dist)
        .map_or(0, |release| release.files.len());
    html! { (gap("none chosen")) " of " (counted(files, "locked file")) }
}
