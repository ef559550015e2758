//! The files below `registries/`, read in parallel.
//!
//! Only what could be meant as an entry is read: files that end in `.yaml`, and those that
//! probably should (`.yml`, another depth), so that the registry can warn about them.

use std::path::Path;

use rayon::prelude::*;

use crate::registry::RegistryFile;

/// Deeper directories are not looked into; entries lie one below `registries/`.
const MAX_DEPTH: usize = 4;

/// All files below `<root>/registries`, in order of path.
pub fn read_registry(root: &Path) -> std::io::Result<Vec<RegistryFile>> {
    let mut paths = Vec::new();
    list(&root.join("registries"), "registries", 1, &mut paths)?;
    paths.sort_unstable();
    Ok(paths.into_par_iter().map(|path| read(root, path)).collect())
}

/// One file by its path relative to the root; none where there is nothing of that name.
pub fn read_file(root: &Path, path: &str) -> Option<RegistryFile> {
    match root.join(path).symlink_metadata() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        _ => Some(read(root, path.to_owned())),
    }
}

fn read(root: &Path, path: String) -> RegistryFile {
    let full = root.join(&path);
    // The plain error text: the path is part of every message already.
    let reason = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    };
    // Reading a pipe would wait for somebody who writes into it.
    let content = match std::fs::metadata(&full) {
        Err(error) => Err(reason(error)),
        Ok(metadata) if metadata.is_dir() => Err("it is a directory".to_owned()),
        Ok(metadata) if !metadata.is_file() => Err("it is not a regular file".to_owned()),
        Ok(_) => std::fs::read(&full).map_err(reason),
    };
    RegistryFile { path, content }
}

fn list(directory: &Path, name: &str, depth: usize, out: &mut Vec<String>) -> std::io::Result<()> {
    for entry in fs_err::read_dir(directory)? {
        let entry = entry?;
        let Some(file_name) = entry.file_name().to_str().map(str::to_owned) else {
            continue;
        };
        if file_name.starts_with('.') {
            continue;
        }
        let path = format!("{name}/{file_name}");
        let lower = file_name.to_ascii_lowercase();
        let yaml = [".yaml", ".yml"].iter().any(|end| lower.ends_with(end));
        if yaml {
            out.push(path);
        } else if depth < MAX_DEPTH && entry.path().is_dir() {
            list(&entry.path(), &path, depth + 1, out)?;
        }
    }
    Ok(())
}
