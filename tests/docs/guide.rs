//! The commands of the guide and the README do what these pages say.
//!
//! A block of `console` is run: a line behind `$ ` is a command of bash, what follows is what it
//! prints, on either stream. `...` stands for any text, and as a line for any lines. All blocks of a
//! page are one session. A command ends with 0 unless the next one is `echo $?`. Blocks of `sh` need
//! more than this machine: they are not run, and where one leaves something behind that the page
//! goes on with, a stand-in is.

use std::process::{Command, Stdio};

use comrak::nodes::NodeValue;
use comrak::{Arena, Options, parse_document};

use crate::common::index_server::{File, IndexServer};
use crate::pages::{docs, read};

/// What a page begins with: nothing, a locked project, or what an author published.
const PROJECT: &str = "\
vhb init demo && cd demo && git init --quiet && git add . && git commit --quiet -m Begin &&
vhb lock first && git add . && git commit --quiet -m Lock";
const PUBLISHED: &str = "\
PYTHONPATH=plugins/mybench/src python -B -m mybench.run first && vhb keygen &&
vhb attest locks/first.lock.json results/first --key vhb.key && mkdir ../published &&
cp -r locks sboms attestations results ../published && cp vhb.key.pub ../published/author.key.pub &&
cd ../published";
/// Blocks of `sh` by their beginnings, and what does the same for what follows. Building a package
/// takes an index with what its build requires.
const STAND_INS: [(&str, &str); 1] = [(
    "vhb sync ",
    "PYTHONPATH=plugins/mybench/src python -B -m mybench.run first",
)];

/// A command, and what it is said to print; none where nothing is said.
#[derive(Debug, PartialEq)]
struct Step {
    command: String,
    printed: Option<Vec<String>>,
}

impl Step {
    fn silent(command: &str) -> Self {
        let (command, printed) = (command.to_owned(), None);
        Self { command, printed }
    }
}

#[test]
fn the_readme_does_what_it_says() {
    run("README.md", &[]);
}

#[test]
fn the_guide_of_authors_does_what_it_says() {
    run("docs/guide/author.md", &[]);
}

#[test]
fn the_guide_of_ci_does_what_it_says() {
    run("docs/guide/ci.md", &[PROJECT]);
}

#[test]
fn the_guide_of_readers_does_what_it_says() {
    run("docs/guide/reader.md", &[PROJECT, PUBLISHED]);
}

#[test]
fn every_page_of_the_guide_is_run() {
    let pages = std::fs::read_dir(docs().join("guide")).unwrap();
    let mut pages: Vec<_> = pages.map(|page| page.unwrap().file_name()).collect();
    pages.sort();
    assert_eq!(pages, ["author.md", "ci.md", "reader.md"]);
}

#[test]
fn blocks_are_taken_apart() {
    let page =
        "```console\n$ a \\\n> b\nx\n\n...\n$ c\n```\n```sh\nvhb sync it\n```\n```sh\nd\n```\n";
    let printed = ["x", "", "..."].map(str::to_owned);
    let first = Step {
        command: "a \\\nb".to_owned(),
        printed: Some(printed.into()),
    };
    let second = Step {
        command: "c".to_owned(),
        printed: Some(Vec::new()),
    };
    let stand_in = Step::silent(STAND_INS[0].1);
    assert_eq!(steps(page), [first, second, stand_in]);
}

#[test]
fn what_is_left_out_is_anything_and_nothing_else_is() {
    let is = |pattern: &str, text: &str| {
        let pattern: Vec<_> = pattern.lines().map(str::to_owned).collect();
        suits(&pattern, &text.lines().collect::<Vec<_>>())
    };
    for (pattern, text) in [
        ("a\n...\nb", "a\nb"),
        ("a\n...\nb", "a\nx\nb\nb"),
        ("a ... c", "a b c"),
        ("a...", "a"),
        ("...", ""),
    ] {
        assert!(is(pattern, text), "{pattern:?} {text:?}");
    }
    for (pattern, text) in [
        ("", "a"),
        ("a", ""),
        ("a\nb", "a\nx\nb"),
        ("a\n...", "b\na"),
        ("a...b...b", "ab"),
        ("...\na", "a\nb"),
    ] {
        assert!(!is(pattern, text), "{pattern:?} {text:?}");
    }
}

