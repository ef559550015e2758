//! Fetching what is attached to an image, or published beside results.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::claims::too_long;
use super::found::{Fault, Found};
use super::{Kind, LOCK_ANNOTATION, RESULTS_TYPE};
use crate::finding::{Code, Finding};
use crate::model::{Artifact, Descriptor, ImageReference, Referrer, Sha256Digest, check_path};
use crate::remote::{ArtifactRegistry, RemoteError};

/// All documents together stay in memory.
const LARGEST_TOTAL: u64 = 1024 * 1024 * 1024;
/// So many artifacts are looked into.
const MOST_ARTIFACTS: usize = 256;
/// After so many answers that did not come, no more are waited for.
const MOST_OUTAGES: usize = 4;

/// Fetches what is attached to an image, or published as results.
///
/// With `lock`, artifacts that say that they belong to another one are left alone; `results` says
/// whether published files are read through.
pub fn find(
    place: &ImageReference,
    lock: Option<&Sha256Digest>,
    results: bool,
    registry: &dyn ArtifactRegistry,
) -> Result<Found, RemoteError> {
    let named = registry.named(place)?;
    let published = Artifact::parse(&named.bytes).ok();
    let published = published.filter(|artifact| artifact.artifact_type == RESULTS_TYPE);
    let mut found = Found::new(named.descriptor, published.is_some());
    let mut reader = Reader {
        place,
        registry,
        left: LARGEST_TOTAL,
        tried: BTreeSet::new(),
        whole: BTreeMap::new(),
        outages: 0,
    };
    match published {
        Some(artifact) => {
            let faults = misshapen(&artifact, &named.bytes).into_iter();
            found.faults.extend(faults.map(Fault::of_all));
            for (kind, blob) in documents_of(&artifact) {
                reader.add(kind, blob, &mut found)?;
            }
            if results {
                found.results = Some(reader.read_results(&artifact, &mut found)?);
            }
            found.titles = titles(&artifact);
        }
        None => {
            for (kind, referrer) in candidates(place, &found.named.digest, lock, registry)? {
                reader.follow(kind, &referrer, &mut found)?;
            }
        }
    }
    Ok(found)
}

/// The artifacts that may be of a lock.
fn candidates(
    place: &ImageReference,
    subject: &Sha256Digest,
    lock: Option<&Sha256Digest>,
    registry: &dyn ArtifactRegistry,
) -> Result<Vec<(Kind, Referrer)>, RemoteError> {
    let listed = registry.referrers(place, subject)?;
    let of_another = |referrer: &Referrer| {
        let said = referrer.annotations.get(LOCK_ANNOTATION);
        said.zip(lock)
            .is_some_and(|(said, lock)| *said != lock.hex())
    };
    // Of several entries of one manifest, some may be wrong.
    let mut seen = BTreeSet::new();
    let candidates: Vec<_> = listed
        .entries
        .into_iter()
        .filter(|referrer| !of_another(referrer))
        .filter_map(|referrer| Some((Kind::of(referrer.artifact_type.as_deref()?)?, referrer)))
        .filter(|(kind, referrer)| seen.insert((*kind, referrer.manifest.digest)))
        .collect();
    if candidates.len() > MOST_ARTIFACTS {
        return Err(RemoteError::Unreachable(format!(
            "more than {MOST_ARTIFACTS} artifacts are attached to `{subject}` of `{}` on `{}`",
            place.repository(),
            place.registry()
        )));
    }
    Ok(candidates)
}

fn documents_of(artifact: &Artifact) -> impl Iterator<Item = (Kind, &Descriptor)> {
    let blobs = artifact.layers.iter().map(|layer| &layer.blob);
    blobs.filter_map(|blob| Some((Kind::of(&blob.media_type)?, blob)))
}

/// What documents are called in an artifact.
fn titles(artifact: &Artifact) -> Vec<(Kind, String)> {
    let layers = artifact.layers.iter();
    let titles = layers.filter_map(|layer| {
        let title = layer.title.clone().unwrap_or_default();
        Some((Kind::of(&layer.blob.media_type)?, title))
    });
    titles.collect()
}

/// What other tools could read otherwise in a manifest of results, so that they download something
/// else than what is verified.
fn misshapen(artifact: &Artifact, bytes: &[u8]) -> Vec<Finding> {
    let mut messages = Vec::new();
    if artifact.to_bytes() != bytes {
        let message =
            "the manifest of the results holds more than vhb writes, or other forms of it";
        messages.push(message.to_owned());
    }
    for kind in Kind::ALL {
        let count = documents_of(artifact).filter(|(of, _)| *of == kind).count();
        if count > 1 {
            messages.push(format!("{count} published files are said to be the {kind}"));
        }
    }
    let mut seen = BTreeSet::new();
    let titles = artifact.layers.iter();
    for title in titles.filter_map(|layer| layer.title.as_deref()) {
        if !seen.insert(title) {
            let told = title.escape_debug();
            messages.push(format!("two published files have the name `{told}`"));
        }
    }
    let messages = messages.into_iter();
    messages
        .map(|message| Finding::new(Code::AttachedInvalid, message))
        .collect()
}

