//! Floor 2: what belongs to a lock, beside an image in its registry.
//!
//! Three documents are attached, each as an artifact of its own: the lock, its SBOM and its
//! attestation. Results go into one artifact that needs no image. Bytes that come back are believed
//! no more than any others: what belongs to a lock is told by their content, and who vouches for
//! them by signatures, which are not looked at here.
//!
//! | module | holds |
//! |---|---|
//! | `claims` | which files the lines of an attestation say that they are about |
//! | `push` | attaching to an image |
//! | `publish` | publishing results |
//! | `find` | fetching what is attached |
//! | `found` | what of it belongs to a lock |

mod claims;
mod find;
mod found;
mod publish;
mod push;

use std::fmt;

pub use claims::doubts;
pub use find::find;
pub use found::{Bundle, Fault, Fetched, Found};
pub use publish::{Publication, PublishError, Published, ResultFile};
pub use push::{Attached, PushError, attach};

use crate::attestation::MAX_BUNDLE;
use crate::lock::Lock;
use crate::model::Sha256Digest;

/// The type of an artifact that holds results with all that belongs to them.
const RESULTS_TYPE: &str = "application/vnd.vhb.results.v1+json";
/// The type of a file of results.
const RESULT_TYPE: &str = "application/octet-stream";
/// The annotation by which artifacts of a lock are found sooner: the digits of its SHA-256.
const LOCK_ANNOTATION: &str = "vnd.vhb.lock.sha256";

/// What is attached for a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The lock itself: whoever has only the image is to be able to verify.
    Lock,
    /// Its SBOM.
    Sbom,
    /// Who vouches for both: a bundle of in-toto attestations.
    Attestation,
}

impl Kind {
    /// In the order in which they are pushed: what vouches for all comes last.
    pub const ALL: [Self; 3] = [Self::Lock, Self::Sbom, Self::Attestation];

    /// The type of the artifact, and of its file.
    ///
    /// The in-toto attestation framework names the type of a bundle of envelopes, whatever their
    /// predicates; sigstore's own type is for its own format, which holds one signature.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Lock => "application/vnd.vhb.lock.v1+json",
            Self::Sbom => "application/vnd.cyclonedx+json",
            Self::Attestation => "application/vnd.in-toto.bundle",
        }
    }

    /// How many bytes of it are read: far more than it needs.
    const fn largest(self) -> u64 {
        match self {
            Self::Lock | Self::Sbom => 32 << 20,
            Self::Attestation => MAX_BUNDLE as u64,
        }
    }

    fn of(media_type: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|kind| kind.media_type() == media_type)
    }

    /// The name of the file, by the id of the experiment: the same wherever it lies.
    pub fn file_name(self, id: &str) -> String {
        match self {
            Self::Lock => format!("{id}.lock.json"),
            Self::Sbom => format!("{id}.cdx.json"),
            Self::Attestation => format!("{id}.intoto.jsonl"),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lock => "lock",
            Self::Sbom => "SBOM",
            Self::Attestation => "attestation",
        })
    }
}

/// What belongs to a lock, as bytes.
#[derive(Clone, Copy, Debug)]
pub struct Documents<'a> {
    /// The id of the experiment.
    pub id: &'a str,
    /// The lock.
    pub lock: &'a [u8],
    /// Its SBOM.
    pub sbom: &'a [u8],
    /// Its attestation, where there is one.
    pub bundle: Option<&'a [u8]>,
}

impl<'a> Documents<'a> {
    fn all(&self) -> impl Iterator<Item = (Kind, &'a [u8])> + use<'a> {
        let bundle = self.bundle.map(|bundle| (Kind::Attestation, bundle));
        let always = [(Kind::Lock, self.lock), (Kind::Sbom, self.sbom)];
        always.into_iter().chain(bundle)
    }
}

/// The digests of an image that a lock pins: of the index and of every platform.
///
/// None where the lock pins no images at all.
pub fn pinned_images(lock: &Lock) -> Option<Vec<Sha256Digest>> {
    let images = lock.images.values();
    let pins: Vec<_> = images.filter_map(|image| image.pin.as_ref().ok()).collect();
    if pins.is_empty() {
        return None;
    }
    let digests = pins.iter().flat_map(|pin| {
        let platforms = pin.platforms.values().map(|image| image.manifest.digest);
        pin.index.iter().map(|index| index.digest).chain(platforms)
    });
    Some(digests.collect())
}
