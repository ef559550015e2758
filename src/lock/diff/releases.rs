//! Releases of indexes: their files, and what they and the index say of them.
//!
//! A file whose bytes changed under the same name is never metadata, whether anybody installs it
//! or not: no index should ever do that.

use std::collections::BTreeSet;

use pep508_rs::PackageName;

use super::change::{Leaf, Subject, Value};
use super::heads::Heads;
use super::leaves::leaves_of;
use super::rank::Rank;
use super::sides::{Both, joined};
use super::told::Told;
use crate::lock::{Distribution, Lock};
use crate::model::{Pin, Sha256Digest};

pub(super) fn tell(both: &Both<'_>, told: &mut Told) {
    let [old, new] = both.sides().map(|side| side.lock);
    let direct: BTreeSet<_> = [old, new].into_iter().flat_map(direct_names).collect();
    let selected = [old, new].map(Lock::selected_files);
    for (dist, before, after) in joined(&old.distributions, &new.distributions) {
        let installed = both.sides().map(|side| side.installs(dist));
        let rank = match direct.contains(&dist.name) {
            true => Rank::Direct,
            false if installed == [false, false] => Rank::Metadata,
            false => Rank::Closure,
        };
        let heads = match (before, after) {
            (Some(before), Some(after)) if before == after => continue,
            (Some(before), Some(after)) => {
                let is_selected = |file: &str| {
                    let mut files = selected.iter().filter_map(|files| files.get(dist));
                    files.any(|files| files.contains(file))
                };
                differing(before, after, rank, is_selected)
            }
            // Environments and packages tell that it is not installed any more, or is now.
            _ if installed[0] != installed[1] => continue,
            whole => Heads::whole(rank, whole.into(), |release| {
                Value::Json(release.files.len().into())
            }),
        };
        told.tell(&Subject::Release(dist.clone()), heads, &both.release(dist));
    }
}

/// The distributions that packages name.
fn direct_names(lock: &Lock) -> impl Iterator<Item = &PackageName> {
    lock.packages
        .values()
        .filter_map(|package| match &package.pin {
            Pin::Pypi(pin) => Some(&pin.name),
            Pin::Git(_) | Pin::Local(_) => None,
        })
}

fn differing(
    old: &Distribution,
    new: &Distribution,
    rank: Rank,
    is_selected: impl Fn(&str) -> bool,
) -> Heads {
    let Distribution {
        files,
        uploaded,
        yanked,
        metadata,
        variants,
    } = old;
    let mut heads = Heads::default();
    for (file, before, after) in joined(files, &new.files) {
        let digest = |side: Option<&Sha256Digest>| side.map(Value::digest);
        let altered = before.is_some() && after.is_some();
        let rank = if altered || is_selected(file) {
            rank
        } else {
            Rank::Metadata
        };
        let leaf = Leaf::between(format!("files.{file}"), digest(before), digest(after));
        heads.lead(rank, leaf);
    }
    let uploaded = Leaf::optional("uploaded", uploaded.as_ref(), new.uploaded.as_ref());
    heads.lead(Rank::Metadata, uploaded);
    let yanked = Leaf::optional("yanked", yanked.as_ref(), new.yanked.as_ref());
    heads.lead(Rank::Metadata, yanked);
    let metadata = leaves_of("metadata", metadata.as_ref(), new.metadata.as_ref());
    heads.lead(Rank::Metadata, metadata);
    let variants = leaves_of("variants", Some(variants), Some(&new.variants));
    heads.lead(Rank::Metadata, variants);
    heads
}
