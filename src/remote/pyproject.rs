//! What a source tree installs, as its `pyproject.toml` declares it (PEP 621, or Poetry's table).

use std::collections::BTreeSet;

use toml::{Table, Value};

use crate::finding::{Code, Finding};
use crate::model::{Addresses, CoreMetadata, Dist, Requirement, license, one_line};

/// The distribution, and a warning where its metadata leaves something open.
pub fn distribution(pyproject: Option<&str>) -> (Option<Dist>, Option<Finding>) {
    let unknown = |why: &str| {
        let message = format!("the distribution's name and version are not known: {why}");
        Some(Finding::new(Code::DistributionUnknown, message))
    };
    let Some(text) = pyproject else {
        return (None, unknown("there is no readable `pyproject.toml`"));
    };
    let table: Table = match text.parse() {
        Ok(table) => table,
        Err(error) => {
            let reason = error
                .message()
                .lines()
                .next()
                .unwrap_or_default()
                .to_owned();
            return (
                None,
                unknown(&format!("`pyproject.toml` is not TOML: {reason}")),
            );
        }
    };
    let project = table.get("project");
    let poetry = table.get("tool").and_then(|tool| tool.get("poetry"));
    let field = |name: &str| {
        [project, poetry]
            .into_iter()
            .flatten()
            .find_map(|table| table.get(name))
            .and_then(Value::as_str)
    };
    let Some(name) = field("name") else {
        return (None, unknown("`pyproject.toml` has no `project.name`"));
    };
    let Ok(name) = pep508_rs::PackageName::new(name.to_owned()) else {
        return (None, unknown("`project.name` is not a valid name"));
    };
    let version = field("version").and_then(|version| version.parse().ok());
    let warning = if version.is_none() {
        let message = format!("the version of `{name}` is only known after a build");
        Some(Finding::new(Code::DistributionUnknown, message))
    } else {
        None
    };
    (Some(Dist { name, version }), warning)
}

/// Why a text is no TOML.
pub fn fault(pyproject: &str) -> Option<String> {
    let error = pyproject.parse::<Table>().err()?;
    Some(
        error
            .message()
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned(),
    )
}

/// What a tree says of itself without being built: the name, the version and the requirements all
/// stand in `[project]`, and none of them is left to the build (PEP 621, PEP 643).
pub fn metadata(pyproject: &str) -> Option<(Dist, CoreMetadata)> {
    let table: Table = pyproject.parse().ok()?;
    let project = table.get("project")?.as_table()?;
    let dynamic = texts(project.get("dynamic"));
    let open = [
        "version",
        "dependencies",
        "optional-dependencies",
        "requires-python",
    ];
    if dynamic.iter().any(|field| open.contains(&field.as_str())) {
        return None;
    }
    let text = |field: &str| project.get(field).and_then(Value::as_str);
    let dist = Dist {
        name: text("name")?.parse().ok()?,
        version: Some(text("version")?.parse().ok()?),
    };
    let mut requires = BTreeSet::new();
    for requirement in texts(project.get("dependencies")) {
        requires.insert(requirement.parse().ok()?);
    }
    for (extra, requirements) in tables(project.get("optional-dependencies")) {
        for requirement in texts(Some(requirements)) {
            requires.insert(of_extra(&requirement, extra)?);
        }
    }
    let license_text = project.get("license");
    let expression = license_text.and_then(Value::as_str);
    let old = license_text.and_then(|table| table.get("text")?.as_str());
    let urls = tables(project.get("urls")).filter_map(|(label, url)| Some((label, url.as_str()?)));
    let addresses = Addresses::of(urls);
    let core = CoreMetadata {
        requires,
        requires_python: match text("requires-python") {
            Some(text) => Some(text.parse().ok()?),
            None => None,
        },
        license: license(
            expression,
            texts(project.get("classifiers")).into_iter(),
            old,
        ),
        author: people(project, "authors").or_else(|| people(project, "maintainers")),
        homepage: addresses.homepage,
        repository: addresses.repository,
        summary: text("description").and_then(one_line),
        built: false,
    };
    Some((dist, core))
}

