//! Finding the project: the directory that holds `registries/`, and an experiment in it.

use std::path::{Path, PathBuf};

use super::Result;
use super::error::CliError;
use crate::finding::Finding;
use crate::io::registry_files;
use crate::model::RunMode;
use crate::registry::{Registry, RegistryFile, nearest};

/// The registries of a project, read.
pub(super) struct Project {
    /// The directory that holds `registries/`.
    pub(super) root: PathBuf,
    /// What it holds.
    pub(super) registry: Registry,
    /// What is wrong with it.
    pub(super) findings: Vec<Finding>,
}

impl Project {
    /// Reads the registries below a root.
    pub(super) fn read(root: PathBuf, mode: RunMode) -> Result<Self> {
        Self::read_with(root, mode, None)
    }

    /// The same as if one more file were there.
    pub(super) fn read_with(
        root: PathBuf,
        mode: RunMode,
        another: Option<RegistryFile>,
    ) -> Result<Self> {
        let mut files = registry_files::read_registry(&root).map_err(|error| {
            CliError::new(format!(
                "cannot read the registries of `{}`",
                root.display()
            ))
            .because(&error)
        })?;
        files.extend(another);
        let extra = |path: &str| registry_files::read_file(&root, path);
        let (registry, findings) = Registry::read(files, mode, &extra);
        Ok(Self {
            root,
            registry,
            findings,
        })
    }
}

/// The root that `--registry` names, or the nearest ancestor of a place that has `registries/`.
pub(super) fn find_root(registry: Option<&Path>, place: &Path) -> Result<PathBuf> {
    if let Some(named) = registry {
        return named_root(named);
    }
    let start = std::path::absolute(place)
        .map_err(|error| CliError::unreadable("directory", place, &error))?;
    start
        .ancestors()
        .find(|ancestor| ancestor.join("registries").is_dir())
        .map(Path::to_path_buf)
        .ok_or_else(|| {
            CliError::new(format!(
                "no `registries/` in `{}` or in any directory above it",
                start.display()
            ))
            .hint("run vhb inside the project, or pass `--registry DIR`")
        })
}

fn named_root(named: &Path) -> Result<PathBuf> {
    let absolute = std::path::absolute(named)
        .map_err(|error| CliError::unreadable("directory", named, &error))?;
    if absolute.join("registries").is_dir() {
        return Ok(absolute);
    }
    let itself = absolute.is_dir() && absolute.ends_with("registries");
    match absolute.parent() {
        Some(parent) if itself => Ok(parent.to_path_buf()),
        _ => Err(
            CliError::new(format!("`{}` holds no `registries/`", named.display()))
                .hint("name the directory that holds `registries/`"),
        ),
    }
}

/// An experiment as it was named on the command line.
pub(super) struct Named {
    /// The root of its project.
    pub(super) root: PathBuf,
    /// Its id.
    pub(super) id: String,
}

/// Finds the experiment that an argument names: a file of `registries/experiments/`, or an id.
pub(super) fn find_experiment(argument: &Path, registry: Option<&Path>) -> Result<Named> {
    let is_yaml = argument
        .extension()
        .is_some_and(|end| end == "yaml" || end == "yml" || end == "json");
    let looks_like_id = argument.components().count() == 1 && !is_yaml && !argument.exists();
    if looks_like_id {
        let root = find_root(registry, Path::new("."))?;
        let id = argument.to_string_lossy().into_owned();
        if root
            .join(format!("registries/experiments/{id}.yaml"))
            .symlink_metadata()
            .is_err()
        {
            return Err(no_such_experiment(&root, &id));
        }
        return Ok(Named { root, id });
    }
    let metadata = std::fs::metadata(argument)
        .map_err(|error| CliError::unreadable("experiment file", argument, &error))?;
    if metadata.is_dir() {
        return Err(CliError::new(format!(
            "`{}` is a directory, not an experiment file",
            argument.display()
        ))
        .hint("name a file of `registries/experiments/`"));
    }
    // A file that nobody may read is told here, not as a finding about the registry.
    std::fs::File::open(argument)
        .map_err(|error| CliError::unreadable("experiment file", argument, &error))?;
    let absolute = std::path::absolute(argument)
        .map_err(|error| CliError::unreadable("experiment file", argument, &error))?;
    let root = find_root(registry, absolute.parent().unwrap_or(Path::new("/")))?;
    experiment_in(&root, &absolute).map(|id| Named { root, id })
}

fn experiment_in(root: &Path, file: &Path) -> Result<String> {
    let not_one = || {
        CliError::new(format!("`{}` is not an experiment", file.display()))
            .hint("experiments are the files `registries/experiments/ID.yaml` of a project")
    };
    let canonical = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let directory = canonical(&root.join("registries/experiments"));
    let inside = file
        .parent()
        .is_some_and(|parent| canonical(parent) == directory);
    let id = file
        .file_name()
        .and_then(|name| name.to_str())
        .and_then(|name| name.strip_suffix(".yaml"))
        .filter(|_| inside)
        .ok_or_else(not_one)?;
    match id.strip_suffix(".dev") {
        Some(base) => Err(CliError::new(format!(
            "`{}` is an overlay, not an experiment",
            file.display()
        ))
        .hint(format!("name `{base}.yaml` and set RUN_MODE=dev"))),
        None => Ok(id.to_owned()),
    }
}

fn no_such_experiment(root: &Path, id: &str) -> CliError {
    let names = std::fs::read_dir(root.join("registries/experiments"))
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok());
    let ids: Vec<_> = names
        .filter_map(|name| Some(name.strip_suffix(".yaml")?.to_owned()))
        .filter(|id| id.strip_suffix(".dev").is_none())
        .collect();
    let error = CliError::new(format!(
        "there is no experiment `{id}` in `{}`",
        root.display()
    ));
    match nearest(id, ids.iter().map(String::as_str)) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("name a file of `registries/experiments/`, or the stem of one"),
    }
}
