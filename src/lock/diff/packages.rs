//! Packages: what each is, and what was asked for.
//!
//! A release of an index is told as its distribution, which environments tell as well: both are
//! one change. A git or local package is its content. One that only one lock has is told whole, but
//! for releases, which may be installed without being asked for.

use std::collections::BTreeMap;

use pep508_rs::PackageName;

use super::asked::{self, Keys};
use super::change::{Affected, Leaf, Subject, Value};
use super::code::{git, local};
use super::heads::Heads;
use super::leaves::{leaves_of, list_leaves};
use super::pairs::Pairs;
use super::rank::Rank;
use super::sides::{Both, joined};
use super::told::Told;
use crate::lock::LockedPackage;
use crate::model::{Pin, PypiPin};

/// How weighty a package is.
pub(super) fn rank(package: &LockedPackage) -> Rank {
    match package.pin {
        Pin::Pypi(_) => Rank::Direct,
        Pin::Git(_) | Pin::Local(_) => Rank::Code,
    }
}

pub(super) fn tell(both: &Both<'_>, pairs: &Pairs<'_>, told: &mut Told) {
    let mut asked: BTreeMap<&PackageName, Keys<'_>> = BTreeMap::new();
    let [before, after] = both.sides().map(|side| &side.lock.packages);
    for (key, old, new) in joined(before, after) {
        match (old, new) {
            (Some(old), Some(new)) if old == new => {}
            (Some(old), Some(new)) => differing(key, [old, new], &both.package(key), told),
            (old, new) => {
                told.packages.insert(key.clone());
                let side = usize::from(old.is_none());
                match old.or(new).map(|package| &package.pin) {
                    Some(Pin::Pypi(pin)) => asked.entry(&pin.name).or_default()[side].push(key),
                    _ => {
                        let heads = Heads::whole(Rank::Code, [old, new], identity);
                        told.tell(&Subject::Package(key.clone()), heads, &both.package(key));
                    }
                }
            }
        }
    }
    for (name, keys) in asked {
        asked::tell(both, pairs, name, &keys, told);
    }
}

/// What a package is, in one value.
pub(super) fn identity(package: &LockedPackage) -> Value {
    match &package.pin {
        Pin::Pypi(pin) => Value::Version(pin.version.clone()),
        Pin::Git(pin) => Value::Commit(pin.commit.clone()),
        Pin::Local(pin) => Value::digest(&pin.content),
    }
}

fn differing(key: &str, [old, new]: [&LockedPackage; 2], affected: &Affected, told: &mut Told) {
    let rank = rank(old).min(rank(new));
    let source = leaves_of("source", Some(&old.source), Some(&new.source));
    let [before, after] = [&old.distribution, &new.distribution].map(Option::as_ref);
    let distribution = Leaf::optional("distribution", before, after);
    let mut heads = match (&old.pin, &new.pin) {
        (Pin::Pypi(before), Pin::Pypi(after)) if before.name == after.name => {
            let said = source.into_iter().chain(distribution);
            let [moved, heads] = releases([before, after], rank, said);
            told.tell(&Subject::Distribution(before.name.clone()), moved, affected);
            heads
        }
        (Pin::Git(before), Pin::Git(after)) => {
            followed(git(before, after).below("pin"), source, distribution)
        }
        (Pin::Local(before), Pin::Local(after)) => {
            followed(local(before, after).below("pin"), source, distribution)
        }
        // Another kind of package, or another distribution: nothing of it is comparable.
        (before, after) => {
            let mut heads = Heads::default();
            let [from, to] = [old, new].map(|package| Value::Text(described(package)));
            heads.lead(rank, Leaf::of("pin", from, to));
            heads.follow(&["pin"], rank, distribution);
            heads.imply(&["pin"], rank, leaves_of("pin", Some(before), Some(after)));
            heads.imply(&["pin"], rank, source);
            heads
        }
    };
    let [before, after] = [&old.metadata, &new.metadata].map(Option::as_ref);
    heads.imply(
        &["pin"],
        Rank::Metadata,
        leaves_of("metadata", before, after),
    );
    told.tell(&Subject::Package(key.to_owned()), heads, affected);
}

/// What differs between two releases of one distribution: the version that moved, which is told of
/// the distribution, and the rest. What was asked for, and what it turned out to install, follow.
fn releases([old, new]: [&PypiPin; 2], rank: Rank, said: impl Iterator<Item = Leaf>) -> [Heads; 2] {
    let PypiPin {
        name: _,
        version,
        extras,
        index,
    } = old;
    let mut moved = Heads::default();
    let [from, to] = [version, &new.version].map(|it| Value::Version(it.clone()));
    moved.lead(rank, Leaf::of("version", from, to));
    let mut heads = Heads::default();
    heads.lead(rank, list_leaves("pin.extras", extras, &new.extras));
    let index = Leaf::optional("pin.index", index.as_ref(), new.index.as_ref());
    heads.lead(rank, index);
    let leads = if moved.0.is_empty() {
        &mut heads
    } else {
        &mut moved
    };
    for leaf in said {
        if says_version(&leaf, [old, new]) {
            leads.imply(&["version"], rank, [leaf]);
        } else {
            leads.follow(&["version", "pin.extras", "pin.index"], rank, [leaf]);
        }
    }
    [moved, heads]
}

/// What was asked for, and what the package turned out to install, follow from its bytes; what the
/// pin says too is implied.
fn followed(mut heads: Heads, source: Vec<Leaf>, distribution: Option<Leaf>) -> Heads {
    let (said, more): (Vec<_>, Vec<_>) = source.into_iter().partition(|leaf| {
        let name = leaf.field.strip_prefix("source.").unwrap_or(&leaf.field);
        heads.tells(&format!("pin.{name}"))
    });
    heads.follow_rank(Rank::Code, more.into_iter().chain(distribution));
    heads.imply_rank(Rank::Code, said);
    heads
}

/// What kind of package it is, and which.
fn described(package: &LockedPackage) -> String {
    let kind = match &package.pin {
        Pin::Pypi(pin) => return format!("pypi {}", pin.dist()),
        Pin::Git(_) => "git",
        Pin::Local(_) => "local",
    };
    format!("{kind} {}", identity(package))
}

/// Whether a leaf says no more than the versions do.
fn says_version(leaf: &Leaf, pins: [&PypiPin; 2]) -> bool {
    let sides = [&leaf.old, &leaf.new].into_iter().zip(pins);
    let mut same = sides.map(|(value, pin)| {
        let said = value.as_ref().map(Value::bare);
        said.is_some_and(|said| said == pin.version.to_string() || said == pin.dist().to_string())
    });
    same.all(|same| same)
}
