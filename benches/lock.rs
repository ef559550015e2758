//! How fast a lock of 1,000 distributions becomes bytes, comes back, and becomes an SBOM.

use std::collections::{BTreeMap, BTreeSet};

use divan::Bencher;
use vhb::lock::{Distribution, Lock, LockedExperiment, LockedPackage, newest_instant};
use vhb::model::{
    Dist, Environment, Pin, PypiPin, PypiSource, RunMode, Sha256Digest, Source, Stage, Target,
    VersionAsked,
};

const DISTRIBUTIONS: usize = 1000;
/// About what a release with wheels for a few Pythons and platforms has.
const FILES: usize = 8;

fn main() {
    divan::main();
}

/// A lock of many releases, each with several files.
fn lock() -> Lock {
    let mut packages = BTreeMap::new();
    let mut distributions = BTreeMap::new();
    for number in 0..DISTRIBUTIONS {
        let id = format!("package-{number:04}");
        let pin = PypiPin {
            name: id.parse().expect("a normal name"),
            version: format!("1.{number}.0").parse().expect("a version"),
            extras: BTreeSet::new(),
            index: None,
        };
        distributions.insert(pin.dist(), release(&pin.dist()));
        let source = PypiSource {
            name: pin.name.clone(),
            version: VersionAsked::Exact(pin.version.clone()),
            extras: BTreeSet::new(),
            index: None,
        };
        let package = LockedPackage {
            source: Source::Pypi(source),
            distribution: Some(pin.dist()),
            pin: Pin::Pypi(pin),
        };
        packages.insert(id, package);
    }
    let environment = Environment {
        stage: Stage::Inference,
        roots: packages.keys().cloned().collect(),
    };
    Lock {
        generator: vhb::GENERATOR.to_owned(),
        resolved_at: newest_instant(&packages, &distributions),
        experiment: LockedExperiment {
            id: "bench".to_owned(),
            name: "bench".to_owned(),
            file: "registries/experiments/bench.yaml".to_owned(),
            run_mode: RunMode::Prod,
            target: Target::default(),
        },
        config: BTreeMap::new(),
        registry: BTreeMap::new(),
        runs: BTreeMap::new(),
        packages,
        environments: [(environment.id(), environment)].into(),
        distributions,
    }
}

fn release(dist: &Dist) -> Distribution {
    let files = (0..FILES).map(|number| {
        let filename = format!("{}-{number}-py3-none-any.whl", dist.name);
        let digest = Sha256Digest::of(filename.as_bytes());
        (filename, digest)
    });
    Distribution {
        files: files.collect(),
        uploaded: "2026-01-01T00:00:00Z".parse().ok(),
        yanked: None,
    }
}

#[divan::bench]
fn to_bytes_and_back(bencher: Bencher<'_, '_>) {
    let lock = lock();
    bencher.bench(|| {
        let again = Lock::from_bytes(&lock.to_bytes()).expect("a lock comes back");
        assert_eq!(again.distributions.len(), DISTRIBUTIONS);
        again
    });
}

#[divan::bench]
fn to_sbom(bencher: Bencher<'_, '_>) {
    let lock = lock();
    bencher.bench(|| vhb::bom::to_bytes(&lock));
}
