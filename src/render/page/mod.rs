//! One HTML page of a lock: what was locked, what was verified, and what is not known.
//!
//! The page is one file that needs nothing else: no network, no fonts, no scripts from elsewhere.
//! Its content security policy names its own script and style by their digests and allows nothing
//! more. Everything but the graph is made here and is there without scripts. What comes from the
//! lock is text: in HTML by escaping, in the embedded JSON by escaping, in scripts by
//! `textContent` alone. The same arguments give the same bytes.

mod artifacts;
mod distributions;
mod downloads;
mod embed;
mod entries;
mod environments;
mod gaps;
mod glance;
mod graph;
mod packages;
mod runs;
mod text;
mod verification;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::Skipped;
use crate::finding::{Finding, Report};
use crate::lock::{GENERATOR, Lock};
use crate::view::Overview;

/// What a page is made of.
pub struct Page<'a> {
    /// The lock.
    pub lock: &'a Lock,
    /// Its bytes, which can be downloaded from the page.
    pub lock_bytes: &'a [u8],
    /// The bytes of its SBOM, likewise.
    pub sbom_bytes: &'a [u8],
    /// What the lock does not record ([`gaps`](crate::verify::gaps)).
    pub gaps: &'a [Finding],
    /// What was verified for the page; none where nothing was.
    pub verified: Option<Verified<'a>>,
}

/// A verification that a page shows.
#[derive(Clone, Copy)]
pub struct Verified<'a> {
    /// What was found.
    pub report: &'a Report,
    /// The layers that were left out.
    pub skipped: &'a [Skipped],
}

/// The colours to choose from, as the scripts know them and as they are called.
const THEMES: [(&str, &str); 3] = [("system", "System"), ("light", "Light"), ("dark", "Dark")];

/// The sections in their order: the id, the heading, and what stands there.
type Section = (&'static str, &'static str, Markup);

/// The page.
pub fn page(page: &Page<'_>) -> String {
    let lock = page.lock;
    let sections = sections(page);
    let script = embed::script();
    let document = html! {
        (DOCTYPE)
        html lang="en" {
            (head(lock, &script))
            body {
                a.skip href="#main" { "Skip to the content" }
                (header(lock, &sections))
                main #main {
                    @for (id, heading, content) in &sections {
                        section id=(id) aria-labelledby=(format!("{id}-heading")) {
                            h2 id=(format!("{id}-heading")) { (heading) }
                            (content)
                        }
                    }
                }
                (footer(lock))
                div #announcements .visually-hidden role="status" {}
                (embed::data(page))
                script { (PreEscaped(&script)) }
            }
        }
    };
    let mut document = document.into_string();
    document.push('\n');
    document
}

fn sections(page: &Page<'_>) -> [Section; 13] {
    let lock = page.lock;
    let overview = Overview::of(lock);
    let moving = &overview.moving;
    let verification = verification::section(page.verified);
    let told = page
        .verified
        .map_or(&[][..], |verified| &verified.report.findings);
    let unlicensed = distributions::unlicensed(lock);
    let open = gaps::section(page.gaps, told, &overview, unlicensed);
    let distributions = distributions::section(lock);
    [
        ("glance", "At a glance", glance::section(page, &overview)),
        ("verification", "Verification", verification),
        ("open", "Left open", open),
        ("runs", "Runs", runs::section(lock, &overview)),
        ("models", "Models", artifacts::models(lock, moving)),
        ("datasets", "Datasets", artifacts::datasets(lock, moving)),
        ("images", "Images", artifacts::images(lock, moving)),
        ("packages", "Packages", packages::section(lock, moving)),
        ("environments", "Environments", environments::section(lock)),
        ("graph", "Dependency graph", graph::section(lock)),
        ("distributions", "Distributions", distributions),
        ("registry", "Registry entries", entries::section(lock)),
        ("downloads", "Lock and SBOM", downloads::section(page)),
    ]
}

fn head(lock: &Lock, script: &str) -> Markup {
    let style = embed::style();
    html! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(embed::policy(script, style));
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="generator" content=(GENERATOR);
            title { (text::visible(&lock.experiment.name)) " · what produced the scores" }
            style { (PreEscaped(style)) }
        }
    }
}

fn header(lock: &Lock, sections: &[Section]) -> Markup {
    html! {
        header.top {
            div.title {
                p.kind { "Locked experiment" }
                h1 { (text::shown(&lock.experiment.name)) }
            }
            fieldset #theme .scripts-only {
                legend.visually-hidden { "Colours" }
                @for (value, label) in THEMES {
                    label {
                        input type="radio" name="theme" value=(value) checked[value == "system"];
                        span { (label) }
                    }
                }
            }
            nav aria-label="Sections" {
                ul {
                    @for (id, heading, _) in sections {
                        li { a href=(format!("#{id}")) { (heading) } }
                    }
                }
            }
        }
    }
}

fn footer(lock: &Lock) -> Markup {
    html! {
        footer {
            p {
                "Locked by " (text::shown(&lock.generator)) ", page by " (GENERATOR) ". "
                "The page holds no time of its own: "
                "the same lock and the same answers give the same bytes."
            }
        }
    }
}
