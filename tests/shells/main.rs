//! What fits vhb into a shell: completions, tried in the shells themselves, and manual pages, read
//! by mandoc.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod completions;
mod pages;

use std::path::Path;
use std::process::Command;

/// What vhb prints.
fn vhb(arguments: &[&str]) -> String {
    printed(Command::new(env!("CARGO_BIN_EXE_vhb")).args(arguments))
}

/// What a program prints that ends well and says nothing else.
#[track_caller]
fn printed(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| {
        let program = Path::new(command.get_program()).display();
        panic!("{program}: {error}; `.ci/run` names Debian's package of it")
    });
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The commands of vhb that its users are shown.
fn commands() -> Vec<String> {
    let whole = vhb::cli::command();
    let shown = whole.get_subcommands().filter(|it| !it.is_hide_set());
    shown.map(|it| it.get_name().to_owned()).collect()
}
