//! Which files make up an entry, and how an overlay is merged over its base.
//!
//! As upstream does it: in `dev`, each top-level key of `<id>.dev.yaml` replaces the same key of
//! `<id>.yaml` whole. Nothing is merged below the top level.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::node::{Mark, Node, Problem, Value};
use super::yaml;
use super::{EntryFiles, RegistryFile};
use crate::finding::{Code, Finding, Location};
use crate::model::{EntryRef, Kind, RunMode};

/// The texts of one entry.
#[derive(Debug)]
pub(super) struct Layers {
    pub(super) entry: EntryRef,
    pub(super) base: RegistryFile,
    pub(super) overlay: Option<RegistryFile>,
}

/// The path of the overlay of a base file.
pub(super) fn overlay_path(base: &str) -> String {
    base.strip_suffix(".yaml")
        .map_or_else(|| format!("{base}.dev"), |stem| format!("{stem}.dev.yaml"))
}

/// Sorts the files below `registries/` into entries; files that belong to none are warned about.
pub(super) fn sort_files(
    files: Vec<RegistryFile>,
    mode: RunMode,
    findings: &mut Vec<Finding>,
) -> Vec<Layers> {
    let mut named = Vec::with_capacity(files.len());
    for file in files {
        match entry_of(&file.path) {
            Some((entry, is_overlay)) => named.push((entry, is_overlay, file)),
            None => findings.push(ignored(&file.path)),
        }
    }
    pair(named, mode, findings)
}

/// Pairs run files that lie outside of `registries/` with their overlays.
pub(super) fn pair_runs(
    files: Vec<RegistryFile>,
    mode: RunMode,
    findings: &mut Vec<Finding>,
) -> Vec<Layers> {
    let named = files
        .into_iter()
        .filter_map(|file| {
            let name = file.path.rsplit('/').next()?.strip_suffix(".yaml")?;
            let (id, is_overlay) = split_overlay(name);
            Some((EntryRef::new(Kind::Runs, id), is_overlay, file))
        })
        .collect();
    pair(named, mode, findings)
}

fn split_overlay(stem: &str) -> (&str, bool) {
    match stem.strip_suffix(".dev") {
        Some(id) => (id, true),
        None => (stem, false),
    }
}

fn entry_of(path: &str) -> Option<(EntryRef, bool)> {
    let mut parts = path.strip_prefix("registries/")?.split('/');
    let kind = Kind::from_directory(parts.next()?)?;
    let stem = parts.next()?.strip_suffix(".yaml")?;
    if parts.next().is_some() || stem.is_empty() {
        return None;
    }
    let (id, is_overlay) = split_overlay(stem);
    Some((EntryRef::new(kind, id), is_overlay))
}

fn ignored(path: &str) -> Finding {
    let inner = path.strip_prefix("registries/").unwrap_or(path);
    let (directory, _) = inner.split_once('/').unwrap_or(("", inner));
    let message = if Kind::from_directory(directory).is_some() {
        format!("`{path}` is not read: entries are `<id>.yaml` directly in their kind's directory")
    } else {
        format!("`{path}` is not read: it lies in no kind's directory")
    };
    let kinds = Kind::ALL.map(Kind::directory);
    let near =
        super::nearest(directory, kinds).filter(|_| Kind::from_directory(directory).is_none());
    let finding = Finding::new(Code::IgnoredFile, message).at(Location::start_of(path));
    match near {
        Some(near) => finding.hint(format!("did you mean `registries/{near}/`?")),
        None => finding,
    }
}

fn pair(
    named: Vec<(EntryRef, bool, RegistryFile)>,
    mode: RunMode,
    findings: &mut Vec<Finding>,
) -> Vec<Layers> {
    let mut bases = BTreeMap::new();
    let mut overlays = Vec::new();
    for (entry, is_overlay, file) in named {
        if is_overlay {
            overlays.push((entry, file));
        } else {
            bases.insert(entry, (file, None));
        }
    }
    for (entry, file) in overlays {
        match bases.get_mut(&entry) {
            Some((_, overlay)) => {
                if mode == RunMode::Dev {
                    *overlay = Some(file);
                }
            }
            None => {
                let message = format!("overlay `{}` has no base file", file.path);
                let finding = Finding::new(Code::OverlayWithoutBase, message)
                    .about(&entry)
                    .at(Location::start_of(&file.path));
                findings.push(finding);
                // Upstream scans base files only, so such an overlay makes no entry.
            }
        }
    }
    bases
        .into_iter()
        .map(|(entry, (base, overlay))| Layers {
            entry,
            base,
            overlay,
        })
        .collect()
}

