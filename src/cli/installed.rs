//! Looking at an installed environment: for `vhb verify --env`, and after `vhb sync`.

use std::path::Path;

use super::Result;
use super::args::InstalledArgs;
use super::environment::chosen;
use super::error::CliError;
use super::lock_files::read_manifest;
use super::world::World;
use crate::finding::Report;
use crate::io::installed::{InstalledError, read_installed};
use crate::lock::{Lock, LockedEnvironment};
use crate::remote::Ports;
use crate::verify::{self, InstalledEvidence};

/// What is asked of an installed environment.
pub(super) struct Question<'a> {
    /// The directory that it is in.
    pub(super) directory: &'a Path,
    /// The id and the content of the environment that it should be.
    pub(super) locked: (&'a str, &'a LockedEnvironment),
    /// The lock, and where it lies if that is on this machine.
    pub(super) lock: (Option<&'a Path>, &'a Lock),
    /// Whether to ask for the lists inside of the locked wheels too.
    pub(super) deep: bool,
}

impl<'a> Question<'a> {
    /// The question that the arguments of `vhb verify` ask, if they ask one.
    pub(super) fn of(
        args: &'a InstalledArgs,
        lock: (Option<&'a Path>, &'a Lock),
    ) -> Result<Option<Self>> {
        let Some(directory) = &args.env else {
            return Ok(None);
        };
        Ok(Some(Self {
            directory,
            locked: chosen(lock.1, args.environment.as_deref())?,
            lock,
            deep: args.deep,
        }))
    }
}

/// Holds what is installed against what is locked.
pub(super) fn verify(question: &Question<'_>, world: &World, ports: Ports<'_>) -> Result<Report> {
    let (id, environment) = question.locked;
    let (path, lock) = question.lock;
    let closure = environment.closure.as_ref().ok_or_else(|| {
        let message = format!("the lock does not say what environment `{id}` holds");
        CliError::new(message).hint("lock again without `--direct`")
    })?;
    let python = environment.asked.target.python();
    let installed = read_installed(question.directory, python, world.digests(), ports.progress);
    let installed = installed.map_err(|error| unusable(&error))?;
    Ok(verify::installed(
        lock,
        &InstalledEvidence {
            id,
            environment,
            closure,
            installed: &installed,
            manifest: &|digest| read_manifest(path?, digest),
            wheels: question.deep.then_some(ports),
        },
    ))
}

/// Why there is nothing to look at.
pub(super) fn unusable(error: &InstalledError) -> CliError {
    let hint = match error {
        InstalledError::Unreadable(..) | InstalledError::NotADirectory(_) => {
            "name the directory of the environment"
        }
        InstalledError::NoEnvironment(_) => {
            "name a virtual environment, a conda prefix, a `site-packages`, or what `pip install --target` made"
        }
        InstalledError::Files(..) => "every file must be readable, and stay as it is meanwhile",
    };
    let source = std::error::Error::source(error);
    let error = CliError::new(error.to_string());
    let error = match source {
        Some(source) => error.because(source),
        None => error,
    };
    error.hint(hint)
}
