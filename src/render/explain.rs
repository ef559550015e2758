//! Codes of findings, explained to people.

use std::fmt::Write as _;

use super::list::worded;
use crate::finding::{Code, Topic};

/// What a code means, why it matters and how to mend it.
pub fn explain(code: Code) -> String {
    let mut out = format!("{code} ({})\n", code.severity());
    for (heading, text) in [
        ("", code.means()),
        ("Why it matters: ", code.matters()),
        ("How to mend it: ", code.mend()),
    ] {
        out.push('\n');
        worded(&mut out, heading, 0, text);
    }
    out
}

/// Every code and what it means, under headings.
pub fn codes() -> String {
    let mut out = String::new();
    for topic in Topic::ALL {
        if !out.is_empty() {
            out.push('\n');
        }
        let _ = writeln!(out, "{}", topic.title());
        for code in topic.codes() {
            let _ = writeln!(out, "  {code} ({})", code.severity());
            worded(&mut out, "      ", 6, code.means());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_listed_and_no_line_is_too_long() {
        let list = codes();
        for code in Code::ALL {
            assert!(list.contains(&format!("\n  {code} (")), "{code}");
        }
        let explained = Code::ALL.iter().map(|code| explain(*code));
        let texts: Vec<_> = explained.chain([list]).collect();
        let lines = texts.iter().flat_map(|text| text.lines());
        let long: Vec<_> = lines.filter(|line| line.chars().count() > 80).collect();
        assert!(long.is_empty(), "{long:#?}");
    }

    #[test]
    fn a_code_is_explained_in_three_steps() {
        insta::assert_snapshot!(explain(Code::GitRefMoved), @r"
        git-ref-moved (error)

        A tag, or the ref that was asked for, now names another commit.

        Why it matters: Whoever installs by that name gets other code than was scored.

        How to mend it: Ask the maintainers; to accept the new commit, `vhb lock
        --upgrade-package NAME` and publish new scores.
        ");
    }
}
