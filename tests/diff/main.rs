//! `vhb diff`, and the reading of locks as they were committed.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod asked;
mod cases;
mod command;
mod desk;
mod everything;
mod pages;
mod properties;
mod refused;
mod revisions;
mod setting;
