//! Every environment of a plan, from its roots to its closure.
//!
//! A closure is kept while its target, its roots and what these say of themselves are the same,
//! nothing in it is to be upgraded, nothing in it was built where that is forbidden, and it is
//! complete: nobody is asked. The others are resolved side by side, preferring the versions of the
//! former lock. Environments of several stages that have the same roots and target are resolved
//! once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use pep508_rs::PackageName;

use super::trees::{self, Tree};
use super::{Request, Upgrade, refused, unresolved};
use crate::finding::{Code, Finding};
use crate::lock::{Closure, Lock, LockedEnvironment, LockedPackage, Selected, closure_findings};
use crate::model::{Dist, Environment, Pin, Sha256Digest, best_wheel, is_wheel};
use crate::remote::{Chosen, ChosenFrom, EnvironmentWanted, Ports, ResolveError, Root, RootFrom};

/// The closure of an environment, and what the resolver said of the files in it.
pub(super) struct ResolvedEnvironment {
    pub(super) closure: Closure,
    /// The digests of selected files as the resolver saw them.
    pub(super) seen: BTreeMap<String, Sha256Digest>,
}

/// The closures by the ids of their environments. Packages whose metadata was not known yet get it.
pub(super) fn resolve(
    request: Request<'_>,
    packages: &mut BTreeMap<String, LockedPackage>,
    ports: Ports<'_>,
) -> Result<BTreeMap<String, ResolvedEnvironment>, Vec<Finding>> {
    let mut trees = describe(request, packages, ports)?;
    let environments = &request.plan.environments;
    let faulty = request.previous.map(faulty).unwrap_or_default();
    let (kept, stale): (Vec<_>, Vec<_>) = environments
        .iter()
        .map(|(id, asked)| {
            let kept = kept(request, id, asked, packages);
            (id, asked, kept.filter(|_| !faulty.contains(id)))
        })
        .partition(|(_, _, kept)| kept.is_some());
    let mut closures: BTreeMap<String, ResolvedEnvironment> = kept
        .into_iter()
        .filter_map(|(id, _, closure)| {
            let resolved = ResolvedEnvironment {
                closure: closure?.clone(),
                seen: BTreeMap::new(),
            };
            Some((id.clone(), resolved))
        })
        .collect();
    // Another stage may have the same packages: what is good for the one is good for the other.
    let (shared, stale): (Vec<_>, Vec<_>) = stale
        .into_iter()
        .partition(|(_, asked, _)| same_elsewhere(asked, &closures, environments).is_some());
    for (id, asked, _) in shared {
        if let Some(closure) = same_elsewhere(asked, &closures, environments) {
            let resolved = ResolvedEnvironment {
                closure: closure.clone(),
                seen: BTreeMap::new(),
            };
            closures.insert(id.clone(), resolved);
        }
    }
    if stale.is_empty() {
        return Ok(closures);
    }
    let missing = stale
        .iter()
        .flat_map(|(_, asked, _)| &asked.roots)
        .collect::<BTreeSet<_>>();
    let missing = missing
        .into_iter()
        .filter(|key| !trees.contains_key(*key))
        .filter_map(|key| Some((key.as_str(), packages.get(key).filter(|it| is_tree(it))?)));
    trees.extend(trees::write(request, missing, ports)?);

    let version = ports
        .environments
        .version()
        .map_err(|error| vec![error.finding(Code::ResolutionFailed)])?;
    let mut jobs: Vec<Job<'_>> = Vec::new();
    for (id, asked, _) in &stale {
        let same = |job: &&mut Job<'_>| {
            (&job.asked.target, &job.asked.roots) == (&asked.target, &asked.roots)
        };
        match jobs.iter_mut().find(same) {
            Some(job) => job.ids.push(id),
            None => jobs.push(Job {
                ids: vec![id],
                asked,
            }),
        }
    }
    let results = ports.each(jobs, |job: Job<'_>| {
        let resolved = one(request, &job, packages, &trees, &version, ports);
        (job.ids, resolved)
    });
    let mut findings = Vec::new();
    for (ids, result) in results {
        match result {
            Ok((closure, seen)) => closures.extend(ids.into_iter().map(|id| {
                let (closure, seen) = (closure.clone(), seen.clone());
                (id.clone(), ResolvedEnvironment { closure, seen })
            })),
            Err(failed) => findings.extend(failed),
        }
    }
    if findings.is_empty() {
        Ok(closures)
    } else {
        Err(findings)
    }
}

/// The closure of an environment with the same roots and target.
fn same_elsewhere<'a>(
    asked: &Environment,
    closures: &'a BTreeMap<String, ResolvedEnvironment>,
    environments: &BTreeMap<String, Environment>,
) -> Option<&'a Closure> {
    let mut closures = closures.iter();
    closures.find_map(|(id, resolved)| {
        let other = environments.get(id)?;
        let same = (&other.target, &other.roots) == (&asked.target, &asked.roots);
        same.then_some(&resolved.closure)
    })
}

