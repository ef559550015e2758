//! Ed25519 and ECDSA P-256 keys: PKCS#8 and SPKI in PEM, deterministic signatures.
//!
//! Signatures are those of RFC 8032, and those of RFC 6979 over SHA-256 in ASN.1 DER: the same key
//! gives the same bytes for the same message. Randomness for new keys is an argument. Private keys
//! are wiped from memory when they are dropped, and never reach a message.

mod pem;
mod private;
mod public;

use std::fmt;

use crate::model::Sha256Digest;

pub use pem::Pem;
pub use private::{Entropy, PrivateKey, Salt};
pub use public::PublicKey;

/// The algorithm of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// RFC 8032.
    Ed25519,
    /// FIPS 186-5 over the curve P-256, with SHA-256.
    EcdsaP256,
}

/// The name of a key: the SHA-256 of its `SubjectPublicKeyInfo` in DER, as 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyId(Sha256Digest);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.hex())
    }
}

/// Why a text is not the key that was wanted. Messages hold nothing of the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A public key where a private one is wanted.
    #[error("it is a public key, and a private one is wanted")]
    IsPublic,
    /// A private key where a public one is wanted.
    #[error("it is a private key, and a public one is wanted")]
    IsPrivate,
    /// It is encrypted, and no passphrase was given.
    #[error("it is encrypted, and needs a passphrase")]
    Encrypted,
    /// It could not be decrypted.
    #[error("the passphrase does not fit it, or it is damaged")]
    Passphrase,
    /// The encryption is not one that vhb knows.
    #[error("it is encrypted in a way that vhb does not read")]
    Encryption,
    /// The algorithm is another one.
    #[error("it is a key for {0}, and vhb takes Ed25519 and ECDSA P-256")]
    Algorithm(String),
    /// The elliptic curve keys of SEC1, which PKCS#8 replaced.
    #[error("it is an `EC PRIVATE KEY` (SEC1), and vhb takes PKCS#8")]
    Sec1,
    /// OpenSSH's own format.
    #[error("it is a key in the format of OpenSSH, and vhb takes PEM (PKCS#8, SPKI)")]
    OpenSsh,
    /// A key without the lines of PEM around it.
    #[error("it is not PEM, but looks like DER")]
    Der,
    /// Some other thing in PEM.
    #[error("it is a `{0}`, and no key")]
    OtherPem(String),
    /// No key at all.
    #[error("it is no key in PEM")]
    NoKey,
    /// It says that it is a key, and is not.
    #[error("it is damaged")]
    Damaged,
}
