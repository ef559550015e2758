//! What a distribution says of itself: core metadata, as far as locks and SBOMs need it.
//!
//! The text is that of `METADATA` in wheels and `PKG-INFO` in source distributions (core metadata
//! specification, versions 1.0 to 2.5): header fields, then a description, which is not read.
//! What is stated is kept as it is stated; nothing is concluded from anything else.

use std::collections::BTreeSet;

use pep440_rs::{Version, VersionSpecifiers};
use pep508_rs::PackageName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{License, Requirement, license};

/// Longer texts in a field that wants one line are licences or essays, not names.
const LONGEST_LINE: usize = 300;

/// What a distribution says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CoreMetadata {
    /// What it requires, with all extras.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub requires: BTreeSet<Requirement>,
    /// The Python versions that it suits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub requires_python: Option<VersionSpecifiers>,
    /// Its licence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<License>,
    /// Who made it, else who maintains it: a name, else an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Its home page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    /// Where its source code is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// What it is, in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Whether this was only known from a build, so that another machine may find otherwise.
    #[serde(default, skip_serializing_if = "is_false")]
    pub built: bool,
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_false(value: &bool) -> bool {
    !value
}

/// Why a text is no core metadata.
#[derive(Debug, thiserror::Error)]
pub enum MetadataError {
    /// A field that every version of the specification wants.
    #[error("the metadata has no `{0}`")]
    Missing(&'static str),
    /// A field whose value makes no sense.
    #[error("the metadata's `{field}` makes no sense: {reason}")]
    Field {
        /// The field's name.
        field: &'static str,
        /// Why.
        reason: String,
    },
}

/// Core metadata with the name and the version that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatedMetadata {
    /// The normalised name.
    pub name: PackageName,
    /// The version.
    pub version: Version,
    /// Whether what it requires may come out otherwise when it is built (PEP 643): always so in
    /// source distributions before version 2.2.
    pub dynamic: bool,
    /// The rest.
    pub core: CoreMetadata,
}

impl StatedMetadata {
    /// Reads the text of `METADATA` or `PKG-INFO`.
    pub fn parse(text: &str) -> Result<Self, MetadataError> {
        let headers = Headers::read(text);
        let name = headers
            .first("Name")
            .ok_or(MetadataError::Missing("Name"))?;
        let version = headers
            .first("Version")
            .ok_or(MetadataError::Missing("Version"))?;
        let wrong = |field: &'static str, reason: String| MetadataError::Field { field, reason };
        let requires = headers
            .all("Requires-Dist")
            .map(|text| {
                text.parse::<Requirement>()
                    .map_err(|error| wrong("Requires-Dist", error.to_string()))
            })
            .collect::<Result<_, _>>()?;
        let standard: Version = headers
            .first("Metadata-Version")
            .unwrap_or("1.0")
            .parse()
            .unwrap_or_else(|_| Version::new([1, 0]));
        let dynamic = standard < Version::new([2, 2])
            || headers.all("Dynamic").any(|field| {
                [
                    "Requires-Dist",
                    "Provides-Extra",
                    "Requires-Python",
                    "Version",
                ]
                .iter()
                .any(|name| field.trim().eq_ignore_ascii_case(name))
            });
        let project_urls = headers.all("Project-URL");
        let addresses = Addresses::of(project_urls.filter_map(|url| url.split_once(',')));
        let core = CoreMetadata {
            requires,
            // One that makes no sense was no obstacle to its publication, nor to installers.
            requires_python: headers
                .first("Requires-Python")
                .and_then(|text| text.parse().ok()),
            license: license(
                headers.first("License-Expression"),
                headers.all("Classifier").map(str::to_owned),
                headers.first("License"),
            ),
            author: author(&headers),
            homepage: headers
                .first("Home-page")
                .and_then(web)
                .or(addresses.homepage),
            repository: addresses.repository,
            summary: headers.first("Summary").and_then(one_line),
            built: false,
        };
        Ok(Self {
            name: PackageName::new(name.to_owned())
                .map_err(|error| wrong("Name", error.to_string()))?,
            version: version
                .parse()
                .map_err(|error| wrong("Version", format!("{error}")))?,
            dynamic,
            core,
        })
    }
}

