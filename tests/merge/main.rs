//! `vhb merge` as git calls it: real git, the real uv, and an index on the loopback interface.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod advice;
mod conflicts;
mod entries;
mod histories;
mod install;
mod killed;
mod lines;
mod places;
mod resolved;
mod resolving;
mod setting;
mod trees;
mod unusable;
mod upstream;
mod versions;
