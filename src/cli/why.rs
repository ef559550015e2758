//! `vhb why`: who brought something into a lock.

use serde::Serialize;

use super::args::{Format, WhyArgs};
use super::error::CliError;
use super::lock_files::read_lock;
use super::show::listing;
use super::{Output, Result};
use crate::finding::Outcome;
use crate::lock::Lock;
use crate::model::EntryRef;
use crate::render;
use crate::view::{Answer, Chains, Origins};

pub(super) fn run(args: &WhyArgs, output: &Output) -> Result {
    let (lock, _) = read_lock(&args.lock)?;
    let origins = Origins::of(&lock).ok_or_else(|| {
        let shown = args.lock.display();
        let error = CliError::new(format!("`{shown}` records no usable experiment"));
        error.hint("`vhb verify` tells what is wrong with the lock")
    })?;
    let subjects = origins.named(&args.name);
    if subjects.is_empty() {
        return Err(unknown(&args.name, &lock, &origins));
    }
    let which = if args.all {
        Chains::All
    } else {
        Chains::Shortest
    };
    let answers = subjects
        .iter()
        .map(|subject| origins.answer(subject, which));
    let answers: Vec<_> = answers.collect();
    match args.format {
        Format::Json => output.data(&render::json(&Told {
            name: &args.name,
            experiment: origins.experiment(),
            answers: &answers,
        })),
        Format::Text => output.data(&render::why(&origins, &answers, listing(args.all))),
    }
    Ok(Outcome::Clean)
}

/// `name` as it was asked for, the `experiment` that every chain begins with, and `answers`: for
/// each thing that has the name its `subject`, its `chains` (`runs`, `environments`, `steps`) and
/// whether these are `complete`.
#[derive(Serialize)]
struct Told<'a> {
    name: &'a str,
    experiment: &'a EntryRef,
    answers: &'a [Answer<'a>],
}

fn unknown(name: &str, lock: &Lock, origins: &Origins<'_>) -> CliError {
    let shown = render::named(name);
    let error = CliError::new(format!("the lock has nothing named `{shown}`"));
    let versions = origins.versions(name).into_iter();
    let versions: Vec<_> = versions.map(|dist| format!("`{dist}`")).collect();
    if !versions.is_empty() {
        return error.hint(format!("it has {}", versions.join(" and ")));
    }
    if let Some(near) = origins.nearest(name) {
        return error.hint(format!("did you mean `{}`?", render::named(&near)));
    }
    let mut environments = lock.environments.values();
    error.hint(if environments.any(|it| it.closure.is_none()) {
        "what packages require in turn is not in this lock; lock without `--direct`"
    } else {
        "`vhb show` and `vhb tree` tell what it has"
    })
}
