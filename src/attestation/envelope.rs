//! DSSE v1 envelopes.
//!
//! What is signed is the PAE: the type and the payload, each with its length, so that neither can be
//! taken for the other. The id of a key is a hint that nobody signed: every signature is tried with
//! every key.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::{Deserialize, Serialize};

use super::{Claimed, KeyId, PrivateKey, PublicKey};

/// The type of payloads that are in-toto Statements.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
/// How many signatures an envelope may have.
const MAX_SIGNATURES: usize = 64;

/// The specification lets writers choose the alphabet, and says nothing of padding.
const READING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, READING);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, READING);

/// A payload and its signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    payload_type: String,
    payload: Vec<u8>,
    signatures: Vec<Signature>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Signature {
    /// The key that made it, as it says.
    key_id: Option<String>,
    bytes: Vec<u8>,
}

/// Why some bytes are no envelope, or no bundle. Messages hold nothing of the bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Not JSON, from here on.
    #[error("it is not JSON at column {0}")]
    NotJson(usize),
    /// JSON of another form.
    #[error("it has no `payload`, `payloadType` and `signatures` as envelopes have them")]
    Form,
    /// A field that is not base64.
    #[error("its `{0}` is not base64")]
    Base64(&'static str),
    /// More than anybody signs.
    #[error("it has more than {MAX_SIGNATURES} signatures")]
    Signatures,
}

/// What the signatures of an envelope are worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged<'a> {
    /// There are none.
    Unsigned,
    /// None fits, and all name other keys than those that were tried.
    OtherKey,
    /// None fits, although one names a key that was tried, or none at all.
    Altered,
    /// One fits, so the payload is what the holder of the key signed.
    Verified(Verified<'a>),
}

/// The signed content of an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified<'a> {
    /// What the payload is.
    pub payload_type: &'a str,
    /// The bytes that were signed.
    pub payload: &'a [u8],
    /// The key that fits.
    pub by: KeyId,
    /// The signatures that fit none of the keys.
    pub failed: Vec<FailedSignature>,
}

/// A signature beside one that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailedSignature {
    /// It names a key that was tried, or none: somebody made it up, or damaged it.
    Wrong,
    /// It names a key that was not given.
    UnknownKey,
}

/// As the standard has it.
#[derive(Serialize, Deserialize)]
struct EnvelopeWire {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: String,
    #[serde(default)]
    signatures: Vec<SignatureWire>,
}

#[derive(Serialize, Deserialize)]
struct SignatureWire {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    keyid: Option<String>,
    sig: String,
}

impl TryFrom<EnvelopeWire> for Envelope {
    type Error = EnvelopeError;

    fn try_from(wire: EnvelopeWire) -> Result<Self, EnvelopeError> {
        if wire.signatures.len() > MAX_SIGNATURES {
            return Err(EnvelopeError::Signatures);
        }
        let signatures = wire.signatures.into_iter().map(|wire| {
            let bytes = decoded(&wire.sig).ok_or(EnvelopeError::Base64("sig"))?;
            // An empty hint is none.
            let key_id = wire.keyid.filter(|id| !id.is_empty());
            Ok(Signature { key_id, bytes })
        });
        Ok(Self {
            payload: decoded(&wire.payload).ok_or(EnvelopeError::Base64("payload"))?,
            payload_type: wire.payload_type,
            signatures: signatures.collect::<Result<_, _>>()?,
        })
    }
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    STANDARD
        .decode(text)
        .or_else(|_| URL_SAFE.decode(text))
        .ok()
}

impl Envelope {
    /// Signs a payload.
    pub fn signed(payload_type: &str, payload: Vec<u8>, key: &PrivateKey) -> Self {
        let bytes = key.sign(&pae(payload_type, &payload));
        let signature = Signature {
            key_id: Some(key.id().to_string()),
            bytes,
        };
        Self {
            payload_type: payload_type.to_owned(),
            payload,
            signatures: vec![signature],
        }
    }

    /// Reads one envelope. Fields that the standard does not have are left alone, as it asks.
    pub fn from_json(json: &[u8]) -> Result<Self, EnvelopeError> {
        let wire = serde_json::from_slice::<EnvelopeWire>(json).map_err(|error| {
            match error.classify() {
                serde_json::error::Category::Data => EnvelopeError::Form,
                _ => EnvelopeError::NotJson(error.column()),
            }
        })?;
        wire.try_into()
    }

    /// The envelope in one line, without its end.
    pub fn to_json(&self) -> String {
        let signatures = self.signatures.iter().map(|signature| SignatureWire {
            keyid: signature.key_id.clone(),
            sig: STANDARD.encode(&signature.bytes),
        });
        let wire = EnvelopeWire {
            payload: STANDARD.encode(&self.payload),
            payload_type: self.payload_type.clone(),
            signatures: signatures.collect(),
        };
        serde_json::to_string(&wire).expect("texts are JSON")
    }

