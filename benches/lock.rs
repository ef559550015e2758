//! How fast a lock of 1,000 distributions becomes bytes, comes back, becomes an SBOM, and is
//! found to be complete; with 20 environments of all of them, how fast readers are answered; and
//! how fast two locks are compared in which every distribution differs.

use std::collections::{BTreeMap, BTreeSet};

use divan::Bencher;
use serde_json::json;
use vhb::lock::{
    Closure, Diff, Distribution, Lock, LockedEnvironment, LockedExperiment, LockedPackage, Selected,
};
use vhb::model::{
    CoreMetadata, Dist, EntryRef, Environment, Kind, License, OneOrMany, Pin, PypiPin, PypiSource,
    RunMode, Sha256Digest, Source, Stage, Target, VersionAsked,
};
use vhb::registry::Plan;
use vhb::view::{Chains, Origins, Overview, Shape, Tree};

const DISTRIBUTIONS: usize = 1000;
/// About what a release with wheels for a few Pythons and platforms has.
const FILES: usize = 8;
/// How many other distributions each requires, and as many more by an extra that nobody asks for.
const REQUIRES: usize = 4;
const PYTHONS: [&str; 5] = ["3.9", "3.10", "3.11", "3.12", "3.13"];
const PLATFORMS: [&str; 4] = [
    "x86_64-manylinux_2_28",
    "aarch64-manylinux_2_28",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
];

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
    lock_of(DISTRIBUTIONS)
}

fn lock_of(count: usize) -> Lock {
    let distributions: BTreeMap<_, _> = (0..count)
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

/// The same for 20 targets, with the entries that 20 runs on them are planned from.
fn lock_of_targets() -> Lock {
    let mut lock = lock();
    let targets = PYTHONS.iter().flat_map(|python| {
        PLATFORMS.iter().map(|platform| {
            let target = Target::default().with_python(python);
            let target = target.and_then(|target| target.with_platform(platform));
            target.expect("a target of uv")
        })
    });
    let targets: Vec<_> = targets.collect();
    let runs: Vec<_> = (0..20).map(|number| format!("run_{number}")).collect();
    let task = json!({
        "name": "task", "entry_point": "bench.run", "required_packages": [name(0)],
    });
    let source = json!({ "type": "pypi", "name": name(0), "version": "1.0.0" });
    let run = |id: &str| {
        json!({
            "name": id, "ml_task": "task", "dataset": "data",
            "model": { "name": "model", "framework": "none" },
        })
    };
    let entry = |kind, id: &str, value| (EntryRef::new(kind, id), value);
    let experiment = json!({ "name": "bench", "tasks": runs });
    let data = json!({ "name": "data", "type": "bench.Data", "path": "data" });
    let package = json!({ "name": name(0), "source": source });
    lock.config = BTreeMap::from([
        entry(Kind::Experiments, "bench", experiment),
        entry(Kind::Tasks, "task", task),
        entry(Kind::Datasets, "data", data),
        entry(Kind::Packages, &name(0), package),
    ]);
    let of_runs = runs.iter().map(|id| entry(Kind::Runs, id, run(id)));
    lock.config.extend(of_runs);
    let plan = Plan::from_values(&lock.config, "bench", RunMode::Prod, targets.clone());
    let plan = plan.expect("a plan of the entries");
    let closure = lock
        .environments
        .values()
        .next()
        .map(|it| it.closure.clone());
    let closure = closure.flatten();
    let environments = plan.environments.into_iter().map(|(id, asked)| {
        let closure = closure.clone();
        (id, LockedEnvironment { asked, closure })
    });
    lock.environments = environments.collect();
    lock.runs = plan.runs;
    lock.experiment.target = OneOrMany::new(targets).expect("20 targets");
    assert_eq!(lock.environments.len(), 20);
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

#[divan::bench]
fn overview(bencher: Bencher<'_, '_>) {
    let lock = lock_of_targets();
    bencher.bench(|| Overview::of(&lock).counts.distributions);
}

#[divan::bench]
fn tree(bencher: Bencher<'_, '_>) {
    let lock = lock_of_targets();
    bencher.bench(|| {
        let ids = lock.environments.keys().map(String::as_str);
        let trees = Tree::of(&lock, ids);
        assert_eq!(trees.len(), 1, "they are the same");
        trees[0].rows(Shape::default()).count()
    });
}

/// By the shortest chains, then by all there are, of what stands deepest.
#[divan::bench(args = [Chains::Shortest, Chains::All])]
fn why(bencher: Bencher<'_, '_>, chains: Chains) {
    let lock = lock_of_targets();
    bencher.bench(|| {
        let origins = Origins::of(&lock).expect("a plan of the entries");
        let named = origins.named(&name(DISTRIBUTIONS - 1));
        let answer = origins.answer(&named[0], chains);
        assert_eq!(answer.chains[0].environments.len(), 20);
        answer.chains.len()
    });
}

/// The same lock with every distribution in a later version.
fn upgraded(lock: &Lock) -> Lock {
    let later = |dist: &Dist| -> Dist {
        let text = format!("{dist}.post1");
        text.parse().expect("a later version is one")
    };
    let mut new = lock.clone();
    new.distributions = lock
        .distributions
        .iter()
        .map(|(dist, release)| (later(dist), release.clone()))
        .collect();
    for environment in new.environments.values_mut() {
        let closure = environment.closure.as_mut().expect("it has a closure");
        let held = std::mem::take(&mut closure.distributions).into_iter();
        closure.distributions = held.map(|(dist, file)| (later(&dist), file)).collect();
    }
    new
}

/// Twice as many take twice as long, not four times.
#[divan::bench(args = [500, 1000, 2000, 4000])]
fn diff(bencher: Bencher<'_, '_>, count: usize) {
    let old = lock_of(count);
    let new = upgraded(&old);
    bencher.bench(|| {
        let diff = Diff::of(&old, &new);
        assert_eq!(diff.len(), count);
        diff
    });
}
