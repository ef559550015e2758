//! Each command, on the example.

use std::collections::BTreeSet;

use crate::session::{Call, Session, call};
use crate::{WIDTH, assert_as_committed, assert_only};

/// The snapshots, and the calls in each, in the order in which an author, and then a reader, would
/// make them. `LOCK` stands for the lock, `REGISTRY` for a registry of images.
const SNAPSHOTS: &[(&str, &[Call])] = &[
    ("check", &[call("check")]),
    (
        "add",
        &[call(
            "add metric anls --class glyphbench.anls --package glyphbench --dry-run",
        )],
    ),
    (
        "lock",
        &[
            call("lock receipts --offline"),
            call("lock receipts --offline --check"),
        ],
    ),
    ("show", &[call("show LOCK")]),
    (
        "tree",
        &[
            call("tree LOCK"),
            call("tree LOCK --environment eval --invert rapidfuzz --charset ascii"),
            call("tree LOCK --environment inference --depth 1"),
        ],
    ),
    (
        "why",
        &[
            call("why LOCK click"),
            call("why LOCK ./example/models/template-5x7"),
            call("why LOCK datasets/receipts"),
            call("why LOCK metrics/wer"),
        ],
    ),
    (
        "sync",
        &[
            call("sync LOCK --environment report --print dockerfile")
                .first(12)
                .for_programs(),
            call("sync LOCK --into env").exits(2),
        ],
    ),
    (
        "export",
        &[call("export LOCK --environment report --format requirements").for_programs()],
    ),
    ("record", &[call("record LOCK --output recorded.json")]),
    (
        "verify",
        &[
            call("verify LOCK --offline"),
            call("verify LOCK --offline --strict").exits(1),
        ],
    ),
    ("report", &[call("report LOCK --verify --offline")]),
    ("keygen", &[call("keygen --output signing.key")]),
    (
        "attest",
        &[
            call("attest LOCK results/receipts --key signing.key"),
            call("verify LOCK --results results/receipts --public-key signing.key.pub"),
        ],
    ),
    (
        "attach",
        &[
            call("attach LOCK REGISTRY/lab/receipts:v1 --results results/receipts"),
            call("verify --attached REGISTRY/lab/receipts:v1 --public-key signing.key.pub"),
        ],
    ),
    (
        "sbom",
        &[
            call("sbom LOCK"),
            call("sbom LOCK --output -").first(4).for_programs(),
        ],
    ),
    (
        "manifest",
        &[call("manifest example/models/template-5x7").for_programs()],
    ),
    ("schema", &[call("schema metric").first(12).for_programs()]),
    (
        "explain",
        &[call("explain").first(12), call("explain git-ref-moved")],
    ),
    (
        "completions",
        &[call("completions bash").first(3).for_programs()],
    ),
    ("man", &[call("man").first(8).for_programs()]),
    (
        "merge",
        &[
            call("merge --install").exits(2),
            call("merge LOCK LOCK LOCK --offline"),
        ],
    ),
    ("init", &[call("init mine")]),
    (
        "diff",
        &[
            call("diff LOCK seeded.lock.json"),
            call("diff LOCK seeded.lock.json --format json").for_programs(),
            call("diff LOCK seeded.lock.json --format markdown").for_programs(),
        ],
    ),
];

/// The calls share a place, as those of a day do: one reads what another wrote.
#[test]
fn every_command_tells_of_the_example() {
    let session = Session::new();
    for (name, calls) in SNAPSHOTS {
        let mut told = Vec::new();
        for call in *calls {
            let text = session.told(call);
            let lines = text.lines().skip(1);
            let wide: Vec<_> = lines.filter(|line| is_too_wide(line)).collect();
            assert!(!call.is_for_people() || wide.is_empty(), "{text}{wide:#?}");
            told.push(text);
        }
        assert_as_committed("example", name, &told.join("\n"));
    }
    assert_only(
        "example",
        SNAPSHOTS.iter().map(|(name, _)| (*name).to_owned()),
    );
}

#[test]
fn no_command_is_left_out() {
    let calls = SNAPSHOTS.iter().flat_map(|(_, calls)| *calls);
    let called: BTreeSet<_> = calls.map(|call| call.command().to_owned()).collect();
    let all = vhb::cli::command();
    let all = all.get_subcommands().map(|it| it.get_name().to_owned());
    assert_eq!(called, all.collect());
}

/// Messages and hints are one line each, however long, so that their words can be searched for.
fn is_too_wide(line: &str) -> bool {
    let messages = ["error: ", "error[", "  cause: ", "  hint: ", " = hint: "];
    let is_message = messages.iter().any(|begin| line.starts_with(begin));
    !is_message && line.chars().count() > WIDTH
}
