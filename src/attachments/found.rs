//! What was found at a reference, and what of it belongs to a lock.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::Kind;
use super::claims::{claims, signed_locks};
use crate::attestation::PublicKey;
use crate::finding::{Code, Finding, Severity, Verdict};
use crate::lock::LOCK_DIGEST_PROPERTY;
use crate::model::{Descriptor, Sha256Digest};

/// Everything that may belong to a lock; each byte was held against its digest.
#[derive(Debug)]
pub struct Found {
    /// What the reference names: an image, an index, or results.
    pub named: Descriptor,
    /// Whether it names results.
    pub has_results: bool,
    /// The published files, by their names; none where it has none, or they were not asked for.
    pub results: Option<BTreeMap<String, Sha256Digest>>,
    /// What is wrong with what is there.
    pub faults: Vec<Fault>,
    pub(super) documents: BTreeMap<(Kind, Sha256Digest), Rc<[u8]>>,
    /// What the documents that are published with results are called.
    pub(super) titles: Vec<(Kind, String)>,
}

/// Something that is not what it is named by, or could not be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The kind of a document that another one may stand in for; none where nothing does.
    pub kind: Option<Kind>,
    /// What is wrong with it.
    pub finding: Finding,
}

/// What belongs to one lock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fetched {
    /// The lock.
    pub lock: Option<Rc<[u8]>>,
    /// The SBOMs that say that they are of this lock; the one that the lock gives comes first.
    pub sboms: Vec<Rc<[u8]>>,
    /// Every bundle of attestations that says that it is about this lock.
    pub bundles: Vec<Bundle>,
}

/// A bundle of attestations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// Its lines.
    pub bytes: Rc<[u8]>,
    /// The SBOM that it says it is about, else any of the lock.
    pub sbom: Option<Rc<[u8]>>,
}

impl Fault {
    pub(super) fn of(kind: Kind, finding: Finding) -> Self {
        let kind = Some(kind);
        Self { kind, finding }
    }

    pub(super) fn of_all(finding: Finding) -> Self {
        let kind = None;
        Self { kind, finding }
    }
}

impl Found {
    pub(super) fn new(named: Descriptor, has_results: bool) -> Self {
        Self {
            named,
            has_results,
            results: None,
            faults: Vec::new(),
            documents: BTreeMap::new(),
            titles: Vec::new(),
        }
    }

    fn of_kind(&self, kind: Kind) -> impl Iterator<Item = (&Sha256Digest, &Rc<[u8]>)> {
        let documents = self.documents.iter();
        let of_kind = documents.filter(move |((of, _), _)| *of == kind);
        of_kind.map(|((_, digest), bytes)| (digest, bytes))
    }

    /// Every lock that is attached, in the order of their digests.
    pub fn locks(&self) -> Vec<Rc<[u8]>> {
        let locks = self.of_kind(Kind::Lock);
        locks.map(|(_, bytes)| Rc::clone(bytes)).collect()
    }

    /// The locks that the holder of one of the keys vouches for.
    pub fn signed_locks(&self, keys: &[PublicKey]) -> Vec<Rc<[u8]>> {
        let bundles = self.of_kind(Kind::Attestation);
        let signed: BTreeSet<_> = bundles
            .flat_map(|(_, bundle)| signed_locks(bundle, keys))
            .collect();
        let locks = self.of_kind(Kind::Lock);
        let locks = locks.filter(|(digest, _)| signed.contains(digest));
        locks.map(|(_, bytes)| Rc::clone(bytes)).collect()
    }

    /// What belongs to a lock by its content.
    pub fn of_lock(&self, lock: &[u8], made_sbom: &[u8]) -> Fetched {
        let digest = Sha256Digest::of(lock);
        let sboms = self.of_kind(Kind::Sbom);
        let mut sboms: Vec<_> = sboms
            .filter(|(_, sbom)| is_of_lock(sbom, &digest))
            .collect();
        sboms.sort_by_key(|(_, sbom)| ***sbom != *made_sbom);
        let mut bundles = Vec::new();
        for (_, bytes) in self.of_kind(Kind::Attestation) {
            let claimed = claims(bytes);
            if !claimed.contains(&digest) {
                continue;
            }
            let its_own = sboms.iter().find(|(digest, _)| claimed.contains(digest));
            let sbom = its_own.or(sboms.first());
            bundles.push(Bundle {
                bytes: Rc::clone(bytes),
                sbom: sbom.map(|(_, sbom)| Rc::clone(sbom)),
            });
        }
        Fetched {
            lock: self.documents.get(&(Kind::Lock, digest)).cloned(),
            sboms: sboms.iter().map(|(_, sbom)| Rc::clone(sbom)).collect(),
            bundles,
        }
    }

