//! What holds for every merge, on locks that are put together from their entries.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::lock::{
    Closure, Distribution, LockedDataset, LockedEnvironment, LockedPackage, Selected,
    closure_findings,
};
use crate::model::{CoreMetadata, Dist, EntryRef, RunMode, Sha256Digest, Target};

/// What a lock of the tests is made from.
#[derive(Clone, Debug, PartialEq)]
struct State {
    /// The versions of the distributions that `app` requires, by name.
    versions: BTreeMap<&'static str, u8>,
    /// A parameter of each run.
    seeds: BTreeMap<&'static str, u8>,
}

const NAMES: [&str; 4] = ["a", "b", "c", "d"];
const RUNS: [&str; 3] = ["first", "second", "third"];

impl State {
    fn first() -> Self {
        Self {
            versions: NAMES.map(|name| (name, 1)).into(),
            seeds: RUNS.map(|run| (run, 1)).into(),
        }
    }

    fn entries(&self) -> BTreeMap<EntryRef, Json> {
        let runs: Vec<_> = self.seeds.keys().collect();
        let mut entries = vec![
            (
                "experiments/exp".to_owned(),
                json!({"name": "exp", "tasks": runs}),
            ),
            (
                "datasets/data".to_owned(),
                json!({"name": "data", "type": "d.D", "path": "data"}),
            ),
            (
                "tasks/task".to_owned(),
                json!({
                    "name": "task", "entry_point": "d.run", "required_packages": ["app"],
                    "supported_frameworks": ["plain"],
                }),
            ),
            (
                "packages/app".to_owned(),
                json!({"name": "app", "source": {"type": "pypi", "name": "app", "version": "1"}}),
            ),
        ];
        for (run, seed) in &self.seeds {
            let value = json!({
                "name": run, "ml_task": "task", "dataset": "data",
                "model": {"name": "m", "framework": "plain", "engine_params": {"seed": seed}},
            });
            entries.push((format!("runs/{run}"), value));
        }
        let entries = entries.into_iter();
        entries
            .map(|(name, value)| (name.parse().unwrap(), value))
            .collect()
    }

    fn distributions(&self) -> BTreeMap<Dist, Distribution> {
        let requires = self.versions.keys().map(|name| (*name).to_owned());
        let own = self.versions.iter();
        let own = own.map(|(name, version)| (format!("{name}=={version}"), Vec::new()));
        let all = own.chain([("app==1".to_owned(), requires.collect())]);
        all.map(|(dist, requires)| {
            let metadata = CoreMetadata {
                requires: requires
                    .iter()
                    .map(|text: &String| text.parse().unwrap())
                    .collect(),
                ..CoreMetadata::default()
            };
            let digest = Sha256Digest::of(dist.as_bytes());
            let release = Distribution {
                files: [(wheel(&dist), digest)].into(),
                uploaded: None,
                yanked: None,
                metadata: Some(metadata),
                variants: BTreeMap::new(),
            };
            (dist.parse().unwrap(), release)
        })
        .collect()
    }

    fn lock(&self) -> Lock {
        self.lock_of(&self.entries())
    }

    fn lock_of(&self, entries: &BTreeMap<EntryRef, Json>) -> Lock {
        let registry = Registry::from_values(entries);
        let plan = Plan::of(&registry, "exp", vec![Target::default()]).unwrap();
        let distributions = self.distributions();
        let held = distributions.keys();
        let held = held.map(|dist| (dist.clone(), Selected::File(wheel(&dist.to_string()))));
        let closure = Closure {
            resolver: "uv 0.1.0".to_owned(),
            distributions: held.collect(),
        };
        let environments = plan.environments.iter().map(|(id, asked)| {
            let (asked, closure) = (asked.clone(), Some(closure.clone()));
            (id.clone(), LockedEnvironment { asked, closure })
        });
        let config: BTreeMap<_, _> = plan.entries.clone();
        let digest = |(entry, value): (&EntryRef, &Json)| (entry.clone(), canonical_digest(value));
        Lock {
            generator: "vhb 0.0.1".to_owned(),
            resolved_at: None,
            experiment: LockedExperiment {
                id: "exp".to_owned(),
                name: "exp".to_owned(),
                file: "registries/experiments/exp.yaml".to_owned(),
                run_mode: RunMode::Prod,
                target: OneOrMany::new(plan.targets.clone()).unwrap(),
            },
            registry: config.iter().map(digest).collect(),
            runs: plan.runs.clone(),
            packages: [("app".to_owned(), package())].into(),
            models: BTreeMap::new(),
            datasets: [("data".to_owned(), dataset())].into(),
            images: BTreeMap::new(),
            environments: environments.collect(),
            distributions,
            config,
        }
    }
}

