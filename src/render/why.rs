//! Who brought something in, chain by chain.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::list::{Listing, WIDTH, listed};
use super::tree::node;
use super::visible::{columns, name};
use crate::lock::Demand;
use crate::model::Requirement;
use crate::view::{Answer, Chain, Link, MOST_WAYS, Origins, Step};

/// Answers one below the other, each under the name of what it is about.
pub fn why(origins: &Origins<'_>, answers: &[Answer<'_>], listing: Listing) -> String {
    let mut out = String::new();
    for (at, answer) in answers.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        let _ = writeln!(out, "{}", name(&node(&answer.subject), WIDTH));
        for chain in &answer.chains {
            out.push('\n');
            told(&mut out, origins, chain, listing);
        }
        if answer.chains.is_empty() {
            out.push_str("\n  nothing in the lock leads to it\n");
        }
        if !answer.complete {
            let _ = writeln!(
                out,
                "\nmore than {MOST_WAYS} ways lead to it; the shortest are told"
            );
        }
    }
    out
}

fn told(out: &mut String, origins: &Origins<'_>, chain: &Chain<'_>, listing: Listing) {
    let _ = writeln!(out, "  {}", name(&origins.experiment().to_string(), 78));
    if chain.runs.is_empty() && chain.steps.is_empty() {
        out.push_str("    is the experiment itself\n");
    }
    let run = |id: &&str| {
        let inline = if origins.is_inline(id) {
            " (inline)"
        } else {
            ""
        };
        format!("runs/{}{inline}", name(id, 60))
    };
    let runs: Vec<_> = chain.runs.iter().map(run).collect();
    if !runs.is_empty() {
        listed(out, "    tasks -> ", 13, &listing.cut(&runs, 4));
    }
    for step in &chain.steps {
        arrow(out, step);
    }
    if !chain.environments.is_empty() {
        let ids: Vec<_> = chain.environments.iter().collect();
        listed(out, "    in ", 7, &listing.cut(&ids, 6));
    }
}

/// Adds a step, on two lines where one would be too long.
fn arrow(out: &mut String, step: &Step<'_>) {
    const MARGIN: usize = 4;
    let why = match &step.link {
        Link::Field(field) => field.clone(),
        Link::Installs => "installs".to_owned(),
        Link::Requires(demands) => required(demands),
    };
    let why = name(&why, WIDTH - MARGIN);
    let to = node(&step.to);
    if MARGIN + columns(&why) + 4 + columns(&name(&to, usize::MAX)) <= WIDTH {
        let _ = writeln!(out, "    {why} -> {}", name(&to, WIDTH));
    } else {
        let _ = writeln!(out, "    {why}\n      -> {}", name(&to, WIDTH - 9));
    }
}

/// What is required, without the markers that let it apply.
fn required(demands: &BTreeSet<Demand<'_>>) -> String {
    let mut parts: Vec<_> = demands
        .iter()
        .map(|demand| {
            let asked = |it: &Requirement| format!("{}{}", it.name(), it.limits());
            let instead = demand.instead.map(|it| format!("override {}", asked(it)));
            let extra = demand.extra.map(|extra| format!("by extra {extra}"));
            let notes: Vec<_> = instead.into_iter().chain(extra).collect();
            match &notes[..] {
                [] => asked(demand.declared),
                notes => format!("{} ({})", asked(demand.declared), notes.join(", ")),
            }
        })
        .collect();
    parts.sort();
    parts.dedup();
    parts.join(" and ")
}
