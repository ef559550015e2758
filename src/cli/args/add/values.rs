//! The values that flags were given, as they are to be written.

use clap::ArgMatches;
use clap::error::{Error, ErrorKind};
use clap::parser::ValueSource;

use super::flags::{Flag, How};
use crate::registry::{Absent, Type, Written};

/// Of the mappings that are given by pairs, those whose values are always texts.
const OF_TEXTS: &[&str] = &["model.env"];

impl Flag {
    /// The value that was given.
    pub(super) fn value(&self, matches: &ArgMatches) -> Result<Option<Written>, Error> {
        let name = self.name.as_str();
        if matches.value_source(name) != Some(ValueSource::CommandLine) {
            return Ok(None);
        }
        let text = |text: &String| Written::Text(text.clone());
        Ok(match self.how {
            How::Text => matches.get_one(name).map(text),
            How::Count => {
                let count: Option<&u64> = matches.get_one(name);
                count.map(|count| Written::typed(&count.to_string()))
            }
            How::Switch => {
                let value = self.field.absent != Absent::Boolean(true);
                Some(Written::typed(&value.to_string()))
            }
            How::Element => {
                let texts = matches.get_many(name).into_iter().flatten();
                Some(Written::List(texts.map(text).collect()))
            }
            How::YamlElement => {
                let values = matches.get_many(name).into_iter().flatten();
                Some(Written::List(values.cloned().collect()))
            }
            How::Pair => Some(Written::Mapping(self.pairs(matches)?)),
        })
    }

    fn pairs(&self, matches: &ArgMatches) -> Result<Vec<(String, Written)>, Error> {
        let mut pairs: Vec<(String, Written)> = Vec::new();
        let given = matches.get_many::<(String, String)>(&self.name);
        for (key, value) in given.into_iter().flatten() {
            if pairs.iter().any(|(there, _)| there == key) {
                let message = format!("`--{}` gives `{key}` twice\n", self.name);
                return Err(Error::raw(ErrorKind::ValueValidation, message));
            }
            let value = if self.is_text(key) {
                Written::Text(value.clone())
            } else {
                Written::typed(value)
            };
            pairs.push((key.clone(), value));
        }
        Ok(pairs)
    }

    /// Whether the value of a key is a text, whatever it looks like.
    fn is_text(&self, key: &str) -> bool {
        let known = match self.field.of {
            Type::Mapping(shape) => shape.field(key),
            _ => None,
        };
        self.is_of_texts() || known.is_some_and(|known| matches!(known.of, Type::Text))
    }

    /// Whether the values of all its pairs are texts.
    pub(super) fn is_of_texts(&self) -> bool {
        OF_TEXTS.contains(&self.keys.join(".").as_str())
    }
}

pub(super) fn parse_pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("a key, `=` and a value are needed".to_owned()),
    }
}

pub(super) fn parse_yaml(text: &str) -> Result<Written, String> {
    Written::parse(text).ok_or_else(|| "it is no YAML (a blank follows each colon)".to_owned())
}
