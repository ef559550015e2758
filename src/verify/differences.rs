//! The files in which two states of a tree differ, by name.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{FilePin, FilePins, Manifest, Role};

/// How many files a message names before it only counts.
const NAMED: usize = 8;

/// The files that differ.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Differences<'a> {
    /// There in both, with other bytes.
    pub(super) changed: BTreeSet<&'a str>,
    /// No longer there.
    pub(super) missing: BTreeSet<&'a str>,
    /// Not there before.
    pub(super) extra: BTreeSet<&'a str>,
}

impl<'a> Differences<'a> {
    /// Compares two Manifests.
    pub(super) fn of_manifests(then: &'a Manifest, now: &'a Manifest) -> Self {
        Self::of(&then.files().collect(), &now.files().collect())
    }

    /// Compares files by size and digest; only like digests can be equal.
    pub(super) fn of_files(then: &'a FilePins, now: &'a FilePins) -> Self {
        let named = |files: &'a FilePins| -> BTreeMap<&'a str, &'a FilePin> {
            let files = files.iter();
            files.map(|(path, file)| (path.as_str(), file)).collect()
        };
        Self::of(&named(then), &named(now))
    }

    fn of<T: PartialEq>(then: &BTreeMap<&'a str, T>, now: &BTreeMap<&'a str, T>) -> Self {
        let gone = |path: &&&str| !now.contains_key(**path);
        let new = |path: &&&str| !then.contains_key(**path);
        let changed = then
            .iter()
            .filter(|(path, was)| now.get(**path).is_some_and(|is| is != *was));
        Self {
            changed: changed.map(|(path, _)| *path).collect(),
            missing: then.keys().filter(gone).copied().collect(),
            extra: now.keys().filter(new).copied().collect(),
        }
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.missing.is_empty() && self.extra.is_empty()
    }

    /// ``changed `a.py`; missing `b.py`; extra `c.py` ``.
    pub(super) fn named(&self) -> String {
        let parts = [
            ("changed", &self.changed),
            ("missing", &self.missing),
            ("extra", &self.extra),
        ];
        let parts = parts.into_iter().filter(|(_, paths)| !paths.is_empty());
        let parts: Vec<_> = parts
            .map(|(word, paths)| format!("{word} {}", names(paths)))
            .collect();
        parts.join("; ")
    }

    /// The same for each role of a model's files: ``chat template: changed `chat_template.json` ``.
    pub(super) fn by_role(&self) -> String {
        let mut roles: BTreeMap<Role, Self> = BTreeMap::new();
        for path in &self.changed {
            roles
                .entry(Role::of(path))
                .or_default()
                .changed
                .insert(path);
        }
        for path in &self.missing {
            roles
                .entry(Role::of(path))
                .or_default()
                .missing
                .insert(path);
        }
        for path in &self.extra {
            roles.entry(Role::of(path)).or_default().extra.insert(path);
        }
        let parts: Vec<_> = roles
            .iter()
            .map(|(role, differences)| format!("{role}: {}", differences.named()))
            .collect();
        parts.join(". ")
    }
}

pub(super) fn names(paths: &BTreeSet<&str>) -> String {
    let shown: Vec<_> = paths
        .iter()
        .take(NAMED)
        .map(|path| format!("`{path}`"))
        .collect();
    let mut text = shown.join(", ");
    if paths.len() > NAMED {
        text = format!("{text} and {} more", paths.len() - NAMED);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FileDigest, Sha256Digest};

    #[test]
    fn differences_name_the_files() {
        let manifest = |files: &[(&str, &str)]| {
            let mut manifest = Manifest::default();
            for (path, text) in files {
                let digest = Sha256Digest::of(text.as_bytes());
                manifest.insert((*path).to_owned(), digest).unwrap();
            }
            manifest
        };
        let then = manifest(&[("a", "1"), ("b", "1"), ("c", "1")]);
        let now = manifest(&[("a", "1"), ("b", "2"), ("d", "1")]);
        let differences = Differences::of_manifests(&then, &now);
        assert_eq!(differences.named(), "changed `b`; missing `c`; extra `d`");
        assert!(Differences::of_manifests(&then, &then).is_empty());
    }

    #[test]
    fn files_of_models_differ_by_role() {
        let pins = |files: &[(&str, FileDigest)]| -> FilePins {
            let files = files.iter();
            let pin = |digest: &FileDigest| FilePin {
                size: 1,
                digest: digest.clone(),
            };
            files
                .map(|(path, digest)| ((*path).to_owned(), pin(digest)))
                .collect()
        };
        let (sha, blob) = (
            FileDigest::Sha256(Sha256Digest::of(b"1")),
            FileDigest::of_git_blob(b"1"),
        );
        let then = pins(&[
            ("config.json", sha.clone()),
            ("merges.txt", sha.clone()),
            ("x.safetensors", sha.clone()),
        ]);
        let now = pins(&[
            ("config.json", sha.clone()),
            ("merges.txt", blob),
            ("y.safetensors", sha),
        ]);
        assert_eq!(
            Differences::of_files(&then, &now).by_role(),
            "tokenizer: changed `merges.txt`. weights: missing `x.safetensors`; extra `y.safetensors`"
        );
    }
}
