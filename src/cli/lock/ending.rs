//! How `vhb lock` ends where it writes nothing: by saying why, and with `--check` by a report.

use std::fmt::Write as _;
use std::path::Path;

use super::super::Result;
use super::super::args::LockArgs;
use super::super::error::CliError;
use super::super::lock_files::{lists_dir, sbom_path};
use super::super::output::{Output, texts_below};
use super::super::project::{Named, Project};
use super::super::report_output::{Base, ReportOutput};
use super::check::would_change;
use super::{Previous, shown};
use crate::finding::{Code, Finding, Location, Outcome, Report, Severity, Verdict};
use crate::io::write::FileToWrite;
use crate::lock::{Diff, Lock};
use crate::model::counted;
use crate::render::{self, Ground, Of, Shown};

/// Where the words go, and with `--check` the report.
pub(super) struct Ending<'a> {
    path: &'a Path,
    experiment: &'a str,
    destination: Option<ReportOutput<'a>>,
    output: &'a Output,
}

impl<'a> Ending<'a> {
    /// Refuses a report where there is none.
    pub(super) fn of(
        args: &'a LockArgs,
        named: &'a Named,
        path: &'a Path,
        output: &'a Output,
    ) -> Result<Self> {
        if !args.check && (args.report.format.is_some() || !args.report.save.is_empty()) {
            let message = "`--format` and `--save` are for what `--check` finds";
            return Err(CliError::new(message).hint("add `--check`, or leave them out"));
        }
        let registries = named.root.join("registries");
        let about = [
            path.to_path_buf(),
            sbom_path(path),
            lists_dir(path),
            registries,
        ];
        let destination = ReportOutput::of(&args.report, &about)?;
        Ok(Self {
            path,
            experiment: &named.id,
            destination: args.check.then_some(destination),
            output,
        })
    }

    /// The registry forbids it.
    pub(super) fn not_planned(&self, report: &Report, project: &Project) -> Result {
        self.report(report, project, None, None, || {
            self.output.talk_findings(report, &project.root);
            let summary = render::summary(report);
            self.output
                .refuse(&format!("{summary}: nothing was locked\n"));
        })?;
        Ok(Outcome::Failed)
    }

    /// Something could not be resolved.
    pub(super) fn not_locked(&self, mut report: Report, project: &Project) -> Result {
        let unconfigured = |finding: &Finding| finding.code == Code::NotConfigured;
        let missing = report.findings.iter().find(|finding| unconfigured(finding));
        if let Some(missing) = missing.cloned() {
            // What every package lacks is said once.
            report.findings.retain(|finding| !unconfigured(finding));
            self.output.talk_findings(&report, &project.root);
            let error = CliError::new(format!("nothing was locked: {}", missing.message));
            return Err(error.hint(missing.hint.unwrap_or_default()));
        }
        self.report(&report, project, None, None, || {
            self.output.talk_findings(&report, &project.root);
            let failed = report.findings.iter().filter(|finding| {
                let unasked = finding.verdict == Some(Verdict::Unverifiable);
                finding.severity == Severity::Error || unasked
            });
            let problems = counted(failed.count(), "problem");
            let text = format!("nothing was locked: {problems} above\n");
            self.output.refuse(&text);
        })?;
        match report.outcome() {
            Outcome::Clean => Ok(Outcome::Failed),
            outcome => Ok(outcome),
        }
    }

    /// `--check`: the difference, and whether there is one.
    pub(super) fn checked(
        &self,
        report: &Report,
        project: &Project,
        previous: Option<&Previous>,
        (lock, files): (&Lock, &[FileToWrite]),
    ) -> Result {
        let stale: Vec<_> = files.iter().filter(|file| !file.is_written()).collect();
        let mut whole = report.clone();
        let before = previous.map(|previous| &previous.lock);
        let mut changed = would_change(self.path, before, lock, &stale);
        if previous.is_none() {
            // There is no lock yet to point at.
            let experiment = format!("registries/experiments/{}.yaml", self.experiment);
            for finding in &mut changed {
                finding.location = Some(Location::start_of(&experiment));
            }
        }
        whole.findings.extend(changed);
        whole.sort();
        let things = before.map(Lock::things).unwrap_or_default();
        let things: Vec<_> = things.into_iter().collect();
        let bytes = previous.map(|previous| previous.bytes.as_slice());
        self.report(&whole, project, bytes, Some(&things), || {
            self.output.talk_findings(report, &project.root);
            self.say_stale(&stale, before, lock);
        })?;
        if stale.is_empty() {
            Ok(Outcome::Clean)
        } else {
            Ok(Outcome::Failed)
        }
    }

    fn say_stale(&self, stale: &[&FileToWrite], previous: Option<&Lock>, lock: &Lock) {
        if stale.is_empty() {
            self.output.say("the lock is up to date\n");
            return;
        }
        let mut text = String::new();
        for file in stale {
            let verb = if file.path.exists() {
                "change"
            } else {
                "write"
            };
            let _ = writeln!(text, "would {verb} {}", shown(&file.path).display());
        }
        if let Some(previous) = previous {
            text.push_str(&render::diff::summary(&Diff::of(previous, lock)));
        }
        self.output.data(&text);
        let mut report = Report::default();
        let message = "locking now would change the lock";
        report.push(Finding::new(Code::LockWouldChange, message));
        self.output.talk_findings(&report, Path::new("."));
    }

    /// Prints and saves a report; as text, or where there is no `--check`, only what `text` says.
    fn report(
        &self,
        report: &Report,
        project: &Project,
        lock: Option<&[u8]>,
        things: Option<&[String]>,
        text: impl FnOnce(),
    ) -> Result<()> {
        let Some(destination) = self.destination.as_ref().filter(|it| it.is_wanted()) else {
            text();
            return Ok(());
        };
        let base = Base::around(&project.root);
        let file = base.file(self.path);
        let lock = lock.and_then(|bytes| std::str::from_utf8(bytes).ok());
        let sbom = base.sbom(self.path);
        let ground = Ground {
            project: &base.project,
            lock: file.as_deref().zip(lock),
            sbom: sbom.as_deref(),
            registry: Some(&project.registry),
            read: &texts_below(&project.root),
        };
        let named = shown(self.path).display().to_string();
        let of = Of::Locking {
            lock: &named,
            things,
        };
        let name = base.name(self.path);
        destination.end(&Shown::new(report, of, &name, ground), self.output, text)
    }
}
