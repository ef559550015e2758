//! Which files the lines of a bundle of attestations are about, by what they say themselves.
//!
//! No signature is looked at: this chooses what is worth to be checked, and believes none of it.

use std::collections::BTreeSet;

use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, Engine as _};
use serde::Deserialize;

use crate::model::Sha256Digest;

/// Why a file is no bundle of attestations.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimsError {
    /// A line is no DSSE envelope.
    #[error("line {0} is no DSSE envelope")]
    NotAnEnvelope(usize),
    /// There is no line.
    #[error("it holds no envelope")]
    Empty,
}

#[derive(Deserialize)]
struct EnvelopeWire {
    payload: String,
    #[serde(rename = "payloadType")]
    _payload_type: String,
    #[serde(rename = "signatures")]
    _signatures: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct StatementWire {
    subject: Vec<SubjectWire>,
}

#[derive(Deserialize)]
struct SubjectWire {
    digest: DigestWire,
}

#[derive(Deserialize)]
struct DigestWire {
    sha256: Option<String>,
}

/// The digests of all files that any line of a bundle names as a subject.
pub fn claims(bundle: &[u8]) -> Result<BTreeSet<Sha256Digest>, ClaimsError> {
    let mut claimed = BTreeSet::new();
    let mut envelopes = 0;
    for (at, line) in bundle.split(|byte| *byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let envelope: EnvelopeWire =
            serde_json::from_slice(line).map_err(|_| ClaimsError::NotAnEnvelope(at + 1))?;
        envelopes += 1;
        // Statements of other kinds may stand in the same bundle.
        let payload = decoded(&envelope.payload).unwrap_or_default();
        let statement = serde_json::from_slice::<StatementWire>(&payload);
        let subjects = statement.map(|it| it.subject).unwrap_or_default();
        let digests = subjects.into_iter().filter_map(|it| it.digest.sha256);
        claimed.extend(digests.filter_map(|hex| Sha256Digest::from_hex(&hex).ok()));
    }
    if envelopes == 0 {
        return Err(ClaimsError::Empty);
    }
    Ok(claimed)
}

/// DSSE allows both alphabets.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    [alphabet::STANDARD, alphabet::URL_SAFE]
        .into_iter()
        .find_map(|alphabet| GeneralPurpose::new(&alphabet, config).decode(text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(payload: &str) -> String {
        let payload = base64::engine::general_purpose::STANDARD.encode(payload);
        format!(r#"{{"payload":"{payload}","payloadType":"t","signatures":[]}}"#)
    }

    #[test]
    fn the_subjects_of_all_lines_are_claimed() {
        let (a, b) = (Sha256Digest::of(b"a"), Sha256Digest::of(b"b"));
        let of = |digest: &Sha256Digest| {
            let hex = digest.hex();
            line(&format!(
                r#"{{"subject":[{{"name":"x","digest":{{"sha256":"{hex}"}}}},{{"digest":{{"sha1":"00"}}}}]}}"#
            ))
        };
        let bundle = format!("{}\n\n{}\n{}\n", of(&a), line("other"), of(&b));
        assert_eq!(claims(bundle.as_bytes()).unwrap(), [a, b].into());
    }

    #[test]
    fn what_is_no_bundle_is_told_by_its_line() {
        let bundle = format!("{}\n{{}}\n", line("{}"));
        let error = claims(bundle.as_bytes()).unwrap_err();
        assert_eq!(error, ClaimsError::NotAnEnvelope(2));
        assert_eq!(claims(b"\n \n").unwrap_err(), ClaimsError::Empty);
    }
}
