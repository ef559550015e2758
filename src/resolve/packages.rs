//! Every package of a plan on its own: which immutable identity its source means today.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use pep508_rs::PackageName;

use super::releases::Releases;
use super::{Request, git, local, pypi};
use crate::finding::Finding;
use crate::lock::{Distribution, LockedPackage};
use crate::model::{
    CoreMetadata, Dist, GitSource, Instant, Manifest, Pin, Requirement, Sha256Digest, Source,
    Target, VersionAsked,
};
use crate::registry::PlannedPackage;
use crate::remote::Ports;

/// The packages of a plan, pinned.
#[derive(Default)]
pub(super) struct Pinned {
    /// By registry id or requirement; those that failed are missing.
    pub(super) packages: BTreeMap<String, LockedPackage>,
    /// The releases among them.
    pub(super) releases: Releases,
    /// The manifests of the directories among them.
    pub(super) manifests: BTreeMap<Sha256Digest, Manifest>,
    /// What there is to say.
    pub(super) findings: Vec<Finding>,
}

/// One package resolved.
pub(super) struct Resolved {
    pub(super) pin: Pin,
    pub(super) distribution: Option<Dist>,
    /// Kept from a former lock, of a tree that has not changed.
    pub(super) metadata: Option<CoreMetadata>,
    pub(super) release: Option<Distribution>,
    pub(super) manifest: Option<Manifest>,
    pub(super) findings: Vec<Finding>,
}

/// A package that is to be resolved.
struct Job<'a> {
    key: &'a str,
    package: &'a PlannedPackage,
    /// The pin that may be kept.
    kept: Option<&'a LockedPackage>,
}

impl fmt::Display for Job<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key)
    }
}

/// Pins every package of a plan, in parallel; all failures come back together.
pub(super) fn pin(request: Request<'_>, ports: Ports<'_>) -> Pinned {
    let plan = request.plan;
    let jobs = plan
        .packages
        .iter()
        .map(|(key, package)| Job {
            key,
            package,
            kept: kept_pin(request, key, &package.source),
        })
        .collect();
    let results = ports.each(jobs, |job: Job<'_>| {
        let result = resolve_package(request, &job, ports);
        (job.key, job.package, result)
    });
    let mut pinned = Pinned::default();
    for (key, package, result) in results {
        let subject = format!("packages/{key}");
        let place = |finding: Finding| finding.about(&subject).at(package.location.clone());
        match result {
            Err(finding) => pinned.findings.push(place(*finding)),
            Ok(resolved) => {
                let conflict = pinned.add(key, &package.source, resolved);
                pinned.findings.extend(conflict.into_iter().map(place));
            }
        }
    }
    pinned
}

impl Pinned {
    fn add(&mut self, key: &str, source: &Source, resolved: Resolved) -> Vec<Finding> {
        let mut findings = resolved.findings;
        if let Some(manifest) = resolved.manifest {
            self.manifests.insert(manifest.digest(), manifest);
        }
        if let (Pin::Pypi(pin), Some(release)) = (&resolved.pin, resolved.release) {
            let index = pin.index.clone();
            findings.extend(self.releases.add(pin.dist(), index, release));
        }
        let locked = LockedPackage {
            source: source.clone(),
            pin: resolved.pin,
            distribution: resolved.distribution,
            metadata: resolved.metadata,
        };
        self.packages.insert(key.to_owned(), locked);
        findings
    }
}

/// The previous pin of a package, where its source still asks for the same.
fn kept_pin<'a>(request: Request<'a>, key: &str, source: &Source) -> Option<&'a LockedPackage> {
    let previous = request.previous?;
    let package = previous.packages.get(key)?;
    let suits = package.source == *source
        && still_suits(source, &previous.experiment.target, &request.plan.targets);
    (suits && !request.upgrade.covers(key, source)).then_some(package)
}

/// Whether a change of target leaves a pin in force: it may change which release is the newest.
fn still_suits(source: &Source, old: &[Target], new: &[Target]) -> bool {
    match source {
        Source::Pypi(source) => match source.version {
            VersionAsked::Exact(_) => exclude_newer(old) == exclude_newer(new),
            VersionAsked::Latest | VersionAsked::Range(_) => {
                newest_follows_from(old, &source.name) == newest_follows_from(new, &source.name)
            }
        },
        Source::Git(_) | Source::Local(_) => true,
    }
}

/// Of some targets, what decides which release of a project is the newest that will do; see
/// `pypi::choose_version`.
fn newest_follows_from(
    targets: &[Target],
    name: &PackageName,
) -> (Option<Instant>, BTreeSet<(String, BTreeSet<Requirement>)>) {
    let each = targets.iter().map(|target| {
        let constraints = target.constraints.iter().filter(|it| it.name() == name);
        (target.python().to_owned(), constraints.cloned().collect())
    });
    (exclude_newer(targets), each.collect())
}

/// The limit of a plan's targets, which is the same for all.
pub(super) fn exclude_newer(targets: &[Target]) -> Option<Instant> {
    targets
        .iter()
        .filter_map(|target| target.exclude_newer)
        .min()
}

fn resolve_package(
    request: Request<'_>,
    job: &Job<'_>,
    ports: Ports<'_>,
) -> Result<Resolved, Box<Finding>> {
    match &job.package.source {
        Source::Local(source) if request.settled => match job.kept {
            Some(kept) => Ok(keep(Vec::new(), kept, None)),
            None => Err(local::unread(&source.path)),
        },
        Source::Local(source) => {
            local::resolve(source, request.root, request.plan.mode, job.kept, ports)
        }
        Source::Git(source) => match job.kept {
            Some(kept) => Ok(keep(source_warnings_git(source, kept), kept, None)),
            None => git::resolve(source, ports),
        },
        Source::Pypi(source) => {
            let release = job.kept.and_then(|kept| {
                let dist = kept.distribution.as_ref()?;
                request.previous?.distributions.get(dist)
            });
            match (job.kept, release) {
                (Some(kept), Some(release)) => {
                    let findings = pypi::warnings(source, kept.distribution.as_ref(), release);
                    Ok(keep(findings, kept, Some(release.clone())))
                }
                _ => {
                    let targets = &request.plan.targets;
                    let resolved = pypi::resolve(source, targets, ports)?;
                    if !request.direct {
                        pypi::read_ahead(source, &resolved, targets, ports)?;
                    }
                    Ok(resolved)
                }
            }
        }
    }
}

fn source_warnings_git(source: &GitSource, kept: &LockedPackage) -> Vec<Finding> {
    match &kept.pin {
        Pin::Git(pin) => git::warnings(source, pin).into_iter().collect(),
        Pin::Local(_) | Pin::Pypi(_) => Vec::new(),
    }
}

fn keep(findings: Vec<Finding>, kept: &LockedPackage, release: Option<Distribution>) -> Resolved {
    Resolved {
        pin: kept.pin.clone(),
        distribution: kept.distribution.clone(),
        metadata: kept.metadata.clone(),
        release,
        manifest: None,
        findings,
    }
}
