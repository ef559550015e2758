//! Private keys: made from randomness, read from PKCS#8, written as PKCS#8, signing.

use ed25519_dalek::Signer as _;
use ed25519_dalek::pkcs8::KeypairBytes;
use p256::ecdsa::Signature;
use pkcs8::der::Decode as _;
use pkcs8::pkcs5::pbes2::Parameters;
use pkcs8::{
    DecodePrivateKey as _, EncodePrivateKey as _, EncryptedPrivateKeyInfoRef, LineEnding,
    PrivateKeyInfoRef, SecretDocument,
};
use zeroize::Zeroizing;

use super::pem::kind;
use super::{KeyError, KeyId, KeyKind, Pem, PublicKey};

/// How often a passphrase is hashed; what OWASP asks for of PBKDF2 with SHA-256.
const ITERATIONS: u32 = 600_000;

/// A key that signs.
pub enum PrivateKey {
    /// RFC 8032.
    Ed25519(Box<ed25519_dalek::SigningKey>),
    /// FIPS 186-5.
    EcdsaP256(Box<p256::ecdsa::SigningKey>),
}

/// Randomness for a key, of which nobody else knows.
pub type Entropy = Zeroizing<[u8; 32]>;

/// Randomness for the encryption of a key; it stands in the file.
#[derive(Clone, Copy, Debug)]
pub struct Salt {
    /// For the passphrase.
    pub salt: [u8; 16],
    /// For the cipher.
    pub iv: [u8; 16],
}

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PrivateKey({})", self.public().id())
    }
}

impl PrivateKey {
    /// The key that some randomness gives; none for the few values that are no key of P-256.
    pub fn from_entropy(kind: KeyKind, entropy: &Entropy) -> Option<Self> {
        match kind {
            KeyKind::Ed25519 => {
                let key = ed25519_dalek::SigningKey::from_bytes(entropy);
                Some(Self::Ed25519(Box::new(key)))
            }
            KeyKind::EcdsaP256 => {
                let key = p256::ecdsa::SigningKey::from_slice(entropy.as_slice()).ok()?;
                Some(Self::EcdsaP256(Box::new(key)))
            }
        }
    }

    /// Reads PKCS#8 in PEM; the passphrase is for what is encrypted, and else not looked at.
    pub fn from_pem(pem: &[u8], passphrase: Option<&str>) -> Result<Self, KeyError> {
        let found = Pem::of(pem)?;
        if found == Pem::Public {
            return Err(KeyError::IsPublic);
        }
        let text = std::str::from_utf8(pem).map_err(|_| KeyError::NoKey)?;
        let (label, document) = SecretDocument::from_pem(text).map_err(|_| KeyError::Damaged)?;
        match (found, label) {
            (Pem::Private, "PRIVATE KEY") => Self::from_der(document.as_bytes()),
            (Pem::Encrypted, "ENCRYPTED PRIVATE KEY") => {
                let passphrase = passphrase.ok_or(KeyError::Encrypted)?;
                Self::from_der(decrypted(&document, passphrase)?.as_bytes())
            }
            _ => Err(KeyError::Damaged),
        }
    }

    fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        let info = PrivateKeyInfoRef::from_der(der).map_err(|_| KeyError::Damaged)?;
        match kind(&info.algorithm)? {
            KeyKind::Ed25519 => ed25519_dalek::SigningKey::from_pkcs8_der(der)
                .map(|key| Self::Ed25519(Box::new(key)))
                .map_err(|_| KeyError::Damaged),
            KeyKind::EcdsaP256 => p256::ecdsa::SigningKey::from_pkcs8_der(der)
                .map(|key| Self::EcdsaP256(Box::new(key)))
                .map_err(|_| KeyError::Damaged),
        }
    }

    /// PKCS#8 in PEM.
    pub fn to_pem(&self) -> Zeroizing<String> {
        self.to_der()
            .to_pem("PRIVATE KEY", LineEnding::LF)
            .expect("a key in DER has a form in PEM")
    }

    /// PKCS#8 in PEM, encrypted with PBES2 (PBKDF2 with SHA-256, AES-256 in CBC mode), which
    /// OpenSSL reads since 1.0.
    pub fn to_encrypted_pem(&self, passphrase: &str, salt: &Salt) -> Zeroizing<String> {
        let parameters =
            Parameters::generate_pbkdf2_sha256_aes256cbc(ITERATIONS, &salt.salt, salt.iv)
                .expect("the salt is shorter than the longest one");
        let document = self.to_der();
        PrivateKeyInfoRef::from_der(document.as_bytes())
            .ok()
            .and_then(|info| info.encrypt_with_params(parameters, passphrase).ok())
            .and_then(|document| {
                document
                    .to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF)
                    .ok()
            })
            .expect("every passphrase encrypts every key")
    }

    fn to_der(&self) -> SecretDocument {
        let document = match self {
            Self::Ed25519(key) => KeypairBytes {
                secret_key: key.to_bytes(),
                // OpenSSL 3.0 does not read what has the public key in it (RFC 5958, version 2).
                public_key: None,
            }
            .to_pkcs8_der(),
            Self::EcdsaP256(key) => key.to_pkcs8_der(),
        };
        document.expect("a key has a form in DER")
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        match self {
            Self::Ed25519(key) => PublicKey::Ed25519(key.verifying_key()),
            Self::EcdsaP256(key) => PublicKey::EcdsaP256(*key.verifying_key()),
        }
    }

    /// The name of the key.
    pub fn id(&self) -> KeyId {
        self.public().id()
    }

    /// The signature of a message: 64 bytes of Ed25519, ASN.1 DER of ECDSA.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
            Self::EcdsaP256(key) => {
                let signature: Signature = key.sign(message);
                signature.to_der().as_bytes().to_vec()
            }
        }
    }
}

