//! How projects begin: `vhb init` and `vhb add`.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod add;
mod init;
mod pyyaml;
mod refused;
