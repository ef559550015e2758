//! The releases that merged environments and packages use: their files, and what these say.

use std::collections::{BTreeMap, BTreeSet};

use super::Sides;
use super::three::Three;
use super::words::Conflicts;
use crate::lock::{Distribution, Lock};
use crate::model::{CoreMetadata, Dist, Pin, Sha256Digest};

/// Adds to a lock the releases that it uses, as far as any side has them.
pub(super) fn add(sides: Sides<'_>, lock: &mut Lock, direct: bool, conflicts: &mut Conflicts) {
    let selected = lock.selected_files();
    let mut used: BTreeMap<&Dist, BTreeSet<&str>> = selected;
    let pinned = lock
        .packages
        .values()
        .filter_map(|package| match package.pin {
            Pin::Pypi(_) => package.distribution.as_ref(),
            Pin::Git(_) | Pin::Local(_) => None,
        });
    for dist in pinned {
        used.entry(dist).or_default();
    }
    let known = sides.each(|lock| Some(Known::of(lock)));
    let merged = used.into_iter().filter_map(|(dist, files)| {
        let files = if direct { BTreeSet::new() } else { files };
        let release = release(dist, &files, &known, sides, conflicts)?;
        Some((dist.clone(), release))
    });
    lock.distributions = merged.collect();
}

/// What a lock knows of files: only of selected ones the metadata was read.
struct Known<'a> {
    lock: &'a Lock,
    selected: BTreeMap<&'a Dist, BTreeSet<&'a str>>,
}

impl<'a> Known<'a> {
    fn of(lock: &'a Lock) -> Self {
        Self {
            lock,
            selected: lock.selected_files(),
        }
    }

    fn metadata(&self, dist: &Dist, filename: &str) -> Option<&'a CoreMetadata> {
        let selected = self.selected.get(dist)?.contains(filename);
        let release = self.lock.distributions.get(dist).filter(|_| selected)?;
        release.metadata_of(filename)
    }
}

fn release<'a>(
    dist: &Dist,
    selected: &BTreeSet<&'a str>,
    known: &Three<Known<'_>>,
    sides: Sides<'_>,
    conflicts: &mut Conflicts,
) -> Option<Distribution> {
    let versions = sides.each(|lock| lock.distributions.get(dist));
    let merged = match versions.needed() {
        // What clashes stands as it was, which neither side may have any more.
        Ok(release) => release.or(versions.base)?.clone(),
        Err(clash) => joined(dist, clash, conflicts)?,
    };
    let metadata = |filename: &'a str| {
        let said = known
            .as_ref()
            .and_then(|known| known.metadata(dist, filename));
        // Where both sides read something else out of the same bytes, it is read again.
        Some((filename, said.needed().ok()?.or(said.base)?.clone()))
    };
    let described: BTreeMap<&str, CoreMetadata> =
        selected.iter().copied().filter_map(metadata).collect();
    let whole = described.len() == selected.len();
    Some(merged.with_metadata(&if whole { described } else { BTreeMap::new() }))
}

/// One release, looked at by both sides at different times: it may have gained files.
fn joined(
    dist: &Dist,
    clash: Three<&Distribution>,
    conflicts: &mut Conflicts,
) -> Option<Distribution> {
    let (ours, theirs) = (clash.ours?, clash.theirs?);
    let names: BTreeSet<_> = ours.files.keys().chain(theirs.files.keys()).collect();
    let mut files = BTreeMap::new();
    for name in names {
        let digests = clash.and_then(|release| release.files.get(name));
        let digest = digests.merged().unwrap_or_else(|clash| {
            let shown = clash.map(|digest: &Sha256Digest| digest.to_string());
            let what = format!("other bytes of `{name}`");
            conflicts.clash(format!("distributions/{dist}"), ("locked", &what), shown);
            clash.fallback()
        });
        files.extend(digest.map(|digest| (name.clone(), *digest)));
    }
    let yanked = clash.map(|release| release.yanked.as_ref());
    let yanked = yanked.merged().ok().flatten();
    Some(Distribution {
        files,
        uploaded: ours.uploaded.max(theirs.uploaded),
        yanked: yanked
            .unwrap_or_else(|| ours.yanked.as_ref().max(theirs.yanked.as_ref()))
            .cloned(),
        metadata: None,
        variants: BTreeMap::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A release by its files, each a name and its bytes.
    fn release(files: &[(&str, &str)], yanked: Option<&str>) -> Distribution {
        let digest = |text: &str| Sha256Digest::of(text.as_bytes());
        let files = files.iter();
        Distribution {
            files: files
                .map(|(name, text)| ((*name).to_owned(), digest(text)))
                .collect(),
            uploaded: None,
            yanked: yanked.map(str::to_owned),
            metadata: None,
            variants: BTreeMap::new(),
        }
    }

    fn both(
        base: &Distribution,
        ours: &Distribution,
        theirs: &Distribution,
    ) -> (Option<Distribution>, Vec<String>) {
        let dist = "demo==1".parse().unwrap();
        let merge = |ours, theirs| {
            let mut conflicts = Conflicts::default();
            let base = Some(base);
            let merged = joined(&dist, Three { base, ours, theirs }, &mut conflicts);
            let findings = conflicts.findings.into_iter();
            (merged, findings.map(|finding| finding.message).collect())
        };
        let there: (_, Vec<String>) = merge(Some(ours), Some(theirs));
        let (other, conflicts) = merge(Some(theirs), Some(ours));
        assert_eq!((&there.0, there.1.len()), (&other, conflicts.len()));
        there
    }

    #[test]
    fn files_that_a_release_gained_join_and_other_bytes_clash() {
        let base = release(&[("a", "1"), ("b", "1")], None);
        let ours = release(&[("a", "1"), ("c", "1")], Some("broken"));
        let theirs = release(&[("a", "1"), ("b", "1"), ("d", "1")], None);
        let joined = release(&[("a", "1"), ("c", "1"), ("d", "1")], Some("broken"));
        assert_eq!(both(&base, &ours, &theirs), (Some(joined), Vec::new()));

        let ours = release(&[("a", "2"), ("b", "1")], None);
        let theirs = release(&[("a", "3"), ("b", "1")], None);
        let (_, conflicts) = both(&base, &ours, &theirs);
        assert_eq!(conflicts.len(), 1);
        assert!(
            conflicts[0].starts_with("both sides locked other bytes of `a`"),
            "{conflicts:?}"
        );
    }
}
