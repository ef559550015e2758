//! Floor 1: signed statements, as bytes and back.
//!
//! Keys in PKCS#8 and SPKI PEM (`keys`), DSSE v1 envelopes (`envelope`), many of them as JSON Lines
//! (`bundle`), and in-toto Statements v1 (`statement`). What vhb states is not known here, and
//! neither is what a statement is held against.
//!
//! An [`Envelope`] gives its payload only to who has a key that fits one of its signatures: nothing
//! that is not signed can be read by mistake.

mod bundle;
mod envelope;
mod keys;
mod statement;

pub use bundle::{Line, MAX_BUNDLE, TooLarge, bundle, read_bundle};
pub use envelope::{Envelope, EnvelopeError, FailedSignature, Judged, PAYLOAD_TYPE, Verified};
pub use keys::{Entropy, KeyError, KeyId, KeyKind, Pem, PrivateKey, PublicKey, Salt};
pub use statement::{
    CYCLONEDX_PREDICATE, Claimed, PROVENANCE_PREDICATE, ResourceDescriptor, Statement,
    StatementError, SubjectRole,
};
