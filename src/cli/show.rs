//! `vhb show`: what is in a lock, and what it leaves open.

use serde::Serialize;

use super::args::{Format, ShowArgs};
use super::lock_files::read_lock;
use super::{Output, Result};
use crate::finding::{Finding, Outcome};
use crate::render::{self, Listing};
use crate::verify::gaps;
use crate::view::Overview;

pub(super) fn run(args: &ShowArgs, output: &Output) -> Result {
    let (lock, _) = read_lock(&args.lock)?;
    let overview = Overview::of(&lock);
    let gaps = gaps(&lock);
    match args.format {
        Format::Json => output.data(&render::json(&Shown {
            overview: &overview,
            gaps: &gaps,
        })),
        Format::Text => {
            let listing = listing(args.all);
            output.data(&render::show(&overview, &gaps, listing));
        }
    }
    Ok(Outcome::Clean)
}

/// The fields of [`Overview`], and `gaps`: what the lock leaves open, as `vhb verify` lists it.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    overview: &'a Overview<'a>,
    gaps: &'a [Finding],
}

pub(super) fn listing(all: bool) -> Listing {
    if all { Listing::All } else { Listing::Brief }
}
