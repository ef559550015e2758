//! `commands.md`, from the command line itself.

use std::fmt::Write as _;

use clap::builder::PossibleValue;
use clap::{Arg, Command};
use vhb::cli::{EXIT_CODES, PARTS};

use super::markdown::{anchor, code, head, table};

const ABOUT: &str = "\
What each command takes. `vhb COMMAND --help` tells the same, and `vhb man --output DIR` writes it as
manual pages.

Standard output is data, standard error is talk. There are no colours where the output is no
terminal, nor with `NO_COLOR` or `TERM=dumb`.";

pub(super) fn page() -> String {
    let mut vhb = vhb::cli::command().disable_help_subcommand(true);
    vhb.build();
    let mut page = head("Commands", ABOUT);
    page.push('\n');
    page.push_str(&table(
        ["about", "commands"],
        PARTS.iter().map(|(title, names)| {
            let links: Vec<_> = names.iter().map(|name| link(name)).collect();
            [(*title).to_owned(), links.join(", ")]
        }),
    ));
    page.push_str("\n## Exit codes\n\n");
    page.push_str(&table(
        ["code", "means"],
        EXIT_CODES.map(|(code, means)| [code.to_string(), means.to_owned()]),
    ));
    page.push_str("\n## Options of every command\n\n");
    for arg in vhb.get_arguments() {
        page.push_str(&told(arg));
    }
    for name in PARTS.iter().flat_map(|(_, names)| *names) {
        let command = vhb.find_subcommand(name).unwrap();
        page.push_str(&whole(command));
        for below in command.get_subcommands() {
            page.push_str(&whole(below));
        }
    }
    page
}

fn link(name: &str) -> String {
    let title = format!("vhb {name}");
    format!("[{}](#{})", code(name), anchor(&title))
}

/// A command, its arguments and its options.
fn whole(command: &Command) -> String {
    let title = command.get_bin_name().unwrap();
    let mut out = format!("\n## {title}\n\n{}\n", about(command));
    let usage = command.clone().render_usage().to_string();
    let usage = usage.strip_prefix("Usage: ").unwrap();
    // On a terminal, long ones are broken.
    let usage = usage.split_whitespace().collect::<Vec<_>>().join(" ");
    let _ = write!(out, "\n    {usage}\n");
    let own = |arg: &&Arg| !arg.is_global_set() && arg.get_id() != "help";
    let args: Vec<_> = command.get_arguments().filter(own).collect();
    if !args.is_empty() {
        out.push('\n');
    }
    // Arguments come first, then options in the order of their headings.
    let mut headings = vec![None];
    for heading in args.iter().map(|arg| arg.get_help_heading()) {
        if !headings.contains(&heading) {
            headings.push(heading);
        }
    }
    let positional = args.iter().filter(|arg| arg.is_positional());
    positional.for_each(|arg| out.push_str(&told(arg)));
    for heading in headings {
        let options = args.iter().filter(|arg| !arg.is_positional());
        let mut options = options
            .filter(|arg| arg.get_help_heading() == heading)
            .peekable();
        if let (Some(heading), Some(_)) = (heading, options.peek()) {
            let _ = write!(out, "\n{heading}:\n\n");
        }
        options.for_each(|arg| out.push_str(&told(arg)));
    }
    if let Some(after) = command.get_after_help() {
        let _ = write!(out, "\n{}\n", notes(&after.to_string()));
    }
    out
}

fn about(command: &Command) -> String {
    let about = command.get_long_about().or_else(|| command.get_about());
    let about = escaped(&about.unwrap().to_string());
    let (title, more) = about.split_once("\n\n").unwrap_or((&about, ""));
    let stop = if title.ends_with('.') { "" } else { "." };
    format!("{title}{stop}\n\n{more}").trim_end().to_owned()
}

/// An argument, and what its values mean.
fn told(arg: &Arg) -> String {
    let mut notes = String::new();
    let defaults = arg.get_default_values().iter();
    let defaults: Vec<_> = defaults
        .map(|value| value.to_string_lossy().into_owned())
        .collect();
    if arg.get_action().takes_values() && !defaults.is_empty() {
        let _ = write!(notes, " [default: {}]", code(&defaults.join(" ")));
    }
    if let Some(variable) = arg.get_env() {
        let _ = write!(notes, " [variable: {}]", code(&variable.to_string_lossy()));
    }
    let help = arg.get_long_help().or_else(|| arg.get_help());
    let help = escaped(&help.map(ToString::to_string).unwrap_or_default());
    let values = arg.get_possible_values();
    let explained = values.iter().any(|value| value.get_help().is_some());
    let mut below = String::new();
    if explained {
        below.extend(values.iter().map(told_value));
    } else if !values.is_empty() {
        let names: Vec<_> = values.iter().map(|value| code(value.get_name())).collect();
        let _ = write!(notes, " [values: {}]", names.join(", "));
    }
    format!("- {}: {help}{notes}\n{below}", named(arg))
}

fn told_value(value: &PossibleValue) -> String {
    let help = value
        .get_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    format!("  - {}: {}\n", code(value.get_name()), escaped(&help))
}

/// How it is written: `-o, --output <FILE>`.
fn named(arg: &Arg) -> String {
    let short = arg.get_short().map(|short| format!("-{short}"));
    let long = arg.get_long().map(|long| format!("--{long}"));
    let mut name: Vec<_> = short.into_iter().chain(long).collect();
    let value = |name: &clap::builder::Str| format!("<{name}>");
    let values = arg.get_value_names().unwrap_or_default().iter().map(value);
    if arg.get_action().takes_values() {
        let values: Vec<_> = values.collect();
        let values = values.join(" ");
        match name.last_mut() {
            Some(last) => *last = format!("{last} {values}"),
            None => name.push(values),
        }
    }
    code(&name.join(", "))
}

/// What stands behind the options; what is laid out there stays so.
fn notes(text: &str) -> String {
    match text.split_once("\n  ") {
        Some((title, laid_out)) => {
            let lines = laid_out.lines().map(str::trim_start);
            let lines: Vec<_> = lines.map(|line| format!("    {line}")).collect();
            format!("{}\n\n{}", escaped(title), lines.join("\n"))
        }
        None => escaped(text),
    }
}

/// Help as Markdown: only what stands between backticks is as it is.
fn escaped(help: &str) -> String {
    let parts = help.split('`').enumerate();
    let parts = parts.map(|(at, part)| match at % 2 {
        0 => part
            .replace('<', "\\<")
            .replace('*', "\\*")
            .replace('_', "\\_"),
        _ => format!("`{part}`"),
    });
    parts.collect()
}
