//! Input that cannot be used: exit code 2, what is wrong, and what to do about it.
//!
//! Each test is a transcript of commands that end so: the arguments and all that was said.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod experiments;
mod flags;
mod locks;
mod merges;
mod output;
mod places;
mod several;

use std::fmt::Write as _;

use common::sample::{Ran, Sample};

/// Runs commands one after the other and tells what they said; all must end with exit code 2.
fn transcript(sample: &Sample, commands: &[&str]) -> String {
    let mut out = String::new();
    for line in commands {
        let arguments: Vec<_> = line.split(' ').filter(|word| !word.is_empty()).collect();
        let ran = sample.run(&arguments);
        assert_eq!(ran.code, 2, "vhb {line}: {ran:#?}");
        tell(&mut out, line, &ran);
    }
    sample.stable(&out)
}

fn tell(out: &mut String, line: &str, ran: &Ran) {
    let _ = writeln!(out, "$ vhb {line}\n{}{}", ran.stdout, ran.stderr);
}
