//! Git and local packages as files on disk: exactly what was pinned, for whoever resolves or
//! builds from it, and what these files say of themselves.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::local::unread;
use super::{Request, unresolved};
use crate::finding::{Code, Finding};
use crate::lock::LockedPackage;
use crate::model::{CoreMetadata, Dist, LocalPin, LocalSource, Pin, Source, StatedMetadata};
use crate::registry::PlannedPackage;
use crate::remote::{BuildWanted, Ports, RemoteError, TreeContent, pinned_commit, pyproject};

/// A package on disk.
pub(super) struct Tree {
    /// The directory, or the wheel that was built from it.
    pub(super) path: PathBuf,
    /// The version to tell builds that would ask a version control system.
    pub(super) told_version: String,
    /// What it installs.
    pub(super) dist: Dist,
    /// What it says of itself.
    pub(super) metadata: CoreMetadata,
}

/// A tree that is to be written.
struct Job<'a> {
    key: &'a str,
    package: &'a LockedPackage,
    planned: &'a PlannedPackage,
    place: PathBuf,
}

impl fmt::Display for Job<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "files of {}", self.key)
    }
}

/// Writes the trees of some packages, in parallel.
pub(super) fn write<'a>(
    request: Request<'a>,
    wanted: impl Iterator<Item = (&'a str, &'a LockedPackage)>,
    ports: Ports<'_>,
) -> Result<BTreeMap<String, Tree>, Vec<Finding>> {
    let plan = request.plan;
    let jobs: Vec<_> = wanted
        .filter_map(|(key, package)| {
            let planned = plan.packages.get(key)?;
            // Ids of packages may hold anything; a place on disk better not.
            let number = plan.packages.keys().position(|other| other == key)?;
            Some(Job {
                key,
                package,
                planned,
                place: request.scratch.join(format!("package{number}")),
            })
        })
        .collect();
    let results = ports.each(jobs, |job: Job<'_>| {
        let tree = one(request, &job, ports).map_err(|finding| {
            let subject = format!("packages/{}", job.key);
            finding.about(subject).at(job.planned.location.clone())
        });
        (job.key.to_owned(), tree)
    });
    let mut trees = BTreeMap::new();
    let mut findings = Vec::new();
    for (key, result) in results {
        match result {
            Ok(tree) => drop(trees.insert(key, tree)),
            Err(finding) => findings.push(finding),
        }
    }
    if findings.is_empty() {
        Ok(trees)
    } else {
        Err(findings)
    }
}

fn one(request: Request<'_>, job: &Job<'_>, ports: Ports<'_>) -> Result<Tree, Box<Finding>> {
    let source = job.place.join("source");
    let (content, told_version) = match (&job.planned.source, &job.package.pin) {
        (Source::Git(from), Pin::Git(pin)) => (
            pinned_commit(&from.url, pin, &source, ports)?,
            pin.told_version(),
        ),
        (Source::Local(from), Pin::Local(pin)) => (
            local(request, from, pin, &source, ports)?,
            pin.told_version(),
        ),
        _ => {
            let message = format!("`{}` is pinned to something else than its source", job.key);
            return Err(Box::new(Finding::new(Code::LockInconsistent, message)));
        }
    };
    if let Some((dist, metadata)) = content.pyproject.as_deref().and_then(pyproject::metadata) {
        return Ok(Tree {
            path: source,
            told_version,
            dist,
            metadata,
        });
    }
    if let Some(error) = content.pyproject.as_deref().and_then(pyproject::fault) {
        let message = format!("`pyproject.toml` of `{}` is not TOML: {error}", job.key);
        let finding = Finding::new(Code::MetadataInvalid, message);
        return Err(Box::new(finding.hint("mend the file")));
    }
    build(request, job, &source, told_version, ports)
}

fn local(
    request: Request<'_>,
    from: &LocalSource,
    pin: &LocalPin,
    into: &Path,
    ports: Ports<'_>,
) -> Result<TreeContent, Box<Finding>> {
    if request.settled {
        return Err(unread(&from.path));
    }
    let path = request.root.join(&from.path);
    let content = ports
        .trees
        .content(&path, Some(into))
        .map_err(|error: RemoteError| error.finding(Code::LocalMissing))?;
    let now = content.manifest.digest();
    if now != pin.content {
        let message = format!("`{}` changed while it was being locked", from.path);
        let finding = Finding::new(Code::LocalChanged, message).compare(pin.content, now);
        return Err(Box::new(
            finding.hint("lock again once nothing writes there"),
        ));
    }
    Ok(content)
}

fn build(
    request: Request<'_>,
    job: &Job<'_>,
    source: &Path,
    told_version: String,
    ports: Ports<'_>,
) -> Result<Tree, Box<Finding>> {
    if !request.may_build {
        let message = format!(
            "`{}` has to be built to learn what it requires, which `--no-build` forbids",
            job.key
        );
        return Err(Box::new(Finding::new(Code::BuildForbidden, message)));
    }
    let wanted = BuildWanted {
        target: &request.plan.targets[0],
        python: None,
        source,
        into: &job.place.join("wheel"),
        version: Some(&told_version),
    };
    let built = ports
        .environments
        .build(&wanted)
        .map_err(|error| unresolved::build(job.key, error))?;
    let stated = StatedMetadata::parse(&built.metadata).map_err(|error| {
        let message = format!("the wheel of `{}` makes no sense: {error}", job.key);
        Finding::new(Code::MetadataInvalid, message)
    })?;
    Ok(Tree {
        path: built.wheel,
        told_version,
        dist: Dist {
            name: stated.name,
            version: Some(stated.version),
        },
        metadata: CoreMetadata {
            built: true,
            ..stated.core
        },
    })
}
