//! `vhb lock`: from an experiment to its lock and its SBOM.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::Result;
use super::args::LockArgs;
use super::check::reached;
use super::error::CliError;
use super::lock_files::{
    manifest_path, read_lock, read_manifest, read_tokens, sbom_path, tokens_path,
};
use super::output::{Output, shown};
use super::project::{Named, Project, find_experiment};
use super::world::{Pages, World};
use crate::bom;
use crate::finding::{Code, Finding, Outcome, Report, Severity, Verdict};
use crate::io::write::{FileToWrite, write_all};
use crate::lock::{GENERATOR, Lock, changes};
use crate::model::{EntryRef, Kind, RunMode, Target};
use crate::registry::Plan;
use crate::render;
use crate::resolve::{self, Request, Resolution, Upgrade};
use crate::verify;

pub(super) fn run(args: &LockArgs, output: &Output) -> Result {
    let named = find_experiment(&args.experiment, args.registry.registry.as_deref())?;
    let project = Project::read(named.root.clone(), args.mode.run_mode)?;
    let Some((plan, mut report)) = plan(args, &named, &project, output)? else {
        return Ok(Outcome::Failed);
    };
    let path = lock_path(args, &named);
    let (previous, doubts) = previous(&path)?;
    // The pins of a lock that was edited or damaged are not kept, or locking would launder them.
    let kept = previous.as_ref().filter(|_| doubts.is_empty());
    report.findings.extend(doubts);
    let upgrade = upgrade(args, &plan, kept)?;
    let mut resolution = resolve(args, &project, &plan, (&path, kept), &upgrade, output)?;

    report
        .findings
        .extend(std::mem::take(&mut resolution.findings));
    if plan.mode == RunMode::Dev {
        report.push(Finding::new(
            Code::DevLock,
            "a lock made with RUN_MODE=dev is not publishable",
        ));
    }
    report.sort();
    let Some(lock) = resolution.lock.clone() else {
        return nothing_locked(report, &project, output);
    };
    output.talk_findings(&report, &project.root);
    if args.check {
        // Committing what is locked does not make a lock stale.
        let same = |previous: &&Lock| previous.same_but_for_checkouts(&lock);
        let lock = previous.as_ref().filter(same).unwrap_or(&lock);
        let files = files(&path, lock, &resolution);
        return Ok(check_only(&files, previous.as_ref(), lock, output));
    }
    let files = files(&path, &lock, &resolution);
    let written = write_all(&files).map_err(|error| CliError::new(error.to_string()))?;
    let mut summary = counted(&lock);
    if let Some(previous) = &previous {
        summary.push_str(&render::changes(&changes(previous, &lock)));
    }
    if written.is_empty() {
        summary.push_str("nothing changed\n");
    }
    for path in written {
        let _ = writeln!(summary, "wrote {}", shown(path).display());
    }
    output.say(&summary);
    Ok(Outcome::Clean)
}

/// The lock that is there already, and why its pins are not to be kept.
fn previous(path: &Path) -> Result<(Option<Lock>, Vec<Finding>)> {
    match path.symlink_metadata() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok((None, Vec::new()));
        }
        _ => {}
    }
    let (lock, bytes) = read_lock(path)?;
    let sbom = std::fs::read(sbom_path(path)).ok();
    let doubts = verify::doubts(&lock, &bytes, sbom.as_deref())
        .into_iter()
        .map(|finding| {
            let message = format!("{}; the pins of this lock are not kept", finding.message);
            Finding { message, ..finding }.with_severity(Severity::Warning)
        })
        .collect();
    Ok((Some(lock), doubts))
}

