//! `vhb keygen`, `vhb attest` and `vhb verify --results`: keys of others, envelopes of others, and
//! every way in which an attestation can be false.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;
#[path = "../sbom/sample.rs"]
#[allow(dead_code, reason = "the other tests of this sample use the rest")]
mod sample;

mod attacks;
mod attesting;
mod interop;
mod keys;
mod pins;
mod result_files;
mod setting;