fn decrypted(document: &SecretDocument, passphrase: &str) -> Result<SecretDocument, KeyError> {
    use pkcs8::Error;
    use pkcs8::pkcs5::Error as Cipher;
    let info = EncryptedPrivateKeyInfoRef::try_from(document.as_bytes());
    let info = info.map_err(|_| KeyError::Encryption)?;
    info.decrypt(passphrase).map_err(|error| match error {
        Error::EncryptedPrivateKey(
            Cipher::UnsupportedAlgorithm { .. } | Cipher::NoPbes1CryptSupport,
        ) => KeyError::Encryption,
        _ => KeyError::Passphrase,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(kind: KeyKind) -> PrivateKey {
        PrivateKey::from_entropy(kind, &Zeroizing::new([7; 32])).unwrap()
    }

    fn hex(text: &str) -> Vec<u8> {
        let pairs = text.as_bytes().chunks(2);
        pairs
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    /// RFC 8032 §7.1, test 2.
    #[test]
    fn ed25519_signs_as_its_standard_says() {
        let secret = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
        let entropy = Zeroizing::new(hex(secret).try_into().unwrap());
        let key = PrivateKey::from_entropy(KeyKind::Ed25519, &entropy).unwrap();
        let expected = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                        085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
        assert_eq!(key.sign(&[0x72]), hex(expected));
    }

    /// RFC 6979 §A.2.5, SHA-256, message `sample`.
    #[test]
    fn ecdsa_signs_as_its_standard_says() {
        let secret = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
        let entropy = Zeroizing::new(hex(secret).try_into().unwrap());
        let key = PrivateKey::from_entropy(KeyKind::EcdsaP256, &entropy).unwrap();
        let expected = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716\
                        f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
        let signature = Signature::from_der(&key.sign(b"sample")).unwrap();
        assert_eq!(signature.to_bytes().to_vec(), hex(expected));
    }

    #[test]
    fn keys_round_trip_in_the_clear_and_encrypted() {
        for kind in [KeyKind::Ed25519, KeyKind::EcdsaP256] {
            let key = key(kind);
            let plain = key.to_pem();
            let read = PrivateKey::from_pem(plain.as_bytes(), None).unwrap();
            assert_eq!(read.id(), key.id());
            let salt = Salt {
                salt: [1; 16],
                iv: [2; 16],
            };
            let pem = key.to_encrypted_pem("open sesame", &salt);
            assert_eq!(Pem::of(pem.as_bytes()), Ok(Pem::Encrypted));
            let open = |passphrase| PrivateKey::from_pem(pem.as_bytes(), passphrase);
            assert_eq!(open(Some("open sesame")).unwrap().id(), key.id());
            assert_eq!(open(Some("open")).unwrap_err(), KeyError::Passphrase);
            assert_eq!(open(None).unwrap_err(), KeyError::Encrypted);
            let shown = format!("{key:?}");
            assert_eq!(shown, format!("PrivateKey({})", key.id()));
        }
    }

    #[test]
    fn what_is_no_private_key_is_told_by_name() {
        let public = key(KeyKind::Ed25519).public().to_pem();
        let error = |pem: &str| PrivateKey::from_pem(pem.as_bytes(), None).unwrap_err();
        assert_eq!(error(&public), KeyError::IsPublic);
        assert_eq!(
            error(
                "-----BEGIN EC PARAMETERS-----\n-----END EC PARAMETERS-----\n-----BEGIN EC PRIVATE KEY-----\n"
            ),
            KeyError::Sec1
        );
        assert_eq!(
            error("-----BEGIN PRIVATE KEY-----\nAA\n"),
            KeyError::Damaged
        );
        assert_eq!(error("ssh-ed25519 AAAA me"), KeyError::OpenSsh);
        assert_eq!(error("hello"), KeyError::NoKey);
        let certificate = "-----BEGIN CERTIFICATE-----\n";
        assert_eq!(
            error(certificate),
            KeyError::OtherPem("CERTIFICATE".to_owned())
        );
        let der = key(KeyKind::EcdsaP256).to_der();
        let error = PrivateKey::from_pem(der.as_bytes(), None).unwrap_err();
        assert_eq!(error, KeyError::Der);
    }
}
