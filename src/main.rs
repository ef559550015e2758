//! The `vhb` program: parses, runs, maps the outcome to the exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(vhb::cli::run(std::env::args_os()))
}