impl Layers {
    pub(super) fn files(&self) -> EntryFiles {
        EntryFiles {
            base: PathBuf::from(&self.base.path),
            overlay: self.overlay.as_ref().map(|file| PathBuf::from(&file.path)),
        }
    }

    /// The entry's mapping after the overlay; none where the base cannot be read.
    pub(super) fn merge(&self, problems: &mut Vec<Problem>) -> Option<Node> {
        let base = read_file(&self.base, false, problems);
        let overlay = self
            .overlay
            .as_ref()
            .map(|file| read_file(file, true, problems));
        match (base, overlay) {
            (base, None) => base,
            // An overlay that cannot be read must not silently leave the base in force.
            (_, Some(None)) | (None, _) => None,
            (Some(base), Some(Some(overlay))) => Some(merge_nodes(base, overlay, problems)),
        }
    }
}

fn read_file(file: &RegistryFile, in_overlay: bool, problems: &mut Vec<Problem>) -> Option<Node> {
    let start = Mark {
        line: 1,
        column: 1,
        in_overlay,
        ..Mark::default()
    };
    let mut problem = |code, mark, message: String| {
        problems.push(Problem {
            code,
            mark,
            message,
            hint: None,
        });
    };
    let bytes = match &file.content {
        Ok(bytes) => bytes,
        Err(reason) => {
            problem(
                Code::UnreadableFile,
                start,
                format!("cannot read `{}`: {reason}", file.path),
            );
            return None;
        }
    };
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let before = &bytes[..error.valid_up_to()];
            let mark = Mark {
                line: before.split(|byte| *byte == b'\n').count(),
                ..start
            };
            problem(
                Code::NotUtf8,
                mark,
                format!("`{}` is not UTF-8 text", file.path),
            );
            return None;
        }
    };
    let before = problems.len();
    let node = yaml::read(text, in_overlay, problems);
    let is_mapping = |node: &Node| matches!(node.value, Value::Mapping(_));
    match node {
        Some(node) if is_mapping(&node) => Some(node),
        None if problems.len() > before => None,
        other => {
            let (code, mark, what) = match other {
                Some(node) if node.value != Value::Null => (
                    Code::WrongType,
                    node.mark,
                    format!("an entry must be a mapping, not {}", node.value.noun()),
                ),
                _ => (Code::EmptyFile, start, format!("`{}` is empty", file.path)),
            };
            problems.push(Problem {
                code,
                mark,
                message: what,
                hint: None,
            });
            None
        }
    }
}

fn merge_nodes(base: Node, overlay: Node, problems: &mut Vec<Problem>) -> Node {
    let (Value::Mapping(mut entries), Value::Mapping(over)) = (base.value, overlay.value) else {
        unreachable!("files that hold no mapping were refused before");
    };
    for (key, value) in over {
        match entries
            .iter_mut()
            .find(|(existing, _)| existing.text == key.text)
        {
            Some(slot) => {
                let dropped = dropped_fields(&slot.1, &value);
                if !dropped.is_empty() {
                    let names: Vec<_> = dropped
                        .iter()
                        .map(|field| format!("`{}.{field}`", key.text))
                        .collect();
                    problems.push(Problem {
                        code: Code::OverlayDropsField,
                        mark: key.mark,
                        message: format!("the overlay makes {} vanish", names.join(", ")),
                        hint: None,
                    });
                }
                *slot = (key, value);
            }
            None => entries.push((key, value)),
        }
    }
    Node {
        value: Value::Mapping(entries),
        mark: base.mark,
    }
}

fn dropped_fields<'a>(base: &'a Node, overlay: &Node) -> Vec<&'a str> {
    let Value::Mapping(old) = &base.value else {
        return Vec::new();
    };
    let kept = |name: &str| match &overlay.value {
        Value::Mapping(new) => new.iter().any(|(key, _)| key.text == name),
        _ => false,
    };
    old.iter()
        .map(|(key, _)| key.text.as_str())
        .filter(|name| !kept(name))
        .collect()
}
