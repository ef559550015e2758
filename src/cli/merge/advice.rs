//! What to do about a merge that was refused, as commands for the top of the repository.
//!
//! Which other files git has in conflict is not known while it merges, so the commands are those
//! that are right in every case: only the lock itself is certain to be in conflict. Its SBOM is made
//! anew, since one of the other side would make `vhb lock` distrust the lock.

use std::path::Path;

use super::super::lock_files::lists_dir;
use super::place::{Place, Side};
use crate::export::as_typed;
use crate::finding::{Report, Severity, Verdict};
use crate::io::git::WorkTree;
use crate::lock::Lock;
use crate::merge::Sides;
use crate::model::Pin;
use crate::render;

/// Why nothing was merged, and how to go on by hand.
pub(super) fn advice(report: &Report, sides: Sides<'_>, place: &Place) -> String {
    let problems = report.findings.iter().filter(|finding| {
        finding.severity == Severity::Error || finding.verdict == Some(Verdict::Unverifiable)
    });
    let problems = problems.count();
    let plural = if problems == 1 { "" } else { "s" };
    let [ours_name, theirs_name] = [Side::Ours, Side::Theirs].map(|side| place.called(side));
    let text = format!(
        "nothing was merged: {problems} problem{plural} above; {ours_name} is left as it was\n\
         hint: merge the registries, keep the lock of one side, and lock again:\n  \
         git checkout --ours {}\n  rm -f {}\n  {}\n  git add {}\n\
         `--theirs` keeps the lock of {theirs_name}\n",
        word(&place.lock),
        word(&place.sbom),
        lock_command(sides.ours, place),
        written(sides, place).join(" "),
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

/// What is to be committed of what `vhb lock` writes. Lists are named by what is in them, so those
/// of other locks may be among them.
fn written(sides: Sides<'_>, place: &Place) -> Vec<String> {
    let mut paths = vec![word(&place.lock)];
    let ignored = WorkTree::around(&place.top).ignores(&place.sbom);
    if !ignored.unwrap_or_default() {
        paths.push(word(&place.sbom));
    }
    if has_lists(sides.ours) || has_lists(sides.theirs) {
        paths.push(word(lists_dir(&place.lock)));
    }
    paths
}

/// Whether lists of files belong to a lock.
fn has_lists(lock: &Lock) -> bool {
    let local = |pin: &Pin| matches!(pin, Pin::Local(_));
    let mut packages = lock.packages.values();
    let mut datasets = lock.datasets.values();
    packages.any(|package| local(&package.pin)) || datasets.any(|dataset| dataset.pin.is_ok())
}

/// A path as one word of a shell.
fn word(path: impl AsRef<Path>) -> String {
    as_typed(&path.as_ref().to_string_lossy())
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