/// Environments with the same roots and target.
struct Job<'a> {
    ids: Vec<&'a String>,
    asked: &'a Environment,
}

impl fmt::Display for Job<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.ids.first().map_or("", |id| id.as_str()))
    }
}

fn is_tree(package: &LockedPackage) -> bool {
    matches!(package.pin, Pin::Git(_) | Pin::Local(_))
}

/// Gives every git and local package its metadata; the trees that had to be written for it.
fn describe(
    request: Request<'_>,
    packages: &mut BTreeMap<String, LockedPackage>,
    ports: Ports<'_>,
) -> Result<BTreeMap<String, Tree>, Vec<Finding>> {
    let open = packages
        .iter()
        .filter(|(_, package)| {
            let known = package.metadata.as_ref();
            let anew = !request.may_build && !request.settled;
            is_tree(package) && known.is_none_or(|it| it.built && anew)
        })
        .map(|(key, package)| (key.as_str(), package));
    let trees = trees::write(request, open, ports)?;
    for (key, tree) in &trees {
        if let Some(package) = packages.get_mut(key) {
            package.distribution = Some(tree.dist.clone());
            package.metadata = Some(tree.metadata.clone());
        }
    }
    Ok(trees)
}

/// The environments of a lock that are not complete, or hold what contradicts itself.
fn faulty(lock: &Lock) -> BTreeSet<String> {
    let findings = closure_findings(lock).into_iter();
    let faulty = findings.filter(|(_, findings)| !findings.is_empty());
    faulty.map(|(id, _)| id).collect()
}

/// The former closure of an environment, where all that it follows from is the same.
fn kept<'a>(
    request: Request<'a>,
    id: &str,
    asked: &Environment,
    packages: &BTreeMap<String, LockedPackage>,
) -> Option<&'a Closure> {
    let previous = request.previous?;
    let LockedEnvironment {
        asked: before,
        closure,
    } = previous.environments.get(id)?;
    let closure = closure.as_ref()?;
    let same_root = |key: &String| {
        let (new, old) = (packages.get(key)?, previous.packages.get(key)?);
        let same = match (&new.pin, &old.pin) {
            (Pin::Pypi(new), Pin::Pypi(old)) => new == old,
            // Other files that require the same leave the rest of the environment as it is.
            _ => new.distribution == old.distribution && new.metadata == old.metadata,
        };
        same.then_some(())
    };
    let moves = |dist: &Dist| request.upgrade.moves(&dist.name);
    let may_stand = request.may_build || request.settled;
    let described = |(dist, selected): (&Dist, &Selected)| match selected {
        Selected::File(filename) => previous
            .metadata_of(dist, selected)
            .is_some_and(|metadata| may_stand || (is_wheel(filename) && !metadata.built)),
        Selected::Package(key) => packages.contains_key(key),
    };
    let same = before == asked
        && asked.roots.iter().all(|key| same_root(key).is_some())
        && closure.distributions.iter().all(described)
        && !closure.distributions.keys().any(moves);
    same.then_some(closure)
}

