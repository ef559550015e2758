//! An environment of a lock as an installer is given it: every file is there, or is named with its
//! digest, and nothing is left to resolve.
//!
//! Repositories and directories are built from their pinned content, which is held against the pin
//! first. What is installed then says of itself what was pinned (PEP 610), not which temporary
//! wheel it came from.

use std::fmt;
use std::path::{Path, PathBuf};

use super::direct_url::{git_origin, local_origin};
use super::{ExportError, Held, Origin, held, indexes};
use crate::finding::{Code, Finding};
use crate::lock::{Lock, LockedEnvironment, Selected};
use crate::model::{Dist, IndexUrl, LocalPin, Pin, Source, StatedMetadata};
use crate::registry::Registry;
use crate::remote::{
    BuildWanted, Built, InstallWanted, Ports, ReleaseWanted, RemoteError, ResolveError,
    WheelWanted, pinned_commit,
};

/// An environment that is to be made.
pub struct Installation<'a> {
    /// The lock.
    pub lock: &'a Lock,
    /// The id of the environment.
    pub id: &'a str,
    /// The environment.
    pub environment: &'a LockedEnvironment,
    /// The directory that holds `registries/`, absolute, where it is known.
    pub root: Option<&'a Path>,
    /// The registries of today: they may have the credentials that the lock lacks.
    pub registry: Option<&'a Registry>,
    /// The interpreter, by its path or a version; none is that of the target.
    pub python: Option<&'a str>,
    /// The directory, absolute; it is not there yet.
    pub into: &'a Path,
    /// What shells call the environment.
    pub prompt: &'a str,
    /// An empty directory for what is needed for a while.
    pub scratch: &'a Path,
}

/// A package that is built from its pinned content.
struct Job<'a> {
    key: &'a str,
    dist: &'a Dist,
    origin: &'a Origin<'a>,
    place: PathBuf,
}

impl fmt::Display for Job<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "wheel of {}", self.key)
    }
}

/// Makes the environment, or says why not; then the directory may hold a part of it.
pub fn install(
    it: &Installation<'_>,
    ports: Ports<'_>,
) -> Result<Result<(), Vec<Finding>>, ExportError> {
    let held = held(it.lock, it.id, it.environment)?;
    let wheels = match wheels(it, &held, ports)? {
        Ok(wheels) => wheels,
        Err(findings) => return Ok(Err(findings)),
    };
    let release = |held: &Held<'_>| match held.origin {
        Origin::File { digest, .. } => Some((held.dist.clone(), digest)),
        Origin::Git { .. } | Origin::Local(_) => None,
    };
    let releases: Vec<_> = held.iter().filter_map(release).collect();
    let releases = releases
        .iter()
        .map(|(dist, sha256)| ReleaseWanted {
            dist,
            sha256: *sha256,
        })
        .collect();
    let wanted = InstallWanted {
        target: &it.environment.asked.target,
        python: it.python,
        into: it.into,
        prompt: it.prompt,
        releases,
        indexes: indexes_to_ask(it),
        wheels,
    };
    let installed = ports.environments.install(&wanted);
    Ok(installed.map_err(|error| vec![not_installed(it.id, &error)]))
}

/// The wheels of all repositories and directories.
fn wheels<'a>(
    it: &Installation<'_>,
    held: &'a [Held<'a>],
    ports: Ports<'_>,
) -> Result<Result<Vec<WheelWanted<'a>>, Vec<Finding>>, ExportError> {
    let mut jobs = Vec::new();
    let mut origins = Vec::new();
    for held in held {
        let direct_url = match &held.origin {
            Origin::File { .. } => continue,
            Origin::Git { source, pin } => git_origin(source, pin, it.root)?,
            Origin::Local(pin) => local_origin(pin, it.root)?,
        };
        let Selected::Package(key) = held.selected else {
            continue;
        };
        // Keys of packages may hold anything; a place on disk better not.
        let place = it.scratch.join(format!("package{}", jobs.len()));
        jobs.push(Job {
            key,
            dist: held.dist,
            origin: &held.origin,
            place,
        });
        origins.push((&held.dist.name, direct_url));
    }
    let built = ports.each(jobs, |job: Job<'_>| {
        one(it, &job, ports).map_err(|finding| {
            let subject = format!("packages/{}", job.key);
            Box::new(finding.about(subject))
        })
    });
    let mut wheels = Vec::new();
    let mut findings = Vec::new();
    for (result, (name, direct_url)) in built.into_iter().zip(origins) {
        match result {
            Ok(built) => wheels.push(WheelWanted {
                name,
                path: built.wheel,
                sha256: built.sha256,
                direct_url,
            }),
            Err(finding) => findings.push(*finding),
        }
    }
    Ok(if findings.is_empty() {
        Ok(wheels)
    } else {
        Err(findings)
    })
}

