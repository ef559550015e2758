//! The locks that three SBOMs belong to: git gives the driver the SBOMs alone.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use serde_json::Value as Json;

use super::super::Result;
use super::super::error::CliError;
use super::place::{Place, Side};
use super::remembered::Remembered;
use super::{Files, advice};
use crate::lock::lock_of_sbom;
use crate::model::Sha256Digest;

/// Whether some bytes are a CycloneDX document, whatever is wrong with it.
pub(super) fn is_sbom(bytes: &[u8]) -> bool {
    let document: Option<Json> = serde_json::from_slice(bytes).ok();
    document.is_some_and(|document| document.get("bomFormat").is_some())
}

/// The bytes of the locks; the words to refuse with where one of them is not in the history.
pub(super) fn locks(
    files: &Files,
    place: &Place,
    remembered: &Remembered,
) -> Result<std::result::Result<Files, String>> {
    let mut named = BTreeMap::new();
    if !files.base.is_empty() {
        named.insert(Side::Base, digest_in(Side::Base, &files.base, place)?);
    }
    named.insert(Side::Ours, digest_in(Side::Ours, &files.ours, place)?);
    named.insert(Side::Theirs, digest_in(Side::Theirs, &files.theirs, place)?);
    let found = found(named.values(), place, remembered);
    if let Some((side, hex)) = named.iter().find(|(_, hex)| !found.contains_key(*hex)) {
        return Ok(Err(advice::no_lock(*side, hex, place)));
    }
    let lock = |side: Side| {
        let bytes = named.get(&side).and_then(|hex| found.get(hex));
        bytes.cloned().unwrap_or_default()
    };
    Ok(Ok(Files {
        base: lock(Side::Base),
        ours: lock(Side::Ours),
        theirs: lock(Side::Theirs),
    }))
}

/// The locks of these digests, as far as they are found: all are looked for at once.
fn found<'a>(
    named: impl Iterator<Item = &'a String>,
    place: &Place,
    remembered: &Remembered,
) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut missing = BTreeSet::new();
    for hex in named {
        match remembered.bytes(hex) {
            Some(bytes) => drop(found.insert(hex.clone(), bytes)),
            None => drop(missing.insert(hex.clone())),
        }
    }
    if !missing.is_empty() {
        place.versions(&place.lock, &mut |bytes| {
            let hex = Sha256Digest::of(&bytes).hex();
            if missing.remove(&hex) {
                found.insert(hex, bytes);
            }
            if missing.is_empty() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
    }
    found
}

/// The digits of the digest of the lock that an SBOM names.
fn digest_in(side: Side, bytes: &[u8], place: &Place) -> Result<String> {
    let document: Option<Json> = serde_json::from_slice(bytes).ok();
    let named = document.as_ref().and_then(lock_of_sbom);
    named.map(str::to_owned).ok_or_else(|| {
        let whose = place.called(side);
        let path = place.path.display();
        let message = format!("`{path}` as {whose} has it is no SBOM that vhb wrote");
        CliError::new(message)
            .hint("restore it from version control, or make it by `vhb sbom LOCK`")
    })
}
