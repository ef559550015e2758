//! From what two sides come to, to a lock that holds together and that its places still give.
//!
//! What is closed already is taken without asking a resolver. What is not is resolved, preferring
//! what both sides have: no directory is read, because the work tree may hold another side's
//! files, and nothing is built, because what is merged may be anybody's code.

use super::super::Result;
use super::super::args::MergeArgs;
use super::super::error::CliError;
use super::super::output::Output;
use super::super::world::{Pages, World};
use super::place::{Place, Side};
use super::remembered::Resolved;
use super::{lists, upstream};
use crate::finding::{Code, Finding, Report, Severity, Verdict};
use crate::lock::{GENERATOR, Lock};
use crate::merge::{self, Candidate, Sides};
use crate::model::OneOrMany;
use crate::remote::Ports;
use crate::resolve::{self, Request, Resolution, Upgrade};
use crate::verify;

/// One lock, and what there is to say of it.
pub(super) struct Settled {
    pub(super) lock: Lock,
    pub(super) notes: Report,
}

/// What comes of two sides: one lock, or why there is none.
type OrRefused = std::result::Result<Settled, Report>;

/// Merges two locks.
pub(super) fn settle(
    sides: Sides<'_>,
    place: &Place,
    args: &MergeArgs,
    resolved: &Resolved<'_>,
    output: &Output,
) -> Result<OrRefused> {
    are_sound(sides, place)?;
    let merged = merge::locks(sides, GENERATOR);
    let candidate = match merged.candidate {
        Some(candidate) if merged.conflicts.is_empty() => candidate,
        _ => return Ok(Err(refused(merged.conflicts))),
    };
    let world = World::new(&args.network, &place.root, Pages::Asked, false)?;
    let progress = output.progress();
    let ports = world.ports(&progress);
    let lock = if is_whole(&candidate, sides) {
        candidate.lock.clone()
    } else if let Some(lock) = resolved.take().filter(|lock| suits(lock, &candidate)) {
        lock
    } else {
        match resolve(&candidate, sides, place, ports)? {
            Ok(lock) => {
                resolved.keep(&lock);
                lock
            }
            Err(findings) => return Ok(Err(refused(findings))),
        }
    };
    let lock = merge::as_written(lock, sides);
    let mut notes = merge::undone(&lock, &candidate.plan, sides);
    notes.extend(upstream::changed(&lock, sides, place, args, ports));
    Ok(judged(lock, notes, args.strict))
}

/// Refuses sides that nothing may be built upon: merging would launder what is wrong with them.
fn are_sound(sides: Sides<'_>, place: &Place) -> Result<()> {
    for (side, lock) in [(Side::Ours, sides.ours), (Side::Theirs, sides.theirs)] {
        if let Some(first) = verify::contradictions(lock).first() {
            let subject = first.subject.as_deref().unwrap_or("lock");
            let (whose, what) = (place.called(side), &first.message);
            let message = format!("the lock of {whose} contradicts itself: {subject}: {what}");
            let hint = "mend that side first: `vhb verify` there says what is wrong";
            return Err(CliError::new(message).hint(hint));
        }
    }
    Ok(())
}

/// Refuses a lock that there is something worse to say of than a warning; strictly, also then.
fn judged(lock: Lock, mut notes: Vec<Finding>, strict: bool) -> OrRefused {
    let stops = |finding: &Finding| {
        let unasked = finding.verdict == Some(Verdict::Unverifiable);
        match finding.severity {
            Severity::Error if !unasked => true,
            Severity::Info if !unasked => false,
            _ => strict,
        }
    };
    let refuses = notes.iter().any(stops);
    for finding in &mut notes {
        finding.severity = if stops(finding) {
            Severity::Error
        } else {
            Severity::Warning
        };
    }
    if refuses {
        return Err(refused(notes));
    }
    let notes = report(notes);
    Ok(Settled { lock, notes })
}

/// Why there is no lock; what is to be done is told once, for all that is in the way.
fn refused(mut findings: Vec<Finding>) -> Report {
    for finding in &mut findings {
        if finding.code == Code::MergeUnfinished {
            finding.hint = None;
        }
    }
    report(findings)
}

fn report(findings: Vec<Finding>) -> Report {
    let mut report = Report {
        findings,
        ..Report::default()
    };
    report.sort();
    report
}

