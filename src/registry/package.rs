//! `packages`: where an installable thing comes from.

use pep508_rs::{ExtraName, PackageName};

use super::decode::Placed;
use super::fields::Fields;
use super::kinds::Decode;
use super::node::Mark;
use crate::finding::Code;
use crate::model::{GitSource, LocalSource, PypiSource, Source, VersionAsked};

/// `packages`: one installable thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Package {
    /// Where it comes from.
    pub source: Source,
    /// Where that is written: the `ref` or `version` if there is one, else the source.
    pub mark: Mark,
}

impl Decode for Package {
    fn decode(fields: &mut Fields<'_, '_>) -> Option<Self> {
        let source = fields.union("source").and_then(|(kind, mut fields)| {
            let source = match kind {
                "local" => local_source(&mut fields),
                "git" => git_source(&mut fields),
                _ => pypi_source(&mut fields),
            };
            fields.finish();
            source
        });
        let args = fields.mapping("install_args").map(InstallArgs::read);
        let (mut source, mark) = source?;
        if let Some(args) = args {
            args.apply(&mut source, fields);
        }
        Some(Self { source, mark })
    }
}

type DecodedSource = Option<(Source, Mark)>;

fn local_source(fields: &mut Fields<'_, '_>) -> DecodedSource {
    let path = fields.text("path");
    let editable = fields.boolean("editable");
    let path = path?;
    if path.value.is_empty() {
        fields.problem(Code::InvalidValue, path.mark, "`path` is empty".to_owned());
        return None;
    }
    let mark = path.mark;
    let source = LocalSource {
        path: path.value,
        editable,
    };
    Some((Source::Local(source), mark))
}

fn git_source(fields: &mut Fields<'_, '_>) -> DecodedSource {
    let url = fields.text("url");
    let reference = fields.text("ref");
    let subdirectory = fields.text("subdirectory");
    // Each field is looked at before any makes the source unusable, so that all are reported.
    let url = url.and_then(|text| fields.parse("url", &text, str::parse));
    let subdirectory = subdirectory.map(|text| fields.parse("subdirectory", &text, inner_path));
    if let Some(text) = &reference {
        fields.parse("ref", text, check_ref)?;
    }
    let mark = reference.as_ref().map_or(fields.mark(), |text| text.mark);
    let source = GitSource {
        url: url?,
        reference: reference.map(|text| text.value),
        subdirectory: match subdirectory {
            None => None,
            Some(parsed) => Some(parsed?),
        },
    };
    Some((Source::Git(source), mark))
}

/// What `git check-ref-format` refuses anywhere can name nothing.
fn check_ref(text: &str) -> Result<(), String> {
    let forbidden = |c: char| c.is_control() || " ~^:?*[\\".contains(c);
    if text.is_empty() || text.starts_with('-') || text.contains("..") || text.contains(forbidden) {
        return Err(format!("`{text}` is not a tag, a branch or a commit"));
    }
    Ok(())
}

/// A path below a repository's root in its shortest form; none of it leads out.
fn inner_path(text: &str) -> Result<String, String> {
    let parts: Vec<_> = text
        .split('/')
        .filter(|part| !matches!(*part, "" | "."))
        .collect();
    if text.starts_with('/') || parts.contains(&"..") || parts.is_empty() {
        return Err(format!(
            "`{text}` is not a directory inside of the repository"
        ));
    }
    Ok(parts.join("/"))
}

fn pypi_source(fields: &mut Fields<'_, '_>) -> DecodedSource {
    let name = fields.text("name");
    let version = fields.text("version");
    let extras = fields.texts("extras");
    let index = fields.text("index");
    let placed = version.as_ref().or(name.as_ref());
    let mark = placed.map_or(fields.mark(), |text| text.mark);
    // Each field is looked at before any makes the source unusable, so that all are reported.
    let name =
        name.and_then(|text| fields.parse("name", &text, |text| PackageName::new(text.to_owned())));
    let version = match version {
        None => Some(VersionAsked::Latest),
        Some(text) => fields.parse("version", &text, VersionAsked::parse),
    };
    let extras = extras
        .iter()
        .filter_map(|extra| fields.parse("extras", extra, |text| ExtraName::new(text.to_owned())))
        .collect();
    let index = match index {
        None => None,
        Some(text) => Some(fields.parse("index", &text, str::parse)?),
    };
    let source = PypiSource {
        name: name?,
        version: version?,
        extras,
        index,
    };
    Some((Source::Pypi(source), mark))
}

/// `install_args.extras` and `install_args.index_url` mean the same as the source's own fields.
/// Other arguments are the installer's: they are recorded with the entry and passed by.
struct InstallArgs {
    extras: Vec<Placed<String>>,
    index_url: Option<Placed<String>>,
}

impl InstallArgs {
    fn read(mut fields: Fields<'_, '_>) -> Self {
        let args = Self {
            extras: fields.texts("extras"),
            index_url: fields.text("index_url"),
        };
        fields.finish();
        args
    }

    /// Adds them to the source; `fields` is where problems are reported.
    fn apply(self, source: &mut Source, fields: &mut Fields<'_, '_>) {
        let Source::Pypi(source) = source else {
            if let Some(first) = self.extras.first() {
                let message = "`extras` of a git or local package are not locked".to_owned();
                fields.problem(Code::ExtrasIgnored, first.mark, message);
            }
            return;
        };
        for extra in &self.extras {
            let extra = fields.parse("extras", extra, |text| ExtraName::new(text.to_owned()));
            source.extras.extend(extra);
        }
        if let Some(text) = self.index_url
            && source.index.is_none()
        {
            source.index = fields.parse("index_url", &text, str::parse);
        }
    }
}
