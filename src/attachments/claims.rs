//! What the lines of a bundle of attestations say that they are about.
//!
//! No signature is looked at: this chooses what is worth to be checked, or to be published, and
//! believes none of it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Documents, Kind, ResultFile};
use crate::attestation::{
    CYCLONEDX_PREDICATE, Claimed, Envelope, Judged, PAYLOAD_TYPE, PROVENANCE_PREDICATE, PublicKey,
    ResourceDescriptor, Statement, SubjectRole, read_bundle,
};
use crate::finding::{Code, Finding};
use crate::model::Sha256Digest;

/// The digests of all files that any line of a bundle names as a subject. Lines that are damaged
/// name none.
pub(super) fn claims(bundle: &[u8]) -> BTreeSet<Sha256Digest> {
    let lines = read_bundle(bundle).unwrap_or_default().into_iter();
    let claimed = lines.filter_map(|(_, line)| line.ok()?.claimed());
    claimed
        .flat_map(|claimed| claimed.subjects)
        .filter_map(|subject| subject.sha256())
        .collect()
}

/// The locks that any line of a bundle names and one of the keys signed.
pub(super) fn signed_locks(bundle: &[u8], keys: &[PublicKey]) -> Vec<Sha256Digest> {
    let mut locks = Vec::new();
    for (_, line) in read_bundle(bundle).unwrap_or_default() {
        let Ok(envelope) = line else { continue };
        let Judged::Verified(verified) = envelope.judge(keys) else {
            continue;
        };
        if verified.payload_type != PAYLOAD_TYPE {
            continue;
        }
        let Ok(statement) = Statement::from_json(verified.payload) else {
            continue;
        };
        let subjects = statement.subjects().iter();
        let of_lock = subjects.filter(|subject| subject.role() == Some(SubjectRole::Lock));
        locks.extend(of_lock.filter_map(ResourceDescriptor::sha256));
    }
    locks
}

/// Why documents, and results where they are given, would not verify once they are published:
/// each is too long, or the attestation is about something else.
pub fn doubts(
    documents: &Documents<'_>,
    files: Option<&BTreeMap<String, ResultFile>>,
) -> Vec<Finding> {
    let mut findings: Vec<_> = documents
        .all()
        .filter_map(|(kind, bytes)| too_long(kind, bytes.len() as u64))
        .collect();
    let Some(bundle) = documents.bundle else {
        return findings;
    };
    let malformed = |message| Finding::new(Code::AttestationMalformed, message);
    let lines = match read_bundle(bundle) {
        Ok(lines) => lines,
        Err(error) => {
            let message = format!("the attestation cannot be read: {error}");
            findings.push(malformed(message));
            return findings;
        }
    };
    let mut stated = BTreeSet::new();
    for (line, envelope) in lines {
        match envelope.as_ref().map(Envelope::claimed) {
            Err(error) => findings.push(malformed(format!("line {line} is no envelope: {error}"))),
            Ok(None) => findings.push(malformed(format!("line {line} holds no statement"))),
            // What vhb does not know is about what it may.
            Ok(Some(claimed)) if is_own(&claimed) => {
                findings.extend(differences(&claimed, documents, files));
                stated.insert(claimed.predicate_type);
            }
            Ok(Some(_)) => {}
        }
    }
    for predicate_type in [CYCLONEDX_PREDICATE, PROVENANCE_PREDICATE] {
        if !stated.contains(predicate_type) {
            let message = format!("the attestation has no statement of `{predicate_type}`");
            findings.push(Finding::new(Code::AttestationIncomplete, message));
        }
    }
    // Each statement names all files.
    let mut said = BTreeSet::new();
    findings.retain(|finding| said.insert(finding.message.clone()));
    findings
}

/// A finding where nobody would read a document, because it is so long.
pub(super) fn too_long(kind: Kind, size: u64) -> Option<Finding> {
    let largest = kind.largest();
    (size > largest).then(|| {
        let message = format!("the {kind} has {size} bytes, and no more than {largest} are read");
        Finding::new(Code::AttachedInvalid, message)
    })
}

fn is_own(claimed: &Claimed) -> bool {
    [CYCLONEDX_PREDICATE, PROVENANCE_PREDICATE].contains(&claimed.predicate_type.as_str())
}

/// What a statement names otherwise than it is published, file by file.
fn differences(
    claimed: &Claimed,
    documents: &Documents<'_>,
    files: Option<&BTreeMap<String, ResultFile>>,
) -> Vec<Finding> {
    let of_role = |role| {
        let subjects = claimed.subjects.iter();
        subjects.filter(move |subject| subject.role() == Some(role))
    };
    let mut findings = Vec::new();
    for (role, kind, code, bytes) in [
        (
            SubjectRole::Lock,
            Kind::Lock,
            Code::AttestationOtherLock,
            documents.lock,
        ),
        (
            SubjectRole::Sbom,
            Kind::Sbom,
            Code::AttestationOtherSbom,
            documents.sbom,
        ),
    ] {
        let digest = Sha256Digest::of(bytes);
        let named: Vec<_> = of_role(role).map(ResourceDescriptor::sha256).collect();
        if named != [Some(digest)] {
            let name = kind.file_name(documents.id);
            let message = format!("the attestation is not about this {kind}, `{name}`");
            findings.push(Finding::new(code, message).compare(digest, told(&named)));
        }
    }
    if let Some(files) = files {
        let names = of_role(SubjectRole::Result);
        let names = names.map(|it| (it.name.as_deref().unwrap_or("_"), it.sha256()));
        findings.extend(other_results(&names.collect(), files));
    }
    findings
}

