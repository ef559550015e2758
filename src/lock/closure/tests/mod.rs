//! Small locks, each with one thing wrong, or with something that only looks wrong.

mod agreement;
mod limits;
mod requirements;

use std::collections::BTreeSet;

use super::super::{Distribution, LockedExperiment, LockedPackage};
use super::*;
use crate::model::{
    CoreMetadata, Dist, Environment, LocalPin, LocalSource, OneOrMany, Pin, PypiPin, PypiSource,
    RunMode, Sha256Digest, Source, Stage, Target, VersionAsked,
};

const ENVIRONMENT: &str = "inference";

fn dist(text: &str) -> Dist {
    text.parse().unwrap()
}

fn requirement(text: &str) -> Requirement {
    text.parse().unwrap()
}

fn wheel(dist: &Dist) -> String {
    let version = dist.version.as_ref().unwrap();
    format!("{}-{version}-py3-none-any.whl", dist.name)
}

fn metadata(requires: &[&str]) -> CoreMetadata {
    CoreMetadata {
        requires: requires.iter().map(|text| requirement(text)).collect(),
        ..CoreMetadata::default()
    }
}

/// A lock of one environment: its roots with their extras, and what each distribution requires.
fn lock(roots: &[&str], distributions: &[(&str, &[&str])]) -> Lock {
    let target = Target::default();
    let mut lock = Lock {
        generator: "vhb 0.1.0".to_owned(),
        resolved_at: None,
        experiment: LockedExperiment {
            id: "bench".to_owned(),
            name: "bench".to_owned(),
            file: "registries/experiments/bench.yaml".to_owned(),
            run_mode: RunMode::Prod,
            target: OneOrMany::new(vec![target.clone()]).unwrap(),
        },
        config: BTreeMap::new(),
        registry: BTreeMap::new(),
        runs: BTreeMap::new(),
        models: BTreeMap::new(),
        datasets: BTreeMap::new(),
        images: BTreeMap::new(),
        packages: BTreeMap::new(),
        environments: BTreeMap::new(),
        distributions: BTreeMap::new(),
    };
    let asked = Environment {
        stage: Stage::Inference,
        target,
        roots: BTreeSet::new(),
    };
    let closure = Closure {
        resolver: "uv 0.0.0".to_owned(),
        distributions: BTreeMap::new(),
    };
    let environment = LockedEnvironment {
        asked,
        closure: Some(closure),
    };
    let id = ENVIRONMENT.to_owned();
    lock.environments.insert(id, environment);
    for root in roots {
        add_root(&mut lock, root);
    }
    for (dist, requires) in distributions {
        add(&mut lock, dist, requires);
    }
    lock
}

fn environment(lock: &mut Lock) -> &mut LockedEnvironment {
    lock.environments.get_mut(ENVIRONMENT).unwrap()
}

fn target(lock: &mut Lock) -> &mut Target {
    &mut environment(lock).asked.target
}

fn held_in(lock: &mut Lock) -> &mut BTreeMap<Dist, Selected> {
    let closure = environment(lock).closure.as_mut();
    &mut closure.unwrap().distributions
}

fn add(lock: &mut Lock, text: &str, requires: &[&str]) {
    let dist = dist(text);
    let file = wheel(&dist);
    let release = Distribution {
        files: [(file.clone(), Sha256Digest::of(b""))].into(),
        uploaded: None,
        yanked: None,
        metadata: Some(metadata(requires)),
        variants: BTreeMap::new(),
    };
    lock.distributions.insert(dist.clone(), release);
    held_in(lock).insert(dist, Selected::File(file));
}

/// Adds a root like `a[x]==1`.
fn add_root(lock: &mut Lock, text: &str) {
    let asked = requirement(text);
    let (_, version) = text.split_once("==").unwrap();
    let pin = PypiPin {
        name: asked.name().clone(),
        version: version.parse().unwrap(),
        extras: asked.extras().iter().cloned().collect(),
        index: None,
    };
    let source = PypiSource {
        name: pin.name.clone(),
        version: VersionAsked::Latest,
        extras: pin.extras.clone(),
        index: None,
    };
    let package = LockedPackage {
        source: Source::Pypi(source),
        distribution: Some(pin.dist()),
        pin: Pin::Pypi(pin),
        metadata: None,
    };
    lock.packages.insert(text.to_owned(), package);
    environment(lock).asked.roots.insert(text.to_owned());
}

/// Adds a root that is a directory.
fn add_directory(lock: &mut Lock, key: &str, text: &str, requires: &[&str]) {
    let pin = LocalPin {
        path: key.to_owned(),
        content: Sha256Digest::of(b""),
        files: 0,
        bytes: 0,
        commit: None,
        dirty: None,
        committed: None,
    };
    let source = LocalSource {
        path: key.to_owned(),
        editable: false,
    };
    let package = LockedPackage {
        source: Source::Local(source),
        pin: Pin::Local(pin),
        distribution: Some(dist(text)),
        metadata: Some(metadata(requires)),
    };
    lock.packages.insert(key.to_owned(), package);
    environment(lock).asked.roots.insert(key.to_owned());
    held_in(lock).insert(dist(text), Selected::Package(key.to_owned()));
}

fn remove(lock: &mut Lock, text: &str) {
    held_in(lock).remove(&dist(text)).unwrap();
}

/// What there is to say of the environment, one finding a line.
fn said(lock: &Lock) -> String {
    let findings = closure_findings(lock).remove(ENVIRONMENT).unwrap();
    let lines: Vec<_> = findings
        .iter()
        .map(|finding| {
            assert_eq!(finding.subject.as_deref(), Some("environments/inference"));
            format!("{}: {}", finding.code, finding.message)
        })
        .collect();
    lines.join("\n")
}

#[track_caller]
fn clean(lock: &Lock) {
    assert_eq!(said(lock), "");
}

/// `app` with a tree below it.
fn app() -> Lock {
    lock(
        &["app==1"],
        &[
            ("app==1", &["torch>=2.5", "numpy"]),
            ("torch==2.5.1", &["numpy<2"]),
            ("numpy==1.26.4", &[]),
        ],
    )
}

/// A server whose extras bring in more, and who asks for one of them.
const SERVER: &[(&str, &[&str])] = &[
    ("app==1", &["server[http]"]),
    (
        "server==1",
        &["http; extra == 'http'", "grpc; extra == 'grpc'"],
    ),
    ("http==1", &[]),
];
