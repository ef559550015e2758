//! The arguments of `vhb add`: a command for each kind, and a flag for each of its fields.
//!
//! They follow from the shapes of the registry, so that no field lacks one.

mod flags;
mod values;

use clap::error::{Error, ErrorKind};
use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Args, Command, FromArgMatches, Subcommand};

use self::flags::{Flag, How, flags};
use super::RegistryArgs;
use super::usage::with_fitting_usage;
use crate::model::{Kind, NewId};
use crate::registry::{Written, shape};

/// The kinds in the order in which a project is written.
const KINDS: [Kind; 8] = [
    Kind::Packages,
    Kind::Tasks,
    Kind::Metrics,
    Kind::Reports,
    Kind::Datasets,
    Kind::Runs,
    Kind::Experiments,
    Kind::Frameworks,
];

/// The entry that is to be added, as it was asked for.
#[derive(Debug)]
pub(in crate::cli) struct AddArgs {
    pub(in crate::cli) kind: Kind,
    pub(in crate::cli) id: NewId,
    pub(in crate::cli) dry_run: bool,
    pub(in crate::cli) registry: RegistryArgs,
    /// The fields, in the order in which people write them.
    pub(in crate::cli) fields: Vec<(String, Written)>,
}

/// Puts a value where its keys lead; whether there is no other value in the way.
fn put(fields: &mut Vec<(String, Written)>, keys: &[&str], value: Written) -> bool {
    let [first, rest @ ..] = keys else {
        return false;
    };
    let at = match fields.iter().position(|(key, _)| key == first) {
        Some(at) => at,
        None if rest.is_empty() => {
            fields.push(((*first).to_owned(), value));
            return true;
        }
        None => {
            fields.push(((*first).to_owned(), Written::Mapping(Vec::new())));
            fields.len() - 1
        }
    };
    match &mut fields[at].1 {
        Written::Mapping(inner) => put(inner, rest, value),
        _ => false,
    }
}

