//! What the flags of a kind are, by the fields of its shape.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction};

use super::values::{parse_pair, parse_yaml};
use crate::model::Kind;
use crate::registry::{Absent, Field, Shape, Type, Variant, shape};

/// Flags that have another name than their field: the path of the field, and the flag.
pub(super) const NAMES: &[(&str, &str)] = &[
    ("version", "entry-version"),
    ("class_path", "class"),
    ("default_adapter_package", "package"),
    ("default_backend_class", "class"),
    ("install_args", "install-arg"),
    ("metadata.lock.constraints", "constraint"),
    ("metadata.lock.overrides", "override"),
    ("ml_task", "task"),
    ("model.docker_image", "image"),
    ("model.engine_params", "engine-param"),
    ("model.name", "model"),
    ("metrics", "metric"),
    ("params", "param"),
    ("reports", "report"),
    ("required_packages", "package"),
    ("source.local.editable", "no-editable"),
    ("source.pypi.extras", "extra"),
    ("specialized_adapters", "adapter"),
    ("supported_frameworks", "framework"),
    ("supported_metrics", "metric"),
    ("supported_reports", "report"),
    ("tasks", "run"),
    // What decides on the kind of a source.
    ("source.git.url", "git"),
    ("source.local.path", "path"),
    ("source.pypi.name", "pypi"),
];

/// A flag, and the field that it sets.
#[derive(Clone, Debug)]
pub(super) struct Flag {
    /// Its name, without dashes.
    pub(super) name: String,
    /// The keys that lead to the field.
    pub(super) keys: Vec<&'static str>,
    pub(super) field: &'static Field,
    pub(super) how: How,
    /// Where it stands in one of several forms of a mapping.
    pub(super) form: Option<Form>,
}

/// A form of a mapping, which one of its flags decides on.
#[derive(Clone, Debug)]
pub(super) struct Form {
    /// The key that decides, and its word.
    pub(super) tag: (&'static str, &'static str),
    /// The flag that decides.
    pub(super) decided_by: String,
}

/// How a flag gives a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Text,
    Count,
    /// Its presence is the value: the opposite of the default.
    Switch,
    /// An element of a list, each time it is given.
    Element,
    /// The same, in YAML.
    YamlElement,
    /// `KEY=VALUE`, each time it is given.
    Pair,
}

/// The flags of a kind, in the order of its fields.
pub(super) fn flags(kind: Kind) -> Vec<Flag> {
    let mut flags = Vec::new();
    of_shape(shape(kind), &[], None, &mut flags);
    flags
}

