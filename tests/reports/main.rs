//! The formats of reports: each for every command, on projects that are fine, wrong and hostile,
//! read again by programs that are not vhb's.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod files;
mod formats;
mod hostile;
mod outside;
mod places;
mod setting;
