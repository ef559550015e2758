//! The runs, each with everything that was chosen for it.

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde_json::Value as Json;

use super::text::{code, facts, gap, identity, inline, nothing, shown, visible};
use crate::lock::Lock;
use crate::model::{OneOrMany, PlannedRun, Stage};
use crate::view::{Named, Overview, RunSummary};

pub(super) fn section(lock: &Lock, overview: &Overview<'_>) -> Markup {
    if lock.runs.is_empty() {
        return nothing("The experiment has no runs.");
    }
    html! {
        @for (id, run) in &lock.runs {
            article.card {
                h3 { (shown(id)) }
                @if let Some(summary) = overview.runs.get(id.as_str()) { (of_run(run, summary)) }
            }
        }
    }
}

fn of_run(run: &PlannedRun, summary: &RunSummary<'_>) -> Markup {
    let image = summary.image.as_ref();
    facts([
        (
            "Task",
            Some(html! { (code(&run.task)) " at " (code(&run.entry_point)) }),
        ),
        ("Model", Some(named(&summary.model))),
        ("Dataset", Some(named(&summary.dataset))),
        (
            "Image",
            Some(image.map_or_else(|| gap("none named"), named)),
        ),
        ("Framework", Some(code(&run.framework))),
        ("Package manager", Some(code(&run.package_manager))),
        ("Engine parameters", values(&run.engine_params)),
        ("Environment variables", values(&run.env)),
        ("Metrics", inline(&run.metrics)),
        ("Reports", inline(&run.reports)),
        ("Environments", environments(&run.environments)),
    ])
}

/// A name as the run has it, and what it exactly is.
fn named(named: &Named<'_>) -> Markup {
    html! {
        (code(named.name)) " "
        @match &named.identity {
            Some(known) => (identity(known)),
            None => (gap("not recorded")),
        }
    }
}

/// Names with their values; none where there are none.
fn values(values: &BTreeMap<String, Json>) -> Option<Markup> {
    let shown_value = |value: &Json| match value {
        Json::String(text) if text.contains('\n') => html! { pre tabindex="0" { (visible(text)) } },
        other => code(&other.to_string()),
    };
    (!values.is_empty()).then(|| {
        html! {
            ul.plain {
                @for (name, value) in values {
                    li { (code(name)) " = " (shown_value(value)) }
                }
            }
        }
    })
}

fn environments(environments: &BTreeMap<Stage, OneOrMany<String>>) -> Option<Markup> {
    (!environments.is_empty()).then(|| {
        html! {
            ul.plain {
                @for (stage, ids) in environments {
                    @for id in ids.iter() {
                        li { (stage.to_string()) ": " (code(id)) }
                    }
                }
            }
        }
    })
}
