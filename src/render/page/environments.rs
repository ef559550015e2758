//! The Python environments of the stages, and what each begins with.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::text::{code, gap, list, nothing, shown, table};
use crate::lock::{Lock, LockedEnvironment};

pub(super) fn section(lock: &Lock) -> Markup {
    if lock.environments.is_empty() {
        return nothing("No stage of any run needs packages.");
    }
    let users = users(lock);
    let rows = lock.environments.iter().map(|(id, environment)| {
        let runs = users.get(id.as_str()).map_or(&[][..], |runs| runs);
        row(id, environment, runs)
    });
    let columns = [
        "Environment",
        "Stage",
        "Locked for",
        "Distributions",
        "Begins with",
        "Runs",
    ];
    table("Environments", &columns, rows)
}

/// The runs that use each environment.
fn users(lock: &Lock) -> BTreeMap<&str, Vec<&str>> {
    let mut users: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (run, planned) in &lock.runs {
        for id in planned.environments.values().flat_map(|ids| ids.iter()) {
            users.entry(id).or_default().push(run);
        }
    }
    users
}

fn row(id: &str, environment: &LockedEnvironment, runs: &[&str]) -> Markup {
    let asked = &environment.asked;
    html! {
        th scope="row" { (code(id)) }
        td { (asked.stage.to_string()) }
        td { (asked.target.to_string()) }
        td {
            @match &environment.closure {
                Some(closure) => {
                    (closure.distributions.len()) " by " (shown(&closure.resolver))
                }
                None => (gap("direct sources only")),
            }
        }
        td { @if let Some(roots) = list(asked.roots.iter().map(String::as_str)) { (roots) } }
        td { @if let Some(runs) = list(runs.iter().copied()) { (runs) } }
    }
}
