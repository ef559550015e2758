//! The page of a lock: what stands in it, that it is inert, and how it behaves in a browser.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod browser;
mod command;
#[path = "../common/mod.rs"]
mod common;
mod content;
mod inert;
mod locks;
mod parsed;
#[path = "../sbom/sample.rs"]
mod sample;
mod verdicts;

use vhb::finding::Report;
use vhb::lock::Lock;
use vhb::render::Skipped;
use vhb::render::page::{Page, Verified, page};

/// The lock of the example.
fn receipts() -> Lock {
    Lock::from_bytes(include_bytes!("../../locks/receipts.lock.json")).unwrap()
}

/// The page of a lock, as the program makes it.
fn page_of(lock: &Lock, verified: Option<(&Report, &[Skipped])>) -> String {
    page(&Page {
        lock,
        lock_bytes: &lock.to_bytes(),
        sbom_bytes: &vhb::bom::to_bytes(lock),
        gaps: &vhb::verify::gaps(lock),
        verified: verified.map(|(report, skipped)| Verified { report, skipped }),
    })
}
