//! The files that distributions list, against those that are there.

use std::collections::{BTreeMap, BTreeSet};

use super::named;
use crate::finding::{Code, Finding};
use crate::model::{
    Installed, InstalledDist, InstalledFile, Recorded, RecordedDigest, Sha256Digest,
};

/// What is wrong with the files of a distribution.
pub(super) fn findings(
    installed: &Installed,
    owners: &Owners<'_>,
    dist: &InstalledDist,
) -> Vec<Finding> {
    if dist.linked {
        // Nothing is there but a link, which is told of as such.
        return Vec::new();
    }
    let recorded = match &dist.record {
        Some(Ok(recorded)) => recorded,
        Some(Err(reason)) => {
            let message = format!("`{}/RECORD` cannot be read: {reason}", dist.place);
            return vec![Finding::new(Code::InstalledRecordUnusable, message)];
        }
        None => {
            let message = format!("`{}` does not list its files", dist.place);
            return vec![Finding::new(Code::InstalledRecordMissing, message)];
        }
    };
    let mut findings = Vec::new();
    if !recorded.outside.is_empty() {
        let outside = recorded.outside.iter().map(String::as_str);
        let message = format!(
            "`{}/RECORD` lists files outside of the environment: {}",
            dist.place,
            named(outside)
        );
        findings.push(Finding::new(Code::InstalledRecordUnusable, message));
    }
    findings.extend(Compared::of(installed, owners, recorded).findings());
    findings
}

/// The files of a list by what became of them.
#[derive(Default)]
struct Compared<'a> {
    changed: BTreeMap<&'a str, (Sha256Digest, Sha256Digest)>,
    missing: BTreeSet<&'a str>,
    unreadable: BTreeMap<&'a str, &'a str>,
    unhashed: BTreeSet<&'a str>,
}

impl<'a> Compared<'a> {
    fn of(installed: &'a Installed, owners: &Owners<'_>, recorded: &'a Recorded) -> Self {
        let mut compared = Self::default();
        for (path, digest) in &recorded.files {
            let there = installed.files.get(path);
            match (digest, there) {
                // Python makes and removes these as it likes.
                (RecordedDigest::None, _) if is_bytecode(path) => {}
                (_, None) => drop(compared.missing.insert(path)),
                (RecordedDigest::Sha256(listed), Some(InstalledFile::Read(now))) => {
                    // Which of two owners wrote a file last is told of the environment.
                    if listed != now && !owners.lists(path, now) {
                        compared.changed.insert(path, (*listed, *now));
                    }
                }
                (RecordedDigest::Sha256(_), Some(InstalledFile::Unreadable(reason))) => {
                    compared.unreadable.insert(path, reason);
                }
                (RecordedDigest::Sha256(_), Some(_)) => {
                    compared.unreadable.insert(path, "it is a directory");
                }
                (RecordedDigest::None, Some(_)) if path.ends_with(".dist-info/RECORD") => {}
                (RecordedDigest::None | RecordedDigest::Other(_), Some(_)) => {
                    compared.unhashed.insert(path);
                }
            }
        }
        compared
    }

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if !self.changed.is_empty() {
            let message = format!(
                "{} changed since it was installed",
                named(self.changed.keys().copied())
            );
            let finding = Finding::new(Code::InstalledFileChanged, message);
            // Two digests say something of one file only.
            findings.push(match self.changed.values().collect::<Vec<_>>()[..] {
                [(listed, now)] => finding.compare(listed, now),
                _ => finding,
            });
        }
        if !self.missing.is_empty() {
            let message = format!("{} is gone", named(self.missing.iter().copied()));
            findings.push(Finding::new(Code::InstalledFileMissing, message));
        }
        if let Some(reason) = self.unreadable.values().next() {
            let names = named(self.unreadable.keys().copied());
            let message = format!("cannot read {names}: {reason}");
            findings.push(Finding::new(Code::InstalledFileUnreadable, message));
        }
        if !self.unhashed.is_empty() {
            let names = named(self.unhashed.iter().copied());
            let message = format!("nothing that vhb can check says what {names} should be");
            findings.push(Finding::new(Code::InstalledFileUnhashed, message));
        }
        findings
    }
}

/// Whether Python compiled it from another file.
pub(super) fn is_bytecode(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or_default();
    name.rsplit_once('.').is_some_and(|(_, end)| end == "pyc")
        && parts.next() == Some("__pycache__")
}

/// The files that distributions list with a digest, with everyone who lists them, sorted by path.
pub(super) struct Owners<'a>(Vec<(&'a str, &'a InstalledDist, Sha256Digest)>);

impl<'a> Owners<'a> {
    pub(super) fn of(installed: &'a Installed) -> Self {
        let mut owners = Vec::new();
        for dist in &installed.distributions {
            for (path, digest) in dist.recorded().iter().flat_map(|recorded| &recorded.files) {
                if let RecordedDigest::Sha256(digest) = digest {
                    owners.push((path.as_str(), dist, *digest));
                }
            }
        }
        owners.sort_by_key(|(path, ..)| *path);
        Self(owners)
    }

    /// Whether somebody lists a file with these bytes.
    fn lists(&self, path: &str, digest: &Sha256Digest) -> bool {
        let begin = self.0.partition_point(|(there, ..)| *there < path);
        let of_path = self.0[begin..]
            .iter()
            .take_while(|(there, ..)| *there == path);
        of_path.into_iter().any(|(.., listed)| listed == digest)
    }
}

/// Files that several distributions list with different bytes: whichever was installed last won.
pub(super) fn shadowed(owners: &Owners<'_>) -> Vec<Finding> {
    let mut by_owners: BTreeMap<Vec<String>, BTreeSet<&str>> = BTreeMap::new();
    for owners in owners.0.chunk_by(|(a, ..), (b, ..)| a == b) {
        let (path, _, first) = owners[0];
        if owners.iter().all(|(.., digest)| *digest == first) {
            continue;
        }
        let names = owners.iter().map(|(_, dist, _)| match &dist.stated {
            Ok(stated) => stated.to_string(),
            Err(_) => dist.place.clone(),
        });
        by_owners.entry(names.collect()).or_default().insert(path);
    }
    let told = by_owners.into_iter().map(|(owners, paths)| {
        let owners: Vec<_> = owners.iter().map(|owner| format!("`{owner}`")).collect();
        let message = format!(
            "{} both install {}, with different bytes: one hides the other",
            owners.join(" and "),
            named(paths)
        );
        Finding::new(Code::InstalledFilesShadowed, message)
    });
    told.collect()
}
