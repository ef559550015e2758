//! The lists of files that lie beside a lock.

use std::path::{Path, PathBuf};

use super::super::lock_files::{manifest_path, tokens_path};
use crate::finding::{Code, Finding};
use crate::lock::Lock;
use crate::model::{Pin, Sha256Digest};

/// The lists of files beside the lock that are not what their names say.
pub(super) fn altered_lists(path: &Path, lock: &Lock) -> Vec<Finding> {
    let mut lists: Vec<PathBuf> = Vec::new();
    for pin in lock
        .datasets
        .values()
        .filter_map(|locked| locked.pin.as_ref().ok())
    {
        lists.push(manifest_path(path, &pin.content));
        lists.extend(pin.origin.tokens().map(|digest| tokens_path(path, digest)));
    }
    for package in lock.packages.values() {
        if let Pin::Local(pin) = &package.pin {
            lists.push(manifest_path(path, &pin.content));
        }
    }
    let altered = lists.into_iter().filter(|list| {
        let bytes = std::fs::read(list).ok();
        let stem = list.file_stem().and_then(|stem| stem.to_str());
        bytes.is_some_and(|bytes| Some(&*Sha256Digest::of(&bytes).hex()) != stem)
    });
    let finding = |list: PathBuf| {
        let message = format!("`{}` is not what its name says", list.display());
        Finding::new(Code::RecordAltered, message)
    };
    altered.map(finding).collect()
}