/// Puts the experiment together; none, after saying why, where the registry forbids it.
fn plan(
    args: &LockArgs,
    named: &Named,
    project: &Project,
    output: &Output,
) -> Result<Option<(Plan, Report)>> {
    let mut report = Report::default();
    let ids = std::iter::once(named.id.as_str());
    report.findings = reached(&project.registry, ids, project.findings.clone());
    report.sort();
    let entry = project.registry.experiments.get(&named.id);
    if entry.is_none() || report.has_errors() {
        output.talk_findings(&report, &project.root);
    }
    let Some(entry) = entry else {
        let message = format!("`{}` is not a valid experiment", args.experiment.display());
        return Err(CliError::new(message).hint("mend what is reported above"));
    };
    if report.has_errors() {
        output.refuse(&format!(
            "{}: nothing was locked\n",
            render::summary(&report)
        ));
        return Ok(None);
    }
    let targets = targets(args, &entry.body.targets)?;
    let plan = Plan::of(&project.registry, &named.id, targets).ok_or_else(|| {
        let experiment = EntryRef::new(Kind::Experiments, &named.id);
        CliError::new(format!("`{experiment}` cannot be put together"))
    })?;
    if plan.runs.is_empty() {
        let message = format!("`{}` has no runs, so there is nothing to lock", named.id);
        return Err(CliError::new(message).hint("add runs to its `tasks`"));
    }
    Ok(Some((plan, report)))
}

