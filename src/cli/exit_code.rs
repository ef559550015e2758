//! Exit codes: what each means, told in one place for the help, the manual and the reference.

use super::Result;
use crate::finding::Outcome;

const CLEAN: u8 = 0;
const ERRORS: u8 = 1;
pub(super) const UNUSABLE: u8 = 2;
const UNCHECKED: u8 = 3;

/// What an exit code means, in a sentence. A contract with users.
pub const EXIT_CODES: [(u8, &str); 4] = [
    (
        CLEAN,
        "Clean: nothing is wrong, or nothing that is an error.",
    ),
    (ERRORS, "Findings of severity error."),
    (UNUSABLE, "Wrong usage, or input that cannot be used."),
    (
        UNCHECKED,
        "Nothing drifted, but something could not be checked, so it is no match.",
    ),
];

/// The same for the end of a help.
pub(super) const IN_SHORT: &str =
    "Exit codes: 0 clean, 1 errors found, 2 unusable input, 3 something could not be checked";

/// What a command ends with.
pub(super) fn exit_code(outcome: &Result) -> u8 {
    match outcome {
        Ok(Outcome::Clean) => CLEAN,
        Ok(Outcome::Failed) => ERRORS,
        Ok(Outcome::Unchecked) => UNCHECKED,
        Err(_) => UNUSABLE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::error::CliError;

    #[test]
    fn what_ends_a_command_has_a_meaning_in_short_and_in_full() {
        let ends = [
            Ok(Outcome::Clean),
            Ok(Outcome::Failed),
            Err(CliError::new("there is no lock")),
            Ok(Outcome::Unchecked),
        ];
        let codes: Vec<_> = ends.iter().map(exit_code).collect();
        assert_eq!(codes, EXIT_CODES.map(|(code, _)| code));
        let (_, told) = IN_SHORT.split_once(": ").unwrap();
        let told = told.split(", ").map(|it| it.split_once(' ').unwrap().0);
        let told: Vec<u8> = told.map(|code| code.parse().unwrap()).collect();
        assert_eq!(told, codes);
    }
}
