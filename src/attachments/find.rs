//! What is attached to an image, or published beside results, and what of it belongs to a lock.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::claims::claims;
use super::{Kind, LOCK_ANNOTATION, RESULTS_TYPE};
use crate::finding::{Code, Finding};
use crate::lock::lock_of_sbom;
use crate::model::{Artifact, Descriptor, ImageReference, Referrer, Sha256Digest, check_path};
use crate::remote::{ArtifactRegistry, RemoteError};

/// Far more than a lock, an SBOM or an attestation needs.
const LARGEST_DOCUMENT: u64 = 256 * 1024 * 1024;
/// All of them together stay in memory.
const LARGEST_TOTAL: u64 = 1024 * 1024 * 1024;
/// So many artifacts are looked into.
const MOST_ARTIFACTS: usize = 256;

/// Everything that may belong to a lock; each byte was held against its digest.
#[derive(Clone, Debug)]
pub struct Found {
    /// What the reference names: an image, an index, or results.
    pub named: Descriptor,
    /// Whether it names results.
    pub has_results: bool,
    /// The published files, by their names; none where it has none, or they were not asked for.
    pub results: Option<BTreeMap<String, Sha256Digest>>,
    /// What is wrong with what is there.
    pub faults: Vec<Finding>,
    documents: BTreeSet<(Kind, Vec<u8>)>,
}

/// What belongs to one lock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fetched {
    /// The lock.
    pub lock: Option<Vec<u8>>,
    /// The SBOM that says that it is of this lock.
    pub sbom: Option<Vec<u8>>,
    /// Every bundle of attestations that says that it is about this lock.
    pub bundles: Vec<Vec<u8>>,
}

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
    let mut found = Found {
        named: named.descriptor,
        has_results: published.is_some(),
        results: None,
        faults: Vec::new(),
        documents: BTreeSet::new(),
    };
    let mut reader = Reader {
        place,
        registry,
        left: LARGEST_TOTAL,
    };
    match published {
        Some(artifact) => {
            for (kind, blob) in documents_of(&artifact) {
                reader.add(kind, blob, &mut found)?;
            }
            if results {
                let files = reader.read_results(&artifact, &mut found.faults)?;
                found.results = Some(files);
            }
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
    let mut seen = BTreeSet::new();
    let candidates: Vec<_> = listed
        .entries
        .into_iter()
        .filter(|referrer| !of_another(referrer) && seen.insert(referrer.manifest.digest))
        .filter_map(|referrer| Some((Kind::of(referrer.artifact_type.as_deref()?)?, referrer)))
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

/// Fetches, and never more than fits.
struct Reader<'a> {
    place: &'a ImageReference,
    registry: &'a dyn ArtifactRegistry,
    left: u64,
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
            Err(error) => return fault(error, found),
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
        let limit = self.left.min(LARGEST_DOCUMENT);
        match self.registry.blob(self.place, blob, limit) {
            Ok(bytes) => {
                self.left -= bytes.len() as u64;
                found.documents.insert((kind, bytes));
                Ok(())
            }
            Err(error) => fault(error, found),
        }
    }

    /// Reads published files, each held against its digest; none is kept.
    fn read_results(
        &self,
        artifact: &Artifact,
        faults: &mut Vec<Finding>,
    ) -> Result<BTreeMap<String, Sha256Digest>, RemoteError> {
        let mut files = BTreeMap::new();
        let is_result = |blob: &Descriptor| Kind::of(&blob.media_type).is_none();
        for layer in artifact
            .layers
            .iter()
            .filter(|layer| is_result(&layer.blob))
        {
            let title = layer.title.as_deref().unwrap_or_default();
            let told = title.escape_debug();
            if check_path(title).is_err() {
                let message = format!("a published file has the name `{told}`, which is no path");
                faults.push(Finding::new(Code::AttachedInvalid, message));
                continue;
            }
            match self.registry.read_through(self.place, &layer.blob) {
                Ok(()) => {}
                Err(error @ (RemoteError::Mismatch(_) | RemoteError::NotFound(_))) => {
                    faults.push(error.finding(Code::AttachedInvalid));
                    continue;
                }
                Err(error) => return Err(error),
            }
            if files.insert(title.to_owned(), layer.blob.digest).is_some() {
                let message = format!("two published files have the name `{told}`");
                faults.push(Finding::new(Code::AttachedInvalid, message));
            }
        }
        Ok(files)
    }
}

/// What does not fit together is told, and the rest is looked at; what could not be asked ends it.
fn fault(error: RemoteError, found: &mut Found) -> Result<(), RemoteError> {
    match error {
        RemoteError::Mismatch(_) | RemoteError::NotFound(_) => {
            found.faults.push(error.finding(Code::AttachedInvalid));
            Ok(())
        }
        error => Err(error),
    }
}

impl Found {
    fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Vec<u8>> {
        let of_kind = move |found: &&(Kind, Vec<u8>)| found.0 == kind;
        self.documents
            .iter()
            .filter(of_kind)
            .map(|(_, bytes)| bytes)
    }

    /// Every lock that is attached, in the order of their bytes.
    pub fn locks(&self) -> Vec<&[u8]> {
        self.of_kind(Kind::Lock).map(Vec::as_slice).collect()
    }

    /// What belongs to a lock by its content. Of several SBOMs, the one that the lock gives comes
    /// first.
    pub fn of_lock(&self, lock: &[u8], made_sbom: &[u8]) -> Fetched {
        let digest = Sha256Digest::of(lock);
        let mut sboms: Vec<_> = self
            .of_kind(Kind::Sbom)
            .filter(|sbom| is_of_lock(sbom, &digest))
            .collect();
        sboms.sort_by_key(|sbom| *sbom != made_sbom);
        let names_lock = |bundle: &&Vec<u8>| claims(bundle).contains(&digest);
        Fetched {
            lock: self
                .of_kind(Kind::Lock)
                .find(|there| **there == lock)
                .cloned(),
            sbom: sboms.first().map(|sbom| (*sbom).clone()),
            bundles: self
                .of_kind(Kind::Attestation)
                .filter(names_lock)
                .cloned()
                .collect(),
        }
    }
}

fn is_of_lock(sbom: &[u8], lock: &Sha256Digest) -> bool {
    let sbom = serde_json::from_slice::<Json>(sbom).ok();
    let stated = sbom.as_ref().and_then(lock_of_sbom);
    stated == Some(&lock.hex())
}

impl Fetched {
    /// What is not there.
    pub fn lacks(&self) -> Vec<Kind> {
        let there = |kind: &Kind| match kind {
            Kind::Lock => self.lock.is_some(),
            Kind::Sbom => self.sbom.is_some(),
            Kind::Attestation => !self.bundles.is_empty(),
        };
        Kind::ALL.into_iter().filter(|kind| !there(kind)).collect()
    }

    /// A finding where anything is not there; `place` names where it was looked for.
    pub fn gaps(&self, place: &str) -> Option<Finding> {
        let lacks = self.lacks();
        if lacks.is_empty() {
            return None;
        }
        if lacks.len() == Kind::ALL.len() {
            let message = format!("nothing that belongs to the lock is attached to `{place}`");
            return Some(Finding::new(Code::AttachedMissing, message));
        }
        let lacks: Vec<_> = lacks.iter().map(ToString::to_string).collect();
        let message = format!(
            "what is attached to `{place}` for the lock lacks its {}",
            lacks.join(" and its ")
        );
        Some(Finding::new(Code::AttachedIncomplete, message))
    }
}