/// The targets of the experiment as the flags change them; those that become equal are one.
fn targets(args: &LockArgs, asked: &[Target]) -> Result<Vec<Target>> {
    let mut targets: Vec<Target> = Vec::new();
    for target in asked {
        let target = with_flags(args, target.clone())?;
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    Ok(targets)
}

fn with_flags(args: &LockArgs, mut target: Target) -> Result<Target> {
    let unusable = |flag: &str, error: &dyn std::fmt::Display| {
        CliError::new(format!("cannot use `{flag}`: {error}"))
    };
    if let Some(python) = &args.python {
        target = target
            .with_python(python)
            .map_err(|error| unusable("--python", &error))?;
    }
    if let Some(platform) = &args.platform {
        target = target
            .with_platform(platform)
            .map_err(|error| unusable("--platform", &error))?;
    }
    if let Some(instant) = &args.exclude_newer {
        let instant = instant
            .parse()
            .map_err(|error| unusable("--exclude-newer", &error))?;
        target.exclude_newer = Some(instant);
    }
    Ok(target)
}

fn lock_path(args: &LockArgs, named: &Named) -> PathBuf {
    args.output.clone().unwrap_or_else(|| {
        named
            .root
            .join("locks")
            .join(format!("{}.lock.json", named.id))
    })
}

fn upgrade(args: &LockArgs, plan: &Plan, previous: Option<&Lock>) -> Result<Upgrade> {
    if args.upgrade {
        return Ok(Upgrade::Everything);
    }
    if args.upgrade_package.is_empty() {
        return Ok(Upgrade::Nothing);
    }
    let upgrade = Upgrade::Only(args.upgrade_package.iter().cloned().collect());
    if let Some(name) = upgrade.unknown(plan, previous).first() {
        let artifacts = plan.models.keys().chain(plan.datasets.keys());
        let artifacts = artifacts.chain(plan.images.keys());
        let known = plan.packages.keys().chain(artifacts);
        let known: Vec<_> = known.map(|key| format!("`{key}`")).collect();
        let message = format!("the experiment has no package, model, dataset or image `{name}`");
        let hint = format!("it has {}", known.join(", "));
        return Err(CliError::new(message).hint(hint));
    }
    Ok(upgrade)
}

fn resolve(
    args: &LockArgs,
    project: &Project,
    plan: &Plan,
    (path, previous): (&Path, Option<&Lock>),
    upgrade: &Upgrade,
    output: &Output,
) -> Result<Resolution> {
    let pages = match upgrade {
        Upgrade::Nothing => Pages::Reused,
        Upgrade::Everything | Upgrade::Only(_) => Pages::Asked,
    };
    let world = World::new(&args.network, &project.root, pages, args.rehash.rehash)?;
    let scratch = tempfile::Builder::new()
        .prefix("vhb-")
        .tempdir()
        .map_err(|error| CliError::new("cannot make a temporary directory").because(&error))?;
    let progress = output.progress();
    let request = Request {
        plan,
        root: &project.root,
        previous,
        settled: false,
        upgrade,
        require_immutable: args.require_immutable,
        direct: args.direct,
        may_build: !args.no_build,
        allow_unresolved: args.allow_unresolved,
        manifest: &|digest| read_manifest(path, digest),
        tokens: &|digest| read_tokens(path, digest),
        scratch: scratch.path(),
        generator: GENERATOR,
    };
    Ok(resolve::resolve(request, world.ports(&progress)))
}

/// Says that nothing was written, and how the command ends.
fn nothing_locked(mut report: Report, project: &Project, output: &Output) -> Result {
    let unconfigured = |finding: &Finding| finding.code == Code::NotConfigured;
    let missing = report.findings.iter().find(|finding| unconfigured(finding));
    if let Some(missing) = missing.cloned() {
        // What every package lacks is said once.
        report.findings.retain(|finding| !unconfigured(finding));
        output.talk_findings(&report, &project.root);
        let error = CliError::new(format!("nothing was locked: {}", missing.message));
        return Err(error.hint(missing.hint.unwrap_or_default()));
    }
    output.talk_findings(&report, &project.root);
    let failed = report
        .findings
        .iter()
        .filter(|finding| {
            let unasked = finding.verdict == Some(Verdict::Unverifiable);
            finding.severity == Severity::Error || unasked
        })
        .count();
    let plural = if failed == 1 { "" } else { "s" };
    output.refuse(&format!(
        "nothing was locked: {failed} problem{plural} above\n"
    ));
    match report.outcome() {
        Outcome::Clean => Ok(Outcome::Failed),
        outcome => Ok(outcome),
    }
}

/// The lock, its SBOM, and the lists of the files of its directories and datasets.
fn files(path: &Path, lock: &Lock, resolution: &Resolution) -> Vec<FileToWrite> {
    let manifests = resolution.manifests.iter();
    let manifests = manifests.map(|(digest, manifest)| FileToWrite {
        path: manifest_path(path, digest),
        bytes: manifest.to_text().into_bytes(),
    });
    let tokens = resolution.tokens.iter();
    let tokens = tokens.map(|(digest, tokens)| FileToWrite {
        path: tokens_path(path, digest),
        bytes: tokens.to_text().into_bytes(),
    });
    let mut files: Vec<_> = manifests.chain(tokens).collect();
    files.push(FileToWrite {
        path: sbom_path(path),
        bytes: bom::to_bytes(lock),
    });
    files.push(FileToWrite {
        path: path.to_path_buf(),
        bytes: lock.to_bytes(),
    });
    files
}

/// `--check`: the difference, and whether there is one.
fn check_only(
    files: &[FileToWrite],
    previous: Option<&Lock>,
    lock: &Lock,
    output: &Output,
) -> Outcome {
    let stale: Vec<_> = files.iter().filter(|file| !file.is_written()).collect();
    if stale.is_empty() {
        output.say("the lock is up to date\n");
        return Outcome::Clean;
    }
    let mut text = String::new();
    for file in &stale {
        let verb = if file.path.exists() {
            "change"
        } else {
            "write"
        };
        let _ = writeln!(text, "would {verb} {}", shown(&file.path).display());
    }
    if let Some(previous) = previous {
        text.push_str(&render::changes(&changes(previous, lock)));
    }
    output.data(&text);
    let mut report = Report::default();
    let finding = Finding::new(Code::LockWouldChange, "locking now would change the lock");
    report.push(finding);
    output.talk_findings(&report, Path::new("."));
    report.outcome()
}

fn counted(lock: &Lock) -> String {
    let count = |number: usize, word: &str| {
        let plural = if number == 1 { "" } else { "s" };
        format!("{number} {word}{plural}")
    };
    format!(
        "locked {}: {}, {}, {}, {}, {}\n",
        lock.experiment.id,
        count(lock.runs.len(), "run"),
        count(lock.packages.len(), "package"),
        count(lock.models.len(), "model"),
        count(lock.datasets.len(), "dataset"),
        count(lock.images.len(), "image"),
    )
}
