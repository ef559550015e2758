//! The pages in `docs/`: those that follow from the code are what it says, links lead somewhere, and
//! the commands of the guide do what it says.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod guide;
mod links;
mod pages;
mod reference;
