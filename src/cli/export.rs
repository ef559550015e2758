//! `vhb export`: an environment of a lock in a format that installers read.

use std::path::{Component, Path, PathBuf};

use super::args::{ExportArgs, ExportFormat};
use super::environment::chosen;
use super::error::CliError;
use super::lock_files::read_lock;
use super::project::find_root;
use super::world::{Pages, World};
use super::{Output, Result};
use crate::export::{self, ExportError, Exported};
use crate::finding::{Code, Finding, Outcome, Report, Severity};
use crate::io::write::{FileToWrite, write_all};
use crate::lock::{Lock, LockedEnvironment, closure_findings};

pub(super) fn run(args: &ExportArgs, output: &Output) -> Result {
    let (lock, _) = read_lock(&args.lock)?;
    let (id, environment) = chosen(&lock, args.environment.as_deref())?;
    // What an environment lacks is not to be found out by who installs it; that something does not
    // suit, installers find out themselves.
    let faults = closure_findings(&lock).remove(id).unwrap_or_default();
    let (misfits, faults): (Vec<_>, Vec<_>) = faults
        .into_iter()
        .partition(|finding| finding.code == Code::ClosureUnsatisfied);
    if !faults.is_empty() {
        return Ok(refused(faults, output));
    }
    let mut warnings = Report::default();
    for misfit in misfits {
        warnings.push(misfit.with_severity(Severity::Warning));
    }
    output.talk_findings(&warnings, Path::new("."));
    let text = match args.format {
        ExportFormat::Requirements => {
            export::requirements(&lock, id, environment).map_err(|error| unusable(&error))?
        }
        ExportFormat::Pylock => match pylock(args, &lock, id, environment, output)? {
            Ok(text) => text,
            Err(findings) => return Ok(refused(findings, output)),
        },
    };
    let Some(path) = file(args) else {
        output.data(&text);
        return Ok(Outcome::Clean);
    };
    let files = [FileToWrite {
        path: path.to_path_buf(),
        bytes: text.into_bytes(),
    }];
    let written = write_all(&files).map_err(|error| CliError::new(error.to_string()))?;
    if written.is_empty() {
        output.say("nothing changed\n");
    }
    for path in written {
        output.say(&format!("wrote {}\n", path.display()));
    }
    Ok(Outcome::Clean)
}

/// Says why nothing is exported.
fn refused(findings: Vec<Finding>, output: &Output) -> Outcome {
    let mut report = Report {
        findings,
        ..Report::default()
    };
    report.sort();
    output.talk_findings(&report, Path::new("."));
    output.refuse("nothing was exported\n");
    match report.outcome() {
        Outcome::Clean => Outcome::Failed,
        outcome => outcome,
    }
}

/// The file to write; none where standard output is meant.
fn file(args: &ExportArgs) -> Option<&Path> {
    args.output
        .as_deref()
        .filter(|path| *path != Path::new("-"))
}

fn pylock(
    args: &ExportArgs,
    lock: &Lock,
    id: &str,
    environment: &LockedEnvironment,
    output: &Output,
) -> Result<Exported> {
    let unreadable =
        |error: std::io::Error| CliError::unreadable("directory", Path::new("."), &error);
    let place = args.lock.parent().unwrap_or(Path::new("."));
    let root = find_root(None, place).ok();
    let from = match file(args) {
        Some(file) if !is_pylock_name(file) => {
            let shown = file.display();
            let error = CliError::new(format!("installers do not take `{shown}` for a lock"));
            return Err(error.hint("name it `pylock.toml`, or `pylock.NAME.toml`"));
        }
        Some(file) => {
            let absolute = std::path::absolute(file).map_err(unreadable)?;
            absolute.parent().map(Path::to_path_buf)
        }
        // What is printed is read as if it lay in the project's root.
        None => root.clone(),
    };
    let to_root = root
        .as_deref()
        .zip(from.as_deref())
        .map(|(root, from)| path_between(from, root));
    let here = PathBuf::from(".");
    let world = World::new(
        &args.network,
        root.as_ref().unwrap_or(&here),
        Pages::Reused,
        false,
    )?;
    let progress = output.progress();
    let ports = world.ports(&progress);
    export::pylock(lock, id, environment, to_root.as_deref(), ports)
        .map_err(|error| unusable(&error))
}

/// Whether PEP 751 allows a file to have its name.
fn is_pylock_name(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let middle = name
        .strip_prefix("pylock.")
        .and_then(|rest| rest.strip_suffix("toml"));
    middle.is_some_and(|middle| {
        let name = middle.strip_suffix('.');
        middle.is_empty() || name.is_some_and(|name| !name.is_empty() && !name.contains('.'))
    })
}

/// The path from one absolute directory to another, with `/`.
fn path_between(from: &Path, to: &Path) -> String {
    let (from, to): (Vec<_>, Vec<_>) = (from.components().collect(), to.components().collect());
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[common..].iter().map(|_| "..".to_owned());
    let down = to[common..].iter().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        _ => None,
    });
    up.chain(down).collect::<Vec<_>>().join("/")
}

fn unusable(error: &ExportError) -> CliError {
    let hint = match error {
        ExportError::Open(_) => "lock again without `--direct`",
        ExportError::Unknown(_) => "`vhb verify` tells what is wrong with the lock",
        ExportError::Repository(_) => "name the repository by a URL or an absolute path",
        ExportError::Path(_) => "rename the directory, or export `--format pylock`",
        ExportError::Rootless(_) => "export from the lock inside of its project",
    };
    CliError::new(error.to_string()).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_from_one_directory_to_another() {
        for (from, to, path) in [
            ("/p", "/p", ""),
            ("/p/out/deep", "/p", "../.."),
            ("/elsewhere", "/home/p", "../home/p"),
            ("/", "/p", "p"),
        ] {
            assert_eq!(path_between(Path::new(from), Path::new(to)), path);
        }
    }

    #[test]
    fn the_names_of_the_specification_are_taken_and_no_others() {
        for (name, taken) in [
            ("pylock.toml", true),
            ("out/pylock.inference-x86_64.toml", true),
            ("pylock..toml", false),
            ("pylock.a.b.toml", false),
            ("lock.toml", false),
            ("pylock.txt", false),
            ("pylocktoml", false),
        ] {
            assert_eq!(is_pylock_name(Path::new(name)), taken, "{name}");
        }
    }
}
