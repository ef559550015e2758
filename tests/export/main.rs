//! `vhb export`: what it writes, and that installers take it.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod choice;
mod installers;
mod pylock;
mod requirements;
mod sample;