/// Fetches, and never more than fits.
struct Reader<'a> {
    place: &'a ImageReference,
    registry: &'a dyn ArtifactRegistry,
    left: u64,
    /// The documents that were asked for.
    tried: BTreeSet<(Kind, Sha256Digest, u64)>,
    /// The blobs that were read, and whether they are what they are named by.
    whole: BTreeMap<(Sha256Digest, u64), bool>,
    outages: usize,
}

impl Reader<'_> {
    /// Fetches an artifact that is said to be attached, where it says so itself.
    fn follow(
        &mut self,
        kind: Kind,
        referrer: &Referrer,
        found: &mut Found,
    ) -> Result<(), RemoteError> {
        let stored = match self.registry.stored(self.place, &referrer.manifest.digest) {
            Ok(stored) => stored,
            // A list may name what was deleted since.
            Err(RemoteError::NotFound(_)) => return Ok(()),
            Err(error) => return self.fault(kind, error, found),
        };
        let Ok(artifact) = Artifact::parse(&stored.bytes) else {
            return Ok(());
        };
        let subject = artifact.subject.as_ref().map(|subject| subject.digest);
        if subject != Some(found.named.digest) {
            return Ok(());
        }
        for (_, blob) in documents_of(&artifact).filter(|(of, _)| *of == kind) {
            self.add(kind, blob, found)?;
        }
        Ok(())
    }

    fn add(&mut self, kind: Kind, blob: &Descriptor, found: &mut Found) -> Result<(), RemoteError> {
        if !self.tried.insert((kind, blob.digest, blob.size)) {
            return Ok(());
        }
        let room = (blob.size > self.left).then(|| {
            let message = format!("more than {LARGEST_TOTAL} bytes of documents are attached");
            Finding::new(Code::AttachedInvalid, message)
        });
        if let Some(finding) = too_long(kind, blob.size).or(room) {
            found.faults.push(Fault::of(kind, finding));
            return Ok(());
        }
        let bytes = self.registry.blob(self.place, blob, self.left);
        self.whole.insert((blob.digest, blob.size), bytes.is_ok());
        match bytes {
            Ok(bytes) => {
                self.left -= bytes.len() as u64;
                found.documents.insert((kind, blob.digest), Rc::from(bytes));
                Ok(())
            }
            Err(error) => self.fault(kind, error, found),
        }
    }

    /// Others may attach what is broken beside what is sound, so it is only told; what could not be
    /// asked ends it where that goes on.
    fn fault(
        &mut self,
        kind: Kind,
        error: RemoteError,
        found: &mut Found,
    ) -> Result<(), RemoteError> {
        if !is_answer(&error) {
            self.outages += 1;
            if found.has_results || self.outages > MOST_OUTAGES {
                return Err(error);
            }
        }
        let finding = error.finding(Code::AttachedInvalid);
        found.faults.push(Fault::of(kind, finding));
        Ok(())
    }

    /// Reads published files, each held against its digest; none is kept.
    fn read_results(
        &mut self,
        artifact: &Artifact,
        found: &mut Found,
    ) -> Result<BTreeMap<String, Sha256Digest>, RemoteError> {
        let mut files = BTreeMap::new();
        let layers = artifact.layers.iter();
        for layer in layers.filter(|layer| Kind::of(&layer.blob.media_type).is_none()) {
            let title = layer.title.as_deref().unwrap_or_default();
            if check_path(title).is_err() {
                let told = title.escape_debug();
                let message = format!("a published file has the name `{told}`, which is no path");
                let finding = Finding::new(Code::AttachedInvalid, message);
                found.faults.push(Fault::of_all(finding));
                continue;
            }
            if self.is_whole(&layer.blob, found)? {
                files.insert(title.to_owned(), layer.blob.digest);
            }
        }
        Ok(files)
    }

    /// Reads a blob, unless that was done before under another name.
    fn is_whole(&mut self, blob: &Descriptor, found: &mut Found) -> Result<bool, RemoteError> {
        let key = (blob.digest, blob.size);
        if let Some(whole) = self.whole.get(&key) {
            return Ok(*whole);
        }
        let read = self.registry.read_through(self.place, blob);
        let whole = read.is_ok();
        match read {
            Err(error) if is_answer(&error) => {
                let finding = error.finding(Code::AttachedInvalid);
                found.faults.push(Fault::of_all(finding));
            }
            read => read?,
        }
        self.whole.insert(key, whole);
        Ok(whole)
    }
}

/// Whether the registry answered, and what it has is not what is named.
fn is_answer(error: &RemoteError) -> bool {
    matches!(error, RemoteError::Mismatch(_) | RemoteError::NotFound(_))
}