/// Whether nothing is left to resolve.
fn is_whole(candidate: &Candidate, sides: Sides<'_>) -> bool {
    let lock = &candidate.lock;
    let mut environments = lock.environments.values();
    let closed = candidate.direct || environments.all(|it| it.closure.is_some());
    closed && other_limit(lock, sides).is_none() && verify::contradictions(lock).is_empty()
}

/// Whether a lock is what a candidate may be resolved to.
fn suits(lock: &Lock, candidate: &Candidate) -> bool {
    let Candidate { lock: asked, .. } = candidate;
    let same = lock.experiment == asked.experiment && lock.config == asked.config;
    same && lock.runs == asked.runs && verify::contradictions(lock).is_empty()
}

/// The side that was locked with another `exclude_newer`: what it has may be another thing with
/// that of the merged lock.
fn other_limit<'a>(lock: &Lock, sides: Sides<'a>) -> Option<&'a Lock> {
    let other = |side: &&Lock| side.exclude_newer() != lock.exclude_newer();
    [sides.ours, sides.theirs].into_iter().find(other)
}

/// Resolves what does not hold together.
fn resolve(
    candidate: &Candidate,
    sides: Sides<'_>,
    place: &Place,
    ports: Ports<'_>,
) -> Result<std::result::Result<Lock, Vec<Finding>>> {
    let previous = to_keep(&candidate.lock, sides);
    let scratch = tempfile::Builder::new()
        .prefix("vhb-")
        .tempdir()
        .map_err(|error| CliError::new("cannot make a temporary directory").because(&error))?;
    let request = Request {
        plan: &candidate.plan,
        root: &place.root,
        previous: Some(&previous),
        settled: true,
        upgrade: &Upgrade::Nothing,
        require_immutable: false,
        direct: candidate.direct,
        may_build: false,
        allow_unresolved: false,
        manifest: &|digest| lists::manifest(place, digest),
        tokens: &|digest| lists::tokens(place, digest),
        scratch: scratch.path(),
        generator: GENERATOR,
    };
    Ok(accepted(resolve::resolve(request, ports)))
}

/// The lock of a resolution that moved nothing but what had to be moved; else why there is none.
fn accepted(resolution: Resolution) -> std::result::Result<Lock, Vec<Finding>> {
    let mut findings = resolution.findings;
    let Some(lock) = resolution.lock else {
        findings.retain(|finding| {
            finding.severity == Severity::Error || finding.verdict == Some(Verdict::Unverifiable)
        });
        for finding in &mut findings {
            // What was put together from locks is written in no file.
            finding.location = None;
        }
        return Err(findings);
    };
    // Under the names that both sides have, nothing else may slip in.
    findings.retain(|finding| matches!(finding.code, Code::PypiHashChanged | Code::IndexChanged));
    if !findings.is_empty() {
        let errors = findings.into_iter();
        let errors = errors.map(|finding| finding.with_severity(Severity::Error));
        return Err(errors.collect());
    }
    let mut lists = resolution.tokens.keys().chain(resolution.manifests.keys());
    if let Some(digest) = lists.next() {
        let message = format!("the merged lock names a list of files that no side has: {digest}");
        let finding = Finding::new(Code::MergeUnfinished, message);
        return Err(vec![finding.about("datasets")]);
    }
    let contradictions = verify::contradictions(&lock);
    if contradictions.is_empty() {
        Ok(lock)
    } else {
        Err(contradictions)
    }
}

/// The candidate without the pins that do not suit what is asked for.
fn to_keep(candidate: &Lock, sides: Sides<'_>) -> Lock {
    let mut lock = candidate.clone();
    for finding in verify::contradictions(candidate) {
        let subject = finding.subject.as_deref().unwrap_or_default();
        match subject.split_once('/') {
            Some(("packages", key)) => drop(lock.packages.remove(key)),
            Some(("models", key)) => drop(lock.models.remove(key)),
            Some(("datasets", key)) => drop(lock.datasets.remove(key)),
            Some(("images", key)) => drop(lock.images.remove(key)),
            _ => {}
        }
    }
    if let Some(other) = other_limit(candidate, sides) {
        let limit = other.exclude_newer();
        let mut targets = lock.experiment.target.to_vec();
        for target in &mut targets {
            target.exclude_newer = limit;
        }
        if let Some(targets) = OneOrMany::new(targets) {
            lock.experiment.target = targets;
        }
        for environment in lock.environments.values_mut() {
            environment.asked.target.exclude_newer = limit;
        }
    }
    lock
}
