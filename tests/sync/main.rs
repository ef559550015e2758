//! `vhb sync`: environments of exactly the locked files, made by the real uv from a real index and
//! a real `git daemon` on the loopback interface.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod faults;
mod force;
mod origins;
mod places;
mod print;
mod record;
mod releases;
mod setting;
