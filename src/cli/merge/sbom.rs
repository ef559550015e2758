//! The locks that three SBOMs belong to: git gives the driver the SBOMs alone.

use serde_json::Value as Json;

use super::super::Result;
use super::super::error::CliError;
use super::super::lock_files::parse_lock;
use super::place::{Place, Side};
use super::remembered::Remembered;
use super::{Files, Locks, advice};
use crate::lock::lock_of_sbom;
use crate::model::Sha256Digest;

/// Whether some bytes are a CycloneDX document, whatever is wrong with it.
pub(super) fn is_sbom(bytes: &[u8]) -> bool {
    let document: Option<Json> = serde_json::from_slice(bytes).ok();
    document.is_some_and(|document| document.get("bomFormat").is_some())
}

/// The locks; the words to refuse with where one of them is not in the history.
pub(super) fn locks(
    files: &Files,
    place: &Place,
    remembered: &Remembered,
) -> Result<std::result::Result<Locks, String>> {
    let mut found = Vec::new();
    for (side, bytes) in [
        (Side::Base, &files.base),
        (Side::Ours, &files.ours),
        (Side::Theirs, &files.theirs),
    ] {
        if side == Side::Base && bytes.is_empty() {
            found.push(None);
            continue;
        }
        let named = named(side, bytes, place)?;
        let is_meant = |bytes: &[u8]| Sha256Digest::of(bytes).hex() == named;
        let kept = remembered.bytes(&named);
        let Some(lock) = kept.or_else(|| place.version(&place.lock, &is_meant)) else {
            return Ok(Err(advice::no_lock(side, &named, place)));
        };
        let what = format!("the lock of the SBOM of {}", place.called(side));
        found.push(Some(parse_lock(&lock, &what)?));
    }
    let mut found = found.into_iter();
    let mut next = || found.next().flatten();
    let base = next();
    let (Some(ours), Some(theirs)) = (next(), next()) else {
        return Err(CliError::new("one of the SBOMs is empty"));
    };
    Ok(Ok(Locks { base, ours, theirs }))
}

/// The digits of the digest of the lock that an SBOM names.
fn named(side: Side, bytes: &[u8], place: &Place) -> Result<String> {
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
