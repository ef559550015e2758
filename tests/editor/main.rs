//! What an editor shows is what `vhb check` says: the language server that editors read YAML with,
//! by the schemas, against the decoder.
//!
//! `make npm` installs the server, which needs Node.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod broken;
mod differences;
mod every_field;
mod faults;
mod good;
mod help;
#[path = "../schemas/instances.rs"]
#[allow(dead_code, reason = "the other tests that use it use the rest")]
mod instances;
mod server;
