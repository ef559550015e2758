//! The files of a new project, by their templates.
//!
//! A comment `# {{run.model.name}}` of a template becomes what the registry's own table says of
//! that field, so that a project explains what the program does. `EXPERIMENT_ID` is the experiment's
//! id, and `EXPERIMENT_NAME` the same as YAML writes it.

use crate::model::NewId;
use crate::registry::{explanation, yaml_text};
use crate::schema::Described;

/// A file of a project.
pub(super) struct ProjectFile {
    /// Relative to the project, with `/`.
    pub(super) path: String,
    pub(super) text: String,
}

const ID: &str = "EXPERIMENT_ID";
const NAME: &str = "EXPERIMENT_NAME";
/// Comments are broken at this column.
const WIDTH: usize = 88;

macro_rules! templates {
    ($($path:literal $(from $template:literal)?),* $(,)?) => {
        &[$(($path, templates!(@text $path $($template)?))),*]
    };
    (@text $path:literal) => { include_str!(concat!("project/", $path)) };
    (@text $path:literal $template:literal) => { include_str!(concat!("project/", $template)) };
}

/// Names and texts. Those that git would heed in vhb's own repository lie there without a point.
const TEMPLATES: &[(&str, &str)] = templates![
    ".gitattributes" from "gitattributes",
    ".gitignore" from "gitignore",
    "data/capitals/questions.csv",
    "models/lookup/answers.json",
    "models/lookup/config.json",
    "plugins/mybench/pyproject.toml",
    "plugins/mybench/src/mybench/__init__.py",
    "plugins/mybench/src/mybench/data.py",
    "plugins/mybench/src/mybench/model.py",
    "plugins/mybench/src/mybench/report.py",
    "plugins/mybench/src/mybench/run.py",
    "plugins/mybench/src/mybench/scores.py",
    "registries/datasets/capitals.yaml",
    "registries/experiments/EXPERIMENT_ID.yaml",
    "registries/frameworks/lookup.yaml",
    "registries/metrics/exact_match.yaml",
    "registries/packages/mybench.yaml",
    "registries/packages/pyyaml.yaml",
    "registries/reports/summary.yaml",
    "registries/runs/lookup.yaml",
    "registries/tasks/answer.yaml",
];

/// Every file of a project whose experiment has this id, the schemas among them.
pub(super) fn project(name: &NewId) -> Vec<ProjectFile> {
    let written = TEMPLATES.iter().map(|(path, text)| ProjectFile {
        path: path.replace(ID, name.as_str()),
        text: explained(text)
            .replace(ID, name.as_str())
            .replace(NAME, &yaml_text(name.as_str())),
    });
    let schemas = Described::ALL.map(|described| ProjectFile {
        path: format!("schemas/{}", described.file_name()),
        text: String::from_utf8_lossy(&described.to_bytes()).into_owned(),
    });
    written.chain(schemas).collect()
}

fn explained(template: &str) -> String {
    let mut out = String::with_capacity(template.len() * 2);
    for line in template.lines() {
        match asked(line) {
            Some((margin, path)) => {
                let text = explanation(path).expect("templates ask for fields that there are");
                comment(margin, text, &mut out);
            }
            None => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out
}

/// The margin of a comment, and the field that it asks for.
fn asked(line: &str) -> Option<(&str, &str)> {
    let (margin, rest) = line.split_once("# {{")?;
    Some((margin, rest.strip_suffix("}}")?))
}

fn comment(margin: &str, text: &str, out: &mut String) {
    let mut column = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if column == 0 || column + 1 + length > WIDTH {
            if column > 0 {
                out.push('\n');
            }
            out.push_str(margin);
            out.push('#');
            column = margin.len() + 1;
        }
        out.push(' ');
        out.push_str(word);
        column += 1 + length;
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_say_what_the_table_says() {
        let text = "key: 1\n  # {{run.dataset}}\nother: {{x}}\n";
        assert_eq!(
            explained(text),
            "key: 1\n  # The dataset: what it does that on.\nother: {{x}}\n"
        );
        let mut broken = String::new();
        comment("  ", "word ".repeat(40).trim_end(), &mut broken);
        assert!(
            broken
                .lines()
                .all(|line| line.len() <= WIDTH && line.starts_with("  # word"))
        );
        assert_eq!(broken.matches("word").count(), 40);
    }

    #[test]
    fn every_template_is_a_file_and_every_line_fits() {
        let name: NewId = "first".parse().unwrap();
        for file in project(&name) {
            assert!(!file.path.contains("EXPERIMENT"), "{}", file.path);
            if file.path.starts_with("schemas/") {
                continue;
            }
            assert!(
                !file.text.contains("{{") && !file.text.contains('\r'),
                "{}",
                file.path
            );
            assert!(file.text.ends_with('\n'), "{}", file.path);
            let longest = file.text.lines().map(|line| line.chars().count()).max();
            assert!(longest <= Some(100), "{}: {longest:?}", file.path);
        }
    }
}
