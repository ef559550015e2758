//! The experiment at a glance: its identity, and how much of what there is.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::text::{code, counted, digest, facts, gap, instant, list, shown};
use super::{Page, verification};
use crate::model::{Requirement, RunMode, Sha256Digest, Target};
use crate::view::Overview;

pub(super) fn section(page: &Page<'_>, overview: &Overview<'_>) -> Markup {
    let lock = page.lock;
    let experiment = &lock.experiment;
    let counts = overview.counts;
    let resolved = lock
        .resolved_at
        .map_or_else(|| gap("not recorded"), instant);
    html! {
        @if experiment.run_mode == RunMode::Dev {
            div.notice.bad {
                p {
                    strong { "Not publishable." } " This lock was made in run mode " code { "dev" }
                    ": overlays were merged over the registry, "
                    "and scores that came from it must not be published."
                }
            }
        }
        @if let Some(description) = overview.description { p { (shown(description)) } }
        (facts([
            ("Id", Some(code(&experiment.id))),
            ("File", Some(code(&experiment.file))),
            ("Run mode", Some(code(&experiment.run_mode.to_string()))),
            ("Locked for", Some(targets(&experiment.target))),
            ("Verification", Some(verification::in_a_word(page.verified))),
            ("Newest pin", Some(resolved)),
            ("Lock", Some(digest(&Sha256Digest::of(page.lock_bytes)))),
            ("Written by", Some(shown(&lock.generator))),
        ]))
        ul.counts {
            @for (count, noun) in [
                (counts.runs, "run"),
                (counts.models, "model"),
                (counts.datasets, "dataset"),
                (counts.images, "image"),
                (counts.packages, "package"),
                (counts.environments, "environment"),
                (counts.distributions, "distribution"),
            ] {
                li { (counted(count, noun)) }
            }
        }
    }
}

fn targets(targets: &[Target]) -> Markup {
    html! {
        ul.plain {
            @for target in targets {
                li {
                    (target.to_string())
                    @if let Some(newest) = target.exclude_newer {
                        ", published before " (instant(newest))
                    }
                    (limits("constraints", &target.constraints))
                    (limits("overrides", &target.overrides))
                }
            }
        }
    }
}

fn limits(word: &str, requirements: &BTreeSet<Requirement>) -> Markup {
    html! {
        @if let Some(requirements) = list(requirements.iter().map(Requirement::as_str)) {
            div.aside { (word) (requirements) }
        }
    }
}
