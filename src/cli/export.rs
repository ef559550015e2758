//! `vhb export`: an environment of a lock in a format that installers read.

use std::path::{Component, Path, PathBuf};

use super::args::{ExportArgs, ExportFormat};
use super::environment::{chosen, complete, refused, unusable};
use super::error::CliError;
use super::inputs::refuse_input;
use super::lock_files::read_lock;
use super::project::find_root;
use super::world::{Pages, World};
use super::{Output, Result};
use crate::export::{self, Exported};
use crate::finding::Outcome;
use crate::lock::{Lock, LockedEnvironment};

pub(super) fn run(args: &ExportArgs, output: &Output) -> Result {
    let (lock, _) = read_lock(&args.lock)?;
    if let Some(path) = file(args) {
        refuse_input(
            ("the environment", "--output"),
            path,
            std::slice::from_ref(&args.lock),
        )?;
    }
    let (id, environment) = chosen(&lock, args.environment.as_deref())?;
    if let Err(faults) = complete(&lock, id, output) {
        return Ok(refused(faults, "exported", output));
    }
    let text = match args.format {
        ExportFormat::Requirements => {
            export::requirements(&lock, id, environment).map_err(|error| unusable(&error))?
        }
        ExportFormat::Pylock => match pylock(args, &lock, id, environment, output)? {
            Ok(text) => text,
            Err(findings) => return Ok(refused(findings, "exported", output)),
        },
    };
    let Some(path) = file(args) else {
        output.data(&text);
        return Ok(Outcome::Clean);
    };
    output.write(path.to_path_buf(), text.into_bytes())?;
    Ok(Outcome::Clean)
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