/// A wheel of the pinned content of a package.
fn one(it: &Installation<'_>, job: &Job<'_>, ports: Ports<'_>) -> Result<Built, Box<Finding>> {
    let source = job.place.join("source");
    let told_version = match job.origin {
        Origin::Git { source: from, pin } => {
            let url = match known_source(it, job.key) {
                // Addresses are equal without their credentials.
                Some(Source::Git(known)) if known.url == from.url => &known.url,
                _ => &from.url,
            };
            pinned_commit(url, pin, &source, ports)?;
            pin.told_version()
        }
        Origin::Local(pin) => {
            local(it.root, pin, &source, ports)?;
            pin.told_version()
        }
        Origin::File { .. } => unreachable!("a file of an index is not built here"),
    };
    let wanted = BuildWanted {
        target: &it.environment.asked.target,
        python: it.python,
        source: &source,
        into: &job.place.join("wheel"),
        version: Some(&told_version),
    };
    let built = ports
        .environments
        .build(&wanted)
        .map_err(|error| not_built(job.key, &error))?;
    let stated = StatedMetadata::parse(&built.metadata).map_err(|error| {
        let message = format!("the wheel of `{}` makes no sense: {error}", job.key);
        Finding::new(Code::MetadataInvalid, message)
    })?;
    let now = Dist {
        name: stated.name,
        version: Some(stated.version),
    };
    let same_version = job.dist.version.is_none() || job.dist.version == now.version;
    if now.name != job.dist.name || !same_version {
        let message = format!(
            "what was built from the pinned files of `{}` is another distribution than was locked",
            job.key
        );
        let finding = Finding::new(Code::MetadataDiffers, message);
        return Err(Box::new(finding.compare(job.dist, now)));
    }
    Ok(built)
}

/// The directory as it was pinned, written below `into`.
fn local(
    root: Option<&Path>,
    pin: &LocalPin,
    into: &Path,
    ports: Ports<'_>,
) -> Result<(), Box<Finding>> {
    // Whoever wrote where it lies had a root.
    let path = root.unwrap_or(Path::new("")).join(&pin.path);
    let content = ports
        .trees
        .content(&path, Some(into))
        .map_err(|error| error.finding(Code::LocalMissing))?;
    let now = content.manifest.digest();
    if now == pin.content {
        return Ok(());
    }
    let message = format!("`{}` is not what was locked", pin.path);
    let finding = Finding::new(Code::LocalChanged, message);
    Err(Box::new(finding.compare(pin.content, now)))
}

fn known_source<'a>(it: &Installation<'a>, key: &str) -> Option<&'a Source> {
    let entry = it.registry?.packages.get(key)?;
    Some(&entry.body.source)
}

/// The indexes beside the default one, with the credentials that the registry has.
fn indexes_to_ask(it: &Installation<'_>) -> Vec<IndexUrl> {
    let roots = &it.environment.asked.roots;
    let known = roots.iter().filter(|key| {
        let package = it.lock.packages.get(*key);
        package.is_some_and(|package| matches!(package.pin, Pin::Pypi(_)))
    });
    let known: Vec<_> = known
        .filter_map(|key| match known_source(it, key)? {
            Source::Pypi(source) => source.index.as_ref(),
            Source::Git(_) | Source::Local(_) => None,
        })
        .collect();
    let pinned = indexes(it.lock, it.environment);
    pinned
        .into_iter()
        .map(|index| (*known.iter().find(|it| **it == index).unwrap_or(&index)).clone())
        .collect()
}

fn not_built(key: &str, error: &ResolveError) -> Finding {
    match error {
        ResolveError::Remote(error) => error.finding(Code::BuildFailed),
        ResolveError::Conflict(said) | ResolveError::Failed(said) => {
            let message = format!("`{key}` cannot be built\n{said}");
            Finding::new(Code::BuildFailed, message)
        }
    }
}

fn not_installed(id: &str, error: &ResolveError) -> Finding {
    let finding = match error {
        ResolveError::Remote(RemoteError::Mismatch(said)) => {
            let message = format!("a file that is to be installed is not what was locked\n{said}");
            Finding::new(Code::InstallHashMismatch, message)
        }
        ResolveError::Remote(error) => error.finding(Code::InstallFailed),
        ResolveError::Conflict(said) | ResolveError::Failed(said) => {
            let message = format!("it cannot be installed\n{said}");
            Finding::new(Code::InstallFailed, message)
        }
    };
    finding.about(format!("environments/{id}"))
}
