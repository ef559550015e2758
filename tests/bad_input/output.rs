//! Standard output that nobody reads, and one that loses what is written.

use std::process::Stdio;

use crate::common::sample::{LOCK, Sample};

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let sample = Sample::locked();
    for arguments in [&["explain"][..], &["sbom", LOCK, "-o", "-"], &["--help"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = sample
            .vhb(arguments)
            .stdout(writer)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            (output.status.code(), &*stderr),
            (Some(0), ""),
            "{arguments:?}"
        );
    }
}

/// A full disk is not a reader that has seen enough: what was asked for is not there.
#[cfg(target_os = "linux")]
#[test]
fn output_that_is_lost_is_a_failure() {
    let sample = Sample::locked();
    for arguments in [
        &["explain"][..],
        &["sbom", LOCK, "-o", "-"],
        &["verify", LOCK, "--offline"],
    ] {
        let full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let output = sample
            .vhb(arguments)
            .stdout(full)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
        assert!(
            stderr.contains("cannot write to standard output"),
            "{stderr}"
        );
    }
}