    /// What is wrong with what belongs to the lock of the experiment `id`, or lacks; `place` names
    /// where it was looked for. What another document stands in for is only told.
    pub fn findings(&self, fetched: &Fetched, id: &str, place: &str) -> Vec<Finding> {
        let mut lacks = fetched.lacks();
        let mut findings = Vec::new();
        for Fault { kind, finding } in &self.faults {
            let spare = !self.has_results && kind.is_some_and(|kind| !lacks.contains(&kind));
            let mut finding = finding.clone();
            if spare {
                finding = finding.with_severity(Severity::Info);
                finding.verdict = None;
            }
            findings.push(finding);
        }
        for (kind, title) in &self.titles {
            let name = kind.file_name(id);
            if *title != name {
                let title = title.escape_debug();
                let message = format!("the published {kind} has the name `{title}`");
                let finding = Finding::new(Code::AttachedInvalid, message);
                findings.push(finding.compare(name, title));
            }
        }
        // What could not be asked for may well be there.
        let unknown = |kind: &Kind| {
            let mut faults = self.faults.iter();
            faults.any(|fault| {
                fault.kind == Some(*kind) && fault.finding.verdict == Some(Verdict::Unverifiable)
            })
        };
        lacks.retain(|kind| !unknown(kind));
        findings.extend(gap(&lacks, place));
        findings
    }
}

/// A finding where documents are not there.
fn gap(lacks: &[Kind], place: &str) -> Option<Finding> {
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

impl Fetched {
    /// What is not there.
    pub fn lacks(&self) -> Vec<Kind> {
        let there = |kind: &Kind| match kind {
            Kind::Lock => self.lock.is_some(),
            Kind::Sbom => !self.sboms.is_empty(),
            Kind::Attestation => !self.bundles.is_empty(),
        };
        Kind::ALL.into_iter().filter(|kind| !there(kind)).collect()
    }

    /// Whether a file is one of these documents, under its own name.
    pub fn has(&self, id: &str, name: &str, digest: &Sha256Digest) -> bool {
        let is = |bytes: &Rc<[u8]>| Sha256Digest::of(bytes) == *digest;
        match Kind::ALL
            .into_iter()
            .find(|kind| kind.file_name(id) == name)
        {
            Some(Kind::Lock) => self.lock.iter().any(is),
            Some(Kind::Sbom) => self.sboms.iter().any(is),
            Some(Kind::Attestation) => self.bundles.iter().any(|bundle| is(&bundle.bytes)),
            None => false,
        }
    }
}

fn is_of_lock(sbom: &[u8], lock: &Sha256Digest) -> bool {
    let sbom = serde_json::from_slice::<SbomWire>(sbom);
    sbom.is_ok_and(|sbom| sbom.properties.0 == Some(lock.hex()))
}

/// The only part of an SBOM that is read here: others attach what they like.
#[derive(Deserialize)]
struct SbomWire {
    #[serde(default)]
    properties: LockProperty,
}

/// The property that names the lock; none of the others is kept.
#[derive(Default)]
struct LockProperty(Option<String>);

#[derive(Deserialize)]
struct PropertyWire<'a> {
    #[serde(borrow, default)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    value: Cow<'a, str>,
}

impl<'de> Deserialize<'de> for LockProperty {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Properties)
    }
}

struct Properties;

impl<'de> Visitor<'de> for Properties {
    type Value = LockProperty;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the properties of an SBOM")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<LockProperty, A::Error> {
        let mut lock = None;
        while let Some(PropertyWire { name, value }) = all.next_element()? {
            if lock.is_none() && name == LOCK_DIGEST_PROPERTY {
                lock = Some(value.into_owned());
            }
        }
        Ok(LockProperty(lock))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_sbom_is_of_the_lock_that_its_first_such_property_names() {
        let (lock, other) = (Sha256Digest::of(b"a"), Sha256Digest::of(b"b"));
        let named =
            |digest: &Sha256Digest| json!({"name": LOCK_DIGEST_PROPERTY, "value": digest.hex()});
        let of = |properties| {
            let sbom = json!({"bomFormat": "x", "properties": properties, "components": [{}]});
            is_of_lock(sbom.to_string().as_bytes(), &lock)
        };
        assert!(of(json!([{"name": "x"}, named(&lock), named(&other)])));
        for not in [
            json!([named(&other), named(&lock)]),
            json!([]),
            json!({}),
            json!([1]),
        ] {
            assert!(!of(not));
        }
        assert!(!is_of_lock(b"{}", &lock) && !is_of_lock(b"", &lock));
    }
}