fn wheel(dist: &str) -> String {
    format!("{}-py3-none-any.whl", dist.replace("==", "-"))
}

fn package() -> LockedPackage {
    let value = json!({
        "source": {"type": "pypi", "name": "app", "version": "1"},
        "pin": {"type": "pypi", "name": "app", "version": "1"},
        "distribution": "app==1",
    });
    serde_json::from_value(value).unwrap()
}

fn dataset() -> LockedDataset {
    let value = json!({
        "source": {"type": "local", "path": "data"},
        "pin": {
            "content": Sha256Digest::of(b""), "files": 1, "bytes": 1,
            "origin": {"type": "local", "path": "data"},
        },
    });
    serde_json::from_value(value).unwrap()
}

/// What two states come to: the lock, or the subjects of the conflicts.
fn merged(base: &State, ours: &State, theirs: &State) -> Result<Lock, BTreeSet<String>> {
    let (base, ours, theirs) = (base.lock(), ours.lock(), theirs.lock());
    of_locks(Some(&base), &ours, &theirs)
}

fn of_locks(base: Option<&Lock>, ours: &Lock, theirs: &Lock) -> Result<Lock, BTreeSet<String>> {
    let sides = Sides { base, ours, theirs };
    let merged = locks(sides, "vhb 0.0.1");
    if !merged.conflicts.is_empty() {
        let subjects = merged.conflicts.into_iter();
        return Err(subjects.map(|finding| finding.subject.unwrap()).collect());
    }
    let lock = merged
        .candidate
        .expect("without a conflict there is a lock")
        .lock;
    let faults: Vec<_> = closure_findings(&lock).into_values().flatten().collect();
    assert!(faults.is_empty(), "{faults:#?}");
    Ok(as_written(lock, sides))
}

/// The state with some of its versions and parameters moved, and some runs taken out.
fn moved(base: &State, moves: &[(usize, u8)], gone: &[usize]) -> State {
    let mut state = base.clone();
    for (which, to) in moves {
        match NAMES.get(*which) {
            Some(name) => drop(state.versions.insert(name, *to)),
            None => drop(state.seeds.insert(RUNS[which - NAMES.len()], *to)),
        }
    }
    for which in gone {
        state.seeds.remove(RUNS[*which]);
    }
    state
}

