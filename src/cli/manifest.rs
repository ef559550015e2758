//! `vhb manifest`: the files of a model or a dataset, each with its SHA-256.

use std::path::Path;

use indicatif::HumanBytes;

use super::args::ManifestArgs;
use super::error::CliError;
use super::inputs::refuse_input;
use super::world::{cache_dir, disk_trees};
use super::{Output, Result};
use crate::finding::Outcome;
use crate::model::{FilePins, Manifest, counted};
use crate::remote::{DataWanted, LocalTrees as _, Progress as _, RemoteError, TreeError};

pub(super) fn run(args: &ManifestArgs, output: &Output) -> Result {
    // A directory may hold its own list, as with `sha256sum`; a file cannot.
    if let Some(path) = file(args)
        && args.path.is_file()
    {
        refuse_input(
            ("the list", "--output"),
            path,
            std::slice::from_ref(&args.path),
        )?;
    }
    let trees = disk_trees(&cache_dir(&args.cache)?, args.rehash.rehash);
    let wanted = DataWanted {
        as_git_blob: &|_| false,
        links_lead_out: false,
    };
    let progress = output.progress();
    progress.expect(1);
    progress.begin(&args.path.display().to_string());
    let files = trees.data(&args.path, &wanted, &progress);
    drop(progress);
    let files = files.map_err(|error| unusable(&args.path, &error))?;
    let bytes = files.values().map(|file| file.size).sum();
    let manifest = manifest(files)?;
    match file(args) {
        None => output.pieces(manifest.texts()),
        Some(path) => output.write(path.to_path_buf(), manifest.to_text().into_bytes())?,
    }
    output.say_with(|| {
        let files = counted(manifest.files().len(), "file");
        let bytes = HumanBytes(bytes);
        format!("{}: {files}, {bytes}\n", manifest.digest())
    });
    Ok(Outcome::Clean)
}

/// The file to write; none where standard output is meant.
fn file(args: &ManifestArgs) -> Option<&Path> {
    let path = args.output.as_deref();
    path.filter(|path| *path != Path::new("-"))
}

fn manifest(files: FilePins) -> Result<Manifest> {
    let mut manifest = Manifest::default();
    for (path, file) in files {
        let digest = file
            .digest
            .sha256()
            .expect("git's names were not asked for");
        manifest
            .insert(path, digest)
            .map_err(|error| CliError::new(error.to_string()))?;
    }
    Ok(manifest)
}

pub(super) fn unusable(path: &Path, error: &RemoteError) -> CliError {
    let RemoteError::Tree(tree) = error else {
        return CliError::new(error.to_string()).hint("name a directory or a file");
    };
    let hint = match tree {
        TreeError::LinkLeaves(_) => "put what it points at into the directory, or remove it",
        TreeError::LinkDangles(_) | TreeError::LinkLoops(_) => "mend the link, or remove it",
        TreeError::Name(_) => "rename the file",
        TreeError::Repository(_) | TreeError::NotADirectory(_) => "name a directory or a file",
        TreeError::Unreadable { .. } => "every file must be readable, and stay as it is meanwhile",
    };
    CliError::new(format!("`{}` has no manifest", path.display()))
        .because(error)
        .hint(hint)
}
