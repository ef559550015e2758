//! The dependency graph: what stands there without scripts, and the controls that these use.

mod data;

use maud::{Markup, html};

pub(super) use data::data;

use super::text::{nothing, visible};
use crate::lock::Lock;

/// Whether a package installs a distribution itself, as the scripts know it and as it is called.
const RELATIONS: [(&str, &str); 2] = [("direct", "direct"), ("closure", "required in turn")];
/// Where distributions come from, likewise.
const KINDS: [(&str, &str); 3] = [("pypi", "release"), ("git", "git"), ("local", "local")];

pub(super) fn section(lock: &Lock) -> Markup {
    if lock.environments.is_empty() {
        return nothing("There is no environment, so nothing depends on anything.");
    }
    html! {
        noscript {
            p.notice.gap { "The graph needs scripts. The table of distributions below does not." }
        }
        div.scripts-only {
            (controls(lock))
            p #matching .aside role="status" {}
            div.explorer {
                div {
                    div #tree role="tree" aria-label="Dependencies" {}
                    p #nothing .aside hidden { "Nothing matches." }
                    p.aside {
                        "Arrow keys move, open and close; Enter shows the details; "
                        "letters jump to a name."
                    }
                }
                div #details role="region" aria-label="Details of a distribution" {
                    p.aside {
                        "Choose a distribution to see its files, what requires it, "
                        "and how it got here."
                    }
                }
            }
        }
    }
}

fn controls(lock: &Lock) -> Markup {
    // By their positions: ids are anybody's text, and the scripts count environments as well.
    let positions: Vec<_> = (0..lock.environments.len())
        .map(|at| at.to_string())
        .collect();
    let positions = positions.iter().map(String::as_str);
    let environments = positions.zip(lock.environments.keys().cloned());
    let mut stages: Vec<_> = lock
        .environments
        .values()
        .map(|it| it.asked.stage)
        .collect();
    stages.sort();
    stages.dedup();
    let stages: Vec<_> = stages.iter().map(ToString::to_string).collect();
    let stages = stages.iter().map(|stage| (stage.as_str(), stage.clone()));
    let fixed = |pairs: &[(&'static str, &str)]| -> Vec<_> {
        pairs
            .iter()
            .map(|(value, label)| (*value, (*label).to_owned()))
            .collect()
    };
    html! {
        form #narrow role="search" aria-label="Search and filter distributions" autocomplete="off" {
            div.field.grow {
                label for="query" { "Search" }
                input #query name="query" type="search" spellcheck="false"
                    placeholder="Name, version or package";
            }
            (select("environment", "Environment", "all", environments))
            (select("stage", "Stage", "all", stages))
            (select("relation", "Relation", "all", fixed(&RELATIONS)))
            (select("kind", "Source", "all", fixed(&KINDS)))
            fieldset {
                legend { "Only" }
                label { input type="checkbox" name="yanked"; " yanked" }
                label { input type="checkbox" name="unlicensed"; " licence unknown" }
            }
            fieldset {
                legend { "Direction" }
                label { input type="radio" name="direction" value="down" checked; " from the roots down" }
                label { input type="radio" name="direction" value="up"; " from a distribution up" }
            }
            button type="reset" { "Reset" }
        }
    }
}

fn select<'a>(
    name: &str,
    label: &str,
    all: &str,
    options: impl IntoIterator<Item = (&'a str, String)>,
) -> Markup {
    html! {
        div.field {
            label for=(name) { (label) }
            select id=(name) name=(name) {
                option value="" { (all) }
                @for (value, label) in options { option value=(value) { (visible(&label)) } }
            }
        }
    }
}