/// Moves to the versions 1 to 3 of some things.
fn moves() -> impl Strategy<Value = Vec<(usize, u8)>> {
    prop::collection::vec((0..NAMES.len() + RUNS.len(), 1..4_u8), 0..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn it_does_not_matter_who_merges_whom(
        one in moves(), two in moves(), gone in prop::collection::vec(0..2_usize, 0..2),
    ) {
        let base = State::first();
        let (ours, theirs) = (moved(&base, &one, &gone), moved(&base, &two, &[]));
        prop_assert_eq!(merged(&base, &ours, &theirs), merged(&base, &theirs, &ours));
    }

    #[test]
    fn what_one_side_left_alone_is_the_other_side(one in moves()) {
        let base = State::first();
        let changed = moved(&base, &one, &[]);
        prop_assert_eq!(merged(&base, &changed, &base), Ok(changed.lock()));
        prop_assert_eq!(merged(&base, &base, &changed), Ok(changed.lock()));
        prop_assert_eq!(merged(&base, &changed, &changed), Ok(changed.lock()));
    }

    /// Three sides that moved different things come to all of it, in whatever order.
    #[test]
    fn moves_of_different_things_come_together(
        who in prop::collection::vec(0..4_u8, NAMES.len() + RUNS.len()),
    ) {
        let base = State::first();
        let of = |side: u8| {
            let own = who.iter().enumerate().filter(|(_, it)| **it == side);
            own.map(|(which, _)| (which, 2)).collect::<Vec<_>>()
        };
        let [a, b, c] = [of(0), of(1), of(2)].map(|moves| moved(&base, &moves, &[]).lock());
        let all = [of(0), of(1), of(2)].concat();
        let expected = moved(&base, &all, &[]).lock();
        let base = base.lock();
        let both = |one: &Lock, two: &Lock| of_locks(Some(&base), one, two).unwrap();
        prop_assert_eq!(&both(&both(&a, &b), &c), &expected);
        prop_assert_eq!(&both(&a, &both(&c, &b)), &expected);
    }

    /// Nothing that both sides moved in different ways is merged, and all of it is told.
    #[test]
    fn everything_that_clashes_is_told(one in moves(), two in moves()) {
        let base = State::first();
        let (ours, theirs) = (moved(&base, &one, &[]), moved(&base, &two, &[]));
        let clashes = |ours: u8, theirs: u8| ours != theirs && ours != 1 && theirs != 1;
        let (of_ours, of_theirs) = (&ours.versions, &theirs.versions);
        let versions = NAMES.iter().filter(|name| clashes(of_ours[*name], of_theirs[*name]));
        let runs = RUNS.iter().filter(|run| clashes(ours.seeds[*run], theirs.seeds[*run]));
        let expected: BTreeSet<_> = versions
            .map(|name| format!("distributions/{name}"))
            .chain(runs.map(|run| format!("runs/{run}")))
            .collect();
        match merged(&base, &ours, &theirs) {
            Ok(_) => prop_assert!(expected.is_empty(), "{expected:?}"),
            Err(told) => prop_assert_eq!(told, expected),
        }
    }
}

#[test]
fn locks_of_both_sides_alone_merge_where_they_agree() {
    let base = State::first();
    let (ours, theirs) = (
        moved(&base, &[], &[0]).lock(),
        moved(&base, &[], &[1]).lock(),
    );
    let merged = of_locks(None, &ours, &theirs);
    // Both made the list of runs, each another one.
    assert_eq!(merged, Err(["experiments/exp".to_owned()].into()));
    assert_eq!(of_locks(None, &ours, &ours), Ok(ours.clone()));
}

#[test]
fn of_two_programs_that_wrote_the_same_the_newer_is_named() {
    let (old, mut new) = (State::first().lock(), State::first().lock());
    new.generator = "vhb 0.0.10".to_owned();
    for (ours, theirs) in [(&old, &new), (&new, &old)] {
        let merged = of_locks(Some(&old), ours, theirs).unwrap();
        assert_eq!(merged.generator, "vhb 0.0.10");
    }
}

/// Two branches that add the same file are a conflict of git too, whichever lines they have.
#[test]
fn what_both_sides_added_is_merged_only_where_it_is_the_same() {
    let state = State::first();
    let lock = |added: Option<Json>, env: Option<Json>| {
        let mut entries = state.entries();
        if let Some(params) = added {
            let mut run = entries[&"runs/first".parse().unwrap()].clone();
            run["name"] = json!("fourth");
            run["model"]["engine_params"] = params;
            entries.insert("runs/fourth".parse().unwrap(), run);
            let experiment = entries.get_mut(&"experiments/exp".parse().unwrap());
            let tasks = experiment.unwrap()["tasks"].as_array_mut().unwrap();
            tasks.push(json!("fourth"));
        }
        if let Some(env) = env {
            entries.get_mut(&"runs/first".parse().unwrap()).unwrap()["model"]["env"] = env;
        }
        state.lock_of(&entries)
    };
    let told = |base: Option<&Lock>, ours: &Lock, theirs: &Lock| -> Vec<String> {
        let merged = locks(Sides { base, ours, theirs }, "vhb 0.0.1");
        let told = merged.conflicts.into_iter();
        told.map(|finding| finding.message).collect()
    };
    let base = lock(None, None);
    let ours = lock(Some(json!({"top_p": 1, "threshold": 2})), None);
    let theirs = lock(Some(json!({"temperature": 0, "threshold": 2})), None);
    let expected = ["temperature", "top_p"].map(|key| {
        format!(
            "of what both sides added, one alone has `model.engine_params.{key}` of `runs/fourth`"
        )
    });
    for base in [Some(&base), None] {
        assert_eq!(told(base, &ours, &theirs), expected);
        assert_eq!(told(base, &theirs, &ours), expected);
        assert_eq!(told(base, &ours, &ours), Vec::<String>::new());
    }
    // The same holds for a part of an entry that was there before.
    let [one, two] = ["A", "B"].map(|name| lock(None, Some(json!({name: "1"}))));
    let expected = ["A", "B"].map(|key| {
        format!("of what both sides added, one alone has `model.env.{key}` of `runs/first`")
    });
    assert_eq!(told(Some(&base), &one, &two), expected);
    assert_eq!(told(Some(&base), &one, &one), Vec::<String>::new());
    assert_eq!(told(Some(&base), &one, &base), Vec::<String>::new());
}

#[test]
fn a_run_that_one_side_dropped_and_the_other_changed_clashes() {
    let base = State::first();
    let (ours, theirs) = (
        moved(&base, &[], &[0]),
        moved(&base, &[(NAMES.len(), 2)], &[]),
    );
    let clash = Err(["runs/first".to_owned()].into());
    assert_eq!(merged(&base, &ours, &theirs), clash);
}

/// Either side by itself is valid, and every entry merges.
#[test]
fn entries_that_contradict_each_other_are_a_conflict() {
    let state = State::first();
    let lock = |supported: Json, used: Json| {
        let mut entries = state.entries();
        let metric = json!({"name": "m", "class_path": "d.M"});
        entries.insert("metrics/m".parse().unwrap(), metric);
        let mut set = |entry: &str, field: &str, value: Json| {
            let entry = entries.get_mut(&entry.parse().unwrap()).unwrap();
            entry[field] = value;
        };
        set("tasks/task", "supported_metrics", supported);
        set("runs/first", "metrics", used);
        state.lock_of(&entries)
    };
    let base = lock(json!(["m"]), json!([]));
    let (ours, theirs) = (lock(json!(["m"]), json!(["m"])), lock(json!([]), json!([])));
    let clash = Err(["runs/first".to_owned()].into());
    assert_eq!(of_locks(Some(&base), &ours, &theirs), clash);
    assert_eq!(of_locks(Some(&base), &ours, &base), Ok(ours));
}

#[test]
fn what_one_side_brings_and_what_of_it_is_lost_is_told() {
    let base = State::first();
    let (ours, theirs) = (moved(&base, &[(0, 2)], &[]), moved(&base, &[(1, 2)], &[]));
    let lock = merged(&base, &ours, &theirs).unwrap();
    let plan = |state: &State| {
        let registry = Registry::from_values(&state.entries());
        Plan::of(&registry, "exp", vec![Target::default()]).unwrap()
    };
    let plan = plan(&base);
    let (base, ours, theirs) = (base.lock(), ours.lock(), theirs.lock());
    let sides = Sides {
        base: Some(&base),
        ours: &ours,
        theirs: &theirs,
    };
    let expected = ["distributions/a==2", "distributions/b==2"];
    assert_eq!(
        brought_by_one(&lock, sides),
        expected.map(str::to_owned).into()
    );
    assert_eq!(undone(&lock, &plan, sides), Vec::new());
    let lost = undone(&ours, &plan, sides).into_iter();
    let lost: Vec<_> = lost.map(|finding| finding.subject.unwrap()).collect();
    assert_eq!(lost, ["distributions/b==2"]);
    // Also where no environment tells.
    let mut nowhere = ours.clone();
    nowhere.environments.clear();
    assert_eq!(undone(&nowhere, &plan, sides).len(), 1);
}
