//! What a source tree installs, as its `pyproject.toml` declares it (PEP 621, or Poetry's table).

use toml::{Table, Value};

use crate::finding::{Code, Finding};
use crate::model::Dist;

/// The distribution, and a warning where its metadata leaves something open.
pub(super) fn distribution(pyproject: Option<&str>) -> (Option<Dist>, Option<Finding>) {
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
}
