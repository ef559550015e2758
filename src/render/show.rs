//! A lock at a glance, on one screen.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::list::{Listing, listed, worded};
use super::visible::name;
use crate::finding::Finding;
use crate::model::{RunMode, Target, counted};
use crate::view::{Counts, Named, Overview, RunSummary};

/// The overview of a lock, and what the lock leaves open.
pub fn show(overview: &Overview<'_>, gaps: &[Finding], listing: Listing) -> String {
    let mut out = String::new();
    experiment(&mut out, overview, listing);
    for (setting, runs) in settings(overview) {
        out.push('\n');
        group(&mut out, overview, &setting, &runs, listing);
    }
    out.push('\n');
    moving(&mut out, overview, listing);
    yanked(&mut out, overview, listing);
    open(&mut out, gaps, listing);
    out
}

const LABEL: usize = 14;

/// Adds a label and what belongs to it.
fn field<T: AsRef<str>>(out: &mut String, label: &str, names: &[T]) {
    let begin = format!("  {label:<width$}", width = LABEL - 2);
    listed(out, &begin, LABEL, names);
}

fn experiment(out: &mut String, overview: &Overview<'_>, listing: Listing) {
    let experiment = overview.experiment;
    let _ = writeln!(out, "{}", name(&experiment.id, 80));
    if let Some(description) = overview.description {
        worded(out, "  ", 2, &name(description, 300));
    }
    if experiment.name != experiment.id {
        field(out, "name", &[&experiment.name]);
    }
    field(out, "file", &[&experiment.file]);
    let mode = experiment.run_mode.to_string();
    match experiment.run_mode {
        RunMode::Prod => field(out, "run mode", &[mode]),
        RunMode::Dev => field(out, "run mode", &[mode, "not publishable".to_owned()]),
    }
    let most = listing.most(4);
    for target in experiment.target.iter().take(most) {
        field(out, "target", &described(target));
    }
    if experiment.target.len() > most {
        let left = experiment.target.len() - most;
        field(out, "", &[format!("... and {left} more (`--all`)")]);
    }
    let newest = overview.resolved_at.map(|instant| instant.to_string());
    field(
        out,
        "newest pin",
        &[newest.as_deref().unwrap_or("not known")],
    );
    field(out, "written by", &[overview.generator]);
    field(out, "holds", &held(overview.counts));
}

fn described(target: &Target) -> Vec<String> {
    let newer = target.exclude_newer.iter();
    let newer = newer.map(|instant| format!("nothing from {instant} on"));
    let constraints = target.constraints.iter();
    let constraints = constraints.map(|it| format!("constraint {it}"));
    let overrides = target.overrides.iter().map(|it| format!("override {it}"));
    let limits = newer.chain(constraints).chain(overrides);
    std::iter::once(target.to_string()).chain(limits).collect()
}

fn held(counts: Counts) -> Vec<String> {
    let Counts {
        runs,
        packages,
        models,
        datasets,
        images,
        environments,
        distributions,
    } = counts;
    let all = [
        (runs, "run"),
        (packages, "package"),
        (models, "model"),
        (datasets, "dataset"),
        (images, "image"),
        (environments, "environment"),
        (distributions, "distribution"),
    ];
    all.map(|(count, noun)| counted(count, noun)).to_vec()
}

/// What runs may have in common: all but the model and the dataset.
type Setting<'a> = RunSummary<'a>;
/// The runs of a setting: by model, by dataset.
type Runs<'a> = BTreeMap<Named<'a>, BTreeMap<Named<'a>, Vec<&'a str>>>;

/// The runs, those with the same setting together.
fn settings<'a>(overview: &Overview<'a>) -> BTreeMap<Setting<'a>, Runs<'a>> {
    let nothing = Named {
        name: "",
        identity: None,
    };
    let mut settings: BTreeMap<Setting<'a>, Runs<'a>> = BTreeMap::new();
    for (id, run) in &overview.runs {
        let setting = RunSummary {
            model: nothing,
            dataset: nothing,
            ..run.clone()
        };
        let by_model = settings.entry(setting).or_default();
        let by_dataset = by_model.entry(run.model).or_default();
        by_dataset.entry(run.dataset).or_default().push(id);
    }
    settings
}

