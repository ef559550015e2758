//! What the lock leaves open, by its own word: as plain as what failed.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::text::{code, counted, prose, shown, table};
use super::verification::by_code;
use crate::finding::Finding;
use crate::model::{Dist, Moving};
use crate::view::Overview;

/// `told` are the findings that the page has already.
pub(super) fn section(
    gaps: &[Finding],
    told: &[Finding],
    overview: &Overview<'_>,
    unlicensed: usize,
) -> Markup {
    html! {
        p {
            "This follows from the lock alone. "
            "Of what is not recorded, no verification can say anything."
        }
        h3 { "Not recorded or not resolved" }
        (not_recorded(gaps, told))
        h3 { "May mean something else tomorrow" }
        (moving(&overview.moving))
        (yanked(&overview.yanked))
        @if unlicensed > 0 {
            h3 { "Without a licence" }
            p {
                (counted(unlicensed, "distribution"))
                " of those below declare none, or the lock does not know it."
            }
        }
    }
}

fn not_recorded(gaps: &[Finding], told: &[Finding]) -> Markup {
    let same = |a: &Finding, b: &Finding| {
        (a.code, &a.subject, &a.message) == (b.code, &b.subject, &b.message)
    };
    let untold = gaps
        .iter()
        .filter(|gap| !told.iter().any(|finding| same(gap, finding)));
    let untold: Vec<_> = untold.cloned().collect();
    html! {
        @if gaps.is_empty() {
            p.aside { "Nothing: the lock pins everything that its runs name." }
        } @else if untold.len() < gaps.len() {
            @let told = counted(gaps.len() - untold.len(), "gap");
            p.aside { (told) ", told among the findings above." }
        }
        (by_code(&untold))
    }
}

fn moving(moving: &BTreeMap<String, Moving>) -> Markup {
    let rows = moving.iter().map(|(subject, why)| {
        html! {
            th scope="row" { (code(subject)) }
            td { (prose(&why.to_string())) }
        }
    });
    html! {
        @if moving.is_empty() {
            p.aside { "Nothing: every name that was asked for stays what it is." }
        } @else {
            p {
                "What is locked stays what it is; "
                "asked for again, these names may give something else."
            }
            (table("What may move", &["What", "Why"], rows))
        }
    }
}

fn yanked(yanked: &BTreeMap<&Dist, &str>) -> Markup {
    let rows = yanked.iter().map(|(dist, reason)| {
        html! {
            th scope="row" { (code(&dist.to_string())) }
            td { @if reason.is_empty() { "none was given" } @else { (shown(reason)) } }
        }
    });
    html! {
        @if !yanked.is_empty() {
            h3 { "Yanked when it was locked" }
            (table("Yanked releases", &["Release", "Reason"], rows))
        }
    }
}
