//! PyPI sources: which release is meant, and the digests of its files.

use std::collections::BTreeMap;

use pep440_rs::Version;

use super::packages::{Resolved, exclude_newer};
use crate::finding::{Code, Finding};
use crate::lock::Distribution;
use crate::model::{
    Dist, IndexUrl, Instant, Pin, PypiPin, PypiSource, Target, VersionAsked, best_wheel,
};
use crate::registry::nearest;
use crate::remote::{IndexFile, Ports, ProjectPage, RemoteError};

pub(super) fn resolve(
    source: &PypiSource,
    targets: &[Target],
    ports: Ports<'_>,
) -> Result<Resolved, Box<Finding>> {
    let failed = |error: crate::remote::RemoteError| Box::new(error.finding(Code::ProjectNotFound));
    let index = source.index.as_ref();
    let page = ports.index.project(index, &source.name).map_err(failed)?;
    let files = admitted(&page, source, exclude_newer(targets))?;
    let Some(version) = choose_version(&files, source, targets) else {
        return Err(Box::new(version_not_found(source, &page, targets)));
    };
    let files: Vec<_> = files
        .into_iter()
        .filter(|file| file.version == version)
        .collect();
    let release = release(index, &files, ports).map_err(failed)?;
    let pin = PypiPin {
        name: source.name.clone(),
        version,
        extras: source.extras.clone(),
        index: source.index.clone(),
    };
    let dist = pin.dist();
    Ok(Resolved {
        findings: warnings(source, Some(&dist), &release),
        pin: Pin::Pypi(pin),
        distribution: Some(dist),
        metadata: None,
        release: Some(release),
        manifest: None,
    })
}

/// Reads the metadata of the wheels that will be selected, so that all that an index fails at is
/// told at once, and not by the resolver one by one. The index remembers what was read.
pub(super) fn read_ahead(
    source: &PypiSource,
    resolved: &Resolved,
    targets: &[Target],
    ports: Ports<'_>,
) -> Result<(), Box<Finding>> {
    let version = resolved
        .distribution
        .as_ref()
        .and_then(|dist| dist.version.as_ref());
    let (Some(version), Some(release)) = (version, &resolved.release) else {
        return Ok(());
    };
    let failed = |error: RemoteError| Box::new(error.finding(Code::MetadataInvalid));
    let index = source.index.as_ref();
    let page = ports.index.project(index, &source.name).map_err(failed)?;
    for target in targets {
        let files = || {
            page.files.iter().filter(|file| {
                file.version == *version && release.files.contains_key(&file.filename)
            })
        };
        let best = best_wheel(files().map(|file| file.filename.as_str()), target);
        if let Some(wheel) = files().find(|file| Some(file.filename.as_str()) == best) {
            ports.index.metadata(index, wheel).map_err(failed)?;
        }
    }
    Ok(())
}

/// A release by its files.
pub(super) fn release(
    index: Option<&IndexUrl>,
    files: &[&IndexFile],
    ports: Ports<'_>,
) -> Result<Distribution, RemoteError> {
    let mut digests = BTreeMap::new();
    for file in files {
        let digest = match file.sha256 {
            Some(digest) => digest,
            None => ports.index.digest(index, file)?,
        };
        digests.insert(file.filename.clone(), digest);
    }
    Ok(Distribution {
        files: digests,
        uploaded: files.iter().filter_map(|file| file.uploaded).max(),
        yanked: yanked(files),
        metadata: None,
        variants: BTreeMap::new(),
    })
}

/// What is to be said of a pin whenever it is made or kept.
pub(super) fn warnings(
    source: &PypiSource,
    dist: Option<&Dist>,
    release: &Distribution,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let pinned = dist.map_or_else(|| source.name.to_string(), Dist::to_string);
    if let Some(moving) = source.moving() {
        let message = moving.pinned_to(&format!("`{pinned}`"));
        findings.push(Finding::new(Code::MutableRef, message).hint("name an exact version"));
    }
    if let Some(reason) = &release.yanked {
        let message = match reason.as_str() {
            "" => format!("`{pinned}` is yanked, without a reason"),
            reason => format!("`{pinned}` is yanked: {reason}"),
        };
        findings.push(Finding::new(Code::PypiYanked, message));
    }
    findings
}

/// A release is yanked when all its files are; the reason is the first that is given.
fn yanked(files: &[&IndexFile]) -> Option<String> {
    let reasons: Option<Vec<_>> = files.iter().map(|file| file.yanked.as_ref()).collect();
    let reasons = reasons.filter(|reasons| !reasons.is_empty())?;
    let given = reasons.iter().find(|reason| !reason.is_empty());
    Some(given.map_or_else(String::new, |reason| (*reason).clone()))
}

/// The files that `exclude_newer` admits.
fn admitted<'a>(
    page: &'a ProjectPage,
    source: &PypiSource,
    exclude_newer: Option<Instant>,
) -> Result<Vec<&'a IndexFile>, Box<Finding>> {
    let Some(limit) = exclude_newer else {
        return Ok(page.files.iter().collect());
    };
    if !page.files.is_empty() && page.files.iter().all(|file| file.uploaded.is_none()) {
        let message = format!(
            "the index does not say when the files of `{}` were uploaded, so `exclude_newer` \
             admits none",
            source.name
        );
        let finding = Finding::new(Code::UploadTimeUnknown, message);
        return Err(Box::new(finding));
    }
    let old_enough = |file: &&IndexFile| file.uploaded.is_some_and(|uploaded| uploaded < limit);
    Ok(page.files.iter().filter(old_enough).collect())
}

