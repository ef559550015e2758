//! Bundles of envelopes: JSON Lines, one envelope a line.
//!
//! They come from anywhere, so everything has a limit, and a line that is damaged does not hide the
//! others.

use super::{Envelope, EnvelopeError};

/// How many bytes a bundle may have.
pub const MAX_BUNDLE: usize = 64 << 20;
/// How many envelopes a bundle may have.
const MAX_ENVELOPES: usize = 1000;

/// More than anybody publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it has more than {MAX_BUNDLE} bytes or {MAX_ENVELOPES} lines")]
pub struct TooLarge;

/// The number of a line of a bundle, and the envelope in it.
pub type Line = (usize, Result<Envelope, EnvelopeError>);

/// The bytes of a bundle.
pub fn bundle(envelopes: &[Envelope]) -> Vec<u8> {
    let lines = envelopes.iter();
    let lines = lines.map(|envelope| envelope.to_json() + "\n");
    lines.collect::<String>().into_bytes()
}

/// The lines of a bundle, each by itself; empty ones hold no envelope.
pub fn read_bundle(bytes: &[u8]) -> Result<Vec<Line>, TooLarge> {
    if bytes.len() > MAX_BUNDLE {
        return Err(TooLarge);
    }
    let lines = bytes.split(|byte| *byte == b'\n').enumerate();
    let lines = lines.filter(|(_, line)| !line.trim_ascii().is_empty());
    let lines: Vec<_> = lines.take(MAX_ENVELOPES + 1).collect();
    if lines.len() > MAX_ENVELOPES {
        return Err(TooLarge);
    }
    let read = lines.into_iter();
    Ok(read
        .map(|(index, line)| (index + 1, Envelope::from_json(line)))
        .collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use zeroize::Zeroizing;

    use super::super::{KeyKind, PrivateKey};
    use super::*;

    #[test]
    fn what_is_too_large_is_refused() {
        let lines = |count| read_bundle(&b"{}\n".repeat(count)).map(|lines| lines.len());
        assert_eq!(lines(MAX_ENVELOPES), Ok(MAX_ENVELOPES));
        assert_eq!(lines(MAX_ENVELOPES + 1), Err(TooLarge));
        assert_eq!(read_bundle(&vec![b' '; MAX_BUNDLE]), Ok(vec![]));
        assert_eq!(read_bundle(&vec![b' '; MAX_BUNDLE + 1]), Err(TooLarge));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            for (_, line) in read_bundle(&bytes).unwrap() {
                prop_assert!(line.is_err());
            }
        }

        #[test]
        fn envelopes_round_trip(
            payload in prop::collection::vec(any::<u8>(), 0..200),
            kind in ".{0,20}",
            p256 in any::<bool>(),
        ) {
            let algorithm = if p256 { KeyKind::EcdsaP256 } else { KeyKind::Ed25519 };
            let key = PrivateKey::from_entropy(algorithm, &Zeroizing::new([3; 32])).unwrap();
            let envelope = Envelope::signed(&kind, payload, &key);
            let bytes = bundle(&[envelope.clone(), envelope.clone()]);
            let read = read_bundle(&bytes).unwrap();
            prop_assert_eq!(read, vec![(1, Ok(envelope.clone())), (2, Ok(envelope))]);
        }

        /// A line that is nearly one: any of its bytes is another one.
        #[test]
        fn damaged_lines_never_verify(at in 0_usize..400, byte in any::<u8>()) {
            let key = PrivateKey::from_entropy(KeyKind::Ed25519, &Zeroizing::new([3; 32])).unwrap();
            let envelope = Envelope::signed("t", b"payload".to_vec(), &key);
            let mut bytes = bundle(std::slice::from_ref(&envelope));
            let at = at % bytes.len();
            bytes[at] = byte;
            for (_, line) in read_bundle(&bytes).unwrap_or_default() {
                if let Ok(line) = line
                    && let super::super::Judged::Verified(verified) = line.judge(&[key.public()])
                {
                    prop_assert_eq!(verified.payload, b"payload");
                    prop_assert_eq!(verified.payload_type, "t");
                }
            }
        }
    }
}
