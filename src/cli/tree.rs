//! `vhb tree`: what the environments of a lock hold, and what requires what.

use std::collections::BTreeSet;
use std::path::Path;

use super::args::{Format, Lines, TreeArgs};
use super::environment::chosen;
use super::error::CliError;
use super::lock_files::read_lock;
use super::{Output, Result};
use crate::finding::{Outcome, Report, Severity};
use crate::lock::{Lock, closure_findings};
use crate::registry::nearest;
use crate::render::{self, Charset, MOST_ROWS};
use crate::view::{AskedDist, Shape, Tree};

pub(super) fn run(args: &TreeArgs, output: &Output) -> Result {
    let (lock, _) = read_lock(&args.lock)?;
    let ids: Vec<&str> = match &args.environment {
        Some(named) => vec![chosen(&lock, Some(named))?.0],
        None => lock.environments.keys().map(String::as_str).collect(),
    };
    let trees = Tree::of(&lock, ids.iter().copied());
    let shaped = shaped(args, &trees)?;
    talk_faults(&lock, &ids, output);
    if args.format == Format::Json {
        output.data(&render::tree_json(&shaped, args.invert.as_deref()));
        return Ok(Outcome::Clean);
    }
    let charset = match args.charset {
        Lines::Utf8 => Charset::Utf8,
        Lines::Ascii => Charset::Ascii,
    };
    let drawing = render::tree(&shaped, ids.len() > 1, charset);
    output.data(&drawing.text);
    if drawing.cut {
        output.say(&format!(
            "stopped after {MOST_ROWS} lines; leave out `--no-dedupe`, or pass `--depth`\n"
        ));
    }
    if drawing.marked {
        output.say("(*) what stands below it is shown above\n");
    }
    if ids.is_empty() {
        output.say("the lock has no environments\n");
    }
    Ok(Outcome::Clean)
}

/// The trees to be shown, each with the part of it that was asked for.
fn shaped<'t, 'a>(
    args: &TreeArgs,
    trees: &'t [Tree<'a>],
) -> Result<Vec<(&'t Tree<'a>, Shape<'a>)>> {
    let shape = Shape {
        inverted: None,
        depth: args.depth,
        repeated: args.no_dedupe,
    };
    let Some(name) = &args.invert else {
        return Ok(trees.iter().map(|tree| (tree, shape)).collect());
    };
    let asked = AskedDist::parse(name);
    let is_asked = |dist: &&_| asked.as_ref().is_some_and(|asked| asked.is(dist));
    let found = trees.iter().filter_map(|tree| {
        let inverted = tree.distributions().into_iter().find(is_asked)?;
        let inverted = Some(inverted);
        Some((tree, Shape { inverted, ..shape }))
    });
    let found: Vec<_> = found.collect();
    if found.is_empty() {
        return Err(unknown(name, trees));
    }
    Ok(found)
}

fn unknown(name: &str, trees: &[Tree<'_>]) -> CliError {
    let held: BTreeSet<_> = trees.iter().flat_map(Tree::distributions).collect();
    let error = CliError::new(format!("no environment holds `{}`", render::named(name)));
    let asked = AskedDist::parse(name);
    let others = held
        .iter()
        .filter(|dist| asked.as_ref().is_some_and(|it| it.is_of(dist)));
    let others: Vec<_> = others.map(|dist| format!("`{dist}`")).collect();
    if !others.is_empty() {
        return error.hint(format!("they hold {}", others.join(" and ")));
    }
    let names: BTreeSet<_> = held.iter().map(|dist| dist.name.as_ref()).collect();
    match nearest(name, names) {
        Some(near) => error.hint(format!("did you mean `{}`?", render::named(near))),
        None => error.hint("`vhb tree` without `--invert` shows what they hold"),
    }
}

/// Says that a tree cannot be trusted, since something is missing, or nothing leads to it.
fn talk_faults(lock: &Lock, ids: &[&str], output: &Output) {
    const TOLD: usize = 3;
    let faults = closure_findings(lock).into_iter();
    let faults = faults.filter(|(id, _)| ids.contains(&id.as_str()));
    let mut report = Report::default();
    for fault in faults.flat_map(|(_, findings)| findings) {
        report.push(fault.with_severity(Severity::Warning));
    }
    report.sort();
    let left = report.findings.len().saturating_sub(TOLD);
    report.findings.truncate(TOLD);
    output.talk_findings(&report, Path::new("."));
    if left > 0 {
        output.say(&format!("... and {left} more; `vhb verify` tells all\n\n"));
    }
}
