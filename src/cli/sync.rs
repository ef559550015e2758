//! `vhb sync`: an environment of exactly the locked files, or the commands that make one.

use std::path::{Path, PathBuf};

use super::args::{self, Printed, SyncArgs};
use super::environment::{chosen, complete, refused, unusable};
use super::error::CliError;
use super::installed;
use super::lock_files::{read_lock, read_manifest};
use super::project::{Project, find_root};
use super::world::{Pages, World, found_uv};
use super::{Output, Result};
use crate::export::{self, Container, Installation, Installer};
use crate::finding::{Code, Finding, Outcome, Report};
use crate::io::staged::{StageError, Staged};
use crate::lock::{Lock, LockedEnvironment};
use crate::model::counted;
use crate::remote::{Ports, ResolveError};

const DONE: &str = "installed";
const NAME_A_PYTHON: &str = "name an interpreter by its path, or a version";

pub(super) fn run(args: &SyncArgs, output: &Output) -> Result {
    let (lock, _) = read_lock(&args.lock)?;
    let (id, environment) = chosen(&lock, args.environment.as_deref())?;
    if let Err(faults) = complete(&lock, id, output) {
        return Ok(refused(faults, DONE, output));
    }
    let Some(into) = &args.into else {
        let form = args.print.expect("clap asks for one of the two");
        output.data(&printed(args, form, &lock, (id, environment))?);
        return Ok(Outcome::Clean);
    };
    runs_here(id, environment)?;
    make(args, &lock, (id, environment), into, output)
}

/// Refuses what this machine cannot run.
fn runs_here(id: &str, environment: &LockedEnvironment) -> Result<()> {
    use std::env::consts::{ARCH, OS};
    let platform = environment.asked.target.platform();
    if platform.runs_on(OS, ARCH) {
        return Ok(());
    }
    let message = format!(
        "environment `{id}` is locked for `{platform}`, and this machine is `{ARCH}` on `{OS}`"
    );
    let hint = "choose another with `--environment`, or pass `--print dockerfile` and make it in a container";
    Err(CliError::new(message).hint(hint))
}

fn printed(
    args: &SyncArgs,
    form: Printed,
    lock: &Lock,
    (id, environment): (&str, &LockedEnvironment),
) -> Result<String> {
    let container = Container {
        lock,
        id,
        environment,
        installer: installer(args, lock, id)?,
        manifest: &|digest| read_manifest(&args.lock, digest),
    };
    let text = match form {
        Printed::Script => export::script(&container),
        Printed::Dockerfile => export::dockerfile(&container),
    };
    text.map_err(|error| unusable(&error))
}

/// What was asked for, else what the runs that use the environment agree on.
fn installer(args: &SyncArgs, lock: &Lock, id: &str) -> Result<Installer> {
    if let Some(named) = args.package_manager {
        return Ok(match named {
            args::Installer::Pip => Installer::Pip,
            args::Installer::Uv => Installer::Uv,
            args::Installer::Conda => Installer::Conda,
        });
    }
    let managers = export::package_managers(lock, id);
    let mut names = managers.keys().copied();
    match (names.next(), names.next()) {
        (None | Some("pip"), None) => Ok(Installer::Pip),
        (Some("uv"), None) => Ok(Installer::Uv),
        (Some("conda"), None) => Ok(Installer::Conda),
        _ => {
            let told: Vec<_> = managers
                .iter()
                .map(|(name, runs)| format!("`{name}` ({})", runs.join(", ")))
                .collect();
            let message = format!(
                "the runs that use environment `{id}` install it with {}",
                told.join(" and ")
            );
            Err(CliError::new(message).hint("pass `--package-manager pip`, `uv` or `conda`"))
        }
    }
}

fn make(
    args: &SyncArgs,
    lock: &Lock,
    (id, environment): (&str, &LockedEnvironment),
    into: &Path,
    output: &Output,
) -> Result {
    let place = args.lock.parent();
    let place = place.filter(|parent| !parent.as_os_str().is_empty());
    let root = find_root(None, place.unwrap_or(Path::new("."))).ok();
    let here = PathBuf::from(".");
    let world = World::new(
        &args.network,
        root.as_ref().unwrap_or(&here),
        Pages::Reused,
        false,
    )?;
    let progress = output.progress();
    let ports = world.ports(&progress);
    let python = args.python.as_deref().map(interpreter).transpose()?;
    if let Some(python) = python.as_deref()
        && let Err(findings) = suits(python, environment, ports)?
    {
        return Ok(refused(findings, DONE, output));
    }
    let staged = begin(args, into, root.as_deref())?;
    let scratch = tempfile::Builder::new().prefix("vhb-").tempdir();
    let scratch = scratch
        .map_err(|error| CliError::new("cannot make a temporary directory").because(&error))?;
    let project = root
        .clone()
        .and_then(|root| Project::read(root, lock.experiment.run_mode).ok());
    let prompt = staged.destination().file_name().unwrap_or_default();
    let made = export::install(
        &Installation {
            lock,
            id,
            environment,
            root: root.as_deref(),
            registry: project.as_ref().map(|project| &project.registry),
            python: python.as_deref(),
            into: &staged.path(),
            prompt: &prompt.to_string_lossy(),
            scratch: scratch.path(),
        },
        ports,
    );
    if let Err(findings) = made.map_err(|error| unusable(&error))? {
        drop(progress);
        return Ok(refused(findings, DONE, output));
    }
    let report = verified(args, lock, (id, environment), &staged, &world, ports)?;
    drop(progress);
    if report.has_errors() {
        return Ok(refused(report.findings, DONE, output));
    }
    output.talk_findings(&report, &here);
    staged.finish().map_err(|error| unstaged(&error))?;
    let closure = environment.closure.as_ref();
    let count = closure.map_or(0, |closure| closure.distributions.len());
    let count = counted(count, "distribution");
    let shown = into.display();
    output.say(&format!("installed {count} into {shown}\n"));
    Ok(report.outcome())
}

