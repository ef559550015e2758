//! Packages, models, datasets and images: each pin whole, since half of one means nothing.
//!
//! What is asked for follows from the merged entries. A pin that neither side made of that is left
//! out: it has to be resolved.

use std::collections::BTreeMap;

use super::Sides;
use super::three::Three;
use super::words::{self, Conflicts, MOVED};
use crate::lock::{Lock, Locked, LockedDataset, LockedImage, LockedModel, LockedPackage};
use crate::model::{CoreMetadata, Dist, LocalPin, ModelSource, Pin};
use crate::registry::Plan;

/// The packages of a plan, as far as they have a pin.
pub(super) fn packages(
    sides: Sides<'_>,
    plan: &Plan,
    direct: bool,
    conflicts: &mut Conflicts,
) -> BTreeMap<String, LockedPackage> {
    let mut merged = BTreeMap::new();
    for key in sides.keys(|lock| &lock.packages) {
        let versions = sides.each(|lock| lock.packages.get(key));
        let planned = plan.packages.get(key);
        let pin = match same_bytes(versions.map(|package| &package.pin)).candidate() {
            Ok(pin) => pin.map(|pin| pin.0),
            Err(clash) => {
                let asked = |side: Option<&LockedPackage>| {
                    side.is_some_and(|side| {
                        planned.is_none_or(|planned| planned.source == side.source)
                    })
                };
                // Each side changed another part of the source: nobody has a pin of the whole.
                let anew = versions.ours.is_some() && versions.theirs.is_some();
                if anew && !asked(versions.ours) && !asked(versions.theirs) {
                    continue;
                }
                let subject = format!("packages/{key}");
                let what = format!("`{subject}`");
                conflicts.clash(
                    subject,
                    (MOVED, &what),
                    clash.map(|pin| words::package(pin.0)),
                );
                clash.fallback().map(|pin| pin.0)
            }
        };
        if let (Some(planned), Some(pin)) = (planned, pin) {
            let (distribution, metadata) = stated(versions, pin);
            let locked = LockedPackage {
                source: planned.source.clone(),
                pin: pin.clone(),
                distribution: distribution.cloned(),
                metadata: metadata.filter(|_| !direct).cloned(),
            };
            merged.insert(key.clone(), locked);
        }
    }
    merged
}

/// A pin that is equal to another one of the same bytes, whatever commit was checked out.
#[derive(Clone, Copy, Debug)]
struct SameBytes<'a>(&'a Pin);

impl PartialEq for SameBytes<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self.0, other.0) {
            (Pin::Local(one), Pin::Local(two)) => {
                let bytes = |pin: &LocalPin| (pin.path.clone(), pin.content, pin.files, pin.bytes);
                bytes(one) == bytes(two)
            }
            (one, two) => one == two,
        }
    }
}

/// The pins to compare; where both sides pin the same bytes, both have the better of their pins:
/// the one without changes that were not committed, then the newer one.
fn same_bytes(versions: Three<&Pin>) -> Three<SameBytes<'_>> {
    let mut pins = versions.map(SameBytes);
    if let (Some(SameBytes(Pin::Local(ours))), Some(SameBytes(Pin::Local(theirs)))) =
        (pins.ours, pins.theirs)
        && pins.ours == pins.theirs
    {
        let rank = |pin: &LocalPin| (pin.dirty == Some(false), pin.committed, pin.commit.clone());
        let theirs_is_better = rank(theirs) > rank(ours);
        let better = if theirs_is_better {
            pins.theirs
        } else {
            pins.ours
        };
        (pins.ours, pins.theirs) = (better, better);
    }
    pins
}

/// What a package says of itself, by whoever has this pin of it and knows.
fn stated<'a>(
    versions: Three<&'a LockedPackage>,
    pin: &Pin,
) -> (Option<&'a Dist>, Option<&'a CoreMetadata>) {
    let same = |package: &&LockedPackage| SameBytes(&package.pin) == SameBytes(pin);
    let versions = versions.and_then(|package| Some(package).filter(same));
    let said = versions.map(|package| (package.distribution.as_ref(), package.metadata.as_ref()));
    match said.candidate() {
        Ok(said) => said.unwrap_or_default(),
        Err(clash) => {
            let known = |(_, metadata): &(_, Option<&CoreMetadata>)| metadata.is_some();
            let known = clash.and_then(|said| Some(said).filter(known));
            known.candidate().ok().flatten().unwrap_or_default()
        }
    }
}

/// The models of a plan, and the repositories whose Python they run, as far as they have a pin.
pub(super) fn models(
    sides: Sides<'_>,
    plan: &Plan,
    conflicts: &mut Conflicts,
) -> BTreeMap<String, LockedModel> {
    let section = Section {
        name: "models",
        of: |lock| &lock.models,
        shown: words::model,
    };
    let all = section.merged(sides, conflicts);
    let mut wanted: BTreeMap<String, ModelSource> = BTreeMap::new();
    for (key, planned) in &plan.models {
        wanted.extend(planned.source.clone().map(|source| (key.clone(), source)));
        let pin = all.get(key).and_then(|locked| locked.pin.as_ref().ok());
        wanted.extend(pin.map(|pin| planned.code(pin)).unwrap_or_default());
    }
    suitable(all, |key, locked| wanted.get(key) == Some(&locked.source))
}

