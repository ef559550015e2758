//! Making an environment of files that are known already, by `uv venv` and `uv pip install`.
//!
//! Nothing is resolved: each distribution is named at its version with the digest of its one file.
//! The files are copied out of uv's cache, since whoever edits a link edits the cache, and so every
//! other environment.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pep440_rs::Version;
use url::Url;

use super::environments::{UvEnvironments, cannot_work};
use super::provenance;
use crate::model::{IndexUrl, Target};
use crate::remote::{InstallWanted, ReleaseWanted, ResolveError, WheelWanted};

/// How every file is installed.
const EXACTLY: [&str; 7] = [
    "pip",
    "install",
    "--quiet",
    "--no-deps",
    "--require-hashes",
    "--link-mode",
    "copy",
];

/// The version of an interpreter that is named by its path or by a version.
pub(super) fn interpreter(
    uv: &UvEnvironments,
    target: &Target,
    python: &str,
) -> Result<Version, ResolveError> {
    let mut command = uv.command(target)?;
    command
        .args(["python", "find", "--no-project", "--show-version", "--"])
        .arg(python);
    let output = uv.run(command, &[])?;
    let said = output.stdout.trim();
    said.parse().map_err(|_| {
        ResolveError::Failed(format!(
            "`{python}` does not tell its version, but `{said}`"
        ))
    })
}

/// Makes the environment; see [`InstallWanted`].
pub(super) fn install(uv: &UvEnvironments, wanted: &InstallWanted<'_>) -> Result<(), ResolveError> {
    let work = tempfile::Builder::new().prefix("vhb-").tempdir();
    let work = work.map_err(|error| cannot_work(&error))?;
    let places = [wanted.into, work.path()];
    uv.run(new_environment(uv, wanted, work.path())?, &places)?;
    if !wanted.releases.is_empty() {
        let list = written(work.path(), "releases.txt", &releases(&wanted.releases))?;
        let mut command = pip_install(uv, wanted, work.path(), &list)?;
        command
            // The hash decides whether a file is the locked one, so any index may give it.
            .args(["--index-strategy", "unsafe-best-match"])
            .env("UV_INDEX", addresses(&wanted.indexes));
        uv.run(command, &places)?;
    }
    if !wanted.wheels.is_empty() {
        let list = written(work.path(), "wheels.txt", &wheels(&wanted.wheels)?)?;
        let mut command = pip_install(uv, wanted, work.path(), &list)?;
        // These are files of this machine for a while, which no cache should remember.
        command.args(["--no-index", "--no-cache"]);
        uv.run(command, &places)?;
    }
    if wanted.wheels.is_empty() {
        return Ok(());
    }
    let site = site_packages(wanted.into).map_err(|error| cannot_work(&error))?;
    for wheel in &wanted.wheels {
        provenance::state(&site, wheel.name, &wheel.direct_url).map_err(|error| {
            ResolveError::Failed(format!("what was installed for `{}`: {error}", wheel.name))
        })?;
    }
    Ok(())
}

fn new_environment(
    uv: &UvEnvironments,
    wanted: &InstallWanted<'_>,
    work: &Path,
) -> Result<Command, ResolveError> {
    let python = wanted.python.unwrap_or(wanted.target.python());
    let mut command = uv.command(wanted.target)?;
    command
        .current_dir(work)
        .args(["venv", "--quiet", "--no-project", "--relocatable"])
        // One argument each: the value may begin with a dash.
        .args([
            format!("--python={python}"),
            format!("--prompt={}", wanted.prompt),
        ])
        .arg("--")
        .arg(wanted.into);
    Ok(command)
}

fn pip_install(
    uv: &UvEnvironments,
    wanted: &InstallWanted<'_>,
    work: &Path,
    list: &Path,
) -> Result<Command, ResolveError> {
    let mut command = uv.command(wanted.target)?;
    command
        // What uv finds where it is called must not count.
        .current_dir(work)
        .args(EXACTLY)
        .arg("--no-sources")
        .arg("--python")
        .arg(interpreter_of(wanted.into))
        .arg("--requirements")
        .arg(list);
    Ok(command)
}

/// The addresses as a variable holds them; credentials among them reach no file and no argument.
fn addresses(indexes: &[IndexUrl]) -> String {
    let addresses: Vec<_> = indexes.iter().map(IndexUrl::secret).collect();
    addresses.join(" ")
}

fn written(work: &Path, name: &str, text: &str) -> Result<PathBuf, ResolveError> {
    let path = work.join(name);
    fs::write(&path, text).map_err(|error| cannot_work(&error))?;
    Ok(path)
}

fn releases(releases: &[ReleaseWanted<'_>]) -> String {
    releases.iter().fold(String::new(), |mut text, release| {
        let _ = writeln!(text, "{} --hash={}", release.dist, release.sha256);
        text
    })
}

fn wheels(wheels: &[WheelWanted<'_>]) -> Result<String, ResolveError> {
    let mut text = String::new();
    for wheel in wheels {
        let shown = wheel.path.display();
        let url = Url::from_file_path(&wheel.path)
            .map_err(|()| ResolveError::Failed(format!("`{shown}` is no absolute path")))?;
        let _ = writeln!(text, "{} @ {url} --hash={}", wheel.name, wheel.sha256);
    }
    Ok(text)
}

fn interpreter_of(environment: &Path) -> PathBuf {
    if cfg!(windows) {
        environment.join("Scripts").join("python.exe")
    } else {
        environment.join("bin").join("python")
    }
}

/// Where the distributions of a new environment lie.
fn site_packages(environment: &Path) -> std::io::Result<PathBuf> {
    if cfg!(windows) {
        return Ok(environment.join("Lib").join("site-packages"));
    }
    let mut found = Vec::new();
    for entry in fs_err::read_dir(environment.join("lib"))? {
        let site = entry?.path().join("site-packages");
        if site.is_dir() {
            found.push(site);
        }
    }
    match <[PathBuf; 1]>::try_from(found) {
        Ok([site]) => Ok(site),
        Err(found) => Err(std::io::Error::other(format!(
            "the environment has {} directories `site-packages`",
            found.len()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Sha256Digest;

    #[test]
    fn each_file_is_named_with_its_digest() {
        let dist = "a-b==1.0+cu121".parse().unwrap();
        let sha256 = Sha256Digest::of(b"x");
        let line = releases(&[ReleaseWanted {
            dist: &dist,
            sha256,
        }]);
        assert_eq!(line, format!("a-b==1.0+cu121 --hash={sha256}\n"));
        let name = "mine".parse().unwrap();
        let wheel = |path: &str| {
            let wheel = WheelWanted {
                name: &name,
                path: path.into(),
                sha256,
                direct_url: String::new(),
            };
            wheels(&[wheel])
        };
        assert_eq!(
            wheel("/a b/#1/mine-1.whl").unwrap(),
            format!("mine @ file:///a%20b/%231/mine-1.whl --hash={sha256}\n")
        );
        assert!(wheel("relative").is_err());
    }
}