/// The release that a source means: an exact one whatever its state, else the newest stable one
/// that suits the target's Python, else the newest pre-release.
fn choose_version(
    files: &[&IndexFile],
    source: &PypiSource,
    targets: &[Target],
) -> Option<Version> {
    if let VersionAsked::Exact(version) = &source.version {
        let exact = files.iter().map(|file| &file.version);
        // `1.0` and `1.0.0` are equal: of two spellings, the text decides, not the page's order.
        let newest = exact.filter(|there| *there == version);
        return newest.max_by_key(ToString::to_string).cloned();
    }
    let pythons: Vec<_> = targets.iter().map(Target::python_version).collect();
    let suits = |file: &&&IndexFile| {
        file.yanked.is_none()
            && file
                .requires_python
                .as_ref()
                .is_none_or(|required| pythons.iter().all(|python| required.contains(python)))
    };
    let constrained = |version: &Version| {
        targets.iter().all(|target| {
            let own = target
                .constraints
                .iter()
                .filter(|it| *it.name() == source.name);
            let markers = target.marker_environment();
            own.filter(|it| it.applies(&markers, &[]))
                .all(|it| it.admits(version))
        })
    };
    let in_range = |version: &&Version| match &source.version {
        VersionAsked::Range(specifiers) => specifiers.contains(version) && constrained(version),
        VersionAsked::Latest | VersionAsked::Exact(_) => constrained(version),
    };
    let candidates = || {
        files
            .iter()
            .filter(suits)
            .map(|file| &file.version)
            .filter(in_range)
    };
    let order = |version: &&Version| ((*version).clone(), version.to_string());
    let stable = candidates().filter(|version| !version.any_prerelease());
    let newest = stable.max_by_key(order);
    newest.or_else(|| candidates().max_by_key(order)).cloned()
}

fn version_not_found(source: &PypiSource, page: &ProjectPage, targets: &[Target]) -> Finding {
    let name = &source.name;
    let shown: Vec<_> = targets.iter().map(ToString::to_string).collect();
    let target = shown.join(" and ");
    let message = match &source.version {
        VersionAsked::Exact(version) => format!("`{name}` has no release {version}"),
        VersionAsked::Range(specifiers) => {
            format!("`{name}` has no release that suits `{specifiers}` and {target}")
        }
        VersionAsked::Latest => format!("`{name}` has no release that suits {target}"),
    };
    let message = match exclude_newer(targets) {
        Some(limit) => format!("{message} from before {limit}"),
        None => message,
    };
    let versions: Vec<_> = page
        .files
        .iter()
        .map(|file| file.version.to_string())
        .collect();
    let near = match &source.version {
        VersionAsked::Exact(version) => {
            let asked = version.to_string();
            let others = versions.iter().map(String::as_str);
            nearest(&asked, others.filter(|other| *other != asked)).map(str::to_owned)
        }
        VersionAsked::Latest | VersionAsked::Range(_) => None,
    };
    let finding = Finding::new(Code::VersionNotFound, message);
    match near {
        Some(near) => finding.hint(format!("did you mean `{near}`?")),
        None => finding,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(version: &str, requires_python: Option<&str>, yanked: Option<&str>) -> IndexFile {
        IndexFile {
            filename: format!("a-{version}.tar.gz"),
            version: version.parse().unwrap(),
            address: String::new(),
            sha256: None,
            requires_python: requires_python.map(|text| text.parse().unwrap()),
            uploaded: None,
            yanked: yanked.map(str::to_owned),
            metadata: crate::remote::MetadataBeside::No,
        }
    }

    fn chosen(files: &[IndexFile], asked: VersionAsked) -> Option<String> {
        let source = PypiSource {
            name: "a".parse().unwrap(),
            version: asked,
            extras: std::collections::BTreeSet::new(),
            index: None,
        };
        let files: Vec<_> = files.iter().collect();
        choose_version(&files, &source, &[Target::default()]).map(|version| version.to_string())
    }

    #[test]
    fn the_newest_stable_release_that_suits_is_chosen() {
        let files = [
            file("1.9", None, None),
            file("1.10", None, None),
            file("2.0rc1", None, None),
            file("3.0", Some(">=3.12"), None),
            file("1.11", None, Some("broken")),
        ];
        assert_eq!(
            chosen(&files, VersionAsked::Latest).as_deref(),
            Some("1.10")
        );
        let range = VersionAsked::parse("<1.10").unwrap();
        assert_eq!(chosen(&files, range).as_deref(), Some("1.9"));
        let yanked = VersionAsked::parse("1.11").unwrap();
        assert_eq!(chosen(&files, yanked).as_deref(), Some("1.11"));
    }

    #[test]
    fn an_exact_version_is_found_however_it_is_written() {
        let files = [file("1.0.0", None, None)];
        let asked = VersionAsked::parse("1.0").unwrap();
        assert_eq!(chosen(&files, asked).as_deref(), Some("1.0.0"));
    }

    #[test]
    fn pre_releases_are_taken_where_there_is_nothing_else() {
        let files = [file("1.0a1", None, None), file("1.0b1", None, None)];
        assert_eq!(
            chosen(&files, VersionAsked::Latest).as_deref(),
            Some("1.0b1")
        );
    }
}
