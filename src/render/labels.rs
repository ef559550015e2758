//! What the two sides of a comparison are called.

use crate::finding::Code;

/// What was wanted, and what is there, by what a finding is about.
pub(super) fn labels(code: Code) -> (&'static str, &'static str) {
    let begins = |with: &str| code.as_str().starts_with(with);
    match code {
        Code::MergeConflict => ("ours", "theirs"),
        Code::AttestationOtherKey => ("given", "named"),
        Code::LockWouldChange => ("locked", "would be"),
        _ if begins("attestation-") || begins("result-") => ("attested", "now"),
        Code::SbomMismatch => ("lock", "SBOM"),
        // Of a recording and the lock, of two recordings, of one and this machine.
        _ if begins("runtime-") => ("expected", "found"),
        _ => ("locked", "now"),
    }
}
