//! `findings.md`, from the table of codes.

use std::fmt::Write as _;

use vhb::finding::{Code, Topic, Verdict};

use super::markdown::{anchor, code, head, table};

const ABOUT: &str = "\
Whatever vhb has to say about an experiment is a finding, and each has a code. Codes are stable:
programs may rely on them. `vhb explain CODE` tells the same as this page.

The severity decides how a command ends: an error is exit code 1. `--strict` makes errors of
warnings, and of what is not recorded. The verdict is what a finding says of the thing that was
verified: `drift` (it is not what was locked), `unverifiable` (it could not be checked, which is never
a pass), `not-recorded` (the lock has nothing to compare it with) or `match` (it is what was locked,
and something is worth knowing all the same). Where there is none, the finding says something else.";

pub(super) fn page() -> String {
    let mut page = head("Findings", ABOUT);
    page.push('\n');
    page.push_str(&table(
        ["about", "codes"],
        Topic::ALL.map(|topic| {
            let title = topic.title();
            let codes: Vec<_> = topic.codes().map(|it| link(it.as_str())).collect();
            [format!("[{title}](#{})", anchor(title)), codes.join(", ")]
        }),
    ));
    for topic in Topic::ALL {
        let _ = write!(page, "\n## {}\n", topic.title());
        for code in topic.codes() {
            page.push_str(&explained(code));
        }
    }
    page
}

fn link(text: &str) -> String {
    format!("[{}](#{text})", code(text))
}

fn explained(code: Code) -> String {
    let severity = code.severity();
    let verdict = code
        .verdict()
        .map(|verdict: Verdict| format!(", verdict `{verdict}`"));
    format!(
        "\n### {code}\n\n*{severity}{}*\n\n{}\n\n- Why it matters: {}\n- How to mend it: {}\n",
        verdict.unwrap_or_default(),
        code.means(),
        code.matters(),
        code.mend()
    )
}
