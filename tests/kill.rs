//! Killed at any moment, `vhb lock` leaves every file whole, old or new, and the next run heals.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use common::sample::{ID, LOCK, SBOM, Sample};
use vhb::lock::Lock;

/// How often the program is killed.
const POINTS: u32 = 60;
/// No new point is begun after this.
const LONGEST: Duration = Duration::from_secs(20);

/// The files of one state of the registries.
struct State {
    lock: Vec<u8>,
    sbom: Vec<u8>,
}

/// Two states: the registry and a local source both differ, so that every kind of file is written.
fn switch(sample: &Sample, changed: bool) {
    let (seed, text) = if changed {
        (8, "EXTRA = 1\n")
    } else {
        (7, "FORMATS = ['png']\n")
    };
    let run = String::from_utf8(sample.read("registries/runs/clean.yaml")).unwrap();
    let at = run.find("seed: ").unwrap() + "seed: ".len();
    sample.write(
        "registries/runs/clean.yaml",
        format!("{}{seed}{}", &run[..at], &run[at + 1..]),
    );
    sample.write("plugins/reader/src/formats.py", text);
}

fn state(sample: &Sample, changed: bool) -> State {
    switch(sample, changed);
    sample.lock(&["--quiet"]);
    let (lock, sbom) = sample.written();
    State { lock, sbom }
}

fn leftovers(sample: &Sample) -> Vec<PathBuf> {
    let files = sample.snapshot().into_keys();
    files
        .filter(|path| path.to_string_lossy().ends_with(".vhb-tmp"))
        .collect()
}

/// Both files are old or new, each for itself; a manifest is what its name says.
fn check(sample: &Sample, states: &[State; 2], point: &str) -> [usize; 2] {
    let (lock, sbom) = sample.written();
    Lock::from_bytes(&lock).unwrap_or_else(|error| panic!("{point}: {error}"));
    let which = |what: &str, bytes: &[u8], of: fn(&State) -> &Vec<u8>| {
        let found = states.iter().position(|state| of(state) == bytes);
        found.unwrap_or_else(|| panic!("{point}: the {what} is neither old nor new"))
    };
    for (path, (bytes, _)) in sample.snapshot() {
        if path.extension().is_some_and(|end| end == "sha256") {
            let digest = vhb::model::Sha256Digest::of(&bytes).hex();
            assert_eq!(path.file_stem().unwrap(), digest.as_str(), "{point}");
        }
    }
    [
        which("lock", &lock, |state| &state.lock),
        which("SBOM", &sbom, |state| &state.sbom),
    ]
}

/// Every kind of file may be left half written, even where the next run has nothing to write.
#[test]
fn leftovers_are_swept_though_nothing_changed() {
    let sample = Sample::locked();
    let before = sample.snapshot();
    for path in [
        "locks/.a.vhb-tmp",
        "sboms/.b.vhb-tmp",
        "locks/manifests/.c.vhb-tmp",
    ] {
        sample.write(path, "{\"lock_ver");
    }
    sample.lock(&["--check"]);
    assert_eq!(leftovers(&sample).len(), 3, "a check removes nothing");
    sample.lock(&[]);
    assert!(sample.snapshot() == before, "{:?}", leftovers(&sample));
}

#[test]
fn a_killed_lock_leaves_whole_files_and_the_next_one_heals() {
    let sample = Sample::new();
    let states = [state(&sample, false), state(&sample, true)];
    assert_ne!(states[0].lock, states[1].lock);
    let begun = Instant::now();
    assert_eq!(state(&sample, false).lock, states[0].lock);
    let whole = begun.elapsed();

    let end = Instant::now() + LONGEST;
    let mut seen = std::collections::BTreeSet::new();
    let mut tried = 0;
    for point in 0..POINTS {
        if Instant::now() > end {
            break;
        }
        // Most points lie in the second half, where files are written.
        let share = f64::from(point) / f64::from(POINTS - 1);
        let delay = whole.mul_f64(1.2 * share.sqrt());
        let before = check(&sample, &states, "before");
        let wanted = 1 - before[0];
        switch(&sample, wanted == 1);
        let mut child = sample
            .vhb(&["lock", ID, "--quiet"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(delay);
        child.kill().unwrap();
        child.wait().unwrap();
        tried += 1;

        let name = format!("killed after {delay:?}");
        let after = check(&sample, &states, &name);
        seen.insert(after.map(|state| state == wanted));
        // The SBOM goes first: a new lock never stands beside an SBOM that is older still.
        assert!(
            after[0] == before[0] || after[1] == wanted,
            "{name}: {after:?}"
        );
        let torn = after[0] != after[1] || !leftovers(&sample).is_empty();
        if torn || point % 10 == 0 {
            sample.lock(&["--quiet"]);
            assert_eq!(check(&sample, &states, "healed"), [wanted; 2], "{name}");
            assert_eq!(leftovers(&sample), Vec::<PathBuf>::new(), "{name}");
        }
    }
    assert!(
        tried >= 10,
        "only {tried} points: the machine is too slow for this test"
    );
    assert!(
        seen.contains(&[false, false]),
        "no point was before the writing"
    );
    assert!(
        seen.contains(&[true, true]),
        "no point was after the writing"
    );
    sample.lock(&[]);
    assert_eq!(leftovers(&sample), Vec::<PathBuf>::new());
    assert_eq!(
        sample.run(&["lock", ID, "--check"]).code,
        0,
        "{LOCK}, {SBOM}"
    );
    assert_eq!(sample.run(&["verify", LOCK, "--offline"]).code, 0);
}