    /// Tries every signature with every key; gives the payload only where one fits.
    pub fn judge(&self, keys: &[PublicKey]) -> Judged<'_> {
        if self.signatures.is_empty() {
            return Judged::Unsigned;
        }
        let message = pae(&self.payload_type, &self.payload);
        let ids: Vec<_> = keys.iter().map(PublicKey::id).collect();
        let mut by = None;
        let mut failed = Vec::new();
        for signature in &self.signatures {
            let fits = |key: &PublicKey| key.verifies(&message, &signature.bytes);
            match keys.iter().position(fits) {
                Some(at) => by = by.or(Some(ids[at])),
                None => failed.push(signature.failure(&ids)),
            }
        }
        match by {
            Some(by) => Judged::Verified(Verified {
                payload_type: &self.payload_type,
                payload: &self.payload,
                by,
                failed,
            }),
            None if failed.contains(&FailedSignature::Wrong) => Judged::Altered,
            None => Judged::OtherKey,
        }
    }

    /// What the payload says that it is about, whoever signed it or nobody: this chooses what is
    /// worth to be judged, and is not to be believed. None where it is no statement.
    pub fn claimed(&self) -> Option<Claimed> {
        serde_json::from_slice(&self.payload).ok()
    }

    /// The keys that the signatures name, as far as these are ids as vhb writes them.
    pub fn claimed_keys(&self) -> Vec<&str> {
        let ids = self.signatures.iter();
        let mut ids: Vec<_> = ids
            .filter_map(|signature| signature.key_id.as_deref())
            .filter(|id| id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

impl Signature {
    fn failure(&self, tried: &[KeyId]) -> FailedSignature {
        match &self.key_id {
            Some(id) if tried.iter().all(|tried| tried.to_string() != *id) => {
                FailedSignature::UnknownKey
            }
            _ => FailedSignature::Wrong,
        }
    }
}

/// What is signed (DSSE v1, Pre-Authentication Encoding).
fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let (type_length, length) = (payload_type.len(), payload.len());
    let mut bytes = format!("DSSEv1 {type_length} {payload_type} {length} ").into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::super::KeyKind;
    use super::*;

    fn key(byte: u8) -> PrivateKey {
        let entropy = Zeroizing::new([byte; 32]);
        PrivateKey::from_entropy(KeyKind::Ed25519, &entropy).unwrap()
    }

    /// The example of the DSSE specification.
    #[test]
    fn what_is_signed_is_what_the_standard_says() {
        let expected = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world";
        assert_eq!(
            pae("http://example.com/HelloWorld", b"hello world"),
            expected
        );
    }

    #[test]
    fn signatures_are_judged_by_what_fits_and_not_by_what_they_name() {
        let good = Envelope::signed("t", b"payload".to_vec(), &key(1));
        let keys = [key(1).public()];
        let verdict = |change: &dyn Fn(&mut Envelope)| {
            let mut envelope = good.clone();
            change(&mut envelope);
            match envelope.judge(&keys) {
                Judged::Unsigned => "unsigned",
                Judged::OtherKey => "other key",
                Judged::Altered => "altered",
                Judged::Verified(Verified { failed, .. }) => match failed[..] {
                    [] => "verified",
                    [FailedSignature::Wrong] => "verified, and a wrong one",
                    _ => "verified, and an unknown one",
                },
            }
        };
        let other = Some("0".repeat(64));
        assert_eq!(verdict(&|_| {}), "verified");
        assert_eq!(verdict(&|it| it.signatures.clear()), "unsigned");
        assert_eq!(verdict(&|it| it.payload[0] ^= 1), "altered");
        assert_eq!(verdict(&|it| it.payload_type.push('x')), "altered");
        assert_eq!(verdict(&|it| it.signatures[0].bytes[9] ^= 1), "altered");
        assert_eq!(verdict(&|it| it.signatures[0].key_id = None), "verified");
        let renamed = |it: &mut Envelope| it.signatures[0].key_id.clone_from(&other);
        assert_eq!(verdict(&renamed), "verified");
        let nameless = |it: &mut Envelope| {
            it.signatures[0].key_id = None;
            it.payload.clear();
        };
        assert_eq!(verdict(&nameless), "altered");
        let foreign = |it: &mut Envelope| *it = Envelope::signed("t", b"p".to_vec(), &key(2));
        assert_eq!(verdict(&foreign), "other key");
        let second = |byte: u8, name: Option<String>| {
            move |it: &mut Envelope| {
                it.signatures.insert(
                    0,
                    Signature {
                        key_id: name.clone(),
                        bytes: vec![byte; 64],
                    },
                );
            }
        };
        assert_eq!(verdict(&second(1, None)), "verified, and a wrong one");
        assert_eq!(
            verdict(&second(1, other.clone())),
            "verified, and an unknown one"
        );
    }

    #[test]
    fn both_alphabets_are_read_with_and_without_padding() {
        for payload in ["-_8=", "-_8", "+/8=", "+/8"] {
            let json = format!(r#"{{"payload":"{payload}","payloadType":"t","more":[]}}"#);
            let envelope = Envelope::from_json(json.as_bytes()).unwrap();
            assert_eq!(envelope.payload, [0xfb, 0xff], "{payload}");
        }
    }

    #[test]
    fn damaged_lines_are_told_apart() {
        let read = |text: &str| Envelope::from_json(text.as_bytes()).unwrap_err();
        assert_eq!(read("{"), EnvelopeError::NotJson(1));
        assert_eq!(read("{}"), EnvelopeError::Form);
        assert_eq!(read(&"[".repeat(100_000)), EnvelopeError::Form);
        let twice = r#"{"payload":"","payload":"","payloadType":"t","signatures":[]}"#;
        assert_eq!(read(twice), EnvelopeError::Form);
        let payload = r#"{"payload":"?","payloadType":"t","signatures":[]}"#;
        assert_eq!(read(payload), EnvelopeError::Base64("payload"));
        let many = vec![r#"{"sig":""}"#; 65].join(",");
        let many = format!(r#"{{"payload":"","payloadType":"t","signatures":[{many}]}}"#);
        assert_eq!(read(&many), EnvelopeError::Signatures);
    }
}
