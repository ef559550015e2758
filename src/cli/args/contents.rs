//! The list of commands in `vhb --help`: under headings, in the order in which a project comes upon
//! them.
//!
//! clap lists commands under one heading only, so its template gets a list of our own making.

use std::fmt::Write as _;

use clap::Command;

/// The headings, and the commands below each.
pub const PARTS: &[(&str, &[&str])] = &[
    ("Begin", &["init", "add", "check"]),
    ("Lock", &["lock", "merge"]),
    ("Look into a lock", &["show", "tree", "why", "diff"]),
    ("Rerun and verify", &["sync", "record", "verify"]),
    ("Publish", &["report", "keygen", "attest", "attach"]),
    ("Other formats", &["sbom", "export", "manifest", "schema"]),
    ("Help", &["explain", "completions", "man"]),
];

/// clap adds this command by itself.
const HELP: (&str, &str) = ("help", "Print the help of a command");

/// The same command, whose help lists the commands below it so.
pub(in crate::cli) fn with_contents(command: Command) -> Command {
    let list = list(&command);
    let header = command.get_styles().get_header();
    let template = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n\
         {list}{header}Options:{header:#}\n{{options}}{{after-help}}"
    );
    command.help_template(template)
}

fn list(command: &Command) -> String {
    let styles = command.get_styles();
    let (header, literal) = (styles.get_header(), styles.get_literal());
    let names = PARTS.iter().flat_map(|(_, names)| *names);
    let width = names.map(|name| name.len()).max().unwrap_or_default();
    let mut out = String::new();
    for (heading, names) in PARTS {
        let _ = writeln!(out, "{header}{heading}:{header:#}");
        let own = names.iter().map(|name| (*name, about(command, name)));
        let last = PARTS.last().is_some_and(|(last, _)| last == heading);
        let help = last.then(|| (HELP.0, HELP.1.to_owned()));
        for (name, about) in own.chain(help) {
            let _ = writeln!(out, "  {literal}{name:<width$}{literal:#}  {about}");
        }
        out.push('\n');
    }
    out
}

fn about(command: &Command, name: &str) -> String {
    let below = command.find_subcommand(name);
    let about = below.and_then(Command::get_about);
    about.map(ToString::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::cli::command;

    #[test]
    fn every_command_is_listed_once_on_a_line_of_its_own() {
        let command = command();
        let there = command.get_subcommands().map(Command::get_name);
        let there: BTreeSet<_> = there.collect();
        let listed: Vec<_> = PARTS.iter().flat_map(|(_, names)| *names).collect();
        assert_eq!(listed.len(), there.len(), "{listed:?}");
        assert_eq!(listed.into_iter().copied().collect::<BTreeSet<_>>(), there);
        for below in command.get_subcommands() {
            let about = below
                .get_about()
                .map(ToString::to_string)
                .unwrap_or_default();
            // 80 columns, without the margin, the longest name, and two blanks.
            let room = 80 - 2 - "completions".len() - 2;
            let fits = (1..=room).contains(&about.chars().count());
            assert!(fits, "{}: {about}", below.get_name());
        }
    }
}
