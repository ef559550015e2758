//! What closures hold, distribution by distribution: the files of the release, and what the
//! selected ones say of themselves.
//!
//! What the former lock knows of the same bytes is kept; the rest is asked for in parallel, and
//! all failures come back together.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::environments::ResolvedEnvironment;
use super::packages::exclude_newer;
use super::{Request, Upgrade, pypi, unresolved};
use crate::finding::{Code, Finding};
use crate::lock::{Distribution, Lock, LockedPackage, Selected};
use crate::model::is_wheel;
use crate::model::{CoreMetadata, Dist, IndexUrl, Pin, Sha256Digest, Source, StatedMetadata};
use crate::remote::{BuildWanted, IndexFile, Ports, RemoteError};

/// A distribution that some environment holds a file of.
struct Job<'a> {
    dist: &'a Dist,
    /// The index that it is pinned to; none is the default one.
    index: Option<&'a IndexUrl>,
    /// The selected files, with their digests where the resolver told them.
    selected: BTreeMap<&'a str, Option<Sha256Digest>>,
    /// What is known of the release.
    known: Option<Distribution>,
    /// What is known of selected files.
    described: BTreeMap<&'a str, CoreMetadata>,
}

impl fmt::Display for Job<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.dist.fmt(f)
    }
}

/// Describes every distribution of some closures; `releases` are those that packages pin.
pub(super) fn of(
    request: Request<'_>,
    packages: &BTreeMap<String, LockedPackage>,
    closures: &BTreeMap<String, ResolvedEnvironment>,
    releases: BTreeMap<Dist, Distribution>,
    ports: Ports<'_>,
) -> Result<BTreeMap<Dist, Distribution>, Vec<Finding>> {
    let jobs = jobs(request, packages, closures, &releases);
    let (done, open): (Vec<_>, Vec<_>) = jobs.into_iter().partition(Job::is_done);
    let answers = ports.each(open, |job: Job<'_>| {
        let result = describe(request, &job, ports).map_err(|finding| {
            let subject = format!("distributions/{}", job.dist);
            finding.about(subject).at(location(request, job.dist))
        });
        (job.dist, result)
    });
    let mut distributions = releases;
    let mut findings = Vec::new();
    for job in done {
        let known = job.known.expect("a job is done where the release is known");
        distributions.insert(job.dist.clone(), known.with_metadata(&job.described));
    }
    for (dist, result) in answers {
        match result {
            Ok(release) => drop(distributions.insert(dist.clone(), release)),
            Err(finding) => findings.push(finding),
        }
    }
    if findings.is_empty() {
        Ok(distributions)
    } else {
        Err(findings)
    }
}

fn jobs<'a>(
    request: Request<'a>,
    packages: &BTreeMap<String, LockedPackage>,
    closures: &'a BTreeMap<String, ResolvedEnvironment>,
    releases: &BTreeMap<Dist, Distribution>,
) -> Vec<Job<'a>> {
    let mut selected: BTreeMap<&Dist, BTreeMap<&str, Option<Sha256Digest>>> = BTreeMap::new();
    for environment in closures.values() {
        for (dist, file) in &environment.closure.distributions {
            if let Selected::File(filename) = file {
                let files = selected.entry(dist).or_default();
                let digest = files.entry(filename).or_default();
                *digest = digest.or(environment.seen.get(filename).copied());
            }
        }
    }
    let indexes = indexes(request, packages);
    // With everything moved, nothing that a former lock says is taken over.
    let anew = *request.upgrade == Upgrade::Everything;
    let previous = request.previous.filter(|_| !anew);
    // Another limit admits other files of a release.
    let limit = exclude_newer(&request.plan.targets);
    let same_limit = previous.is_some_and(|lock| lock.exclude_newer() == limit);
    let selected_before = previous.map(selected_files).unwrap_or_default();
    selected
        .into_iter()
        .map(|(dist, selected)| {
            let old = previous.filter(|_| !request.upgrade.moves(&dist.name));
            let old = old.and_then(|lock| lock.distributions.get(dist));
            let known = releases
                .get(dist)
                .or(old.filter(|_| same_limit))
                .filter(|release| {
                    selected.iter().all(|(filename, seen)| {
                        let there = release.files.get(*filename);
                        there.is_some_and(|there| seen.is_none_or(|seen| seen == *there))
                    })
                });
            let described = selected.keys().filter_map(|filename| {
                let old = old?;
                let same = known?.files.get(*filename) == old.files.get(*filename);
                let was = selected_before.contains(&(dist, filename));
                let metadata = old.metadata_of(filename).filter(|_| same && was)?;
                let may_stand = request.may_build || request.settled || !metadata.built;
                may_stand.then(|| (*filename, metadata.clone()))
            });
            Job {
                dist,
                index: indexes.get(dist).copied(),
                described: described.collect(),
                known: known.cloned(),
                selected,
            }
        })
        .collect()
}

