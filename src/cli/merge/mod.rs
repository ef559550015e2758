//! `vhb merge`: the merge driver of git for locks and their SBOMs.
//!
//! git calls it once for each file, in an order of its own, while nothing of the merge is in the
//! work tree yet: so nothing is read there. Whatever does not end in one lock that both sides can
//! stand by leaves OURS as it was, and git marks the file as in conflict.

mod advice;
mod install;
mod lists;
mod place;
mod remembered;
mod sbom;
mod settle;
mod upstream;

use std::path::Path;

use super::Result;
use super::args::MergeArgs;
use super::error::CliError;
use super::lock_files::parse_lock;
use super::output::Output;
use crate::finding::Outcome;
use crate::io::write::{FileToWrite, write_all};
use crate::lock::{Diff, GENERATOR, Lock};
use crate::merge::{self, Sides};
use crate::model::Sha256Digest;
use crate::{bom, render};
use place::{Place, Side};
use remembered::{Call, Remembered, Resolved};
use settle::Settled;

pub(super) fn run(args: &MergeArgs, output: &Output) -> Result {
    let (Some(base), Some(ours), Some(theirs)) = (&args.base, &args.ours, &args.theirs) else {
        return if args.uninstall {
            install::uninstall(args, output)
        } else {
            install::install(args, output)
        };
    };
    let files = Files {
        base: read(base)?,
        ours: read(ours)?,
        theirs: read(theirs)?,
    };
    let place = Place::of(args, ours)?;
    let merged = if sbom::is_sbom(&files.ours) || sbom::is_sbom(&files.theirs) {
        of_sboms(&files, &place, args, output)?
    } else {
        of_locks(&files, &place, args, output)?
    };
    let Some(bytes) = merged else {
        return Ok(Outcome::Failed);
    };
    let path = ours.clone();
    let written = write_all(&[FileToWrite { path, bytes }]).map(drop);
    written.map_err(|error| CliError::new(error.to_string()))?;
    Ok(Outcome::Clean)
}

/// The bytes of the three versions.
struct Files {
    /// Empty where there is no such version.
    base: Vec<u8>,
    ours: Vec<u8>,
    theirs: Vec<u8>,
}

impl Files {
    /// Names the three together.
    fn digest(&self) -> Sha256Digest {
        let each = [&self.base, &self.ours, &self.theirs];
        let each = each.map(|bytes| Sha256Digest::of(bytes).to_string());
        Sha256Digest::of(each.join("\n").as_bytes())
    }
}

/// The three locks.
struct Locks {
    base: Option<Lock>,
    ours: Lock,
    theirs: Lock,
}

impl Locks {
    /// Reads them; `what` is what one of them is in a message.
    fn parse(files: &Files, what: impl Fn(Side) -> String) -> Result<Self> {
        let parse = |side: Side, bytes: &[u8]| parse_lock(bytes, &what(side));
        let base = (!files.base.is_empty()).then(|| parse(Side::Base, &files.base));
        Ok(Self {
            base: base.transpose()?,
            ours: parse(Side::Ours, &files.ours)?,
            theirs: parse(Side::Theirs, &files.theirs)?,
        })
    }

    fn sides(&self) -> Sides<'_> {
        Sides {
            base: self.base.as_ref(),
            ours: &self.ours,
            theirs: &self.theirs,
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| CliError::unreadable("file", path, &error))
}

/// The bytes of the merged lock; none, after saying why, where there is none.
fn of_locks(
    files: &Files,
    place: &Place,
    args: &MergeArgs,
    output: &Output,
) -> Result<Option<Vec<u8>>> {
    let locks = Locks::parse(files, |side| {
        let (path, whose) = (place.path.display(), place.called(side));
        format!("`{path}` as {whose} has it")
    })?;
    let sides = locks.sides();
    if args.ancestors {
        return ancestor(sides, args).map(|lock| Some(lock.to_bytes()));
    }
    let resolved = Resolved {
        remembered: &Remembered::of(&args.network.cache)?,
        inputs: files.digest(),
        call: Call::Lock,
    };
    match settle::settle(sides, place, args, &resolved, output)? {
        Ok(Settled { lock, notes }) => {
            output.talk_findings(&notes, Path::new("."));
            output.say_with(|| {
                let path = place.path.display().to_string();
                let changes = render::diff::summary(&Diff::of(sides.ours, &lock));
                format!("merged `{}`\n{changes}", render::visible(&path))
            });
            Ok(Some(lock.to_bytes()))
        }
        Err(report) => {
            output.talk_findings(&report, Path::new("."));
            output.refuse(&advice::advice(&report, sides, place));
            Ok(None)
        }
    }
}

/// The bytes of the SBOM of the merged lock; none, after saying why, where there is no such lock.
fn of_sboms(
    files: &Files,
    place: &Place,
    args: &MergeArgs,
    output: &Output,
) -> Result<Option<Vec<u8>>> {
    let remembered = Remembered::of(&args.network.cache)?;
    let files = match sbom::locks(files, place, &remembered)? {
        Ok(files) => files,
        Err(why) => {
            output.refuse(&why);
            return Ok(None);
        }
    };
    let locks = Locks::parse(&files, |side| {
        format!("the lock of the SBOM of {}", place.called(side))
    })?;
    let sides = locks.sides();
    if args.ancestors {
        let lock = ancestor(sides, args)?;
        return Ok(Some(bom::to_bytes(&lock)));
    }
    let resolved = Resolved {
        remembered: &remembered,
        inputs: files.digest(),
        call: Call::Sbom,
    };
    // What there is to say is said where the lock itself is merged.
    match settle::settle(sides, place, args, &resolved, output)? {
        Ok(Settled { lock, .. }) => Ok(Some(bom::to_bytes(&lock))),
        Err(_) => {
            output.refuse(&advice::sbom_follows(place));
            Ok(None)
        }
    }
}

/// A version that stands for several common ancestors, which others are only compared with.
fn ancestor(sides: Sides<'_>, args: &MergeArgs) -> Result<Lock> {
    let merged = merge::locks(sides, GENERATOR);
    let lock = merged.candidate.map(|candidate| candidate.lock);
    let lock = lock.unwrap_or_else(|| sides.base.unwrap_or(sides.ours).clone());
    let lock = merge::as_written(lock, sides);
    Remembered::of(&args.network.cache)?.keep(&lock);
    Ok(lock)
}