/// The header fields in order.
struct Headers(Vec<(String, String)>);

impl Headers {
    /// Up to the first empty line; a line that begins with a space goes on with the one before.
    fn read(text: &str) -> Self {
        let mut fields: Vec<(String, String)> = Vec::new();
        let text = text.trim_start_matches('\u{feff}');
        for line in text.lines().take_while(|line| !line.is_empty()) {
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = fields.last_mut() {
                    value.push('\n');
                    value.push_str(line);
                }
            } else if let Some((name, value)) = line.split_once(':') {
                fields.push((name.trim().to_owned(), value.trim().to_owned()));
            }
        }
        Self(fields)
    }

    fn all<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        self.0
            .iter()
            .filter(move |(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The first value that states anything; old tools write `UNKNOWN` for nothing.
    fn first(&self, name: &str) -> Option<&str> {
        self.all(name)
            .map(str::trim)
            .find(|value| !value.is_empty() && *value != "UNKNOWN")
    }
}

/// A value of one line, without what drives terminals; none where it is more than a line.
pub fn one_line(text: &str) -> Option<String> {
    let text = text.trim();
    let plain =
        !text.is_empty() && text.len() <= LONGEST_LINE && !text.contains(|c: char| c.is_control());
    plain.then(|| text.to_owned())
}

fn author(headers: &Headers) -> Option<String> {
    let address = |field: &str| headers.first(field).map(people);
    let fields = ["Author", "Maintainer"];
    let named = fields.iter().find_map(|field| {
        let names = address(&format!("{field}-email")).map(|(names, _)| names);
        let stated = headers.first(field).and_then(one_line);
        stated.or_else(|| names.filter(|names| !names.is_empty()))
    });
    named.or_else(|| {
        fields.iter().find_map(|field| {
            let (_, addresses) = address(&format!("{field}-email"))?;
            one_line(&addresses)
        })
    })
}

/// The names and the addresses of `A <a@h>, b@h` (RFC 5322), each joined by commas.
fn people(text: &str) -> (String, String) {
    let mut names = Vec::new();
    let mut addresses = Vec::new();
    let mut quoted = false;
    // A comma inside of quotes is part of a name.
    let persons = text.split(|c: char| {
        quoted ^= c == '"';
        c == ',' && !quoted
    });
    for person in persons.map(str::trim).filter(|text| !text.is_empty()) {
        match person.split_once('<') {
            Some((name, address)) => {
                names.extend(one_line(name.trim().trim_matches('"')));
                addresses.push(address.trim_end_matches('>').trim());
            }
            None if person.contains('@') => addresses.push(person),
            None => names.extend(one_line(person)),
        }
    }
    (names.join(", "), addresses.join(", "))
}

/// The addresses that a distribution's labels tell apart (well-known project URLs).
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// The home page.
    pub homepage: Option<String>,
    /// The source code.
    pub repository: Option<String>,
}

impl Addresses {
    /// By pairs of a label and an address; of two with one meaning the better label, then the
    /// first.
    pub fn of<'a>(urls: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let labelled: Vec<(String, String)> = urls
            .filter_map(|(label, url)| {
                // Labels are compared without punctuation and case.
                let label: String = label.chars().filter(char::is_ascii_alphanumeric).collect();
                Some((label.to_ascii_lowercase(), web(url)?))
            })
            .collect();
        let best = |labels: &[&str]| {
            labels
                .iter()
                .find_map(|wanted| labelled.iter().find(|(label, _)| label == wanted))
                .map(|(_, url)| url.clone())
        };
        Self {
            homepage: best(&["homepage"]),
            repository: best(&["source", "repository", "sourcecode", "github"]),
        }
    }
}