/// The files that the closures of a lock select: only of these the metadata was read.
fn selected_files(lock: &Lock) -> BTreeSet<(&Dist, &str)> {
    let closures = lock.environments.values();
    closures
        .filter_map(|environment| environment.closure.as_ref())
        .flat_map(|closure| &closure.distributions)
        .filter_map(|(dist, selected)| match selected {
            Selected::File(filename) => Some((dist, filename.as_str())),
            Selected::Package(_) => None,
        })
        .collect()
}

/// The indexes of the releases that are pinned to one, with credentials.
fn indexes<'a>(
    request: Request<'a>,
    packages: &BTreeMap<String, LockedPackage>,
) -> BTreeMap<Dist, &'a IndexUrl> {
    let pinned = packages.iter().filter_map(|(key, package)| {
        let Pin::Pypi(pin) = &package.pin else {
            return None;
        };
        match &request.plan.packages.get(key)?.source {
            Source::Pypi(source) => Some((pin.dist(), source.index.as_ref()?)),
            Source::Git(_) | Source::Local(_) => None,
        }
    });
    pinned.collect()
}

fn location(request: Request<'_>, dist: &Dist) -> Option<crate::finding::Location> {
    let mut packages = request.plan.packages.values();
    let named = packages.find(
        |package| matches!(&package.source, Source::Pypi(source) if source.name == dist.name),
    );
    named.map(|package| package.location.clone())
}

impl Job<'_> {
    fn is_done(&self) -> bool {
        self.known.is_some() && self.described.len() == self.selected.len()
    }
}

fn describe(
    request: Request<'_>,
    job: &Job<'_>,
    ports: Ports<'_>,
) -> Result<Distribution, Box<Finding>> {
    let failed = |error: RemoteError| error.finding(Code::PypiReleaseRemoved);
    let page = ports
        .index
        .project(job.index, &job.dist.name)
        .map_err(|error| error.finding(Code::ProjectNotFound))?;
    let limit = exclude_newer(&request.plan.targets);
    let files: Vec<&IndexFile> = page
        .files
        .iter()
        .filter(|file| Some(&file.version) == job.dist.version.as_ref())
        .filter(|file| match (limit, file.uploaded) {
            (Some(limit), Some(uploaded)) => uploaded < limit,
            (Some(_), None) => false,
            (None, _) => true,
        })
        .collect();
    let release = match &job.known {
        Some(known) => known.clone(),
        None => pypi::release(job.index, &files, ports).map_err(failed)?,
    };
    let mut metadata = job.described.clone();
    for (filename, seen) in &job.selected {
        let there = release.files.get(*filename);
        let file = files.iter().find(|file| file.filename == *filename);
        let (Some(digest), Some(file)) = (there, file) else {
            let message = format!("uv chose `{filename}`, which the index does not have");
            return Err(Box::new(Finding::new(Code::PypiFileRemoved, message)));
        };
        let other = [*seen, file.sha256].into_iter().flatten();
        if let Some(other) = other.into_iter().find(|other| other != digest) {
            let message = format!("the index tells of two SHA-256 for `{filename}`");
            let finding = Finding::new(Code::FileHashMismatch, message);
            return Err(Box::new(finding.compare(digest, other)));
        }
        if !metadata.contains_key(filename) {
            // Whatever is read or built from now on is of these bytes.
            let file = IndexFile {
                sha256: Some(*digest),
                ..(*file).clone()
            };
            metadata.insert(filename, read(request, job, &file, &files, ports)?);
        }
    }
    Ok(release.with_metadata(&metadata))
}

