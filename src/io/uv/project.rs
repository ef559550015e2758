//! An environment as a project that uv resolves: its roots are the project's dependencies.
//!
//! A root of an index of its own is bound to that index, and nothing else is looked for there
//! (`explicit`): a name that the index also has cannot slip into the place of another's.

use std::collections::BTreeMap;
use std::path::Path;

use toml::{Table, Value};
use url::Url;

use crate::model::IndexUrl;
use crate::remote::{EnvironmentWanted, Root, RootFrom};

/// The text of `pyproject.toml`, and the variables that hold what must not stand in it.
pub(super) fn of(wanted: &EnvironmentWanted<'_>) -> (String, Vec<(String, String)>) {
    let mut indexes: BTreeMap<&str, (String, &IndexUrl)> = BTreeMap::new();
    let mut sources = Table::new();
    let mut dependencies = Vec::new();
    for root in &wanted.roots {
        dependencies.push(Value::from(requirement(root)));
        if let RootFrom::Release {
            index: Some(index), ..
        } = &root.from
        {
            let next = format!("index{}", indexes.len());
            let (name, _) = indexes
                .entry(index.secret())
                .or_insert_with(|| (next, index));
            let source = Table::from_iter([("index".to_owned(), Value::from(name.as_str()))]);
            sources.insert(root.name.to_string(), Value::Table(source));
        }
    }
    let project = Table::from_iter([
        ("name".to_owned(), Value::from(wanted.name)),
        ("version".to_owned(), Value::from("0")),
        ("dependencies".to_owned(), Value::from(dependencies)),
    ]);
    let uv = Table::from_iter([
        ("sources".to_owned(), Value::Table(sources)),
        (
            "index".to_owned(),
            indexes.values().map(declared).collect::<Vec<_>>().into(),
        ),
    ]);
    let tool = Table::from_iter([("uv".to_owned(), Value::Table(uv))]);
    let file = Table::from_iter([
        ("project".to_owned(), Value::Table(project)),
        ("tool".to_owned(), Value::Table(tool)),
    ]);
    let secrets = indexes
        .values()
        .flat_map(|(name, index)| credentials(name, index));
    (file.to_string(), secrets.collect())
}

fn declared((name, index): &(String, &IndexUrl)) -> Table {
    Table::from_iter([
        ("name".to_owned(), Value::from(name.as_str())),
        ("url".to_owned(), Value::from(index.as_str())),
        ("explicit".to_owned(), Value::from(true)),
    ])
}

/// The user and the password of an index as uv reads them from the environment.
fn credentials(name: &str, index: &IndexUrl) -> Vec<(String, String)> {
    let Ok(whole) = Url::parse(index.secret()) else {
        return Vec::new();
    };
    let decoded = |text: &str| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8_lossy()
            .into_owned()
    };
    let variable = |part: &str| format!("UV_INDEX_{}_{part}", name.to_uppercase());
    let user = Some(whole.username()).filter(|user| !user.is_empty());
    let user = user.map(|user| (variable("USERNAME"), decoded(user)));
    let password = whole.password();
    let password = password.map(|password| (variable("PASSWORD"), decoded(password)));
    user.into_iter().chain(password).collect()
}

/// A root as a requirement (PEP 508).
fn requirement(root: &Root) -> String {
    let extras: Vec<_> = root.extras.iter().map(ToString::to_string).collect();
    let extras = match extras.join(",") {
        none if none.is_empty() => none,
        some => format!("[{some}]"),
    };
    match &root.from {
        RootFrom::Release { version, .. } => format!("{}{extras}=={version}", root.name),
        RootFrom::Path { path, .. } => format!("{}{extras} @ {}", root.name, file_url(path)),
    }
}

/// What a `pyproject.toml` says of its project by the standard (PEP 621), without the rest of it:
/// what it tells uv alone (`tool.uv`: other sources, a workspace) is for its developers, and holds
/// nowhere where the project is installed.
pub(super) fn standard_part(pyproject: &str) -> Option<String> {
    let table: Table = pyproject.parse().ok()?;
    let project = table.get("project")?.clone();
    Some(Table::from_iter([("project".to_owned(), project)]).to_string())
}

/// The variable that tells the build of a root its version, and the version.
pub(super) fn told_version(root: &Root) -> Option<(String, &str)> {
    let RootFrom::Path {
        version: Some(version),
        ..
    } = &root.from
    else {
        return None;
    };
    let name = root.name.to_string().to_uppercase().replace('-', "_");
    Some((
        format!("SETUPTOOLS_SCM_PRETEND_VERSION_FOR_{name}"),
        version,
    ))
}

fn file_url(path: &Path) -> String {
    Url::from_file_path(path).map_or_else(|()| path.display().to_string(), Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Target;

    #[test]
    fn roots_are_bound_to_their_index_and_secrets_stay_out() {
        let target = Target::default();
        let root = |name: &str, index: Option<&str>| Root {
            name: name.parse().unwrap(),
            extras: vec!["all".parse().unwrap()],
            from: RootFrom::Release {
                version: "1.0".parse().unwrap(),
                index: index.map(|index| index.parse().unwrap()),
            },
        };
        let own = "https://me:s%40cret@index.example/simple";
        let wanted = EnvironmentWanted {
            name: "inference-x86_64-12345678",
            target: &target,
            roots: vec![root("a", None), root("b", Some(own)), root("c", Some(own))],
            preferred: Vec::new(),
            may_build: true,
        };
        let (text, secrets) = of(&wanted);
        let file: Table = text.parse().unwrap();
        assert_eq!(
            file["project"]["dependencies"].as_array().unwrap()[0].as_str(),
            Some("a[all]==1.0")
        );
        let uv = &file["tool"]["uv"];
        assert_eq!(uv["index"].as_array().unwrap().len(), 1);
        assert_eq!(
            uv["index"][0]["url"].as_str(),
            Some("https://index.example/simple")
        );
        assert_eq!(uv["index"][0]["explicit"].as_bool(), Some(true));
        assert!(uv["sources"].get("a").is_none());
        assert_eq!(uv["sources"]["b"], uv["sources"]["c"]);
        assert!(!text.contains("cret"), "{text}");
        let expected = [
            ("UV_INDEX_INDEX0_USERNAME", "me"),
            ("UV_INDEX_INDEX0_PASSWORD", "s@cret"),
        ];
        assert_eq!(
            secrets,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }
}