/// Runs a page, after what it begins with.
fn run(page: &str, before: &[&str]) {
    let mut session: Vec<_> = before.iter().map(|command| Step::silent(command)).collect();
    session.extend(steps(&read(page.as_ref())));
    assert!(session.len() > before.len(), "{page} has commands");
    let ends = session.iter().skip(1).map(|step| step.command.as_str());
    let ends: Vec<_> = ends.chain([""]).collect();
    let printed = printed(&session);
    for ((step, (text, code)), next) in session.iter().zip(&printed).zip(ends) {
        let command = &step.command;
        assert!(
            *code == "0" || next == "echo $?",
            "{page}: `{command}` ended with {code}:\n{text}"
        );
        let lines: Vec<_> = text.lines().collect();
        let as_said = step.printed.as_ref().is_none_or(|it| suits(it, &lines));
        assert!(as_said, "{page}: `{command}` printed\n{text}");
    }
    assert_eq!(printed.len(), session.len(), "{page}: {printed:?}");
}

/// What each command printed, and its exit code.
fn printed(session: &[Step]) -> Vec<(String, String)> {
    let server = IndexServer::start();
    for (name, version) in [
        ("pyyaml", "6.0.3"),
        ("tabulate", "0.9.0"),
        ("tabulate", "0.10.0"),
    ] {
        let wheel = File::wheel().uploaded("2026-01-01T00:00:00Z").installable();
        server.add(name, version, &[wheel]);
    }
    let mut script = "exec 2>&1\n".to_owned();
    for step in session {
        // Around each command stand two characters that none prints, and its exit code.
        script += "printf '\\036'; (exit ${code:-0})\n";
        script += &step.command;
        script += "\ncode=$?; printf '\\037%s' $code\n";
    }
    let directory = tempfile::tempdir().unwrap();
    let named = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("`make` sets {name}"));
    let above = |program: &str| program.rsplit_once('/').unwrap().0.to_owned();
    let path = [
        above(env!("CARGO_BIN_EXE_vhb")),
        above(&named("VHB_PYTHON")),
        named("PATH"),
    ];
    let output = Command::new("bash")
        .args(["--noprofile", "--norc", "-c", &script])
        .current_dir(directory.path())
        .env_clear()
        .env("PATH", path.join(":"))
        .env("HOME", directory.path())
        .env("LC_ALL", "C.UTF-8")
        .env("VHB_UV", named("VHB_UV"))
        .env("UV_DEFAULT_INDEX", server.url())
        .env("UV_PYTHON_DOWNLOADS", "never")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CEILING_DIRECTORIES", directory.path())
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_NAME"), "A. Author")))
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_EMAIL"), "a@author.example")))
        .stdin(Stdio::null())
        .output()
        .expect("bash is there");
    let text = String::from_utf8(output.stdout).unwrap();
    let parts = text.split('\u{1e}').skip(1);
    let parts = parts.map(|part| part.split_once('\u{1f}').unwrap_or((part, "no code")));
    parts
        .map(|(text, code)| (text.to_owned(), code.to_owned()))
        .collect()
}

/// The commands of a page.
fn steps(page: &str) -> Vec<Step> {
    let arena = Arena::new();
    let document = parse_document(&arena, page, &Options::default());
    let mut steps = Vec::new();
    for node in document.descendants() {
        let NodeValue::CodeBlock(block) = &node.data.borrow().value else {
            continue;
        };
        match block.info.as_str() {
            "console" => steps.extend(session(&block.literal)),
            "sh" => {
                let mut stand_ins = STAND_INS.iter();
                let stand_in = stand_ins.find(|(start, _)| block.literal.starts_with(start));
                steps.extend(stand_in.map(|(_, command)| Step::silent(command)));
            }
            _ => {}
        }
    }
    steps
}

fn session(block: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in block.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            let printed = Some(Vec::new());
            let command = command.to_owned();
            steps.push(Step { command, printed });
            continue;
        }
        let step = steps.last_mut().expect("a block begins with a command");
        match line.strip_prefix("> ") {
            Some(more) => step.command = [&step.command, more].join("\n"),
            None => step.printed.get_or_insert_default().push(line.to_owned()),
        }
    }
    steps
}

/// Whether lines are what a page says.
fn suits(said: &[String], lines: &[&str]) -> bool {
    match said {
        [] => lines.is_empty(),
        [first, rest @ ..] if first == "..." => {
            (0..=lines.len()).any(|skipped| suits(rest, &lines[skipped..]))
        }
        [first, rest @ ..] => match lines {
            [line, more @ ..] => line_suits(first, line) && suits(rest, more),
            [] => false,
        },
    }
}

fn line_suits(said: &str, line: &str) -> bool {
    match said.split_once("...") {
        None => said == line,
        Some((start, rest)) => line.strip_prefix(start).is_some_and(|line| {
            let mut ends = line.char_indices().map(|(at, _)| at).chain([line.len()]);
            ends.any(|at| line_suits(rest, &line[at..]))
        }),
    }
}
