//! What a file of a key is, by its first lines: good errors need to know what was given instead.

use pkcs8::ObjectIdentifier;
use pkcs8::spki::AlgorithmIdentifierRef;

use super::{KeyError, KeyKind};

/// What a text in PEM holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pem {
    /// `PRIVATE KEY` (RFC 5958).
    Private,
    /// `ENCRYPTED PRIVATE KEY` (RFC 5958).
    Encrypted,
    /// `PUBLIC KEY` (RFC 7468 §13).
    Public,
}

impl Pem {
    /// What a file holds, or why it is no key that vhb takes.
    pub fn of(bytes: &[u8]) -> Result<Self, KeyError> {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Err(not_pem(bytes));
        };
        // `openssl ecparam -genkey` writes the name of the curve before the key.
        let Some(label) = labels(text).find(|label| *label != "EC PARAMETERS") else {
            return Err(not_pem(bytes));
        };
        match label {
            "PRIVATE KEY" => Ok(Self::Private),
            "ENCRYPTED PRIVATE KEY" => Ok(Self::Encrypted),
            "PUBLIC KEY" => Ok(Self::Public),
            "EC PRIVATE KEY" => Err(KeyError::Sec1),
            "OPENSSH PRIVATE KEY" | "SSH2 PUBLIC KEY" => Err(KeyError::OpenSsh),
            "RSA PRIVATE KEY" | "RSA PUBLIC KEY" => Err(KeyError::Algorithm("RSA".to_owned())),
            "DSA PRIVATE KEY" => Err(KeyError::Algorithm("DSA".to_owned())),
            other => Err(KeyError::OtherPem(other.to_owned())),
        }
    }
}

fn labels(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let label = line.trim_end().strip_prefix("-----BEGIN ")?;
        let label = label.strip_suffix("-----")?;
        let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ';
        (label.len() < 64 && label.bytes().all(plain)).then_some(label)
    })
}

fn not_pem(bytes: &[u8]) -> KeyError {
    let openssh: [&[u8]; 3] = [b"ssh-", b"ecdsa-sha2-", b"sk-"];
    if openssh.iter().any(|start| bytes.starts_with(start)) {
        KeyError::OpenSsh
    } else if bytes.starts_with(&[0x30]) && bytes.len() > 32 {
        // The tag of a SEQUENCE, with which every key begins.
        KeyError::Der
    } else {
        KeyError::NoKey
    }
}

/// The algorithm of a key in PKCS#8 or SPKI.
pub(super) fn kind(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<KeyKind, KeyError> {
    const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
    const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
    const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
    if algorithm.oid == ED25519 {
        return Ok(KeyKind::Ed25519);
    }
    if algorithm.oid != EC {
        return Err(KeyError::Algorithm(named(algorithm.oid)));
    }
    match algorithm.parameters_oid() {
        Ok(P256) => Ok(KeyKind::EcdsaP256),
        Ok(curve) => Err(KeyError::Algorithm(named(curve))),
        Err(_) => Err(KeyError::Algorithm(
            "an elliptic curve without a name".to_owned(),
        )),
    }
}

fn named(oid: ObjectIdentifier) -> String {
    let known = [
        ("1.2.840.113549.1.1.1", "RSA"),
        ("1.2.840.113549.1.1.10", "RSA-PSS"),
        ("1.2.840.10040.4.1", "DSA"),
        ("1.2.840.113549.1.3.1", "Diffie-Hellman"),
        ("1.3.101.110", "X25519"),
        ("1.3.101.111", "X448"),
        ("1.3.101.113", "Ed448"),
        ("1.3.132.0.10", "the curve secp256k1"),
        ("1.3.132.0.34", "ECDSA P-384"),
        ("1.3.132.0.35", "ECDSA P-521"),
        ("2.16.840.1.101.3.4.3.17", "ML-DSA-44"),
        ("2.16.840.1.101.3.4.3.18", "ML-DSA-65"),
        ("2.16.840.1.101.3.4.3.19", "ML-DSA-87"),
    ];
    let text = oid.to_string();
    known.iter().find(|(known, _)| *known == text).map_or_else(
        || format!("the algorithm {text}"),
        |(_, name)| (*name).to_owned(),
    )
}
