//! Where an installed distribution came from, against where the lock has it from.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::deep::ends_with;
use super::{One, named, warning};
use crate::finding::{Code, Finding};
use crate::model::{
    DirectOrigin, DirectUrl, GitPin, Installed, InstalledDist, Manifest, Pin, RecordedDigest,
    Sha256Digest, Source,
};

pub(super) fn findings(one: &One<'_>, it: &InstalledDist) -> Vec<Finding> {
    let direct = match &it.direct_url {
        Some(Ok(direct)) => Some(direct),
        Some(Err(reason)) => {
            let message = format!("`{}/direct_url.json` cannot be read: {reason}", it.place);
            return vec![Finding::new(Code::DistributionOriginUnknown, message)];
        }
        None => None,
    };
    if let Some(finding) = editable(one, it, direct) {
        return vec![finding];
    }
    match one.package().map(|package| &package.pin) {
        Some(Pin::Git(pin)) => of_repository(one, it, direct, pin),
        Some(Pin::Local(pin)) => of_directory(one, it, direct, &pin.content),
        Some(Pin::Pypi(_)) | None => of_release(one, it, direct).into_iter().collect(),
    }
}

/// Python imports a directory that may change at any time, and no copy of it.
fn editable(one: &One<'_>, it: &InstalledDist, direct: Option<&DirectUrl>) -> Option<Finding> {
    let named_so = |path: &String| {
        let name = path.rsplit('/').next().unwrap_or_default();
        name.starts_with("__editable__")
    };
    let listed = it
        .recorded()
        .is_some_and(|recorded| recorded.files.keys().any(named_so));
    let said = direct
        .is_some_and(|direct| matches!(direct.origin, DirectOrigin::Directory { editable: true }));
    if !(it.linked || listed || said) {
        return None;
    }
    let from = direct.map_or_else(String::new, |direct| format!(" from `{}`", direct.shown()));
    let message = format!(
        "`{}` is installed editable{from}: what is imported is a directory that may change at any time",
        one.dist.name
    );
    // Whoever asked for it so has it so; the directory itself is another layer's to look at.
    let asked = one
        .package()
        .is_some_and(|package| matches!(&package.source, Source::Local(source) if source.editable));
    Some(if asked {
        warning(Code::DistributionEditable, message)
    } else {
        Finding::new(Code::DistributionEditable, message)
    })
}

fn of_release(one: &One<'_>, it: &InstalledDist, direct: Option<&DirectUrl>) -> Option<Finding> {
    let direct = direct?;
    let locked = one.file();
    let (expected, actual) = match (&direct.origin, locked) {
        (DirectOrigin::Archive { sha256: None }, _) => {
            let message = format!(
                "`{}` was installed from `{}`, and does not tell which bytes that had",
                it.place,
                direct.shown()
            );
            return Some(Finding::new(Code::DistributionOriginUnknown, message));
        }
        (
            DirectOrigin::Archive {
                sha256: Some(there),
            },
            Some((_, locked)),
        ) => {
            if *there == locked {
                return None;
            }
            (locked.to_string(), there.to_string())
        }
        (_, locked) => {
            let locked = locked.map_or("a file of an index", |(name, _)| name);
            (locked.to_owned(), direct.shown())
        }
    };
    let message = format!(
        "`{}` was not installed from the locked file of an index",
        it.place
    );
    let finding = Finding::new(Code::DistributionOriginDiffers, message);
    Some(finding.compare(expected, actual))
}

fn of_repository(
    one: &One<'_>,
    it: &InstalledDist,
    direct: Option<&DirectUrl>,
    pin: &GitPin,
) -> Vec<Finding> {
    let Some(direct) = direct else {
        let message = format!(
            "`{}` does not tell from which commit it was installed",
            it.place
        );
        return vec![Finding::new(Code::DistributionOriginUnknown, message)];
    };
    let differs = |actual: String| {
        let message = format!("`{}` was not installed from the locked commit", it.place);
        let finding = Finding::new(Code::DistributionOriginDiffers, message);
        vec![finding.compare(&pin.commit, actual)]
    };
    match &direct.origin {
        DirectOrigin::Repository { vcs, commit } if vcs == "git" => {
            if *commit != pin.commit.to_string() {
                return differs(commit.clone());
            }
        }
        _ => return differs(direct.shown()),
    }
    let directory = |path: Option<&str>| path.map(|path| path.trim_matches('/').to_owned());
    if directory(direct.subdirectory.as_deref()) != directory(pin.subdirectory.as_deref()) {
        let shown = |path: Option<&str>| path.unwrap_or("the repository itself").to_owned();
        let message = format!(
            "`{}` was installed from another directory of the commit",
            it.place
        );
        let finding = Finding::new(Code::DistributionOriginDiffers, message);
        let (locked, there) = (pin.subdirectory.as_deref(), direct.subdirectory.as_deref());
        return vec![finding.compare(shown(locked), shown(there))];
    }
    // The list of a commit's files is not kept; where it is, it tells more.
    let kept = (one.evidence.manifest)(&pin.content);
    let stale = kept.and_then(|manifest| stale(one, it, &manifest).err());
    stale.into_iter().map(|finding| *finding).collect()
}

