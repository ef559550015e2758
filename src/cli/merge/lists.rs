//! The lists that locks name by their digests, out of the history: the work tree may not have
//! those of the other side yet.

use super::super::lock_files::{manifest_path, tokens_path};
use super::place::Place;
use crate::model::{Manifest, Sha256Digest, Tokens};

/// The files of a directory or a dataset.
pub(super) fn manifest(place: &Place, digest: &Sha256Digest) -> Option<Manifest> {
    let path = manifest_path(&place.lock, digest);
    let bytes = place.version(&path, &|bytes| Sha256Digest::of(bytes) == *digest)?;
    Manifest::parse(str::from_utf8(&bytes).ok()?).ok()
}

/// What the place of a dataset said of its files.
pub(super) fn tokens(place: &Place, digest: &Sha256Digest) -> Option<Tokens> {
    let parse = |bytes: &[u8]| Tokens::parse(str::from_utf8(bytes).ok()?).ok();
    let is_meant = |bytes: &[u8]| parse(bytes).is_some_and(|tokens| tokens.digest() == *digest);
    parse(&place.version(&tokens_path(&place.lock, digest), &is_meant)?)
}