/// What a file says of itself, which must be about this distribution.
///
/// Where a source distribution leaves its requirements to the build, the wheels of the release
/// tell them: they were built from it. Without any, it is built here.
fn read(
    request: Request<'_>,
    job: &Job<'_>,
    file: &IndexFile,
    release: &[&IndexFile],
    ports: Ports<'_>,
) -> Result<CoreMetadata, Box<Finding>> {
    let wheel = is_wheel(&file.filename);
    let stated = match ports.index.metadata(job.index, file) {
        Ok(text) => {
            let stated = parse(job.dist, &file.filename, &text)?;
            if wheel || !stated.dynamic {
                return Ok(stated.core);
            }
            Some(stated)
        }
        // A source distribution of old may have none.
        Err(RemoteError::NotFound(_)) if !wheel => None,
        Err(error) => return Err(Box::new(error.finding(Code::MetadataInvalid))),
    };
    let mut wheels = release.iter().filter(|file| is_wheel(&file.filename));
    if let Some(first) = wheels.next() {
        let first = wheels.fold(first, |a, b| if a.filename < b.filename { a } else { b });
        let text = ports.index.metadata(job.index, first);
        let text = text.map_err(|error| Box::new(error.finding(Code::MetadataInvalid)))?;
        return parse(job.dist, &first.filename, &text).map(|stated| stated.core);
    }
    let built = build(request, job, file, ports)?;
    Ok(CoreMetadata {
        built: true,
        // What the archive states of itself holds also where the build leaves it out.
        license: built
            .license
            .or(stated.and_then(|stated| stated.core.license)),
        ..built
    })
}

fn parse(dist: &Dist, filename: &str, text: &str) -> Result<StatedMetadata, Box<Finding>> {
    let wrong = |reason: String| {
        let message = format!("the metadata of `{filename}` is not usable: {reason}");
        Box::new(Finding::new(Code::MetadataInvalid, message))
    };
    let stated = StatedMetadata::parse(text).map_err(|error| wrong(error.to_string()))?;
    if stated.name != dist.name || Some(&stated.version) != dist.version.as_ref() {
        let about = format!("it is about `{}=={}`", stated.name, stated.version);
        return Err(wrong(about));
    }
    Ok(stated)
}

fn build(
    request: Request<'_>,
    job: &Job<'_>,
    file: &IndexFile,
    ports: Ports<'_>,
) -> Result<CoreMetadata, Box<Finding>> {
    if !request.may_build {
        let message = format!(
            "`{}` has to be built to learn what it requires, which `--no-build` forbids",
            job.dist
        );
        return Err(Box::new(Finding::new(Code::BuildForbidden, message)));
    }
    let place = request.scratch.join(job.dist.to_string());
    let archive = place.join(&file.filename);
    ports
        .index
        .download(job.index, file, &archive)
        .map_err(|error| error.finding(Code::PypiFileRemoved))?;
    let wanted = BuildWanted {
        target: &request.plan.targets[0],
        python: None,
        source: &archive,
        into: &place.join("wheel"),
        version: None,
    };
    let built = ports
        .environments
        .build(&wanted)
        .map_err(|error| unresolved::build(&job.dist.to_string(), error))?;
    parse(job.dist, &file.filename, &built.metadata).map(|stated| stated.core)
}
