//! Texts in registries that would mean something in a format, and secrets.

use std::collections::BTreeSet;

use comrak::{Options, markdown_to_html};
use serde_json::Value as Json;

use crate::common::sample::{LOCK, SECRETS, Sample};
use crate::outside::read;
use crate::setting::{CHECK, LOCKING, Reports, VERIFY, reports};

/// Keys and values that break out of workflow commands, XML, Markdown, HTML and terminals.
const HOSTILE: &str = concat!(
    "x\\n::error file=evil::owned\\r\\n::set-output name=a::b\\n##[add-path]/evil\\n",
    "]]></failure><testcase name='evil'/><!-- & \\0\\x08\\x1b[31m\\uFFFE\\uFFFF\\u202e\\u2066 ",
    "</details><script>alert(1)</script><img src=x> | a | b |\\n\\n# heading\\n```\\n~~~\\n",
    "@everyone org/repo#1 [link](https://evil.example) ![i](https://evil.example/i.png) ",
    "<https://evil.example> www.evil.example $x$ %0A::error::y [text](0) {0}"
);

/// What a file of a registry may be called.
const NAME: &str = "e\u{1b}[31m\n::error::x`|<b>]]>@everyone \"'&%0A,a=b:\u{202e}";

/// The same text wherever a registry can have one.
fn hostile() -> Sample {
    let sample = Sample::locked();
    let quoted = format!("\"{HOSTILE}\"");
    let metric = format!("name: wer\nclass_path: {quoted}\n{quoted}: 1\npackage: {quoted}\n");
    sample.write("registries/metrics/wer.yaml", metric);
    sample.write(
        &format!("registries/metrics/{NAME}.yaml"),
        "class_path: 7\n",
    );
    let params = format!("params: {{split: {quoted}, {quoted}: 1}}");
    sample.edit(
        "registries/datasets/receipts.yaml",
        "params: {split: test}",
        &params,
    );
    sample
}

fn all() -> Vec<(String, Reports)> {
    let sample = hostile();
    let commands = [CHECK, VERIFY, LOCKING].into_iter();
    let all = commands.map(|command| (command[0].to_owned(), reports(&sample, command)));
    let mut all: Vec<_> = all.collect();
    // Without what the registry forbids, there is something to lock.
    sample.edit("registries/metrics/wer.yaml", "\npackage: ", "\nlicence: ");
    all.push(("what would change".to_owned(), reports(&sample, LOCKING)));
    let codes: Vec<_> = all.iter().map(|(_, reports)| reports.code).collect();
    assert_eq!(codes, [1, 1, 1, 1]);
    all
}

/// Every line is a command of vhb's own or the last one, and the runner reads nothing else.
#[test]
fn no_registry_gives_commands_to_a_workflow() {
    for (command, reports) in all() {
        let lines: Vec<_> = reports.of("github").lines().collect();
        let (last, commands) = lines.split_last().unwrap();
        assert!(last.starts_with("vhb "), "{last}");
        assert!(!last.contains("##[") && !last.contains("::"), "{last}");
        assert_eq!(commands.len(), reports.commands().len(), "{command}");
        for line in commands {
            let (name, rest) = line[2..].split_once(' ').unwrap();
            assert!(["error", "warning", "notice"].contains(&name), "{line}");
            let (properties, data) = rest.split_once("::").unwrap();
            let keys: Vec<_> = properties
                .split(',')
                .map(|it| it.split_once('=').unwrap().0)
                .collect();
            let known = ["file", "line", "endLine", "col", "endColumn", "title"];
            assert!(keys.iter().all(|key| known.contains(key)), "{line}");
            assert_eq!(
                keys.iter().collect::<BTreeSet<_>>().len(),
                keys.len(),
                "{line}"
            );
            assert!(data.chars().all(|c| !c.is_control()), "{line}");
            // What the runner decodes is what was said: an escape in a value is no escape.
            assert!(!data.contains("%0A::error::y"), "{line}");
        }
    }
}