impl FromArgMatches for AddArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let missing = || Error::new(ErrorKind::MissingSubcommand);
        let (noun, matches) = matches.subcommand().ok_or_else(missing)?;
        let kind = KINDS.into_iter().find(|kind| kind.noun() == noun);
        let kind = kind.ok_or_else(missing)?;
        let id: &NewId = matches.get_one("id").ok_or_else(missing)?;
        let mut fields = Vec::new();
        if !matches.contains_id("name") {
            put(
                &mut fields,
                &["name"],
                Written::Text(id.as_str().to_owned()),
            );
        }
        for flag in flags(kind) {
            let Some(value) = flag.value(matches)? else {
                continue;
            };
            if let Some(form) = flag.form.as_ref().filter(|_| flag.is_deciding()) {
                let (tag, word) = form.tag;
                let above = &flag.keys[..flag.keys.len() - 1];
                put(
                    &mut fields,
                    &[above, &[tag]].concat(),
                    Written::Text(word.to_owned()),
                );
            }
            if !put(&mut fields, &flag.keys, value) {
                let message = format!("what `--{}` sets is set by another flag\n", flag.name);
                return Err(Error::raw(ErrorKind::ArgumentConflict, message));
            }
        }
        Ok(Self {
            kind,
            id: id.clone(),
            dry_run: matches.get_flag("dry-run"),
            registry: RegistryArgs::from_arg_matches(matches)?,
            fields,
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Subcommand for AddArgs {
    fn augment_subcommands(command: Command) -> Command {
        command
            .subcommand_required(true)
            .arg_required_else_help(true)
            .subcommands(KINDS.map(command_of))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        KINDS.iter().any(|kind| kind.noun() == name)
    }
}

fn command_of(kind: Kind) -> Command {
    let shape = shape(kind);
    let (title, more) = shape.doc.split_once(". ").unwrap_or((shape.doc, ""));
    let id = Arg::new("id")
        .value_name("ID")
        .required(true)
        .help("The id of the entry: the name of its file without `.yaml`")
        .value_parser(|text: &str| text.parse::<NewId>());
    let dry_run = Arg::new("dry-run")
        .long("dry-run")
        .action(ArgAction::SetTrue)
        .help("Print the file; write nothing");
    let flags = flags(kind);
    let deciding = flags.iter().filter(|flag| flag.is_deciding());
    let deciding: Vec<_> = deciding.map(|flag| flag.name.clone()).collect();
    let args = flags.iter().map(|flag| {
        let others = deciding.iter().filter(|other| flag.excludes(other));
        flag.arg().conflicts_with_all(others.cloned())
    });
    let mut command = Command::new(kind.noun())
        .about(title.trim_end_matches('.').to_owned())
        .arg(id)
        .args(args);
    if !more.is_empty() {
        command = command.long_about(shape.doc);
    }
    if !deciding.is_empty() {
        let group = ArgGroup::new("form").args(deciding.clone());
        command = command.group(group.required(true));
    }
    let mut pairs = flags.iter().filter(|flag| flag.how == How::Pair);
    if let Some(texts) = pairs.clone().find(|flag| flag.is_of_texts()) {
        let but = format!("{VALUES} Those of `--{}` are texts.", texts.name);
        command = command.after_help(but);
    } else if pairs.next().is_some() {
        command = command.after_help(VALUES);
    }
    let command = RegistryArgs::augment_args(command.arg(dry_run));
    with_fitting_usage(command, &format!("vhb add {}", kind.noun()))
}

/// The command that would add an entry, with words in place of what it needs to know.
pub(in crate::cli) fn usage(kind: Kind, id: &NewId) -> String {
    let flags = flags(kind);
    let told = |flag: &Flag| format!("--{} {}", flag.name, flag.value_name());
    let mut command = format!("vhb add {} {}", kind.noun(), id.as_str());
    for flag in flags.iter().filter(|flag| flag.is_required()) {
        command = format!("{command} {}", told(flag));
    }
    let mut deciding = flags.iter().filter(|flag| flag.is_deciding());
    let Some(first) = deciding.next() else {
        return format!("`{command}`");
    };
    let others: Vec<_> = deciding.map(|flag| format!("`{}`", told(flag))).collect();
    format!("`{command} {}` (or {})", told(first), others.join(", "))
}

/// How the values of pairs are read.
const VALUES: &str =
    "Values of pairs are read as YAML: `1` is a number and `'1'` a text, `yes` is true.";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::registry::Type;

    /// The fields of a shape that are no mappings of their own, by their keys.
    fn leaves(
        shape: &crate::registry::Shape,
        above: &[&'static str],
        out: &mut Vec<Vec<&'static str>>,
    ) {
        for field in shape.fields() {
            let keys = [above, &[field.name]].concat();
            match &field.of {
                Type::Mapping(inner) if !inner.open => leaves(inner, &keys, out),
                Type::Union(union) => {
                    union
                        .variants
                        .iter()
                        .for_each(|variant| leaves(&variant.shape, &keys, out));
                }
                _ => out.push(keys),
            }
        }
    }

    #[test]
    fn every_field_has_a_flag_of_its_own() {
        for kind in Kind::ALL {
            command_of(kind).debug_assert();
            let flags = flags(kind);
            let names: BTreeSet<_> = flags.iter().map(|flag| flag.name.as_str()).collect();
            assert_eq!(names.len(), flags.len(), "{names:?}");
            let mut fields = Vec::new();
            leaves(shape(kind), &[], &mut fields);
            for keys in fields {
                assert!(
                    flags.iter().any(|flag| flag.keys == keys),
                    "{kind:?}: {keys:?}"
                );
            }
        }
    }

    #[test]
    fn special_names_are_those_of_fields() {
        let all: BTreeSet<_> = Kind::ALL
            .into_iter()
            .flat_map(flags)
            .map(|flag| flag.path())
            .collect();
        for (path, _) in flags::NAMES {
            assert!(all.contains(*path), "{path}");
        }
    }

    #[test]
    fn missing_entries_are_added_by_commands_that_exist() {
        for kind in Kind::ALL {
            let usage = usage(kind, &"x".parse().unwrap());
            let words = usage.trim_matches('`').split('`').next().unwrap();
            let words = words
                .split(' ')
                .skip(2)
                .map(|word| word.replace("MODEL", "org/m"));
            let command = AddArgs::augment_subcommands(Command::new("add"));
            let matches = command.try_get_matches_from(["add".to_owned()].into_iter().chain(words));
            assert!(matches.is_ok(), "{usage}: {:?}", matches.err());
        }
    }
}
