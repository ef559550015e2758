//! `vhb verify --env`: real environments, made by uv and pip from a real index on the loopback
//! interface, and everything that can be done to them afterwards.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod clean;
mod deep;
mod origins;
mod setting;
mod tampering;
