//! `vhb report`: one HTML page of a lock, and of its verification where that is asked for.

use std::path::Path;

use super::args::ReportArgs;
use super::lock_files::{page_path, read_own_form};
use super::verify::{self, Verified};
use super::{Output, Result};
use crate::bom;
use crate::finding::Outcome;
use crate::render;
use crate::render::page::{self, Page};
use crate::verify::gaps;

pub(super) fn run(args: &ReportArgs, output: &Output) -> Result {
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
    write(args, text, output)?;
    Ok(verified.map_or(Outcome::Clean, |verified| tell(&verified, output)))
}

fn write(args: &ReportArgs, text: String, output: &Output) -> Result<()> {
    if args.output.as_deref() == Some(Path::new("-")) {
        output.pieces(std::iter::once(text));
        return Ok(());
    }
    let path = args.output.clone().unwrap_or_else(|| page_path(&args.lock));
    output.write(path, text.into_bytes())
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
