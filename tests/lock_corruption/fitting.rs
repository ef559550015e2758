//! What the lock's agreement with itself notices, where somebody made the SBOM fit the change.
//!
//! Without a signature nobody can tell a whole new lock from a true one. What can be derived again
//! from the recorded entries must be noticed all the same; what remains is listed here, so that a
//! change to that list is seen.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use vhb::finding::Severity;
use vhb::lock::Lock;

use crate::mutate::{self, Mutation};
use crate::setting::{Setting, contradicts_itself};

/// Places whose every change must be noticed by the lock alone.
fn derivable(mutation: &Mutation) -> bool {
    let keys = mutation.keys();
    // Which program resolved is history.
    if matches!(keys[..], ["environments", _, "resolver"]) {
        return false;
    }
    matches!(
        keys[..],
        [
            "runs" | "environments" | "registry" | "config" | "lock_version" | "resolved_at",
            ..,
        ] | ["experiment", "id" | "name" | "file"]
            | ["experiment", "target", ..]
            | ["packages", _, "pin", "path"]
            | ["packages", _, "source", ..]
            | ["packages" | "distributions" | "experiment"]
            | ["packages" | "distributions", _]
            | []
    )
}

/// The changes that parse, mean something else than the lock, and do not contradict it; of these,
/// the ones that no layer notices offline.
fn accepted(setting: &Setting) -> (Vec<Mutation>, Vec<Mutation>) {
    let document: Json = serde_json::from_slice(&setting.lock).unwrap();
    let original = Lock::from_bytes(&setting.lock).unwrap();
    let (mut consistent, mut clean) = (Vec::new(), Vec::new());
    for mutation in mutate::all(&document) {
        let Ok(lock) = Lock::from_bytes(mutation.apply(&document).as_bytes()) else {
            continue;
        };
        if lock == original {
            continue; // other words for the same: only their form is wrong
        }
        let report = setting.report_with_fitting_sbom(&lock);
        if !contradicts_itself(&report) {
            consistent.push(mutation.clone());
        }
        if !report
            .findings
            .iter()
            .any(|finding| finding.severity == Severity::Error)
        {
            clean.push(mutation);
        }
    }
    (consistent, clean)
}

fn places(mutations: &[Mutation]) -> String {
    let places: BTreeSet<_> = mutations.iter().map(Mutation::place).collect();
    places.into_iter().collect::<Vec<_>>().join("\n")
}

#[test]
fn what_can_be_derived_cannot_be_changed() {
    let setting = Setting::new();
    let (consistent, clean) = accepted(&setting);
    let missed: Vec<_> = consistent
        .iter()
        .filter(|mutation| derivable(mutation))
        .collect();
    let missed: Vec<_> = missed.iter().map(ToString::to_string).collect();
    assert!(missed.is_empty(), "\n{}", missed.join("\n"));
    insta::assert_snapshot!("consistent", setting.sample.stable(&places(&consistent)));
    insta::assert_snapshot!("clean", setting.sample.stable(&places(&clean)));
}