fn told(named: &[Option<Sha256Digest>]) -> String {
    let digests: Vec<_> = named.iter().flatten().map(ToString::to_string).collect();
    if digests.is_empty() {
        return "none".to_owned();
    }
    digests.join(", ")
}

fn other_results(
    attested: &BTreeMap<&str, Option<Sha256Digest>>,
    files: &BTreeMap<String, ResultFile>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, digest) in attested {
        match files.get(*name) {
            None => {
                let message = format!("`{name}` was attested and is not there");
                findings.push(Finding::new(Code::ResultMissing, message));
            }
            Some(file) if Some(file.digest) != *digest => {
                let message = format!("`{name}` is not the file that was attested");
                let finding = Finding::new(Code::ResultAltered, message);
                findings.push(finding.compare(told(&[*digest]), file.digest));
            }
            Some(_) => {}
        }
    }
    for name in files.keys() {
        if !attested.contains_key(name.as_str()) {
            let message = format!("`{name}` is there and was not attested");
            findings.push(Finding::new(Code::ResultAdded, message));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::json;

    use super::*;

    fn line(payload: &str) -> String {
        let payload = STANDARD.encode(payload);
        format!(r#"{{"payload":"{payload}","payloadType":"t","signatures":[]}}"#)
    }

    fn statement(predicate_type: &str, sbom: &[u8], results: &[(&str, &[u8])]) -> String {
        let subject = |name: &str, role: &str, bytes: &[u8]| {
            let digest = Sha256Digest::of(bytes).hex();
            json!({"name": name, "digest": {"sha256": digest}, "annotations": {"role": role}})
        };
        let mut subjects = vec![subject("l", "lock", b"lock"), subject("s", "sbom", sbom)];
        let results = results.iter();
        subjects.extend(results.map(|(name, bytes)| subject(name, "result", bytes)));
        line(&json!({"predicateType": predicate_type, "subject": subjects}).to_string())
    }

    fn codes(lock: &[u8], bundle: &str, results: Option<&[(&str, &[u8])]>) -> Vec<Code> {
        let documents = Documents {
            id: "exp",
            lock,
            sbom: b"sbom",
            bundle: Some(bundle.as_bytes()),
        };
        let file = |(name, bytes): &(&str, &[u8])| {
            let digest = Sha256Digest::of(bytes);
            let (path, size) = (name.into(), bytes.len() as u64);
            (name.to_string(), ResultFile { path, digest, size })
        };
        let files = results.map(|results| results.iter().map(file).collect());
        let findings = doubts(&documents, files.as_ref());
        findings.iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn the_subjects_of_all_lines_that_can_be_read_are_claimed() {
        let digests = [b"lock".as_slice(), b"a", b"sbom"].map(Sha256Digest::of);
        let bundle = format!(
            "{}\n\n{{}}\n{}\n",
            statement("p", b"a", &[]),
            statement("p", b"sbom", &[])
        );
        assert_eq!(claims(bundle.as_bytes()), digests.into());
        assert!(claims(b"\n \n").is_empty());
    }

    #[test]
    fn what_would_not_verify_is_told_file_by_file() {
        let both = |sbom: &[u8], results: &[(&str, &[u8])]| {
            [CYCLONEDX_PREDICATE, PROVENANCE_PREDICATE]
                .map(|predicate| statement(predicate, sbom, results))
                .join("\n")
        };
        let attested: &[(&str, &[u8])] = &[("a", b"1"), ("b", b"2")];
        let good = both(b"sbom", attested);
        assert_eq!(codes(b"lock", &good, None), []);
        assert_eq!(codes(b"lock", &good, Some(attested)), []);
        let others: &[(&str, &[u8])] = &[("a", b"other"), ("c", b"3")];
        let expected = [Code::ResultAltered, Code::ResultMissing, Code::ResultAdded];
        assert_eq!(codes(b"lock", &good, Some(others)), expected);
        assert_eq!(codes(b"l", &good, None), [Code::AttestationOtherLock]);
        let other_sbom = both(b"another", attested);
        let expected = [Code::AttestationOtherSbom];
        assert_eq!(codes(b"lock", &other_sbom, None), expected);
        let half = statement(CYCLONEDX_PREDICATE, b"sbom", &[]);
        assert_eq!(codes(b"lock", &half, None), [Code::AttestationIncomplete]);
        let damaged = format!("{good}\n{{}}\n{}", line("no statement"));
        let expected = [Code::AttestationMalformed; 2];
        assert_eq!(codes(b"lock", &damaged, None), expected);
    }

    #[test]
    fn what_nobody_would_read_is_not_published() {
        let largest = Kind::Lock.largest();
        assert_eq!(too_long(Kind::Lock, largest), None);
        let finding = too_long(Kind::Lock, largest + 1).unwrap();
        assert_eq!(finding.code, Code::AttachedInvalid);
    }
}
