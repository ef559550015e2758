//! The version that a file name states.
//!
//! Wheels follow the binary distribution format, `{name}-{version}(-{build})?-{python}-{abi}-{platform}.whl`.
//! Source distributions follow PEP 625, `{name}-{version}.tar.gz`; older ones may hold `-` in the
//! name and have other endings, so the name is known from the project and not from the first `-`.
//! Eggs, installers and whatever belongs to another project have no version here.

use pep440_rs::Version;
use pep508_rs::PackageName;

/// The endings of source distributions, old and new, in lower case.
const SDIST_ENDINGS: [&str; 12] = [
    ".tar.gz",
    ".tgz",
    ".zip",
    ".tar.bz2",
    ".tbz",
    ".tar.xz",
    ".txz",
    ".tar.lzma",
    ".tlz",
    ".tar.lz",
    ".tar.zst",
    ".tar",
];

/// The version of a file that belongs to the project; none where the name does not tell.
pub(super) fn version(filename: &str, project: &PackageName) -> Option<Version> {
    // Names and versions compare without case.
    match split(&filename.to_ascii_lowercase())? {
        Stem::Wheel(stem) => wheel(stem, project),
        Stem::Sdist(stem) => sdist(stem, project),
    }
}

/// Whether a file name is that of a wheel.
pub(super) fn is_wheel(filename: &str) -> bool {
    matches!(split(&filename.to_ascii_lowercase()), Some(Stem::Wheel(_)))
}

/// Whether `<name>-<version>`, the name of a directory inside of a file, means the release that
/// the file belongs to, however it is spelled.
pub(super) fn same_release(directory: &str, filename: &str, release: &Version) -> bool {
    let lower = filename.to_ascii_lowercase();
    let project = match split(&lower) {
        Some(Stem::Wheel(stem)) => stem.split('-').next(),
        Some(Stem::Sdist(stem)) => splits(stem)
            .find(|(_, version)| parsed(version).as_ref() == Some(release))
            .map(|(name, _)| name),
        None => None,
    };
    let Some(project) = project.and_then(|name| name.parse::<PackageName>().ok()) else {
        return false;
    };
    splits(&directory.to_ascii_lowercase()).any(|(name, version)| {
        is_project(name, &project) && parsed(version).as_ref() == Some(release)
    })
}

/// A file name without its ending.
enum Stem<'a> {
    Wheel(&'a str),
    Sdist(&'a str),
}

fn split(lower: &str) -> Option<Stem<'_>> {
    if let Some(stem) = lower.strip_suffix(".whl") {
        return Some(Stem::Wheel(stem));
    }
    let mut endings = SDIST_ENDINGS.iter();
    endings
        .find_map(|ending| lower.strip_suffix(ending))
        .map(Stem::Sdist)
}

/// What may be the name and the version.
fn splits(stem: &str) -> impl Iterator<Item = (&str, &str)> {
    stem.match_indices('-')
        .map(|(at, _)| (&stem[..at], &stem[at + 1..]))
}

/// A version as wheels write it, where old ones escape a `-` as `_`.
fn parsed(version: &str) -> Option<Version> {
    let unescaped = || version.replace('_', "-").parse();
    version.parse().or_else(|_| unescaped()).ok()
}

fn wheel(stem: &str, project: &PackageName) -> Option<Version> {
    let parts: Vec<_> = stem.split('-').collect();
    let (name, version) = match parts[..] {
        [name, version, _, _, _] => (name, version),
        [name, version, build, _, _, _] if build.starts_with(|c: char| c.is_ascii_digit()) => {
            (name, version)
        }
        _ => return None,
    };
    is_project(name, project).then(|| parsed(version))?
}

fn sdist(stem: &str, project: &PackageName) -> Option<Version> {
    splits(stem)
        .filter(|(name, _)| is_project(name, project))
        .find_map(|(_, version)| version.parse().ok())
}

fn is_project(name: &str, project: &PackageName) -> bool {
    name.parse::<PackageName>()
        .is_ok_and(|name| name == *project)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(filename: &str, project: &str) -> Option<String> {
        version(filename, &project.parse().unwrap()).map(|version| version.to_string())
    }

    #[test]
    fn files_of_the_project_tell_their_version() {
        for (filename, project, expected) in [
            ("numpy-1.26.4-cp311-cp311-win32.whl", "numpy", "1.26.4"),
            ("Foo_Bar-1.0-2build-py3-none-any.whl", "foo-bar", "1.0"),
            (
                "torch-2.1.0+cu118-cp311-cp311-any.whl",
                "torch",
                "2.1.0+cu118",
            ),
            ("old-1.0_1-py2-none-any.whl", "old", "1.0.post1"),
            ("foo_bar-1.0.tar.gz", "foo-bar", "1.0"),
            ("foo-bar-1.0.tar.gz", "foo-bar", "1.0"),
            ("foo.bar-1.0rc1.ZIP", "foo-bar", "1.0rc1"),
            ("foo-2-1.0.tgz", "foo-2", "1.0"),
            ("foo-1.0-1.tar.bz2", "foo", "1.0.post1"),
        ] {
            assert_eq!(
                read(filename, project).as_deref(),
                Some(expected),
                "{filename}"
            );
        }
    }

    #[test]
    fn other_files_have_no_version() {
        for filename in [
            "foo-1.0-py2.7.egg",
            "foo-1.0.win32.exe",
            "foo-1.0.linux-x86_64.tar.gz",
            "foo-1.0-build-py3-none-any.whl",
            "foo-1.0-none-any.whl",
            "foo-latest.tar.gz",
            "foobar-1.0.tar.gz",
            "bar-1.0-py3-none-any.whl",
            "foo.tar.gz",
            "-1.0.tar.gz",
            "",
        ] {
            assert_eq!(read(filename, "foo"), None, "{filename}");
        }
    }

    #[test]
    fn directories_mean_the_release_however_they_are_spelled() {
        for (directory, filename, release, expected) in [
            ("foo_bar-1.0", "foo_bar-1.0-py3-none-any.whl", "1.0", true),
            ("Foo.Bar-1.0.0", "foo_bar-1.0-py3-none-any.whl", "1.0", true),
            ("foo-bar-1.0", "foo_bar-1.0-1-py3-none-any.whl", "1.0", true),
            ("old-1.0_1", "old-1.0_1-py2-none-any.whl", "1.0.post1", true),
            ("foo-2-1.0", "foo-2-1.0.tar.gz", "1.0", true),
            ("foo-1.0", "foo-1.0.zip", "1.0", true),
            ("foo-1.1", "foo-1.0-py3-none-any.whl", "1.0", false),
            ("bar-1.0", "foo-1.0-py3-none-any.whl", "1.0", false),
            ("foo", "foo-1.0.tar.gz", "1.0", false),
            ("", "foo-1.0.tar.gz", "1.0", false),
            ("foo-1.0", "foo-1.0.egg", "1.0", false),
        ] {
            let same = same_release(directory, filename, &release.parse().unwrap());
            assert_eq!(same, expected, "{directory} in {filename}");
        }
    }
}
