//! Values as YAML text that everybody reads back as what was meant.
//!
//! PyYAML reads YAML 1.1: a text that looks like something else there (`yes`, `010`, `1:30`, a
//! date) stands in quotes, as does every text that is not plainly a word, a path or a sentence, or
//! that other readers take for something else.
//! Quoted texts are double-quoted, on one line, with what cannot be seen as escapes; letters of
//! all languages stay as they are.

use std::fmt::Write as _;

use super::node::{Node, Value};
use super::{scalar, yaml};
use crate::model::is_hidden;

/// What a plain key may have of bytes (YAML 1.1, 1024 characters); longer ones are written
/// otherwise.
const LONGEST_KEY: usize = 1000;

/// A value that is to be written.
#[derive(Clone, Debug, PartialEq)]
pub enum Written {
    /// A text, whatever it looks like.
    Text(String),
    /// Nothing, a boolean, a number or a date, as it is typed.
    Scalar(Scalar),
    /// A list.
    List(Vec<Self>),
    /// A mapping, in this order; each key stands once.
    Mapping(Vec<(String, Self)>),
}

/// The text of a plain scalar that is no text to YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar(String);

impl Scalar {
    /// Whether it is a number to PyYAML.
    pub fn is_number(&self) -> bool {
        matches!(scalar::resolve(&self.0), Value::Int(_) | Value::Float(_))
    }
}

impl Written {
    /// What somebody types for a scalar, as PyYAML reads it: `0.5` is a number, `'0.5'` a text, and
    /// so is whatever else is no number, no boolean, no date and not nothing.
    pub fn typed(text: &str) -> Self {
        let quoted = text.starts_with(['"', '\'']);
        match one_node(text).map(|node| node.value).filter(|_| quoted) {
            Some(Value::String(inner)) => Self::Text(inner),
            _ if matches!(scalar::resolve(text), Value::String(_)) => Self::Text(text.to_owned()),
            _ => Self::Scalar(Scalar(text.to_owned())),
        }
    }

    /// A value in YAML's own notation, such as `{package: adapters, match_models: ["Qwen/*"]}`;
    /// none where it is no YAML. Numbers keep the value that they have, not their form.
    pub fn parse(text: &str) -> Option<Self> {
        one_node(text).map(|node| of_node(&node))
    }
}

/// The node that a text holds, if it is one.
fn one_node(text: &str) -> Option<Node> {
    let mut problems = Vec::new();
    let node = yaml::read(text, false, &mut problems);
    node.filter(|_| problems.is_empty())
}

fn of_node(node: &Node) -> Written {
    let scalar = |text: String| Written::Scalar(Scalar(text));
    match &node.value {
        Value::Null => scalar("null".to_owned()),
        Value::Bool(value) => scalar(value.to_string()),
        Value::Int(value) => scalar(value.to_string()),
        Value::Float(value) => scalar(float(*value)),
        Value::Timestamp(text) => scalar(text.clone()),
        Value::String(text) => Written::Text(text.clone()),
        Value::Sequence(items) => Written::List(items.iter().map(of_node).collect()),
        Value::Mapping(entries) => {
            let entries = entries.iter();
            let entries = entries.map(|(key, value)| (key.text.clone(), of_node(value)));
            Written::Mapping(entries.collect())
        }
    }
}

/// A number that PyYAML reads as one: with a point, and a sign in its exponent.
fn float(value: f64) -> String {
    if value.is_nan() {
        return ".nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let text = format!("{value:?}");
    let (digits, exponent) = match text.split_once('e') {
        Some((digits, exponent)) => (digits, Some(exponent)),
        None => (text.as_str(), None),
    };
    let point = if digits.contains('.') { "" } else { ".0" };
    match exponent {
        None => format!("{digits}{point}"),
        Some(exponent) if exponent.starts_with('-') => format!("{digits}{point}e{exponent}"),
        Some(exponent) => format!("{digits}{point}e+{exponent}"),
    }
}

/// A YAML document that holds a mapping.
pub fn to_yaml(fields: &[(String, Written)]) -> String {
    let mut out = String::new();
    mapping(fields, 0, &mut out);
    out
}

fn mapping(entries: &[(String, Written)], depth: usize, out: &mut String) {
    for (number, (key, value)) in entries.iter().enumerate() {
        // The first key of a mapping in a list stands beside its dash.
        if number > 0 || !out.ends_with("- ") {
            indent(depth, out);
        }
        let key = yaml_text(key);
        if key.len() > LONGEST_KEY {
            let _ = writeln!(out, "? {key}");
            indent(depth, out);
        } else {
            out.push_str(&key);
        }
        out.push(':');
        below(value, depth, out);
    }
}

/// A value behind its key.
fn below(value: &Written, depth: usize, out: &mut String) {
    match value {
        Written::List(items) if !items.is_empty() => {
            out.push('\n');
            list(items, depth + 1, out);
        }
        Written::Mapping(entries) if !entries.is_empty() => {
            out.push('\n');
            mapping(entries, depth + 1, out);
        }
        flat => {
            let _ = writeln!(out, " {}", on_one_line(flat));
        }
    }
}

fn list(items: &[Written], depth: usize, out: &mut String) {
    for item in items {
        indent(depth, out);
        out.push_str("- ");
        match item {
            Written::List(items) if !items.is_empty() => {
                out.pop();
                out.push('\n');
                list(items, depth + 1, out);
            }
            Written::Mapping(entries) if !entries.is_empty() => mapping(entries, depth + 1, out),
            flat => {
                let _ = writeln!(out, "{}", on_one_line(flat));
            }
        }
    }
}

fn on_one_line(value: &Written) -> String {
    match value {
        Written::Text(value) => yaml_text(value),
        // Nothing, typed as nothing, is told better.
        Written::Scalar(Scalar(typed)) if typed.is_empty() => "null".to_owned(),
        Written::Scalar(Scalar(typed)) => typed.clone(),
        Written::List(_) => "[]".to_owned(),
        Written::Mapping(_) => "{}".to_owned(),
    }
}

fn indent(depth: usize, out: &mut String) {
    for _ in 0..depth {
        out.push_str("  ");
    }
}

/// A text as a scalar of YAML, in quotes where it needs them.
pub fn yaml_text(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if !is_seen(c) => {
                let code = u32::from(c);
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Whether a text needs no quotes: rather too few than too many are taken for plain.
fn is_plain(text: &str) -> bool {
    let starts_well = text.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '/'))
        || text.starts_with("./")
        || text.starts_with("../");
    let fits = |c: char| c.is_alphanumeric() || " _-./+@=<>~^()*;:,'!?&%$".contains(c);
    starts_well
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains("  ")
        && text.chars().all(|c| fits(c) && is_seen(c))
        && matches!(scalar::resolve(text), Value::String(_))
        && !is_something_elsewhere(text)
}

/// Whether other readers than PyYAML, those of editors among them, take a text for a boolean or a
/// number: YAML 1.1 itself has `y`, YAML 1.2 has `1e-3` and `0o17`.
fn is_something_elsewhere(text: &str) -> bool {
    let number = text.replace('_', "");
    matches!(text, "y" | "Y" | "n" | "N")
        || number.parse::<f64>().is_ok()
        || number.starts_with("0o")
}

/// Whether a character shows, is no white space but a plain blank, and does not move others about.
fn is_seen(c: char) -> bool {
    // Of each plane, the last two are no characters.
    let is_none = u32::from(c) & 0xfffe == 0xfffe;
    !is_hidden(c) && !is_none && !c.is_control() && (c == ' ' || !c.is_whitespace())
}

#[cfg(test)]
mod tests;