fn of_shape(shape: &Shape, above: &[&'static str], form: Option<&Form>, out: &mut Vec<Flag>) {
    for field in shape.fields() {
        let keys = [above, &[field.name]].concat();
        match &field.of {
            Type::Union(union) => {
                for Variant { word, shape } in union.variants {
                    let first = shape.fields().next().map_or("", |first| first.name);
                    let path = [&keys[..], &[word, first]].concat().join(".");
                    let form = Form {
                        tag: (union.tag, word),
                        decided_by: flag_name(&path),
                    };
                    of_shape(shape, &keys, Some(&form), out);
                }
            }
            Type::Mapping(inner) if inner.open => {
                out.push(Flag::new(keys.clone(), field, How::Pair, form));
                // What is known of it has flags of its own where it is a mapping in turn.
                for known in inner.fields() {
                    if let Type::Either(Type::Mapping(deep), _) = known.of {
                        of_shape(deep, &[&keys[..], &[known.name]].concat(), form, out);
                    }
                }
            }
            Type::Mapping(inner) => of_shape(inner, &keys, form, out),
            Type::Boolean => out.push(Flag::new(keys, field, How::Switch, form)),
            Type::Count => out.push(Flag::new(keys, field, How::Count, form)),
            Type::List(Type::Mapping(_)) => {
                out.push(Flag::new(keys, field, How::YamlElement, form));
            }
            Type::List(_) => out.push(Flag::new(keys, field, How::Element, form)),
            _ => out.push(Flag::new(keys, field, How::Text, form)),
        }
    }
}

/// What the flag of a field is called; the path of one in a form of a mapping has its word.
fn flag_name(path: &str) -> String {
    let special = NAMES.iter().find(|(special, _)| *special == path);
    let last = path.rsplit('.').next().unwrap_or_default();
    special.map_or_else(|| last.replace('_', "-"), |(_, name)| (*name).to_owned())
}

impl Flag {
    fn new(keys: Vec<&'static str>, field: &'static Field, how: How, form: Option<&Form>) -> Self {
        let mut flag = Self {
            name: String::new(),
            keys,
            field,
            how,
            form: form.cloned(),
        };
        flag.name = flag_name(&flag.path());
        flag
    }

    /// The keys that lead to the field, with the word of the form that it stands in.
    pub(super) fn path(&self) -> String {
        let mut keys = self.keys.clone();
        if let Some(form) = &self.form {
            keys.insert(keys.len() - 1, form.tag.1);
        }
        keys.join(".")
    }

    /// Whether it decides on the form of a mapping.
    pub(super) fn is_deciding(&self) -> bool {
        let mut form = self.form.iter();
        form.any(|form| form.decided_by == self.name)
    }

    pub(super) fn arg(&self) -> Arg {
        let value = self.value_name();
        let arg = Arg::new(self.name.clone())
            .long(self.name.clone())
            .help(self.help());
        let arg = match self.how {
            How::Switch => arg.action(ArgAction::SetTrue),
            How::Text => arg.value_name(value),
            How::Count => arg
                .value_name("N")
                .value_parser(clap::value_parser!(u64).range(1..)),
            How::Element => arg.value_name(value).action(ArgAction::Append),
            How::YamlElement => arg
                .value_name("YAML")
                .action(ArgAction::Append)
                .value_parser(parse_yaml),
            How::Pair => arg
                .value_name("KEY=VALUE")
                .action(ArgAction::Append)
                .value_parser(parse_pair),
        };
        let words: Vec<_> = self.field.of.words().collect();
        let arg = if words.is_empty() {
            arg
        } else {
            arg.value_parser(PossibleValuesParser::new(words))
        };
        // Of flags that decide, a group is required.
        arg.required(self.is_required())
    }

    /// Whether there is no entry without it; its name, it has from its id.
    pub(super) fn is_required(&self) -> bool {
        self.form.is_none() && self.field.is_required() && self.keys != ["name"]
    }

    /// Whether it belongs to another form of a mapping than the one that a flag decides on.
    pub(super) fn excludes(&self, deciding: &str) -> bool {
        let mut form = self.form.iter();
        form.any(|form| form.decided_by != deciding)
    }

    /// The word for its value.
    pub(super) fn value_name(&self) -> String {
        let name = match (self.how, &self.field.of, self.field.name) {
            (How::Element, ..) => &self.name,
            (_, Type::Id(kind), _) => kind.noun(),
            (.., "class_path" | "default_backend_class") => "class",
            (.., "docker_image") => "image",
            (.., "exclude_newer") => "instant",
            (.., "python") => "version",
            (.., name) => name,
        };
        name.to_uppercase()
    }

    fn help(&self) -> String {
        let doc = self.field.doc.trim_end_matches('.');
        if self.how == How::Switch {
            let value = self.field.absent != Absent::Boolean(true);
            let says = doc.replacen("Whether", "whether", 1);
            return format!("Write `{}: {value}`, which says {says}", self.field.name);
        }
        if self.keys == ["name"] {
            return "What people call the entry [default: the id]".to_owned();
        }
        match self.field.absent {
            Absent::Refused | Absent::Nothing | Absent::EmptyList | Absent::EmptyMapping => {
                doc.to_owned()
            }
            absent => format!("{doc} [default: {absent}]"),
        }
    }
}