/// The datasets of a plan, as far as they have a pin.
pub(super) fn datasets(
    sides: Sides<'_>,
    plan: &Plan,
    conflicts: &mut Conflicts,
) -> BTreeMap<String, LockedDataset> {
    let section = Section {
        name: "datasets",
        of: |lock| &lock.datasets,
        shown: words::dataset,
    };
    suitable(section.merged(sides, conflicts), |id, locked| {
        let planned = plan.datasets.get(id);
        planned.is_some_and(|planned| planned.source == locked.source)
    })
}

/// The images of a plan, as far as they have a pin for every platform.
pub(super) fn images(
    sides: Sides<'_>,
    plan: &Plan,
    conflicts: &mut Conflicts,
) -> BTreeMap<String, LockedImage> {
    let section = Section {
        name: "images",
        of: |lock| &lock.images,
        shown: words::image,
    };
    let platforms = plan.targets.iter();
    let platforms: std::collections::BTreeSet<_> = platforms
        .map(|target| target.platform().container())
        .collect();
    suitable(section.merged(sides, conflicts), |key, locked| {
        let every = |pin: &crate::model::ImagePin| pin.platforms.keys().eq(platforms.iter());
        plan.images.contains_key(key) && locked.pin.as_ref().map_or(true, every)
    })
}

fn suitable<S, P>(
    mut all: BTreeMap<String, Locked<S, P>>,
    suits: impl Fn(&str, &Locked<S, P>) -> bool,
) -> BTreeMap<String, Locked<S, P>> {
    all.retain(|key, locked| suits(key, locked));
    all
}

/// A section of a lock: its name, where it is, and its pins in words.
struct Section<S: 'static, P: 'static> {
    name: &'static str,
    of: for<'a> fn(&'a Lock) -> &'a BTreeMap<String, Locked<S, P>>,
    shown: fn(&P) -> String,
}

impl<S: Clone + PartialEq, P: Clone + PartialEq> Section<S, P> {
    /// Everything that may be needed, also what only one side still has.
    fn merged(
        &self,
        sides: Sides<'_>,
        conflicts: &mut Conflicts,
    ) -> BTreeMap<String, Locked<S, P>> {
        let keys = sides.keys(|lock| (self.of)(lock));
        let merged = keys.into_iter().filter_map(|key| {
            let versions = sides.each(|lock| (self.of)(lock).get(key));
            let there = match versions.candidate() {
                Ok(there) => there,
                Err(clash) => {
                    let subject = format!("{}/{key}", self.name);
                    let shown = clash.map(|locked| match &locked.pin {
                        Ok(pin) => (self.shown)(pin),
                        Err(code) => format!("unresolved ({code})"),
                    });
                    let what = format!("`{subject}`");
                    conflicts.clash(subject, (MOVED, &what), shown);
                    clash.fallback()
                }
            };
            Some((key.clone(), there?.clone()))
        });
        merged.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pin by the content of its directory and, where it was committed, by the commit.
    fn pin(content: &str, commit: Option<char>, committed: &str) -> Pin {
        let digest = crate::model::Sha256Digest::of(content.as_bytes());
        let mut pin = serde_json::json!({
            "type": "local", "path": "p", "content": digest, "files": 1, "bytes": 1,
        });
        if let Some(digit) = commit {
            pin["commit"] = digit.to_string().repeat(40).into();
            pin["dirty"] = (digit == 'd').into();
            pin["committed"] = committed.into();
        }
        serde_json::from_value(pin).unwrap()
    }

    #[test]
    fn the_same_directory_at_other_commits_is_no_conflict() {
        let (older, newer) = ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z");
        let [none, dirty] = [pin("x", None, ""), pin("x", Some('d'), newer)];
        let [old, new] = [pin("x", Some('1'), older), pin("x", Some('2'), newer)];
        let other = pin("y", Some('3'), newer);
        let merged = |base: Option<&Pin>, ours: &Pin, theirs: &Pin| {
            let versions = |ours, theirs| Three {
                base: base.cloned(),
                ours,
                theirs,
            };
            let merge = |one: &Pin, two: &Pin| {
                let versions = versions(Some(one.clone()), Some(two.clone()));
                let merged = same_bytes(versions.as_ref()).candidate().ok().flatten();
                merged.map(|pin| pin.0.clone())
            };
            let there = merge(ours, theirs);
            assert_eq!(there, merge(theirs, ours));
            there
        };
        for (one, two, better) in [
            (&old, &new, &new),
            (&dirty, &old, &old),
            (&none, &old, &old),
        ] {
            for base in [None, Some(one), Some(&other)] {
                assert_eq!(merged(base, one, two).as_ref(), Some(better));
            }
        }
        assert_eq!(merged(Some(&old), &new, &other), Some(other.clone()));
        assert_eq!(merged(Some(&other), &new, &pin("z", None, "")), None);
    }
}
