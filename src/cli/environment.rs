//! Which environment of a lock is meant, and whether it can be handed to an installer.

use std::path::Path;

use super::error::CliError;
use super::{Output, Result};
use crate::export::ExportError;
use crate::finding::{Code, Finding, Outcome, Report, Severity};
use crate::lock::{Lock, LockedEnvironment, closure_findings};
use crate::verify::inconsistencies;

/// The environment that is named by its id or the beginning of it, or the only one.
pub(super) fn chosen<'a>(
    lock: &'a Lock,
    named: Option<&str>,
) -> Result<(&'a str, &'a LockedEnvironment)> {
    let all = &lock.environments;
    if let Some((id, environment)) = named.and_then(|id| all.get_key_value(id)) {
        return Ok((id, environment));
    }
    let beginning = named.unwrap_or_default();
    let begins = |id: &str| id.starts_with(beginning);
    let fitting: Vec<_> = all.iter().filter(|(id, _)| begins(id)).collect();
    if let [(id, environment)] = fitting[..] {
        return Ok((id, environment));
    }
    let message = match named {
        Some(named) if fitting.is_empty() => format!("the lock has no environment `{named}`"),
        Some(named) => format!("more than one environment of the lock begins with `{named}`"),
        None if all.is_empty() => "the lock has no environments".to_owned(),
        None => "the lock has more than one environment".to_owned(),
    };
    let error = CliError::new(message);
    if all.is_empty() {
        return Err(error);
    }
    let ids = all.keys().map(|id| format!("`{id}`")).collect::<Vec<_>>();
    Err(error.hint(format!(
        "pass `--environment` with one of {}",
        ids.join(", ")
    )))
}

/// Refuses an environment that lacks something: that is not to be found out by who installs it.
/// That something does not suit, installers find out themselves, so it is only said; and so is that
/// the lock contradicts itself, as one does that was edited.
pub(super) fn complete(
    lock: &Lock,
    id: &str,
    output: &Output,
) -> std::result::Result<(), Vec<Finding>> {
    let faults = closure_findings(lock).remove(id).unwrap_or_default();
    let (misfits, faults): (Vec<_>, Vec<_>) = faults
        .into_iter()
        .partition(|finding| finding.code == Code::ClosureUnsatisfied);
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut warnings = Report::default();
    for misfit in inconsistencies(lock).into_iter().chain(misfits) {
        warnings.push(misfit.with_severity(Severity::Warning));
    }
    output.talk_findings(&warnings, Path::new("."));
    Ok(())
}

/// Says why nothing is `done`.
pub(super) fn refused(findings: Vec<Finding>, done: &str, output: &Output) -> Outcome {
    let mut report = Report {
        findings,
        ..Report::default()
    };
    report.sort();
    output.talk_findings(&report, Path::new("."));
    output.refuse(&format!("nothing was {done}\n"));
    match report.outcome() {
        Outcome::Clean => Outcome::Failed,
        outcome => outcome,
    }
}

/// Why an environment cannot be written or made, and what to do about it.
pub(super) fn unusable(error: &ExportError) -> CliError {
    let hint = match error {
        ExportError::Open(_) => "lock again without `--direct`",
        ExportError::Unknown(_) => "`vhb verify` tells what is wrong with the lock",
        ExportError::Repository(_) => "name the repository by a URL or an absolute path",
        ExportError::Path(_) => "rename the directory, or export `--format pylock`",
        ExportError::Rootless(_) => "name the lock inside of its project",
        ExportError::Outside(_) => {
            "move it into the project and lock again, or use `--print script`"
        }
        ExportError::Unlisted(_) => "restore `locks/manifests/` from version control",
    };
    CliError::new(error.to_string()).hint(hint)
}
