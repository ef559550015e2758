//! `vhb man`: the manual pages of every command, in roff.
//!
//! What the arguments say of themselves is clap's; what they do not, exit codes, variables, files and
//! other pages, is in [`sections`]. The same version gives the same bytes, so no page has a date.

mod sections;

use clap_mangen::Man;
use clap_mangen::roff::Roff;

use super::args::ManArgs;
use super::error::CliError;
use super::{Output, Result, command};
use crate::finding::Outcome;
use crate::io::write::{FileToWrite, write_all};

pub(super) fn run(args: &ManArgs, output: &Output) -> Result {
    let whole = documented();
    let Some(directory) = &args.output else {
        output.pieces(std::iter::once(page(&whole)?));
        return Ok(Outcome::Clean);
    };
    let files: Vec<_> = pages(&whole)?
        .into_iter()
        .map(|(name, text)| FileToWrite {
            path: directory.join(name),
            bytes: text.into_bytes(),
        })
        .collect();
    let written = write_all(&files).map_err(|error| CliError::new(error.to_string()))?;
    output.say(&format!(
        "wrote {} of {} pages into {}\n",
        written.len(),
        files.len(),
        directory.display()
    ));
    Ok(Outcome::Clean)
}

/// The command line as pages tell it.
fn documented() -> clap::Command {
    let mut whole = command()
        .disable_help_subcommand(true)
        .subcommand_help_heading("COMMANDS")
        .subcommand_value_name("command")
        // Of which EXIT STATUS says more.
        .after_help(None::<&str>);
    // Names the commands below `vhb` as they are called: `vhb-lock`.
    whole.build();
    whole
}

/// Every page, with the name of its file: of `vhb`, and of each command below it.
fn pages(whole: &clap::Command) -> Result<Vec<(String, String)>> {
    let mut commands = Vec::new();
    collect(whole, &mut commands);
    let pages = commands.into_iter().map(|command| {
        let name = Man::new(command.clone()).get_filename();
        Ok((name, page(command)?))
    });
    pages.collect()
}

fn collect<'a>(command: &'a clap::Command, out: &mut Vec<&'a clap::Command>) {
    if command.is_hide_set() {
        return;
    }
    out.push(command);
    for below in command.get_subcommands() {
        collect(below, out);
    }
}

/// The page of one command.
fn page(command: &clap::Command) -> Result<String> {
    let mut page = Vec::new();
    render(command, &mut page)
        .map_err(|error| CliError::new("cannot render the manual page").because(&error))?;
    // A bare backtick is an opening quote to many formatters.
    Ok(String::from_utf8_lossy(&page).replace('`', "\\(ga"))
}

fn render(command: &clap::Command, page: &mut Vec<u8>) -> std::io::Result<()> {
    let man = Man::new(command.clone())
        // Quoted here, for roff takes what is behind an empty argument for it.
        .date("\"\"")
        .source(format!("vhb {}", env!("CARGO_PKG_VERSION")))
        .manual("vhb manual");
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    if command.get_after_help().is_some() {
        let mut notes = Roff::new();
        sections::notes(&mut notes, command);
        notes.to_writer(page)?;
    }
    man.render_options_section(page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(page)?;
    }
    let mut rest = Roff::new();
    let called: Vec<_> = command
        .get_bin_name()
        .unwrap_or(command.get_name())
        .split(' ')
        .collect();
    match called[..] {
        [_] => sections::of_vhb(&mut rest, command),
        _ => sections::of_command(&mut rest, &called),
    }
    rest.to_writer(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The commands that have a page.
    fn names(whole: &clap::Command) -> Vec<String> {
        let commands = whole.get_subcommands();
        commands.map(|it| it.get_name().to_owned()).collect()
    }

    #[test]
    fn every_command_has_a_page_that_vhb_lists() {
        let whole = documented();
        let pages = pages(&whole).unwrap();
        let (first, of_vhb) = &pages[0];
        assert_eq!(first, "vhb.1");
        for name in names(&whole) {
            let file = format!("vhb-{name}.1");
            let (_, page) = pages.iter().find(|(it, _)| *it == file).unwrap();
            let see_also = format!("\\fBvhb\\-{name}\\fR(1)");
            assert!(of_vhb.contains(&see_also), "{name}");
            assert!(page.contains(".SH \"SEE ALSO\"\n\\fBvhb\\fR(1)"), "{page}");
        }
    }

    #[test]
    fn commands_below_commands_have_pages_that_these_list() {
        let pages = pages(&documented()).unwrap();
        let page = |name: &str| {
            let page = pages.iter().find(|(it, _)| it == name);
            page.unwrap_or_else(|| panic!("no {name}")).1.as_str()
        };
        assert!(page("vhb-add.1").contains("\nvhb\\-add\\-run(1)\n"));
        let run = page("vhb-add-run.1");
        let see_also = ".SH \"SEE ALSO\"\n\\fBvhb\\fR(1),\n\\fBvhb\\-add\\fR(1)\n";
        assert!(run.ends_with(see_also), "{run}");
    }

    #[test]
    fn exit_codes_are_those_of_the_command() {
        let pages = pages(&documented()).unwrap();
        for (name, told) in [
            ("vhb-diff.1", "the locks differ"),
            ("vhb-merge.1", "OURS is untouched"),
            ("vhb-check.1", "Findings of severity error"),
        ] {
            let (_, page) = pages.iter().find(|(it, _)| it == name).unwrap();
            let (_, codes) = page.split_once(".SH \"EXIT STATUS\"").unwrap();
            let (codes, _) = codes.split_once(".SH").unwrap();
            assert!(codes.contains(told), "{name}: {codes}");
        }
    }

    #[test]
    fn pages_refer_to_pages_that_are_there() {
        let names = names(&documented());
        for (command, related) in sections::RELATED {
            assert!(names.iter().any(|name| name == command), "{command}");
            for other in related {
                assert!(names.iter().any(|name| name == other), "{command}: {other}");
                assert_ne!(command, *other);
            }
        }
        for name in names
            .iter()
            .filter(|name| !["completions", "man"].contains(&name.as_str()))
        {
            let refers = sections::RELATED.iter().any(|(command, _)| command == name);
            assert!(refers, "{name} refers to no other page");
        }
    }

    #[test]
    fn no_page_has_what_roff_reads_as_its_own() {
        for (name, page) in pages(&documented()).unwrap() {
            assert!(!page.contains('`'), "{name}");
            let title = page.lines().find(|line| line.starts_with(".TH ")).unwrap();
            let stem = name.strip_suffix(".1").unwrap();
            let version = env!("CARGO_PKG_VERSION");
            assert_eq!(
                title,
                format!(".TH {stem} 1 \"\" \"vhb {version}\" \"vhb manual\"")
            );
        }
    }
}
