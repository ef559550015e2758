//! `vhb show`, `vhb tree` and `vhb why`: what a reader asks of a lock.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod chains;
mod hostile;
mod refused;
mod setting;
mod show;
mod tree;
mod why;
