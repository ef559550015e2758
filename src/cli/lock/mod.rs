//! `vhb lock`: from an experiment to its lock and its SBOM.

mod check;
mod ending;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::Result;
use super::args::LockArgs;
use super::check::{about, reached};
use super::each::each;
use super::error::CliError;
use super::lock_files::{
    manifest_path, read_lock, read_manifest, read_tokens, sbom_path, tokens_path,
};
use super::output::{Output, shown};
use super::project::{Named, Project, find_experiment};
use super::world::{Pages, World};
use crate::bom;
use crate::finding::{Code, Finding, Outcome, Report, Severity};
use crate::io::write::{FileToWrite, write_all};
use crate::lock::{Diff, GENERATOR, Lock};
use crate::model::{EntryRef, Kind, RunMode, Target, counted};
use crate::registry::Plan;
use crate::render;
use crate::resolve::{self, Request, Resolution, Upgrade};
use crate::verify;
use ending::Ending;

pub(super) fn run(args: &LockArgs, output: &Output) -> Result {
    if args.more.is_empty() {
        return one(args, output);
    }
    let experiments = std::iter::once(&args.experiment).chain(&args.more);
    each(experiments, output, |experiment| {
        let one_of_them = LockArgs {
            experiment: experiment.to_path_buf(),
            more: Vec::new(),
            ..args.clone()
        };
        one(&one_of_them, output)
    })
}

fn one(args: &LockArgs, output: &Output) -> Result {
    let named = find_experiment(&args.experiment, args.registry.registry.as_deref())?;
    let path = lock_path(args, &named);
    let ending = Ending::of(args, &named, &path, output)?;
    let project = Project::read(named.root.clone(), args.mode.run_mode)?;
    let (plan, mut report) = match plan(args, &named, &project, output)? {
        Ok(planned) => planned,
        Err(report) => return ending.not_planned(&report, &project),
    };
    let (previous, doubts) = previous(&path)?;
    let before = previous.as_ref().map(|previous| &previous.lock);
    // The pins of a lock that was edited or damaged are not kept, or locking would launder them.
    let kept = before.filter(|_| doubts.is_empty());
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
        return ending.not_locked(report, &project);
    };
    if args.check {
        // Committing what is locked does not make a lock stale.
        let same = |before: &&Lock| before.same_but_for_checkouts(&lock);
        let lock = before.filter(same).unwrap_or(&lock);
        let files = files(&path, lock, &resolution);
        return ending.checked(&report, &project, previous.as_ref(), (lock, &files));
    }
    output.talk_findings(&report, &project.root);
    let files = files(&path, &lock, &resolution);
    write(&files, before, &lock, output)
}

/// Writes what is not written yet, and says what changed.
fn write(files: &[FileToWrite], previous: Option<&Lock>, lock: &Lock, output: &Output) -> Result {
    let written = write_all(files).map_err(|error| CliError::new(error.to_string()))?;
    let mut summary = held(lock);
    if let Some(previous) = previous {
        summary.push_str(&render::diff::summary(&Diff::of(previous, lock)));
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

/// The lock that is there already.
struct Previous {
    lock: Lock,
    bytes: Vec<u8>,
}

/// The lock that is there already, and why its pins are not to be kept.
fn previous(path: &Path) -> Result<(Option<Previous>, Vec<Finding>)> {
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
    Ok((Some(Previous { lock, bytes }), doubts))
}

/// Puts the experiment together; what is wrong where the registry forbids it.
fn plan(
    args: &LockArgs,
    named: &Named,
    project: &Project,
    output: &Output,
) -> Result<std::result::Result<(Plan, Report), Report>> {
    let ids = std::iter::once(named.id.as_str());
    let reached = reached(&project.registry, ids);
    let mut report = Report {
        findings: about(&reached, project.findings.clone()),
        ..Report::default()
    };
    // A file that is not read may be the one that was meant to be reached.
    let ignored = |finding: &&Finding| finding.code == Code::IgnoredFile;
    let ignored = project.findings.iter().filter(ignored).cloned();
    report.findings.extend(ignored);
    report.sort();
    let Some(entry) = project.registry.experiments.get(&named.id) else {
        if args.check && report.has_errors() {
            return Ok(Err(report));
        }
        output.talk_findings(&report, &project.root);
        let message = format!("`{}` is not a valid experiment", args.experiment.display());
        return Err(CliError::new(message).hint("mend what is reported above"));
    };
    if report.has_errors() {
        return Ok(Err(report));
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
    Ok(Ok((plan, report)))
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

fn held(lock: &Lock) -> String {
    format!(
        "locked {}: {}, {}, {}, {}, {}\n",
        lock.experiment.id,
        counted(lock.runs.len(), "run"),
        counted(lock.packages.len(), "package"),
        counted(lock.models.len(), "model"),
        counted(lock.datasets.len(), "dataset"),
        counted(lock.images.len(), "image"),
    )
}
