//! What to do about a merge that was refused, as commands for the top of the repository.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::place::{Place, Side};
use crate::export::quoted;
use crate::finding::{Report, Severity, Verdict};
use crate::lock::Lock;
use crate::render;

/// Why nothing was merged, and how to go on by hand.
pub(super) fn advice(report: &Report, ours: &Lock, place: &Place) -> String {
    let problems = report.findings.iter().filter(|finding| {
        finding.severity == Severity::Error || finding.verdict == Some(Verdict::Unverifiable)
    });
    let problems = problems.count();
    let plural = if problems == 1 { "" } else { "s" };
    let (lock, sbom) = (word(&place.lock), word(&place.sbom));
    let [ours_name, theirs_name] = [Side::Ours, Side::Theirs].map(|side| place.called(side));
    let text = format!(
        "nothing was merged: {problems} problem{plural} above; {ours_name} is left as it was\n\
         hint: merge the registries, keep the lock of one side, and lock again:\n  \
         git checkout --ours {lock} {sbom}\n  {}\n  git add {}\n\
         `--theirs` keeps the lock of {theirs_name}\n",
        lock_command(ours, place),
        directories(place),
    );
    render::visible(&text)
}

fn lock_command(ours: &Lock, place: &Place) -> String {
    let (id, file) = (&ours.experiment.id, &ours.experiment.file);
    let default = place.project.join("locks").join(format!("{id}.lock.json"));
    let experiment = word(place.project.join(file));
    if default == place.lock {
        format!("vhb lock {experiment}")
    } else {
        format!("vhb lock {experiment} --output {}", word(&place.lock))
    }
}

fn directories(place: &Place) -> String {
    let parent = |path: &Path| match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => word(parent),
        _ => ".".to_owned(),
    };
    let both: BTreeSet<_> = [parent(&place.lock), parent(&place.sbom)].into();
    both.into_iter().collect::<Vec<_>>().join(" ")
}

/// A path as one word of a shell.
fn word(path: impl Into<PathBuf>) -> String {
    let text = path.into().to_string_lossy().into_owned();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if text.chars().all(plain) && !text.starts_with('-') {
        text
    } else {
        quoted(&text)
    }
}

/// That an SBOM is not merged because its lock is not.
pub(super) fn sbom_follows(place: &Place) -> String {
    let text = format!(
        "`{}` is not merged, because its lock is not\n",
        place.path.display()
    );
    render::visible(&text)
}

/// That the lock of an SBOM was not found.
pub(super) fn no_lock(side: Side, hex: &str, place: &Place) -> String {
    let text = format!(
        "`{}` is not merged: the lock of {}\n(sha256:{hex})\n\
         is nowhere in the history of `{lock}`\n\
         hint: once `{lock}` is merged, run `vhb sbom {}`\n",
        place.path.display(),
        place.called(side),
        word(&place.lock),
        lock = place.lock.display(),
    );
    render::visible(&text)
}
