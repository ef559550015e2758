//! Public keys: read from SPKI, written as SPKI, verifying.

use p256::ecdsa::Signature;
use p256::ecdsa::signature::Verifier as _;
use pkcs8::der::Decode as _;
use pkcs8::spki::SubjectPublicKeyInfoRef;
use pkcs8::{DecodePublicKey as _, Document, EncodePublicKey as _, LineEnding};

use super::pem::kind;
use super::{KeyError, KeyId, KeyKind, Pem};
use crate::model::Sha256Digest;

/// A key that verifies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// RFC 8032.
    Ed25519(ed25519_dalek::VerifyingKey),
    /// FIPS 186-5.
    EcdsaP256(p256::ecdsa::VerifyingKey),
}

impl PublicKey {
    /// Reads SPKI in PEM.
    pub fn from_pem(pem: &[u8]) -> Result<Self, KeyError> {
        match Pem::of(pem) {
            Ok(Pem::Public) => {}
            Ok(Pem::Private | Pem::Encrypted) | Err(KeyError::Sec1) => {
                return Err(KeyError::IsPrivate);
            }
            Err(error) => return Err(error),
        }
        let text = std::str::from_utf8(pem).map_err(|_| KeyError::NoKey)?;
        let (_, document) = Document::from_pem(text).map_err(|_| KeyError::Damaged)?;
        Self::from_der(document.as_bytes())
    }

    fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| KeyError::Damaged)?;
        match kind(&info.algorithm)? {
            KeyKind::Ed25519 => ed25519_dalek::VerifyingKey::from_public_key_der(der)
                .map(Self::Ed25519)
                .map_err(|_| KeyError::Damaged),
            KeyKind::EcdsaP256 => p256::ecdsa::VerifyingKey::from_public_key_der(der)
                .map(Self::EcdsaP256)
                .map_err(|_| KeyError::Damaged),
        }
    }

    /// SPKI in PEM.
    pub fn to_pem(&self) -> String {
        self.to_der()
            .to_pem("PUBLIC KEY", LineEnding::LF)
            .expect("a key in DER has a form in PEM")
    }

    fn to_der(&self) -> Document {
        let document = match self {
            Self::Ed25519(key) => key.to_public_key_der(),
            Self::EcdsaP256(key) => key.to_public_key_der(),
        };
        document.expect("a key has a form in DER")
    }

    /// The name of the key.
    pub fn id(&self) -> KeyId {
        KeyId(Sha256Digest::of(self.to_der().as_bytes()))
    }

    /// Whether the signature of a message is of this key.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
            Self::EcdsaP256(key) => Signature::from_der(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
        }
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::super::PrivateKey;
    use super::*;

    #[test]
    fn a_signature_fits_one_key_and_one_message() {
        for kind in [KeyKind::Ed25519, KeyKind::EcdsaP256] {
            let key = |byte| PrivateKey::from_entropy(kind, &Zeroizing::new([byte; 32])).unwrap();
            let mine = key(1).public();
            let signature = key(1).sign(b"message");
            assert!(mine.verifies(b"message", &signature));
            assert!(!mine.verifies(b"massage", &signature));
            assert!(!key(2).public().verifies(b"message", &signature));
            for cut in 0..signature.len() {
                assert!(!mine.verifies(b"message", &signature[..cut]), "{cut}");
            }
            assert_eq!(PublicKey::from_pem(mine.to_pem().as_bytes()), Ok(mine));
            let private = key(1).to_pem();
            let error = PublicKey::from_pem(private.as_bytes()).unwrap_err();
            assert_eq!(error, KeyError::IsPrivate);
        }
    }
}