/// An address of the web.
fn web(text: &str) -> Option<String> {
    let text = one_line(text)?;
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    (is_web && !text.contains(char::is_whitespace)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW: &str = "\
Metadata-Version: 2.4
Name: Foo.Bar
Version: 1.0
Summary: Does things
Author-email: \"A. Author, B. Author\" <a@h.example>, b@h.example
License-Expression: MIT OR Apache-2.0
Classifier: License :: OSI Approved :: BSD License
Project-URL: Documentation, https://docs.example
Project-URL: Home Page, https://h.example/foo
Project-URL: GitHub, https://git.example/mirror
Project-URL: Source-Code, https://git.example/foo
Requires-Python: >=3.9
Requires-Dist: numpy>=1.20
Requires-Dist: rich; extra == 'cli'
Provides-Extra: cli

Name: not a header
";

    #[test]
    fn new_metadata_is_read() {
        let stated = StatedMetadata::parse(NEW).unwrap();
        assert_eq!(stated.name.to_string(), "foo-bar");
        assert!(!stated.dynamic);
        let core = stated.core;
        let expression = License::Expression("MIT OR Apache-2.0".to_owned());
        assert_eq!(core.license, Some(expression));
        assert_eq!(core.author.as_deref(), Some("A. Author, B. Author"));
        assert_eq!(core.homepage.as_deref(), Some("https://h.example/foo"));
        let repository = core.repository.as_deref();
        assert_eq!(repository, Some("https://git.example/foo"));
        assert_eq!(core.requires.len(), 2);
        assert_eq!(core.requires_python.unwrap().to_string(), ">=3.9");
    }

    #[test]
    fn old_metadata_is_read_and_may_be_otherwise_when_built() {
        let text = "Metadata-Version: 1.1\r\nName: x\r\nVersion: 1\r\nAuthor: UNKNOWN\r\n\
                    Author-email: only@h.example\r\nLicense: MIT\r\nHome-page: UNKNOWN\r\n";
        let stated = StatedMetadata::parse(text).unwrap();
        assert!(stated.dynamic);
        assert_eq!(stated.core.license, Some(License::Text("MIT".to_owned())));
        assert_eq!(stated.core.author.as_deref(), Some("only@h.example"));
        assert_eq!(stated.core.homepage, None);
    }

    #[test]
    fn a_whole_licence_is_no_name() {
        let text = "Name: x\nVersion: 1\nLicense: Copyright\n        All rights.\n";
        assert_eq!(StatedMetadata::parse(text).unwrap().core.license, None);
        let text = format!(
            "{text}Classifier: License :: OSI Approved :: MIT License\nClassifier: License :: OSI Approved\n",
        );
        let stated = StatedMetadata::parse(&text).unwrap().core.license;
        let classifier = "License :: OSI Approved :: MIT License".to_owned();
        assert_eq!(stated, Some(License::Classifiers([classifier].into())));
    }

    #[test]
    fn the_source_code_is_no_home_page_and_neither_is_concluded_from_the_other() {
        let addresses = |urls: &[(&str, &str)]| {
            let found = Addresses::of(urls.iter().copied());
            [found.homepage, found.repository].map(Option::unwrap_or_default)
        };
        let code = "https://git.example/x";
        assert_eq!(addresses(&[("Repository", code)]), ["", code]);
        assert_eq!(addresses(&[("Homepage", code)]), [code, ""]);
        let told = [("Code of Conduct", code), ("source", "git@git.example:x")];
        assert_eq!(addresses(&told), ["", ""]);
        let twice = [("Source", code), ("Source", "https://b.example")];
        assert_eq!(addresses(&twice), ["", code]);
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(StatedMetadata::parse("").is_err());
        assert!(StatedMetadata::parse("Name: x\n").is_err());
        assert!(StatedMetadata::parse("Name: x\nVersion: one\n").is_err());
        let wrong = "Name: x\nVersion: 1\nRequires-Dist: a >= one\n";
        let error = StatedMetadata::parse(wrong).unwrap_err().to_string();
        assert!(error.contains("`a >= one`"), "{error}");
    }
}
