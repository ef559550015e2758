//! The JSON Schemas say what vhb says: held against the decoder by a validator that is not ours.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod command;
mod committed;
mod defaults;
mod entries;
mod instances;
mod lock;
mod validator;
