//! Symbolic links on disk, as the rules of the Manifest treat them.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::Path;

use crate::io::hash::unreadable;
use crate::remote::TreeError;

/// The most files that a tree may have once its links are followed: links to directories multiply.
const MOST_FILES: usize = 100_000;

/// Follows symbolic links, inside the tree only.
pub(super) struct Links<'a> {
    root: &'a Path,
    paths: &'a BTreeSet<String>,
    /// The links that are being followed right now.
    stack: Vec<String>,
}

impl<'a> Links<'a> {
    pub(super) fn new(root: &'a Path, paths: &'a BTreeSet<String>) -> Self {
        Self {
            root,
            paths,
            stack: Vec::new(),
        }
    }

    /// Adds the file at `path`, or what the link there leads to, under the name `name`.
    pub(super) fn add(
        &mut self,
        name: &str,
        path: &str,
        files: &mut Vec<(String, String)>,
    ) -> Result<(), TreeError> {
        if !self.stack.is_empty() && files.len() >= MOST_FILES {
            return Err(TreeError::Unreadable {
                path: path.to_owned(),
                reason: format!("its links make more than {MOST_FILES} files of the tree"),
            });
        }
        let full = self.root.join(path);
        let metadata = full
            .symlink_metadata()
            .map_err(|error| unreadable(path, &error))?;
        if metadata.is_file() {
            files.push((name.to_owned(), path.to_owned()));
            return Ok(());
        }
        if !metadata.is_symlink() {
            return Err(TreeError::Unreadable {
                path: path.to_owned(),
                reason: "it is not a regular file".to_owned(),
            });
        }
        let target = full.canonicalize().map_err(|error| match error.kind() {
            ErrorKind::NotFound => TreeError::LinkDangles(path.to_owned()),
            _ => TreeError::LinkLoops(path.to_owned()),
        })?;
        let inner = target
            .strip_prefix(self.root)
            .map_err(|_| TreeError::LinkLeaves(path.to_owned()))?;
        let inner = inner
            .to_str()
            .ok_or_else(|| {
                TreeError::Name(format!("file name `{}` is not UTF-8", inner.display()))
            })?
            .to_owned();
        if target.is_file() {
            files.push((name.to_owned(), inner));
            return Ok(());
        }
        if self.stack.iter().any(|link| link == path) {
            return Err(TreeError::LinkLoops(path.to_owned()));
        }
        self.stack.push(path.to_owned());
        let prefix = if inner.is_empty() {
            String::new()
        } else {
            format!("{inner}/")
        };
        let below: Vec<_> = self
            .paths
            .iter()
            .filter_map(|other| Some((other.clone(), other.strip_prefix(&prefix)?.to_owned())))
            .collect();
        for (other, rest) in below {
            self.add(&format!("{name}/{rest}"), &other, files)?;
        }
        self.stack.pop();
        Ok(())
    }
}