/// Adds the runs of a setting.
fn group(
    out: &mut String,
    overview: &Overview<'_>,
    setting: &Setting<'_>,
    runs: &Runs<'_>,
    listing: Listing,
) {
    let ids = |by_dataset: &BTreeMap<_, Vec<_>>| by_dataset.values().map(Vec::len).sum::<usize>();
    let count: usize = runs.values().map(ids).sum();
    let _ = writeln!(out, "{}", counted(count, "run"));
    field(out, "task", &[setting.task]);
    let with = format!("packages by {}", setting.package_manager);
    field(out, "framework", &[setting.framework, &with]);
    let image = setting.image.map_or_else(|| "none".to_owned(), identified);
    field(out, "image", &[image]);
    for (label, names) in [("metrics", setting.metrics), ("reports", setting.reports)] {
        if !names.is_empty() {
            field(out, label, &listing.cut(names, 12));
        }
    }
    for (stage, ids) in setting.environments {
        let ids: Vec<_> = ids.iter().map(|id| environment(overview, id)).collect();
        field(out, &stage.to_string(), &listing.cut(&ids, 4));
    }
    let mut told = 0;
    for (model, by_dataset) in runs.iter().take(listing.most(4)) {
        field(out, "model", &[identified(*model)]);
        for (dataset, ids) in by_dataset.iter().take(listing.most(3)) {
            field(out, "  dataset", &[identified(*dataset)]);
            field(out, "  runs", &listing.cut(ids, 4));
            told += ids.len();
        }
    }
    if told < count {
        let left = counted(count - told, "more run");
        let _ = writeln!(out, "  ... and {left} (`--all`)");
    }
}

fn environment(overview: &Overview<'_>, id: &str) -> String {
    let size = overview
        .environments
        .get(id)
        .map(|environment| match environment.distributions {
            Some(count) => counted(count, "distribution"),
            None => format!(
                "{}, not what they require",
                counted(environment.roots, "package")
            ),
        });
    format!("{id} ({})", size.as_deref().unwrap_or("not locked"))
}

/// `docvqa (content 816ff285fc6c)`.
fn identified(named: Named<'_>) -> String {
    match named.identity {
        Some(identity) => format!("{} ({identity})", name(named.name, 48)),
        None => format!("{} (not recorded)", name(named.name, 48)),
    }
}

/// Adds a title with the number of what follows, or a word that there is nothing.
fn title(out: &mut String, words: &str, count: usize) {
    let _ = match count {
        0 => writeln!(out, "{words}: nothing"),
        _ => writeln!(out, "{words} ({count})"),
    };
}

fn moving(out: &mut String, overview: &Overview<'_>, listing: Listing) {
    title(
        out,
        "may mean something else tomorrow",
        overview.moving.len(),
    );
    let moving = overview.moving.iter();
    let moving = moving.map(|(subject, why)| (subject.clone(), why.to_string()));
    told(out, moving, listing);
}

fn yanked(out: &mut String, overview: &Overview<'_>, listing: Listing) {
    if overview.yanked.is_empty() {
        return;
    }
    title(out, "yanked", overview.yanked.len());
    let yanked = overview.yanked.iter().map(|(dist, reason)| {
        let reason = Some(*reason).filter(|reason| !reason.is_empty());
        (dist.to_string(), reason.unwrap_or("no reason").to_owned())
    });
    told(out, yanked, listing);
}

fn open(out: &mut String, gaps: &[Finding], listing: Listing) {
    title(out, "not recorded", gaps.len());
    let gaps = gaps.iter().map(|gap| {
        let subject = gap.subject.clone().unwrap_or_default();
        (subject, gap.message.clone())
    });
    told(out, gaps, listing);
}

/// Adds what there is to say of things; what is to be said of several is said once.
fn told(out: &mut String, said: impl Iterator<Item = (String, String)>, listing: Listing) {
    let mut by_words: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (subject, words) in said {
        by_words.entry(words).or_default().push(subject);
    }
    let most = listing.most(8);
    for (words, subjects) in by_words.iter().take(most) {
        match &subjects[..] {
            [only] => worded(out, &format!("  {}: ", name(only, 60)), 4, words),
            several => {
                worded(out, "  ", 2, words);
                listed(out, "    ", 4, &listing.cut(several, 4));
            }
        }
    }
    if let Some(left) = by_words.len().checked_sub(most).filter(|left| *left > 0) {
        let _ = writeln!(out, "  ... and {left} more (`--all`)");
    }
}
