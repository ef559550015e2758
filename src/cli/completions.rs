//! `vhb completions`: what a shell needs to complete the arguments of vhb.

use super::args::CompletionsArgs;
use super::{Output, command};
use crate::finding::Outcome;

pub(super) fn run(args: &CompletionsArgs, output: &Output) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command(), "vhb", &mut script);
    output.pieces(std::iter::once(
        String::from_utf8_lossy(&script).into_owned(),
    ));
    Outcome::Clean
}
