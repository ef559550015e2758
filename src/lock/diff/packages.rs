//! Packages: what each is, and what was asked for.
//!
//! A release of an index is told as its distribution, which environments tell as well: both are
//! one change. A git or local package is its content.

use std::collections::BTreeMap;

use pep508_rs::PackageName;

use super::change::{Affected, Leaf, Subject, Value};
use super::code::{git, local};
use super::heads::Heads;
use super::leaves::{leaves_of, list_leaves};
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

pub(super) fn tell(both: &Both<'_>, told: &mut Told) {
    let mut whole: BTreeMap<&PackageName, [Vec<&str>; 2]> = BTreeMap::new();
    let [before, after] = both.sides().map(|side| &side.lock.packages);
    for (key, old, new) in joined(before, after) {
        let affected = both.package(key);
        match (old, new) {
            (Some(old), Some(new)) if old == new => {}
            (Some(old), Some(new)) => differing(key, old, new, &affected, told),
            one_side => {
                told.packages.insert(key.clone());
                let at = usize::from(old.is_none());
                let [old, new]: [Option<&LockedPackage>; 2] = one_side.into();
                match old.or(new).map(|package| &package.pin) {
                    Some(Pin::Pypi(pin)) => whole.entry(&pin.name).or_default()[at].push(key),
                    _ => {
                        let heads = Heads::whole(Rank::Code, [old, new], identity);
                        told.tell(&Subject::Package(key.clone()), heads, &affected);
                    }
                }
            }
        }
    }
    for (name, keys) in whole {
        let subject = Subject::Distribution(name.clone());
        // `tinylib>=1` that became `tinylib>=2` is still that package.
        if let [[old], [new]] = keys.each_ref().map(Vec::as_slice) {
            let affected = both.package(old).and(&both.package(new));
            let heads = renamed([old, new], [&before[*old], &after[*new]]);
            told.tell(&subject, heads, &affected);
            continue;
        }
        for (side, keys) in keys.into_iter().enumerate() {
            for key in keys {
                let package = [before, after][side].get(key);
                let sides = if side == 0 {
                    [package, None]
                } else {
                    [None, package]
                };
                let heads = Heads::whole(Rank::Direct, sides, identity);
                told.tell(&subject, heads, &both.package(key));
            }
        }
    }
}

/// What a package is, in one value.
fn identity(package: &LockedPackage) -> Value {
    match &package.pin {
        Pin::Pypi(pin) => Value::Version(pin.version.clone()),
        Pin::Git(pin) => Value::Commit(pin.commit.clone()),
        Pin::Local(pin) => Value::digest(&pin.content),
    }
}

/// A release that is asked for by other words.
fn renamed(keys: [&str; 2], [old, new]: [&LockedPackage; 2]) -> Heads {
    let mut heads = Heads::default();
    if let (Pin::Pypi(before), Pin::Pypi(after)) = (&old.pin, &new.pin) {
        heads.lead(Rank::Direct, version(before, after));
    }
    let asked = Leaf::words("requirement", keys[0], keys[1]);
    heads.follow(&["version"], Rank::Direct, asked);
    heads.imply(
        &["version", "requirement"],
        Rank::Direct,
        leaves_of("", Some(old), Some(new)),
    );
    heads
}

fn differing(
    key: &str,
    old: &LockedPackage,
    new: &LockedPackage,
    affected: &Affected,
    told: &mut Told,
) {
    let rank = rank(old).min(rank(new));
    let source = leaves_of("source", Some(&old.source), Some(&new.source));
    let [before, after] = [&old.distribution, &new.distribution].map(Option::as_ref);
    let distribution = Leaf::optional("distribution", before, after);
    let mut heads = Heads::default();
    match (&old.pin, &new.pin) {
        (Pin::Pypi(before), Pin::Pypi(after)) if before.name == after.name => {
            let mut moved = Heads::default();
            moved.lead(rank, version(before, after));
            let PypiPin {
                name,
                version: _,
                extras,
                index,
            } = before;
            heads.lead(rank, list_leaves("pin.extras", extras, &after.extras));
            let index = Leaf::optional("pin.index", index.as_ref(), after.index.as_ref());
            heads.lead(rank, index);
            // What was asked for, and what it turned out to install, as the version has it.
            let leads = if moved.0.is_empty() {
                &mut heads
            } else {
                &mut moved
            };
            for leaf in source.into_iter().chain(distribution) {
                if says_version(&leaf, [before, after]) {
                    leads.imply(&["version"], rank, [leaf]);
                } else {
                    leads.follow(&["version", "pin.extras", "pin.index"], rank, [leaf]);
                }
            }
            told.tell(&Subject::Distribution(name.clone()), moved, affected);
        }
        (Pin::Git(before), Pin::Git(after)) => {
            heads = git(before, after).below("pin");
            follow(&mut heads, source, distribution);
        }
        (Pin::Local(before), Pin::Local(after)) => {
            heads = local(before, after).below("pin");
            follow(&mut heads, source, distribution);
        }
        // Another kind of package, or another distribution: nothing of it is comparable.
        (before, after) => {
            let [from, to] = [old, new].map(|package| Value::Text(described(package)));
            heads.lead(rank, Leaf::of("pin", from, to));
            heads.follow(&["pin"], rank, distribution);
            heads.imply(&["pin"], rank, leaves_of("pin", Some(before), Some(after)));
            heads.imply(&["pin"], rank, source);
        }
    }
    let [before, after] = [&old.metadata, &new.metadata].map(Option::as_ref);
    heads.imply(
        &["pin"],
        Rank::Metadata,
        leaves_of("metadata", before, after),
    );
    told.tell(&Subject::Package(key.to_owned()), heads, affected);
}

/// What was asked for, and what the package turned out to install, follow from its bytes; what the
/// pin says too is implied.
fn follow(heads: &mut Heads, source: Vec<Leaf>, distribution: Option<Leaf>) {
    let (said, more): (Vec<_>, Vec<_>) = source.into_iter().partition(|leaf| {
        let name = leaf.field.strip_prefix("source.").unwrap_or(&leaf.field);
        heads.tells(&format!("pin.{name}"))
    });
    heads.follow_rank(Rank::Code, more.into_iter().chain(distribution));
    heads.imply_rank(Rank::Code, said);
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

fn version(old: &PypiPin, new: &PypiPin) -> Option<Leaf> {
    let [old, new] = [old, new].map(|pin| Value::Version(pin.version.clone()));
    Leaf::of("version", old, new)
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
