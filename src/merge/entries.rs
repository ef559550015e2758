//! The recorded entries of the registry, key by key, as git merges the lines that they come from.
//!
//! What both sides added, an entry or a part of one, is merged only where it is the same: git has a
//! conflict there too, and of what is missing on one side nobody can tell who meant it to be so.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::three::Three;
use super::words::{CHANGED, Conflicts, none, value};
use super::{Sides, lists};
use crate::model::EntryRef;

/// The fields of packages and datasets that say what is to be pinned.
const SOURCES: [&str; 3] = ["source", "install_args", "path"];

/// Every entry that may be needed: also those that only one side still reaches.
pub(super) fn merged(sides: Sides<'_>, conflicts: &mut Conflicts) -> BTreeMap<EntryRef, Json> {
    let all = sides.keys(|lock| &lock.config);
    let merged = all.into_iter().filter_map(|entry| {
        let versions = sides.each(|lock| lock.config.get(entry));
        let merged = match versions.candidate() {
            Ok(there) => there.cloned(),
            Err(clash) => deeper(entry, "", clash, conflicts),
        };
        Some((entry.clone(), merged?))
    });
    merged.collect()
}

/// What both sides changed, one level down.
fn deeper(
    entry: &EntryRef,
    path: &str,
    clash: Three<&Json>,
    conflicts: &mut Conflicts,
) -> Option<Json> {
    match (clash.base, clash.ours, clash.theirs) {
        (base @ (None | Some(Json::Object(_))), Some(Json::Object(_)), Some(Json::Object(_))) => {
            let both_added = base.is_none();
            let keys = clash.map(|value| value.as_object().expect("all versions are objects"));
            let all = [keys.base, keys.ours, keys.theirs];
            let all: BTreeSet<_> = all
                .into_iter()
                .flatten()
                .flat_map(|map| map.keys())
                .collect();
            let merged = all.into_iter().filter_map(|key| {
                let versions = keys.and_then(|map| map.get(key));
                let merged = if both_added {
                    versions.agreed()
                } else {
                    versions.merged()
                };
                let merged = match merged {
                    Ok(there) => there.cloned(),
                    Err(clash) => deeper(entry, &below(path, key), clash, conflicts),
                };
                Some((key.clone(), merged?))
            });
            Some(Json::Object(merged.collect()))
        }
        (Some(Json::Array(base)), Some(Json::Array(ours)), Some(Json::Array(theirs))) => {
            if let Some(merged) = lists::merged(base, ours, theirs) {
                return Some(Json::Array(merged));
            }
            tell(entry, path, clash, conflicts)
        }
        _ => tell(entry, path, clash, conflicts),
    }
}

fn tell(
    entry: &EntryRef,
    path: &str,
    clash: Three<&Json>,
    conflicts: &mut Conflicts,
) -> Option<Json> {
    let what = format!("`{path}` of `{entry}`");
    if path.is_empty() {
        // A whole entry is too long to be shown.
        let shown = Three {
            base: None,
            ..clash.map(|_| CHANGED.to_owned())
        };
        conflicts.clash(entry, (CHANGED, &format!("`{entry}`")), shown);
    } else if clash.base.is_none() && (clash.ours.is_none() || clash.theirs.is_none()) {
        let message = format!("of what both sides added, one alone has {what}");
        let [ours, theirs] = [clash.ours, clash.theirs].map(|it| it.map_or_else(none, value));
        conflicts.differ(entry, message, ours, theirs);
    } else {
        conflicts.clash(entry, (CHANGED, &what), clash.map(value));
    }
    let field = path.split('.').next().unwrap_or_default();
    if path.is_empty() || SOURCES.contains(&field) {
        conflicts.decided.insert(entry.to_string());
    }
    clash.fallback().cloned()
}

fn below(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}
