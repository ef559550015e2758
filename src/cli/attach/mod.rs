//! `vhb attach`: a lock, its SBOM and its attestation beside an image in its registry, or beside
//! results.

mod papers;
mod results;

use std::path::Path;

use super::args::AttachArgs;
use super::error::CliError;
use super::world::registry_client;
use super::{Output, Result};
use crate::attachments::{Attached, PushError, attach, doubts, pinned_images};
use crate::finding::{Code, Finding, Outcome, Report};
use crate::model::{ImageReference, Sha256Digest};
use crate::remote::{ArtifactRegistry, RemoteError};
use papers::Papers;

pub(super) fn run(args: &AttachArgs, output: &Output) -> Result {
    let reference = reference(&args.reference)?;
    let papers = match Papers::read(args)? {
        Ok(papers) => papers,
        Err(findings) => return Ok(refused(findings, false, output)),
    };
    if papers.bundle.is_none() {
        output.say("there is no attestation, so nobody vouches for what is attached\n");
    }
    let registry = registry_client(false, args.timeout);
    match &args.results {
        Some(directory) => results::run(args, &papers, directory, &reference, &registry, output),
        None => Ok(to_image(&papers, &reference, &registry, output)),
    }
}

fn to_image(
    papers: &Papers,
    reference: &ImageReference,
    registry: &dyn ArtifactRegistry,
    output: &Output,
) -> Outcome {
    let doubts = doubts(&papers.documents(), None);
    if !doubts.is_empty() {
        return refused(doubts, false, output);
    }
    let image = match registry.named(reference) {
        Ok(image) => image.descriptor,
        Err(error) => {
            let begun = false;
            return not_taken(&PushError { error, begun }, reference, output);
        }
    };
    let exact = exact_name(reference, &image.digest);
    if reference.digest().is_none() {
        output.say(&format!("`{reference}` is `{exact}`\n"));
    }
    let mut warnings = Report::default();
    warnings
        .findings
        .extend(not_locked(papers, &exact, &image.digest));
    output.talk_findings(&warnings, Path::new("."));
    match attach(&papers.documents(), reference, &image, registry) {
        Ok(attached) => {
            tell(&attached, output);
            output.data(&format!("{exact}\n"));
            Outcome::Clean
        }
        Err(error) => not_taken(&error, reference, output),
    }
}

fn tell(attached: &[Attached], output: &Output) {
    for document in attached.iter().filter(|document| document.new) {
        let Attached { kind, manifest, .. } = document;
        output.say(&format!("attached the {kind} as `{manifest}`\n"));
    }
    if attached.iter().all(|document| !document.new) {
        output.say("nothing changed\n");
    }
}

fn not_locked(papers: &Papers, exact: &str, digest: &Sha256Digest) -> Option<Finding> {
    let pinned = pinned_images(&papers.lock)?;
    if pinned.contains(digest) {
        return None;
    }
    let message = format!("the lock pins other images than `{exact}`");
    Some(Finding::new(Code::ImageNotLocked, message))
}

/// The name of an image as it is written on the command line.
pub(super) fn reference(text: &str) -> Result<ImageReference> {
    text.parse().map_err(|error| {
        CliError::new("cannot use the reference")
            .because(&error)
            .hint("name it as `docker pull` takes it: `HOST/REPOSITORY@sha256:...`")
    })
}

/// What a name means exactly, without a tag.
pub(super) fn exact_name(reference: &ImageReference, digest: &Sha256Digest) -> String {
    let (registry, repository) = (reference.registry(), reference.repository());
    format!("{registry}/{repository}@{digest}")
}

/// The finding of an error, with what to do about it in this repository.
pub(super) fn told(error: &RemoteError, reference: &ImageReference, not_found: Code) -> Finding {
    let finding = error.finding(not_found);
    match error {
        RemoteError::Denied(_) => finding.hint(format!(
            "log in with `docker login {}` as a user who may do this in `{}`",
            reference.registry(),
            reference.repository()
        )),
        _ => finding,
    }
}

fn not_taken(error: &PushError, reference: &ImageReference, output: &Output) -> Outcome {
    let finding = told(&error.error, reference, Code::ImageNotFound);
    refused(vec![finding], error.begun, output)
}

/// Says why it is not all attached; `begun` says whether some of it got there.
fn refused(findings: Vec<Finding>, begun: bool, output: &Output) -> Outcome {
    let mut report = Report {
        findings,
        ..Report::default()
    };
    report.sort();
    output.talk_findings(&report, Path::new("."));
    output.refuse(if begun {
        "not attached; what was pushed already is used when it is tried again\n"
    } else {
        "nothing was attached\n"
    });
    match report.outcome() {
        Outcome::Clean => Outcome::Failed,
        outcome => outcome,
    }
}
