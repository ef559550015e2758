//! Floor 2: from a plan to a lock, asking git, indexes and disks through the ports.
//!
//! Every package is resolved on its own and in parallel; all failures of one run come back
//! together. A pin whose source has not changed is kept without asking anybody, unless an upgrade
//! is asked for; directories are read again each time, since disks change without notice.

mod git;
mod local;
mod pypi;
mod pyproject;
mod releases;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use crate::finding::{Code, Finding, Severity};
use crate::lock::{
    Distribution, Lock, LockedEnvironment, LockedExperiment, LockedPackage, newest_instant,
};
use crate::model::{
    Dist, Instant, Manifest, OneOrMany, Pin, Sha256Digest, Source, Target, VersionAsked,
    canonical_digest,
};
use crate::registry::{Plan, PlannedPackage};
use crate::remote::Ports;

use releases::Releases;

/// What is to be locked, and how.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The experiment put together.
    pub plan: &'a Plan,
    /// The directory that holds `registries/`.
    pub root: &'a Path,
    /// The lock to keep pins of.
    pub previous: Option<&'a Lock>,
    /// Which pins to move all the same.
    pub upgrade: &'a Upgrade,
    /// Whether what may mean something else tomorrow is an error.
    pub require_immutable: bool,
    /// The program that writes the lock.
    pub generator: &'a str,
}

/// Which pins are to move although their source has not changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Upgrade {
    /// None.
    #[default]
    Nothing,
    /// All.
    Everything,
    /// Those of these packages, by registry id, requirement or distribution name.
    Only(BTreeSet<String>),
}

impl Upgrade {
    /// The names that no package of the plan has.
    pub fn unknown<'a>(&'a self, plan: &Plan) -> Vec<&'a str> {
        let Self::Only(names) = self else {
            return Vec::new();
        };
        names
            .iter()
            .map(String::as_str)
            .filter(|name| {
                !plan
                    .packages
                    .iter()
                    .any(|(key, package)| is_named(key, &package.source, name))
            })
            .collect()
    }

    fn covers(&self, key: &str, source: &Source) -> bool {
        match self {
            Self::Nothing => false,
            Self::Everything => true,
            Self::Only(names) => names.iter().any(|name| is_named(key, source, name)),
        }
    }
}

fn is_named(key: &str, source: &Source, name: &str) -> bool {
    let distribution = match source {
        Source::Pypi(source) => {
            pep508_rs::PackageName::new(name.to_owned()).is_ok_and(|asked| asked == source.name)
        }
        Source::Git(_) | Source::Local(_) => false,
    };
    key == name || distribution
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Resolution {
    /// The lock; none where anything could not be resolved.
    pub lock: Option<Lock>,
    /// The manifests of the directories that were pinned, by their digest.
    pub manifests: BTreeMap<Sha256Digest, Manifest>,
    /// What there is to say.
    pub findings: Vec<Finding>,
}

/// One package resolved.
struct Resolved {
    pin: Pin,
    distribution: Option<Dist>,
    release: Option<Distribution>,
    manifest: Option<Manifest>,
    findings: Vec<Finding>,
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

/// Resolves every package of a plan.
pub fn resolve(request: Request<'_>, ports: Ports<'_>) -> Resolution {
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

    let mut resolution = Resolution::default();
    let mut packages = BTreeMap::new();
    let mut releases = Releases::default();
    for (key, package, result) in results {
        let subject = format!("packages/{key}");
        let place = |finding: Finding| finding.about(&subject).at(package.location.clone());
        match result {
            Err(finding) => resolution.findings.push(place(*finding)),
            Ok(resolved) => {
                resolution
                    .findings
                    .extend(resolved.findings.into_iter().map(place));
                if let Some(manifest) = resolved.manifest {
                    resolution.manifests.insert(manifest.digest(), manifest);
                }
                if let (Pin::Pypi(pin), Some(release)) = (&resolved.pin, resolved.release) {
                    let conflict = releases.add(pin.dist(), pin.index.clone(), release);
                    resolution.findings.extend(conflict.map(place));
                }
                let locked = LockedPackage {
                    source: package.source.clone(),
                    pin: resolved.pin,
                    distribution: resolved.distribution,
                    metadata: None,
                };
                packages.insert(key.to_owned(), locked);
            }
        }
    }
    if request.require_immutable {
        for finding in &mut resolution.findings {
            if finding.code == Code::MutableRef {
                finding.severity = Severity::Error;
            }
        }
    }
    let refused = resolution
        .findings
        .iter()
        .any(|f| f.severity == Severity::Error);
    if !refused && packages.len() == plan.packages.len() {
        resolution.lock = Some(assemble(request, packages, releases.into_distributions()));
    }
    resolution
}

/// Joins a plan with what its packages were pinned to.
fn assemble(
    request: Request<'_>,
    packages: BTreeMap<String, LockedPackage>,
    distributions: BTreeMap<Dist, Distribution>,
) -> Lock {
    let plan = request.plan;
    let digests = plan.entries.iter();
    let lock = Lock {
        generator: request.generator.to_owned(),
        resolved_at: newest_instant(&packages, &distributions),
        experiment: LockedExperiment {
            id: plan.experiment.id.clone(),
            name: plan.name.clone(),
            file: plan.file.clone(),
            run_mode: plan.mode,
            target: OneOrMany::new(plan.targets.clone()).expect("a plan has a target"),
        },
        config: plan.entries.clone(),
        registry: digests
            .map(|(entry, value)| (entry.clone(), canonical_digest(value)))
            .collect(),
        runs: plan.runs.clone(),
        packages,
        environments: plan
            .environments
            .iter()
            .map(|(id, asked)| {
                let asked = asked.clone();
                (
                    id.clone(),
                    LockedEnvironment {
                        asked,
                        closure: None,
                    },
                )
            })
            .collect(),
        distributions,
    };
    match request.previous {
        // Another version of vhb alone is no reason to touch a lock.
        Some(previous) if previous.same_content(&lock) => previous.clone(),
        _ => lock,
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
            VersionAsked::Latest | VersionAsked::Range(_) => old == new,
        },
        Source::Git(_) | Source::Local(_) => true,
    }
}

/// The limit of a plan's targets, which is the same for all.
fn exclude_newer(targets: &[Target]) -> Option<Instant> {
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
                _ => pypi::resolve(source, &request.plan.targets, ports),
            }
        }
    }
}

fn source_warnings_git(source: &crate::model::GitSource, kept: &LockedPackage) -> Vec<Finding> {
    match &kept.pin {
        Pin::Git(pin) => git::warnings(source, pin).into_iter().collect(),
        Pin::Local(_) | Pin::Pypi(_) => Vec::new(),
    }
}

fn keep(findings: Vec<Finding>, kept: &LockedPackage, release: Option<Distribution>) -> Resolved {
    Resolved {
        pin: kept.pin.clone(),
        distribution: kept.distribution.clone(),
        release,
        manifest: None,
        findings,
    }
}
