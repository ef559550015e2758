//! The project around a lock: its registries, and the directory that they lie in.

use std::path::{Path, PathBuf};

use super::super::Result;
use super::super::args::VerifyArgs;
use super::super::project::{Project, find_root};
use crate::finding::{Code, Finding};
use crate::lock::Lock;
use crate::registry::Registry;

/// The project that the lock lies in, or why there is none.
pub(super) struct Around(std::result::Result<Project, Finding>);

impl Around {
    pub(super) fn of(args: &VerifyArgs, lock: &Lock) -> Result<Self> {
        let project = read_project(args, lock);
        // A registry that was named but is not there is a usage error, not a gap in the evidence.
        if args.registry.registry.is_some()
            && let Err(error) = project
        {
            return Err(error);
        }
        Ok(Self(project.map_err(|error| {
            let message = error.to_string();
            let first = message.lines().next().unwrap_or_default().to_owned();
            Finding::new(Code::RegistryUnavailable, first)
        })))
    }

    pub(super) fn registry(&self) -> std::result::Result<&Registry, &Finding> {
        self.0.as_ref().map(|project| &project.registry)
    }

    pub(super) fn root(&self) -> Option<&Path> {
        self.0.as_ref().ok().map(|project| &*project.root)
    }

    pub(super) fn root_or_here(&self) -> &Path {
        self.root().unwrap_or(Path::new("."))
    }
}

fn read_project(args: &VerifyArgs, lock: &Lock) -> Result<Project> {
    // The lock's own mode, whatever RUN_MODE says now: it is the lock that is verified.
    Project::read(root_of(args)?, lock.experiment.run_mode)
}

/// The root of the project that the lock lies in.
pub(super) fn root_of(args: &VerifyArgs) -> Result<PathBuf> {
    let place = args
        .lock
        .as_deref()
        .and_then(Path::parent)
        .filter(|parent| !parent.as_os_str().is_empty());
    find_root(
        args.registry.registry.as_deref(),
        place.unwrap_or(Path::new(".")),
    )
}
