//! One command for several locks or experiments, one after the other.

use std::path::{Path, PathBuf};

use super::error::CliError;
use super::output::Output;
use super::{Outcome, Result};

/// Does something for each; the worst outcome counts. What cannot be used is told, and keeps none
/// of the others from being looked at.
pub(super) fn each<'a>(
    paths: impl Iterator<Item = &'a PathBuf>,
    output: &Output,
    mut act: impl FnMut(&Path) -> Result,
) -> Result {
    let mut worst = Outcome::Clean;
    let (mut all, mut unusable) = (0, 0);
    for path in paths {
        all += 1;
        match act(path) {
            Ok(outcome) => worst = worst.and(outcome),
            Err(error) => {
                unusable += 1;
                output.error(&error);
            }
        }
    }
    if unusable > 0 {
        return Err(CliError::new(format!(
            "{unusable} of {all} could not be used, as told above"
        )));
    }
    Ok(worst)
}