#[test]
fn no_registry_breaks_out_of_sarif_or_junit() {
    let all = all();
    let mut lines = read("junit", &all);
    lines.extend(read("sarif", &all));
    insta::assert_snapshot!(lines.join("\n"), @r"
    check: 16 cases, 2 failures, 0 errors
    verify: 30 cases, 2 failures, 0 errors
    lock: 1 cases, 1 failures, 0 errors
    what would change: 25 cases, 2 failures, 0 errors
    check: 4 results
    verify: 12 results
    lock: 2 results
    what would change: 12 results
    ");
    for (_, reports) in &all {
        let junit = reports.of("junit");
        assert!(!junit.contains("<testcase name='evil'") && !junit.contains("<!--"));
        for result in reports.sarif()["results"].as_array().unwrap() {
            let message = result["message"]["text"].as_str().unwrap();
            assert!(
                !message.contains("](") && !message.contains("{0}"),
                "{message}"
            );
        }
    }
}

/// As GitHub shows it, there is nothing but what vhb's own pages are made of.
#[test]
fn no_registry_breaks_out_of_markdown() {
    for (command, reports) in all() {
        let mut options = Options::default();
        options.render.r#unsafe = true;
        options.extension.table = true;
        options.extension.autolink = true;
        options.extension.strikethrough = true;
        let html = markdown_to_html(reports.of("markdown"), &options);
        let tags: BTreeSet<_> = html
            .split('<')
            .skip(1)
            .map(|tag| {
                tag.split([' ', '>'])
                    .next()
                    .unwrap()
                    .trim_start_matches('/')
            })
            .collect();
        let own = [
            "code", "details", "h3", "h4", "li", "p", "pre", "summary", "table", "tbody", "td",
            "th", "thead", "tr", "ul",
        ];
        assert!(tags.iter().all(|tag| own.contains(tag)), "{tags:?}\n{html}");
        assert_eq!(tags.contains("table"), command != "lock");
        let folds = |tag| html.matches(tag).count();
        assert_eq!(folds("<details>"), folds("</details>"));
        // What GitHub would make of the text afterwards stands in code alone.
        let outside: String = html
            .split("<code")
            .map(|part| part.split_once("</code>").map_or(part, |(_, rest)| rest))
            .collect();
        assert!(
            !outside.contains("@everyone") && !outside.contains("#1"),
            "{outside}"
        );
    }
}

/// No byte of any report drives a terminal or changes the direction of its text.
#[test]
fn no_report_drives_a_terminal() {
    for (_, reports) in all() {
        for (format, text) in reports.all() {
            let drives = |c: &char| {
                (c.is_control() && *c != '\n')
                    || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            };
            assert_eq!(text.chars().find(drives), None, "{format}: {text}");
        }
    }
}

#[test]
fn secrets_are_in_no_report() {
    let sample = Sample::locked();
    sample.edit(
        "registries/runs/clean.yaml",
        "HF_TOKEN: hf_do-not-leak",
        "HF_TOKEN: [hf_do-not-leak]",
    );
    sample.edit("registries/runs/clean.yaml", "PROXY:", "PROXY2:");
    sample.edit(
        "registries/packages/textkit.yaml",
        "type: pypi",
        "type: pypi\n  indx: https://me:git-do-not-leak@h/x",
    );
    for command in [CHECK, VERIFY, LOCKING, &["verify", LOCK]] {
        let reports = reports(&sample, command);
        assert_ne!(
            reports.sarif()["results"],
            Json::Array(Vec::new()),
            "{command:?}"
        );
        for (format, text) in reports.all() {
            for secret in SECRETS {
                assert!(
                    !text.contains(secret),
                    "`{secret}` in {format} of {command:?}:\n{text}"
                );
            }
        }
    }
}

/// More findings than GitHub shows: those that matter most are told, and the rest is counted.
#[test]
fn what_is_too_long_is_cut_and_said_so() {
    let sample = Sample::new();
    let fields: Vec<_> = (0..4_000).map(|n| format!("{n:0>200}: 1\n")).collect();
    let text = format!("name: wer\nclass_path: 7\n{}", fields.concat());
    sample.write("registries/metrics/wer.yaml", text);
    let reports = reports(&sample, CHECK);
    let page = reports.of("markdown");
    assert!(page.len() < 1024 * 1024, "{}", page.len());
    assert!(page.contains("- `wrong-type` at `registries/metrics/wer.yaml:2:13`"));
    let (_, last) = page.trim_end().rsplit_once('\n').unwrap();
    let count = last.strip_prefix("**").unwrap().split(' ').next().unwrap();
    let told = page.matches("\n- `unknown-field`").count();
    assert_eq!(told + count.parse::<usize>().unwrap(), 4_000, "{last}");
    assert_eq!(
        page.matches("<details>").count(),
        page.matches("</details>").count()
    );
}
