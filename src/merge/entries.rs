//! The recorded entries of the registry, key by key, as git merges the lines that they come from.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::three::Three;
use super::words::{CHANGED, Conflicts, value};
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
        (None | Some(Json::Object(_)), Some(Json::Object(_)), Some(Json::Object(_))) => {
            let keys = clash.map(|value| value.as_object().expect("all versions are objects"));
            let all = [keys.base, keys.ours, keys.theirs];
            let all: BTreeSet<_> = all
                .into_iter()
                .flatten()
                .flat_map(|map| map.keys())
                .collect();
            let merged = all.into_iter().filter_map(|key| {
                let versions = keys.and_then(|map| map.get(key));
                let merged = match versions.merged() {
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
    let (what, shown) = if path.is_empty() {
        // A whole entry is too long to be shown.
        let shown = clash.map(|_| CHANGED.to_owned());
        (
            format!("`{entry}`"),
            Three {
                base: None,
                ..shown
            },
        )
    } else {
        (format!("`{path}` of `{entry}`"), clash.map(value))
    };
    conflicts.clash(entry, (CHANGED, &what), shown);
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
