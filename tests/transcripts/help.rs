//! The help of every command, in short and in full.

use std::process::Command as Process;

use clap::builder::StyledStr;
use clap::{Arg, Command};

use crate::{WIDTH, assert_as_committed, assert_only};

/// Every command, by the words behind `vhb` that lead to it.
fn commands() -> Vec<(Vec<String>, Command)> {
    fn collect(words: &[String], command: &Command, out: &mut Vec<(Vec<String>, Command)>) {
        out.push((words.to_vec(), command.clone()));
        for below in command
            .get_subcommands()
            .filter(|it| it.get_name() != "help")
        {
            collect(
                &[words, &[below.get_name().to_owned()]].concat(),
                below,
                out,
            );
        }
    }
    let mut out = Vec::new();
    collect(&[], &vhb::cli::command(), &mut out);
    out
}

/// `vhb`, `vhb-add-run`.
fn name(words: &[String]) -> String {
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    [&["vhb"], &words[..]].concat().join("-")
}

/// The exit code, standard output and standard error of vhb where no variable is set, since help
/// shows the values of those that it reads.
fn vhb(arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut vhb = Process::new(env!("CARGO_BIN_EXE_vhb"));
    let output = vhb.args(arguments).env_clear().output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn every_command_explains_itself() {
    let help = |words: &[String], flag: &str| {
        let words = words.iter().map(String::as_str).chain([flag]);
        let (code, stdout, stderr) = vhb(&words.collect::<Vec<_>>());
        assert_eq!((code, stderr.as_str()), (Some(0), ""));
        stdout
    };
    let commands = commands();
    for (words, _) in &commands {
        let (short, long) = (help(words, "-h"), help(words, "--help"));
        let text = if short == long {
            short
        } else {
            format!("{short}\n--help:\n\n{long}")
        };
        let is_wide = |line: &&str| line.chars().count() > WIDTH;
        let wide: Vec<_> = text.lines().filter(is_wide).collect();
        assert!(wide.is_empty(), "{words:?}: {wide:#?}");
        // clap indents empty lines, too.
        let lines: Vec<_> = text.lines().map(str::trim_end).collect();
        assert_as_committed("help", &name(words), &lines.join("\n"));
    }
    assert_only("help", commands.iter().map(|(words, _)| name(words)));
}

/// Without a command there is nothing to do: the same help, as an error.
#[test]
fn vhb_alone_shows_its_help() {
    let (_, help, _) = vhb(&["--help"]);
    assert_eq!(vhb(&[]), (Some(2), String::new(), help));
}

/// What is told of an argument, and of those of its values that are told of at all.
fn helps(arg: &Arg) -> Vec<(String, String)> {
    let text = |help: Option<&StyledStr>| help.map(ToString::to_string).unwrap_or_default();
    let values = arg.get_possible_values();
    let explained = values.iter().any(|value| value.get_help().is_some());
    let of_values = values.iter().filter(|_| explained);
    let of_values = of_values.map(|value| (value.get_name().to_owned(), text(value.get_help())));
    std::iter::once((arg.get_id().to_string(), text(arg.get_help())))
        .chain(of_values)
        .collect()
}

/// One voice: capitals first, no full stop behind what is no sentence, a word for every argument.
#[test]
fn all_help_is_written_alike() {
    let mut faults = Vec::new();
    let mut read = 0;
    for (words, command) in commands() {
        let about = command
            .get_about()
            .map(ToString::to_string)
            .unwrap_or_default();
        let args = command.get_arguments().filter(|arg| arg.get_id() != "help");
        let own = (String::new(), about);
        for (arg, text) in args.flat_map(helps).chain([own]) {
            read += 1;
            let first = text.chars().next();
            let begins = first.is_some_and(|first| first.is_uppercase() || first == '`');
            if !begins || text.ends_with('.') || text.contains("  ") || text.contains('\n') {
                faults.push(format!("{} {arg}: {text:?}", name(&words)));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    assert!(read > 200, "{read}");
}
