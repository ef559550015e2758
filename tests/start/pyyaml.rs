//! What vhb writes, PyYAML reads: the reader of the upstream loader, and not ours.

use std::io::Write as _;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value as Json, json};
use vhb::registry::{Written, to_yaml};

use crate::common::yaml::written;

/// How many documents are made at random, the same in every run.
const RANDOM: usize = 1_500;

/// Texts that YAML 1.1 reads as something else, or not at all, without quotes.
const TRICKY: &[&str] = &[
    "",
    " ",
    "yes",
    "No",
    "on",
    "OFF",
    "y",
    "n",
    "~",
    "null",
    "NULL",
    "true",
    "010",
    "08",
    "0x1f",
    "0b1",
    "0o17",
    "1_000",
    "+1",
    "-1",
    "1.5",
    ".5",
    "-.5",
    "1.",
    "1e-3",
    "1.0e5",
    "1.0e+5",
    "1:30",
    "1:75",
    "190:20:30",
    ".inf",
    "-.INF",
    ".nan",
    "2026-11-01",
    "2026-11-01 07:00:00",
    "2026-11-01T07:00:00Z",
    "-",
    "--",
    "---",
    "--- a",
    "...",
    "... a",
    "- a",
    "?",
    "? a",
    ":",
    "a:",
    "a: b",
    ":a",
    "a :b",
    "a #b",
    "a#b",
    "#",
    "&a",
    "*a",
    "*/large",
    "!t",
    "!!str a",
    "|",
    ">",
    ">=1,<2",
    "<2",
    "<<",
    "=",
    "%a",
    "@a",
    "`a`",
    "[a]",
    "{a}",
    "{a: b}",
    "'",
    "''",
    "\"",
    "\"a\"",
    "\\",
    "\\n",
    "a\\b",
    "a\nb",
    "a\n",
    "\na",
    "a\tb",
    "\ta",
    "a ",
    " a",
    "a  b",
    "a\rb",
    "a\u{85}b",
    "a\u{2028}b",
    "\u{feff}a",
    "\u{0}",
    "\u{1b}[2J",
    "\u{7f}",
    "\u{9b}m",
    "\u{202e}a",
    "\u{ffff}",
    "\u{1fffe}",
    "\u{e001}",
    "ключ",
    "ключ: значение",
    "日本語",
    "e\u{301}",
    "😀",
    "№ 5",
    "«a»",
    "https://host.example/a?b=c#d",
    "git@host:lab/x.git",
    "/a/b",
    "./a",
    "../a",
    "C:\\a",
    "a,b",
    "a;b",
    "50%",
    "numpy>=1.26,<2; python_version < '3.12'",
    "Qwen/Qwen2-VL-2B-Instruct",
    "x86_64-manylinux_2_28",
    "3.11",
];

/// What is typed behind `=`, and no text in quotes.
const TYPED: &[&str] = &[
    "corpus",
    "512",
    "-1",
    "0",
    "010",
    "08",
    "0x1f",
    "1_000",
    "0.5",
    ".5",
    "1.",
    "1e-3",
    "1.0e-3",
    "1.5e3",
    "1:30",
    "yes",
    "No",
    "on",
    "y",
    "true",
    "~",
    "null",
    "",
    "2026-11-01",
    "2026-11-01T07:00:00Z",
    ".inf",
    "1.2.3",
    "a b",
    "1 2",
    "+1",
    "-.5",
    "0b101",
    "0o17",
    "685_230.15",
    "190:20:30.15",
];

#[test]
fn texts_come_back_as_texts_and_scalars_as_what_they_are() {
    let mut cases = Vec::new();
    for text in TRICKY {
        let entry = [((*text).to_owned(), Written::Text((*text).to_owned()))];
        cases.push(json!({ "yaml": to_yaml(&entry), "value": { *text: text } }));
    }
    for typed in TYPED {
        let entry = [("key".to_owned(), Written::typed(typed))];
        cases.push(json!({ "yaml": to_yaml(&entry), "typed": typed }));
    }
    let mut runner = TestRunner::deterministic();
    for _ in 0..RANDOM {
        let value = any_value().new_tree(&mut runner).unwrap().current();
        let entry = [("key".to_owned(), written(&value))];
        cases.push(json!({ "yaml": to_yaml(&entry), "value": { "key": value } }));
    }
    let expected = format!("{}\n", cases.len());
    assert_eq!(read_with_pyyaml(&cases), expected);
}

fn any_value() -> impl Strategy<Value = Json> {
    let text = prop_oneof![
        prop::sample::select(TRICKY).prop_map(str::to_owned),
        prop::collection::vec(any::<char>(), 0..8).prop_map(String::from_iter),
        "[ -~]{0,12}",
    ];
    let key = text.clone();
    let leaf = prop_oneof![
        4 => text.prop_map(Json::from),
        1 => any::<i64>().prop_map(Json::from),
        1 => any::<bool>().prop_map(Json::from),
        1 => Just(Json::Null),
    ];
    leaf.prop_recursive(3, 12, 3, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
            prop::collection::btree_map(key.clone(), inner, 0..3)
                .prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

fn read_with_pyyaml(cases: &[Json]) -> String {
    let python = std::env::var_os("VHB_PYTHON").expect("VHB_PYTHON names the Python of the tests");
    let mut child = Command::new(python)
        .args(["-I", "-c", include_str!("pyyaml.py")])
        .env("PYTHONIOENCODING", "utf-8:backslashreplace")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("VHB_PYTHON is a program");
    let mut stdin = child.stdin.take().unwrap();
    stdin
        .write_all(json!(cases).to_string().as_bytes())
        .unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "`make tools` installs PyYAML");
    String::from_utf8(output.stdout).unwrap()
}