fn of_directory(
    one: &One<'_>,
    it: &InstalledDist,
    direct: Option<&DirectUrl>,
    content: &Sha256Digest,
) -> Vec<Finding> {
    if let Some(DirectOrigin::Repository { .. }) = direct.map(|direct| &direct.origin) {
        let message = format!(
            "`{}` was installed from a repository, not from the locked directory",
            it.place
        );
        return vec![Finding::new(Code::DistributionOriginDiffers, message)];
    }
    let Some(manifest) = (one.evidence.manifest)(content) else {
        let message = "the list of the locked files is not beside the lock, so what is installed cannot be held against it";
        return vec![
            Finding::new(Code::DistributionOriginUnknown, message)
                .hint("restore `locks/manifests/` from version control"),
        ];
    };
    match stale(one, it, &manifest) {
        Err(finding) => vec![*finding],
        Ok(0) => {
            let message = format!(
                "no file of `{}` is one of the locked directory, so it cannot be held against it",
                it.place
            );
            vec![Finding::new(Code::DistributionOriginUnknown, message)]
        }
        Ok(_) => absent(one, it, &manifest).into_iter().collect(),
    }
}

/// Modules of the pinned source that are not installed beside those that are: what was installed
/// was made before they were added, or leaves them out on purpose.
fn absent(one: &One<'_>, it: &InstalledDist, manifest: &Manifest) -> Option<Finding> {
    let sources = Sources::of(manifest);
    let installed: BTreeMap<_, _> = installed_code(one.evidence.installed, it).collect();
    // From where to where: `src/pkg/` for `pkg/`.
    let mut packages = BTreeSet::new();
    for (path, digest) in &installed {
        let top = path.split_once('/').map(|(top, _)| top);
        let same = sources
            .ending_with(path)
            .filter(|(_, there)| there == digest);
        let bases = same.map(|(source, _)| &source[..source.len() - path.len()]);
        packages.extend(bases.filter_map(|base| Some((base, top?))));
    }
    let is_module = |path: &str| Path::new(path).extension().is_some_and(|end| end == "py");
    let mut missing = BTreeSet::new();
    for (base, top) in packages {
        let below = format!("{base}{top}/");
        let paths = manifest.files().map(|(path, _)| path);
        let modules = paths.filter(|path| path.starts_with(&below) && is_module(path));
        missing.extend(modules.filter(|path| !installed.contains_key(&path[base.len()..])));
    }
    (!missing.is_empty()).then(|| {
        let message = format!("{} of the pinned source is not installed", named(missing));
        warning(Code::DistributionStale, message)
    })
}

/// Installed files that are called as files of the pinned source and have other bytes; else how
/// many are the same.
///
/// What a build makes has no counterpart, and is not compared.
fn stale(one: &One<'_>, it: &InstalledDist, manifest: &Manifest) -> Result<usize, Box<Finding>> {
    let sources = Sources::of(manifest);
    let mut same = 0;
    let mut other = Vec::new();
    for (path, digest) in installed_code(one.evidence.installed, it) {
        match sources.has(path, digest) {
            Some(true) => same += 1,
            Some(false) => other.push(path),
            None => {}
        }
    }
    if other.is_empty() {
        return Ok(same);
    }
    let message = format!(
        "{} is not what the pinned source has: it was installed from other files",
        named(other)
    );
    Err(Box::new(Finding::new(Code::DistributionStale, message)))
}

/// The files of a distribution in the directory of modules, by their path there, as it lists them.
fn installed_code<'a>(
    installed: &'a Installed,
    it: &'a InstalledDist,
) -> impl Iterator<Item = (&'a str, Sha256Digest)> {
    let listed = it
        .recorded()
        .into_iter()
        .flat_map(|recorded| &recorded.files);
    listed.filter_map(|(path, digest)| {
        let RecordedDigest::Sha256(digest) = digest else {
            return None;
        };
        let inside = path.strip_prefix(&*it.place);
        // Its metadata is made when it is built.
        if inside.is_some_and(|rest| rest.starts_with('/')) {
            return None;
        }
        Some((installed.in_site(path)?, *digest))
    })
}

/// The files of a source by their names, with all places that have a file of that name.
struct Sources<'a>(BTreeMap<&'a str, Vec<(&'a str, Sha256Digest)>>);

impl<'a> Sources<'a> {
    fn of(manifest: &'a Manifest) -> Self {
        let mut sources: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (path, digest) in manifest.files() {
            let name = path.rsplit('/').next().unwrap_or(path);
            sources.entry(name).or_default().push((path, *digest));
        }
        Self(sources)
    }

    /// The files that end with this path.
    fn ending_with(&self, path: &str) -> impl Iterator<Item = (&'a str, Sha256Digest)> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let places = self.0.get(name).into_iter().flatten();
        places
            .copied()
            .filter(move |(source, _)| ends_with(source, path))
    }

    /// Whether a file that ends with this path has these bytes; none where no file does.
    fn has(&self, path: &str, digest: Sha256Digest) -> Option<bool> {
        let same = self.ending_with(path).map(|(_, there)| there == digest);
        same.reduce(|one, other| one || other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_found_by_the_end_of_their_path() {
        let mut manifest = Manifest::default();
        for (path, text) in [
            ("src/a/b.py", "1"),
            ("old/a/b.py", "2"),
            ("b.py", "3"),
            ("xa/c.py", "4"),
        ] {
            let digest = Sha256Digest::of(text.as_bytes());
            manifest.insert(path.to_owned(), digest).unwrap();
        }
        let sources = Sources::of(&manifest);
        let has = |path, text: &str| sources.has(path, Sha256Digest::of(text.as_bytes()));
        assert_eq!(has("a/b.py", "1"), Some(true));
        assert_eq!(has("a/b.py", "2"), Some(true));
        assert_eq!(has("a/b.py", "3"), Some(false));
        assert_eq!(has("b.py", "3"), Some(true));
        assert_eq!(has("a/c.py", "4"), None);
        assert_eq!(has("a/made.py", "1"), None);
    }
}