/// A requirement of an extra as metadata has it: with the extra in its marker.
fn of_extra(requirement: &str, extra: &str) -> Option<Requirement> {
    let extra = pep508_rs::ExtraName::new(extra.to_owned()).ok()?;
    let text = match requirement.split_once(';') {
        Some((requirement, marker)) => {
            format!(
                "{} ; ({}) and extra == '{extra}'",
                requirement.trim(),
                marker.trim()
            )
        }
        None => format!("{} ; extra == '{extra}'", requirement.trim()),
    };
    text.parse().ok()
}

fn texts(list: Option<&Value>) -> Vec<String> {
    list.and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn tables(table: Option<&Value>) -> impl Iterator<Item = (&str, &Value)> {
    let table = table.and_then(Value::as_table);
    table
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.as_str(), value))
}

/// The names of people, else their addresses.
fn people(project: &Table, field: &str) -> Option<String> {
    let people = project.get(field)?.as_array()?;
    ["name", "email"].iter().find_map(|key| {
        let texts: Vec<_> = people
            .iter()
            .filter_map(|person| person.get(key)?.as_str())
            .collect();
        one_line(&texts.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dist(text: &str) -> (Option<String>, bool) {
        let (dist, warning) = distribution(Some(text));
        (dist.map(|dist| dist.to_string()), warning.is_some())
    }

    #[test]
    fn static_metadata_is_normalised() {
        let text = "[project]\nname = 'VQA.Dataset'\nversion = '0.3.1-rc1'";
        assert_eq!(
            dist(text),
            (Some("vqa-dataset==0.3.1rc1".to_owned()), false)
        );
        let text = "[tool.poetry]\nname = 'p'\nversion = '1'";
        assert_eq!(dist(text), (Some("p==1".to_owned()), false));
    }

    #[test]
    fn what_only_a_build_knows_is_left_open() {
        let text = "[project]\nname = 'a'\ndynamic = ['version']";
        assert_eq!(dist(text), (Some("a".to_owned()), true));
        assert_eq!(dist("[build-system]"), (None, true));
        assert_eq!(dist("= broken"), (None, true));
        assert!(distribution(None).1.is_some());
    }

    #[test]
    fn what_needs_no_build_is_read_from_the_project_table() {
        let text = "
[project]
name = 'VQA.Plugin'
version = '1.0'
description = 'Answers questions'
requires-python = '>=3.10'
dependencies = ['numpy>=1.20', 'click; sys_platform == \"win32\"']
license = 'MIT'
authors = [{name = 'A', email = 'a@h.example'}]
urls = {Homepage = 'https://h.example/x', 'Source Code' = 'https://git.example/x'}
[project.optional-dependencies]
Plots = ['matplotlib; python_version < \"3.12\"']
";
        let (dist, core) = metadata(text).unwrap();
        assert_eq!(dist.to_string(), "vqa-plugin==1.0");
        let requires: Vec<_> = core.requires.iter().map(Requirement::as_str).collect();
        assert_eq!(
            requires,
            [
                "click; sys_platform == \"win32\"",
                "matplotlib ; (python_version < \"3.12\") and extra == 'plots'",
                "numpy>=1.20"
            ]
        );
        assert_eq!(core.author.as_deref(), Some("A"));
        assert_eq!(core.homepage.as_deref(), Some("https://h.example/x"));
        let repository = core.repository.as_deref();
        assert_eq!(repository, Some("https://git.example/x"));
        for open in ["version", "dependencies"] {
            let text = text.replace("[project]", &format!("[project]\ndynamic = ['{open}']"));
            assert_eq!(metadata(&text), None, "{open}");
        }
        assert_eq!(metadata("[tool.poetry]\nname = 'p'\nversion = '1'"), None);
    }
}
