//! How fast a lock of 1,000 distributions becomes bytes, comes back, becomes an SBOM, and is
//! found to be complete.

use std::collections::{BTreeMap, BTreeSet};

use divan::Bencher;
use vhb::lock::{
    Closure, Distribution, Lock, LockedEnvironment, LockedExperiment, LockedPackage, Selected,
};
use vhb::model::{
    CoreMetadata, Dist, Environment, License, OneOrMany, Pin, PypiPin, PypiSource, RunMode,
    Sha256Digest, Source, Stage, Target, VersionAsked,
};

const DISTRIBUTIONS: usize = 1000;
/// About what a release with wheels for a few Pythons and platforms has.
const FILES: usize = 8;
/// How many other distributions each requires, and as many more by an extra that nobody asks for.
const REQUIRES: usize = 4;

fn main() {
    divan::main();
}

fn name(number: usize) -> String {
    format!("package-{number:04}")
}

fn dist(number: usize) -> Dist {
    format!("{}==1.{number}.0", name(number))
        .parse()
        .expect("a normalised distribution")
}

/// A lock with one root that leads to all the others.
fn lock() -> Lock {
    let distributions: BTreeMap<_, _> = (0..DISTRIBUTIONS)
        .map(|number| (dist(number), release(number)))
        .collect();
    let pin = PypiPin {
        name: name(0).parse().expect("a normal name"),
        version: "1.0.0".parse().expect("a version"),
        extras: BTreeSet::new(),
        index: None,
    };
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
        metadata: None,
    };
    let packages: BTreeMap<_, _> = [(name(0), package)].into();
    let asked = Environment {
        stage: Stage::Inference,
        target: Target::default(),
        roots: packages.keys().cloned().collect(),
    };
    let selected = distributions
        .iter()
        .filter_map(|(dist, release)| {
            let file = release.files.keys().next()?;
            Some((dist.clone(), Selected::File(file.clone())))
        })
        .collect();
    let closure = Closure {
        resolver: "uv 0.0.0".to_owned(),
        distributions: selected,
    };
    let environment = LockedEnvironment {
        asked,
        closure: Some(closure),
    };
    let mut lock = Lock {
        generator: vhb::GENERATOR.to_owned(),
        resolved_at: None,
        experiment: LockedExperiment {
            id: "bench".to_owned(),
            name: "bench".to_owned(),
            file: "registries/experiments/bench.yaml".to_owned(),
            run_mode: RunMode::Prod,
            target: OneOrMany::new(vec![Target::default()]).expect("one target"),
        },
        config: BTreeMap::new(),
        registry: BTreeMap::new(),
        runs: BTreeMap::new(),
        packages,
        models: BTreeMap::new(),
        datasets: BTreeMap::new(),
        images: BTreeMap::new(),
        environments: [(environment.asked.id(), environment)].into(),
        distributions,
    };
    lock.resolved_at = lock.newest_instant();
    lock
}

fn release(number: usize) -> Distribution {
    let files = (0..FILES).map(|file| {
        let filename = format!("package_{number:04}-1.{number}.0-{file}-py3-none-any.whl");
        let digest = Sha256Digest::of(filename.as_bytes());
        (filename, digest)
    });
    let plain = (1..=REQUIRES)
        .map(|step| number * REQUIRES + step)
        .filter(|other| *other < DISTRIBUTIONS)
        .map(|other| {
            format!(
                "{}>=1.0,!=1.{other}.5; python_version >= '3.9'",
                name(other)
            )
        });
    let extra = (1..=REQUIRES).map(|other| format!("{}<1; extra == 'dev'", name(other)));
    let metadata = CoreMetadata {
        requires: plain
            .chain(extra)
            .map(|text| text.parse().expect("a requirement"))
            .collect(),
        license: Some(License::Expression("MIT".to_owned())),
        author: Some("A. Author".to_owned()),
        summary: Some("Does one thing".to_owned()),
        ..CoreMetadata::default()
    };
    Distribution {
        files: files.collect(),
        uploaded: "2026-01-01T00:00:00Z".parse().ok(),
        yanked: None,
        metadata: Some(metadata),
        variants: BTreeMap::new(),
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

#[divan::bench]
fn closure(bencher: Bencher<'_, '_>) {
    let lock = lock();
    bencher.bench(|| {
        let findings = vhb::lock::closure_findings(&lock);
        assert!(findings.values().all(Vec::is_empty), "{findings:?}");
        findings
    });
}
