//! Floor 2: from a plan to a lock, asking git, indexes and disks through the ports.
//!
//! First every package is pinned, on its own and in parallel; then, from these pins, every
//! environment is resolved to its closure, and every distribution of a closure is described. All
//! failures of one step come back together. A pin whose source has not changed, and a closure
//! whose roots have not, are kept without asking anybody, unless an upgrade is asked for;
//! directories are read again each time, since disks change without notice.
//!
//! | module | holds |
//! |---|---|
//! | `artifacts` | every model's, dataset's and image's pin |
//! | `packages` | every package's pin: `git`, `local`, `pypi`, `releases` |
//! | `trees` | git and local packages as files on disk, and what they say of themselves |
//! | `environments` | which closures are kept, and the resolving of the others |
//! | `refused` | what no resolver is asked about |
//! | `distributions` | the files and the core metadata of what closures hold |
//! | `unresolved` | findings of a resolution that failed |
//! | `surprises` | what should not change between two locks, but did |

mod artifacts;
mod distributions;
mod environments;
mod git;
mod local;
mod packages;
mod pypi;
mod refused;
mod releases;
mod surprises;
mod trees;
mod unresolved;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use pep508_rs::PackageName;

use crate::finding::{Code, Finding, Severity};
use crate::lock::{
    Closure, Distribution, Lock, LockedEnvironment, LockedExperiment, LockedPackage,
    closure_findings,
};
use crate::model::{Dist, Manifest, OneOrMany, Sha256Digest, Source, Tokens, canonical_digest};
use crate::registry::Plan;
use crate::remote::Ports;

use artifacts::Artifacts;
use packages::Pinned;

/// What is to be locked, and how.
#[derive(Clone, Copy)]
#[allow(clippy::struct_excessive_bools)] // Independent choices, not a state.
pub struct Request<'a> {
    /// The experiment put together.
    pub plan: &'a Plan,
    /// The directory that holds `registries/`.
    pub root: &'a Path,
    /// The lock to keep pins of.
    pub previous: Option<&'a Lock>,
    /// Whether what that lock has stands as it is, and nothing of this machine is read: no directory
    /// is compared with its pin, and what was built once is not built again.
    pub settled: bool,
    /// Which pins to move all the same.
    pub upgrade: &'a Upgrade,
    /// Whether what may mean something else tomorrow is an error.
    pub require_immutable: bool,
    /// Whether to lock direct sources only, and not what they require.
    pub direct: bool,
    /// Whether source distributions may be built to learn what they require.
    pub may_build: bool,
    /// Whether a model, a dataset or an image that cannot be resolved is recorded as such.
    pub allow_unresolved: bool,
    /// Reads the manifest of a dataset that was kept when the previous lock was made.
    pub manifest: &'a (dyn Fn(&Sha256Digest) -> Option<Manifest> + Sync),
    /// The same for what its place said of its files.
    pub tokens: &'a (dyn Fn(&Sha256Digest) -> Option<Tokens> + Sync),
    /// An empty directory for files that are needed for a while.
    pub scratch: &'a Path,
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
    /// The names that neither a package of the plan has nor a distribution of the lock.
    pub fn unknown<'a>(&'a self, plan: &Plan, previous: Option<&Lock>) -> Vec<&'a str> {
        let Self::Only(names) = self else {
            return Vec::new();
        };
        let is_package = |name: &str| {
            let mut packages = plan.packages.iter();
            packages.any(|(key, package)| is_named(key, &package.source, name))
        };
        let is_artifact = |name: &str| {
            let locked = previous.into_iter().flat_map(|lock| lock.models.keys());
            let models = plan.models.keys().chain(locked);
            let others = plan.datasets.keys().chain(plan.images.keys());
            let mut keys = models.chain(others);
            keys.any(|key| artifacts::names_key(name, key))
        };
        let is_distribution = |name: &str| {
            let asked = PackageName::new(name.to_owned()).ok();
            let mut dists = previous
                .into_iter()
                .flat_map(|lock| lock.distributions.keys());
            asked.is_some_and(|asked| dists.any(|dist| dist.name == asked))
        };
        names
            .iter()
            .map(String::as_str)
            .filter(|name| !is_package(name) && !is_distribution(name) && !is_artifact(name))
            .collect()
    }

    fn covers(&self, key: &str, source: &Source) -> bool {
        match self {
            Self::Nothing => false,
            Self::Everything => true,
            Self::Only(names) => names.iter().any(|name| is_named(key, source, name)),
        }
    }

    /// Whether a distribution is to move, whoever asked for it.
    fn moves(&self, dist: &PackageName) -> bool {
        match self {
            Self::Nothing => false,
            Self::Everything => true,
            Self::Only(names) => names
                .iter()
                .any(|name| PackageName::new(name.clone()).is_ok_and(|name| name == *dist)),
        }
    }
}