/// Holds what was made against the lock, as `vhb verify --env` does.
fn verified(
    args: &SyncArgs,
    lock: &Lock,
    locked: (&str, &LockedEnvironment),
    staged: &Staged,
    world: &World,
    ports: Ports<'_>,
) -> Result<Report> {
    let question = installed::Question {
        directory: &staged.path(),
        locked,
        lock: (Some(&args.lock), lock),
        deep: false,
    };
    let mut report = installed::verify(&question, world, ports)?;
    // Where it comes from is known better here than its files say: the wheel was just built from
    // the pinned content, which was held against its pin first. A build may have rewritten a file.
    let told_by_itself = |finding: &Finding| {
        let known = [Code::DistributionOriginUnknown, Code::DistributionStale];
        known.contains(&finding.code)
    };
    report.findings.retain(|finding| !told_by_itself(finding));
    report.checks.clear();
    Ok(report)
}

/// Begins the directory; one that holds the lock, the project, where we are or the programs that
/// run is never replaced.
fn begin(args: &SyncArgs, into: &Path, root: Option<&Path>) -> Result<Staged> {
    let kept = [
        Some(args.lock.clone()),
        root.map(Path::to_path_buf),
        std::env::current_dir().ok(),
        std::env::current_exe().ok(),
        found_uv().ok().map(|uv| uv.program),
    ];
    let kept: Vec<_> = kept.into_iter().flatten().collect();
    Staged::begin(into, args.force, &kept).map_err(|error| unstaged(&error))
}

fn unstaged(error: &StageError) -> CliError {
    let (text, hint) = (
        error.to_string(),
        match error {
            StageError::NotEmpty(_) => {
                "name another directory, or pass `--force` to replace a virtual environment"
            }
            StageError::NotAnEnvironment(_) => {
                "name another directory: `--force` replaces virtual environments only"
            }
            StageError::NotADirectory(_) | StageError::Holds { .. } => "name another directory",
            StageError::Unwritable { .. } => {
                "name a directory that can be written and renamed; one that is mounted cannot, a directory inside of it can"
            }
        },
    );
    CliError::new(text).hint(hint)
}

/// The interpreter that was named: a path counts from here, wherever uv is started.
fn interpreter(named: &str) -> Result<String> {
    if !named.contains(std::path::is_separator) {
        return Ok(named.to_owned());
    }
    let unusable = |why: &str| {
        let error = CliError::new(format!("cannot use `--python {named}`\n  cause: {why}"));
        error.hint(NAME_A_PYTHON)
    };
    let path = std::path::absolute(named).map_err(|error| unusable(&error.to_string()))?;
    let path = path.into_os_string().into_string();
    path.map_err(|_| unusable("its path is not UTF-8"))
}

/// Whether an interpreter that was named is of the version that the environment is locked for.
fn suits(
    python: &str,
    environment: &LockedEnvironment,
    ports: Ports<'_>,
) -> Result<std::result::Result<(), Vec<Finding>>> {
    let target = &environment.asked.target;
    let version = match ports.environments.interpreter(target, python) {
        Ok(version) => version,
        Err(ResolveError::Remote(error)) => {
            return Ok(Err(vec![error.finding(Code::InstallFailed)]));
        }
        Err(ResolveError::Conflict(said) | ResolveError::Failed(said)) => {
            let error = CliError::new(format!("cannot use `--python {python}`\n  cause: {said}"));
            return Err(error.hint(NAME_A_PYTHON));
        }
    };
    let (major, minor) = target.python_minor();
    if version.release().get(..2) == Some(&[major, u64::from(minor)]) {
        return Ok(Ok(()));
    }
    let message =
        format!("`{python}` is Python {version}, and the environment is locked for {target}");
    Err(CliError::new(message).hint(format!("name an interpreter of Python {major}.{minor}")))
}
