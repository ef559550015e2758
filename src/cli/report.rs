//! `vhb report`: one HTML page of a lock, and of its verification where that is asked for.

use std::path::{Path, PathBuf};

use super::args::ReportArgs;
use super::inputs::refuse_input;
use super::lock_files::{attestation_path, page_path, read_own_form, sbom_path};
use super::verify::{self, Verified};
use super::{Output, Result};
use crate::bom;
use crate::finding::Outcome;
use crate::render;
use crate::render::page::{self, Page};
use crate::verify::gaps;

pub(super) fn run(args: &ReportArgs, output: &Output) -> Result {
    let file = file(args);
    if let Some(file) = &file {
        let lock = &args.lock;
        let own = [lock.clone(), sbom_path(lock), attestation_path(lock)];
        refuse_input(("the page", "--output"), file, &own)?;
    }
    let (lock, bytes) = read_own_form(&args.lock)?;
    let verified = if args.verify {
        Some(verify::verified(&args.verification(), output)?)
    } else {
        None
    };
    let text = page::page(&Page {
        lock: &lock,
        lock_bytes: &bytes,
        sbom_bytes: &bom::to_bytes(&lock),
        gaps: &gaps(&lock),
        verified: verified.as_ref().map(|verified| page::Verified {
            report: &verified.report,
            skipped: &verified.skipped,
        }),
    });
    match file {
        Some(file) => output.write(file, text.into_bytes())?,
        None => output.pieces(std::iter::once(text)),
    }
    Ok(verified.map_or(Outcome::Clean, |verified| tell(&verified, output)))
}

/// The file to write; none where standard output is meant.
fn file(args: &ReportArgs) -> Option<PathBuf> {
    let path = args.output.clone().unwrap_or_else(|| page_path(&args.lock));
    Some(path).filter(|path| path != Path::new("-"))
}

/// Says what was found, since it decides how the command ends.
fn tell(verified: &Verified, output: &Output) -> Outcome {
    let Verified {
        report,
        skipped,
        root,
        ..
    } = verified;
    output.talk_findings(report, root);
    output.say(&render::verification(report, skipped));
    report.outcome()
}
