//! How a verification ends: its report goes where it was asked for.

use std::path::PathBuf;

use super::super::Result;
use super::super::args::VerifyArgs;
use super::super::lock_files::{attestation_path, lists_dir, sbom_path};
use super::super::output::{Output, findings_text, texts_below};
use super::super::report_output::{Base, ReportOutput};
use super::Verified;
use super::around::root_of;
use crate::render::{self, Ground, Of, Shown};

/// Where the report goes; it may not take the place of what is looked at.
pub(super) fn destination(args: &VerifyArgs) -> Result<ReportOutput<'_>> {
    let mut about: Vec<PathBuf> = args.manifest.clone();
    let published = &args.published;
    about.extend(published.results.iter().cloned());
    about.extend(
        published
            .attestation
            .iter()
            .chain(&published.public_key)
            .cloned(),
    );
    about.extend(args.installed.env.clone());
    if let Some(lock) = &args.lock {
        about.extend([lock.clone(), sbom_path(lock), attestation_path(lock)]);
        about.push(lists_dir(lock));
    }
    if let Ok(root) = root_of(args) {
        about.push(root.join("registries"));
    }
    ReportOutput::of(&args.report, &about)
}

/// Prints and saves the report.
pub(super) fn print(
    args: &VerifyArgs,
    verified: &Verified,
    destination: &ReportOutput<'_>,
    output: &Output,
) -> Result<()> {
    let Verified {
        report,
        skipped,
        root,
        about,
    } = verified;
    let base = Base::around(root);
    let lock = args.lock.as_deref();
    let attached = args.attached.as_deref().unwrap_or_default();
    let file = lock.and_then(|lock| base.file(lock));
    let text = about.as_ref();
    let text = text.and_then(|(bytes, _)| std::str::from_utf8(bytes).ok());
    let sbom = lock.and_then(|lock| base.sbom(lock));
    let ground = Ground {
        project: &base.project,
        lock: file.as_deref().zip(text),
        sbom: sbom.as_deref(),
        registry: about
            .as_ref()
            .and_then(|(_, around)| around.registry().ok()),
        read: &texts_below(root),
    };
    let name = lock.map_or_else(|| attached.to_owned(), |lock| base.name(lock));
    let lock = lock.map(|lock| lock.display().to_string());
    let of = Of::Lock {
        lock: lock.as_deref().unwrap_or(attached),
        skipped,
    };
    let shown = Shown::new(report, of, &name, ground);
    destination.end(&shown, output, || {
        output.data(&findings_text(report, root));
        output.data(&render::verification(report, skipped));
    })
}