fn is_named(key: &str, source: &Source, name: &str) -> bool {
    let distribution = match source {
        Source::Pypi(source) => {
            PackageName::new(name.to_owned()).is_ok_and(|asked| asked == source.name)
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
    /// The manifests of the directories and datasets that were pinned, by their digest.
    pub manifests: BTreeMap<Sha256Digest, Manifest>,
    /// What the places of the datasets said of their files, by its digest.
    pub tokens: BTreeMap<Sha256Digest, Tokens>,
    /// What there is to say.
    pub findings: Vec<Finding>,
}

/// Locks a plan.
pub fn resolve(request: Request<'_>, ports: Ports<'_>) -> Resolution {
    let mut pinned = packages::pin(request, ports);
    let mut artifacts = artifacts::pin(request, ports);
    pinned.findings.append(&mut artifacts.findings);
    if request.require_immutable {
        for finding in &mut pinned.findings {
            if finding.code == Code::MutableRef {
                finding.severity = Severity::Error;
            }
        }
    }
    if !request.direct {
        // A build tells what `pyproject.toml` leaves open.
        let told = |finding: &Finding| finding.code == Code::DistributionUnknown;
        pinned.findings.retain(|finding| !told(finding));
    }
    let mut resolution = Resolution {
        manifests: std::mem::take(&mut pinned.manifests),
        tokens: std::mem::take(&mut artifacts.tokens),
        findings: std::mem::take(&mut pinned.findings),
        lock: None,
    };
    resolution.manifests.append(&mut artifacts.manifests);
    let incomplete = artifacts.incomplete || pinned.packages.len() < request.plan.packages.len();
    if is_refused(&resolution) || incomplete {
        return resolution;
    }
    let lock = match close(request, pinned, artifacts, ports) {
        Ok(lock) => lock,
        Err(findings) => {
            resolution.findings.extend(findings);
            return resolution;
        }
    };
    if let Some(previous) = request.previous {
        resolution.findings.extend(surprises::of(previous, &lock));
    }
    resolution
        .findings
        .extend(surprises::built_on_install(&lock));
    resolution
        .findings
        .extend(closure_findings(&lock).into_values().flatten());
    if !is_refused(&resolution) {
        resolution.lock = Some(match request.previous {
            // Another version of vhb alone is no reason to touch a lock.
            Some(previous) if previous.same_content(&lock) => previous.clone(),
            _ => lock,
        });
    }
    resolution
}

fn is_refused(resolution: &Resolution) -> bool {
    let error = |finding: &Finding| finding.severity == Severity::Error;
    resolution.findings.iter().any(error)
}

/// Adds to what is pinned everything that it takes, and puts it together as a lock.
fn close(
    request: Request<'_>,
    mut pinned: Pinned,
    artifacts: Artifacts,
    ports: Ports<'_>,
) -> Result<Lock, Vec<Finding>> {
    if request.direct {
        for package in pinned.packages.values_mut() {
            package.metadata = None;
        }
        let distributions = pinned.releases.into_distributions();
        let undescribed = distributions.into_iter().map(|(dist, release)| {
            let release = Distribution {
                metadata: None,
                variants: BTreeMap::new(),
                ..release
            };
            (dist, release)
        });
        let distributions = undescribed.collect();
        return Ok(assemble(
            request,
            pinned.packages,
            artifacts,
            BTreeMap::new(),
            distributions,
        ));
    }
    let closures = environments::resolve(request, &mut pinned.packages, ports)?;
    let releases = pinned.releases.into_distributions();
    let packages = &pinned.packages;
    let distributions = distributions::of(request, packages, &closures, releases, ports)?;
    let closures = closures
        .into_iter()
        .map(|(id, resolved)| (id, resolved.closure))
        .collect();
    let packages = pinned.packages;
    Ok(assemble(
        request,
        packages,
        artifacts,
        closures,
        distributions,
    ))
}

/// Joins a plan with what its packages were pinned to.
fn assemble(
    request: Request<'_>,
    packages: BTreeMap<String, LockedPackage>,
    artifacts: Artifacts,
    mut closures: BTreeMap<String, Closure>,
    distributions: BTreeMap<Dist, Distribution>,
) -> Lock {
    let plan = request.plan;
    let digests = plan.entries.iter();
    let mut lock = Lock {
        generator: request.generator.to_owned(),
        resolved_at: None,
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
        models: artifacts.models,
        datasets: artifacts.datasets,
        images: artifacts.images,
        environments: plan
            .environments
            .iter()
            .map(|(id, asked)| {
                let asked = asked.clone();
                let closure = closures.remove(id);
                (id.clone(), LockedEnvironment { asked, closure })
            })
            .collect(),
        distributions,
    };
    lock.resolved_at = lock.newest_instant();
    lock
}
