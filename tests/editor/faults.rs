//! What is wrong with a file, in words that an editor and `vhb check` have in common.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use vhb::finding::{Code, Finding};
use vhb::model::{Kind, RunMode};
use vhb::registry::{Registry, RegistryFile};
use vhb::schema::Described;

use crate::server::Server;

/// One thing that is wrong, and the line that says so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    Unknown(String, usize),
    WrongType(usize),
    /// A word that is none of the few, or a number below the least.
    WrongValue(usize),
    /// A field that is not there stands in no line.
    Missing(String),
}

/// A file of a registry.
pub(crate) struct Case {
    pub(crate) kind: Kind,
    pub(crate) text: String,
}

impl Case {
    /// The text of an entry, under the line that names its schema.
    pub(crate) fn new(kind: Kind, text: &str) -> Self {
        let text = format!("{}{text}", Described::Entry(kind).modeline());
        Self { kind, text }
    }
}

/// What the editor shows, and what `vhb check` says, of each of some files.
pub(crate) fn compare(cases: &[Case]) -> Vec<(BTreeSet<Fault>, BTreeSet<Fault>)> {
    let mut server = Server::start();
    let path =
        |number: usize, case: &Case| format!("registries/{}/x{number}.yaml", case.kind.directory());
    for (number, case) in cases.iter().enumerate() {
        server.open(&path(number, case), &case.text);
    }
    let mut out = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        let path = path(number, case);
        let shown = server.diagnostics(&path);
        let shown = reduced(shown.iter().map(by_editor).collect());
        out.push((shown, reduced(by_vhb(&path, &case.text))));
    }
    out
}

/// A value of a wrong type is no right word either; one of the two is enough.
fn reduced(mut faults: BTreeSet<Fault>) -> BTreeSet<Fault> {
    let all = faults.clone();
    faults.retain(|fault| match fault {
        Fault::WrongValue(line) => !all.contains(&Fault::WrongType(*line)),
        _ => true,
    });
    faults
}

fn by_editor(diagnostic: &Json) -> Fault {
    let message = diagnostic["message"].as_str().unwrap();
    let line = diagnostic["range"]["start"]["line"].as_u64().unwrap();
    let line = usize::try_from(line).unwrap() + 1;
    let between = |before: &str, after: &str| {
        let inner = message.strip_prefix(before)?.strip_suffix(after)?;
        Some(inner.to_owned())
    };
    if let Some(name) = between("Missing property \"", "\".") {
        Fault::Missing(name)
    } else if let Some(name) = between("Property ", " is not allowed.") {
        Fault::Unknown(name, line)
    } else if message.starts_with("Incorrect type. Expected ") {
        Fault::WrongType(line)
    } else if message.starts_with("Value is not accepted.") || message.starts_with("Value is below")
    {
        Fault::WrongValue(line)
    } else {
        panic!("the editor says something else: {diagnostic}")
    }
}

fn by_vhb(path: &str, text: &str) -> BTreeSet<Fault> {
    let file = RegistryFile {
        path: path.to_owned(),
        content: Ok(text.as_bytes().to_vec()),
    };
    let (_, findings) = Registry::read(vec![file], RunMode::Prod, &|_| None);
    findings
        .iter()
        .filter_map(|finding| fault(finding, text))
        .collect()
}

/// None for what only vhb can know: what texts mean, and what is there.
fn fault(finding: &Finding, text: &str) -> Option<Fault> {
    let location = finding.location.as_ref().unwrap();
    let line = location.line;
    let message = &finding.message;
    let last = || message.rsplit('`').nth(1).unwrap().to_owned();
    let missing = |name: String| {
        // One that is written, as `null`, is of a wrong type to the editor.
        let written = text[location.span.clone()] == *name;
        Some(if written {
            Fault::WrongType(line)
        } else {
            Fault::Missing(name)
        })
    };
    match finding.code {
        Code::UnknownField => Some(Fault::Unknown(last(), line)),
        Code::WrongType => Some(Fault::WrongType(line)),
        Code::MissingField => missing(last()),
        Code::MissingSourceType => missing("type".to_owned()),
        Code::InvalidValue if message.contains(" is no text;") => Some(Fault::WrongType(line)),
        Code::InvalidValue if message.contains("must be ") => Some(Fault::WrongValue(line)),
        Code::InvalidValue
        | Code::DanglingReference
        | Code::FrameworkUndefined
        | Code::ImplicitRequirement
        | Code::ExtrasIgnored => None,
        other => panic!("{other} is no matter of schemas: {message}"),
    }
}
