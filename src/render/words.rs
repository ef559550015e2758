//! What a finding says, part by part, for every format: nothing in it drives a terminal, and no
//! part is longer than can be read.

use super::labels::labels;
use super::visible::first;
use crate::finding::{Code, Finding};

/// How the part is called that says what to do.
pub(super) const HINT: &str = "hint";

const LONGEST: usize = 2000;

/// What is wrong, and with what.
pub(super) fn message(finding: &Finding) -> String {
    let message = match &finding.subject {
        Some(subject) if !finding.message.contains(subject.as_str()) => {
            format!("{subject}: {}", finding.message)
        }
        _ => finding.message.clone(),
    };
    limited(finding, &message)
}

/// What was expected, what was found, and what to do, each with what it is called.
pub(super) fn details(finding: &Finding) -> Vec<(&'static str, String)> {
    let mut details = Vec::new();
    if let (Some(expected), Some(actual)) = (&finding.expected, &finding.actual) {
        let (then, now) = labels(finding.code);
        details.push((then, first(LONGEST, expected)));
        details.push((now, first(LONGEST, actual)));
    }
    if let Some(hint) = &finding.hint {
        details.push((HINT, first(LONGEST, hint)));
    }
    details
}

/// A message of a finding, as far as it is worth reading.
pub(super) fn limited(finding: &Finding, message: &str) -> String {
    first(longest_message(finding.code), message)
}

/// What resolvers and builds say is worth reading to the end, where the culprits are named.
fn longest_message(code: Code) -> usize {
    match code {
        Code::ResolutionConflict
        | Code::ResolutionFailed
        | Code::BuildForbidden
        | Code::ProjectNotFound
        | Code::BuildFailed => 10 * LONGEST,
        _ => LONGEST,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_is_longer_than_can_be_read() {
        let long = "x".repeat(90_000);
        let finding = |code| Finding::new(code, long.clone()).compare(&long, "é");
        let differs = finding(Code::PythonDiffers);
        assert_eq!(message(&differs).chars().count(), LONGEST + 1);
        let details = details(&differs);
        let labels: Vec<_> = details.iter().map(|(label, _)| *label).collect();
        assert_eq!(labels, ["locked", "now", HINT]);
        assert_eq!(details[0].1.chars().count(), LONGEST + 1);
        assert_eq!(details[1].1, "é");
        let conflict = message(&finding(Code::ResolutionConflict));
        assert_eq!(conflict.chars().count(), 10 * LONGEST + 1);
    }
}
