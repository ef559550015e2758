//! The signatures of an attestation, before anything that they sign is looked at.

use super::Published;
use crate::attestation::{
    Envelope, FailedSignature, Judged, PAYLOAD_TYPE, PublicKey, Statement, Verified, read_bundle,
};
use crate::finding::{Code, Finding, Severity};

/// A line of an attestation: what is to be said of it, and what it states where one of the keys
/// signed it.
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) findings: Vec<Finding>,
    pub(super) statement: Option<Statement>,
}

/// Every line of an attestation, or why there are none.
pub(super) fn lines(published: &Published<'_>) -> Result<Vec<Line>, Box<Finding>> {
    let lines = read_bundle(published.bundle).map_err(|error| {
        let message = format!("the attestation cannot be read: {error}");
        Box::new(Finding::new(Code::AttestationMalformed, message))
    })?;
    let judged = lines.into_iter().map(|(number, envelope)| {
        let mut findings = Vec::new();
        let statement = match envelope {
            Ok(envelope) => signed(number, &envelope, published.keys, &mut findings),
            Err(error) => {
                let message = format!("line {number} is no envelope: {error}");
                findings.push(Finding::new(Code::AttestationMalformed, message));
                None
            }
        };
        Line {
            number,
            findings,
            statement,
        }
    });
    Ok(judged.collect())
}

/// The statement of an envelope, where one of the keys signed it.
fn signed(
    line: usize,
    envelope: &Envelope,
    keys: &[PublicKey],
    findings: &mut Vec<Finding>,
) -> Option<Statement> {
    let verified = match envelope.judge(keys) {
        Judged::Verified(verified) => verified,
        Judged::Unsigned => {
            let message = format!("line {line} has no signature");
            findings.push(Finding::new(Code::AttestationUnsigned, message));
            return None;
        }
        Judged::Altered => {
            let message = format!("no signature of line {line} fits what is in it");
            findings.push(Finding::new(Code::AttestationAltered, message));
            return None;
        }
        Judged::OtherKey => {
            let message = format!("line {line} is signed by another key");
            let given: Vec<_> = keys.iter().map(|key| key.id().to_string()).collect();
            let claimed = match envelope.claimed_keys().join(", ") {
                none if none.is_empty() => "names of another form".to_owned(),
                claimed => claimed,
            };
            let finding = Finding::new(Code::AttestationOtherKey, message);
            findings.push(finding.compare(given.join(", "), claimed));
            return None;
        }
    };
    findings.extend(failures(line, &verified));
    if verified.payload_type != PAYLOAD_TYPE {
        let message = format!("line {line} signs something else than an in-toto Statement");
        let finding = Finding::new(Code::AttestationPayloadType, message);
        findings.push(finding.compare(PAYLOAD_TYPE, verified.payload_type));
        return None;
    }
    match Statement::from_json(verified.payload) {
        Ok(statement) => Some(statement),
        Err(error) => {
            let message = format!("what line {line} signs is no statement: {error}");
            findings.push(Finding::new(Code::AttestationMalformed, message));
            None
        }
    }
}

/// What is to be said of the signatures beside one that fits.
fn failures(line: usize, verified: &Verified<'_>) -> Option<Finding> {
    let of = |message: String| Finding::new(Code::AttestationExtraSignature, message);
    if verified.failed.contains(&FailedSignature::Wrong) {
        let message = format!(
            "line {line} is signed by `{}`, and has a further signature that is wrong",
            verified.by
        );
        return Some(of(message));
    }
    // Others may well sign the same; who does not know their keys cannot say more.
    (!verified.failed.is_empty()).then(|| {
        let message = format!(
            "line {line} is signed by `{}`, and by a key that was not given",
            verified.by
        );
        of(message).with_severity(Severity::Info)
    })
}