fn one(
    request: Request<'_>,
    job: &Job<'_>,
    packages: &BTreeMap<String, LockedPackage>,
    trees: &BTreeMap<String, Tree>,
    resolver: &str,
    ports: Ports<'_>,
) -> Result<(Closure, BTreeMap<String, Sha256Digest>), Vec<Finding>> {
    let (id, asked) = (job.ids[0], job.asked);
    refused::overridden(request, id, asked, packages)?;
    refused::addressed(request, asked, packages)?;
    let wanted = EnvironmentWanted {
        name: id,
        target: &asked.target,
        roots: roots(request, asked, packages, trees),
        preferred: preferred(request, asked),
        may_build: request.may_build,
    };
    let failed =
        |error: &ResolveError| unresolved::environment(request.plan, id, asked, packages, error);
    let chosen = std::thread::scope(|scope| {
        scope.spawn(|| ask_ahead(&wanted, ports));
        ports.environments.resolve(&wanted)
    });
    let chosen = chosen.map_err(|error| vec![failed(&error)])?;
    let mut distributions = BTreeMap::new();
    let mut seen = BTreeMap::new();
    let mut findings = Vec::new();
    for chosen in chosen {
        match select(&chosen, asked, packages, &mut seen) {
            Ok((dist, selected)) => drop(distributions.insert(dist, selected)),
            Err(finding) => findings.push(finding.about(format!("environments/{id}"))),
        }
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let closure = Closure {
        resolver: resolver.to_owned(),
        distributions,
    };
    Ok((closure, seen))
}

/// Asks for the pages that will probably be needed, while the resolver is at work; what comes of it
/// is remembered by the index, and errors are told when the page is needed.
fn ask_ahead(wanted: &EnvironmentWanted<'_>, ports: Ports<'_>) {
    let is_root = |name: &PackageName| wanted.roots.iter().any(|root| root.name == *name);
    let mut likely = ports.environments.likely(wanted);
    likely.retain(|name| !is_root(name));
    ports.each(likely, |name: PackageName| {
        let _ = ports.index.project(None, &name);
    });
}

/// The roots as they are pinned.
fn roots(
    request: Request<'_>,
    asked: &Environment,
    packages: &BTreeMap<String, LockedPackage>,
    trees: &BTreeMap<String, Tree>,
) -> Vec<Root> {
    let root = |key: &String| {
        let package = packages.get(key)?;
        if let Pin::Pypi(pin) = &package.pin {
            // The plan's own address has the credentials that the pin lacks.
            let index = match &request.plan.packages.get(key)?.source {
                crate::model::Source::Pypi(source) => source.index.clone(),
                _ => pin.index.clone(),
            };
            return Some(Root {
                name: pin.name.clone(),
                extras: pin.extras.iter().cloned().collect(),
                from: RootFrom::Release {
                    version: pin.version.clone(),
                    index,
                },
            });
        }
        let tree = trees.get(key)?;
        Some(Root {
            name: tree.dist.name.clone(),
            extras: Vec::new(),
            from: RootFrom::Path {
                path: tree.path.clone(),
                version: Some(tree.told_version.clone()),
            },
        })
    };
    asked.roots.iter().filter_map(root).collect()
}

/// The versions to keep: those of the same environment, else those of the stage it is for.
fn preferred(request: Request<'_>, asked: &Environment) -> Vec<Dist> {
    let Some(previous) = request
        .previous
        .filter(|_| *request.upgrade != Upgrade::Everything)
    else {
        return Vec::new();
    };
    let own = previous.environments.get(&asked.id());
    let own = own.filter(|own| own.closure.is_some());
    let others = || same_stage(previous, asked);
    let versions: BTreeMap<_, _> = own
        .map_or_else(others, |own| vec![own])
        .into_iter()
        .filter_map(|environment| environment.closure.as_ref())
        .flat_map(|closure| closure.distributions.keys())
        .filter(|dist| !request.upgrade.moves(&dist.name))
        .map(|dist| (&dist.name, dist))
        .collect();
    versions.into_values().cloned().collect()
}

fn same_stage<'a>(previous: &'a Lock, asked: &Environment) -> Vec<&'a LockedEnvironment> {
    let environments = previous.environments.values();
    environments
        .filter(|other| {
            other.asked.stage == asked.stage && other.asked.target.same_place(&asked.target)
        })
        .collect()
}

/// One of the files that suit: the best wheel, else the source distribution.
fn select(
    chosen: &Chosen,
    asked: &Environment,
    packages: &BTreeMap<String, LockedPackage>,
    seen: &mut BTreeMap<String, Sha256Digest>,
) -> Result<(Dist, Selected), Box<Finding>> {
    let name = &chosen.name;
    let of_root = asked.roots.iter().find_map(|key| {
        let package = packages.get(key).filter(|it| is_tree(it))?;
        let dist = package.distribution.as_ref()?;
        (dist.name == *name).then(|| (dist.clone(), Selected::Package(key.clone())))
    });
    match (&chosen.from, of_root) {
        (ChosenFrom::Path(_), Some(root)) => Ok(root),
        (ChosenFrom::Path(path), None) => Err(direct(name, &path.display())),
        (ChosenFrom::Address(address), _) => Err(direct(name, address)),
        (ChosenFrom::Release(files), _) => {
            let names = files.iter().map(|file| file.filename.as_str());
            let file = match best_wheel(names, &asked.target) {
                Some(best) => files.iter().find(|file| file.filename == best),
                None => files.iter().find(|file| !is_wheel(&file.filename)),
            };
            let (Some(file), Some(version)) = (file, &chosen.version) else {
                let message = format!(
                    "uv chose `{name}`, but no file of it suits {}",
                    asked.target
                );
                return Err(Box::new(Finding::new(Code::ResolutionFailed, message)));
            };
            if let Some(digest) = file.sha256 {
                seen.insert(file.filename.clone(), digest);
            }
            let dist = Dist {
                name: name.clone(),
                version: Some(version.clone()),
            };
            Ok((dist, Selected::File(file.filename.clone())))
        }
    }
}

fn direct(name: &PackageName, address: &dyn fmt::Display) -> Box<Finding> {
    let address = crate::model::without_credentials(&address.to_string());
    let message = format!("`{name}` is required by its address, `{address}`");
    Box::new(Finding::new(Code::DirectReference, message))
}
