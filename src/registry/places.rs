//! Where the fields of an entry are written, by the paths that changes are told with.

use std::collections::HashMap;
use std::path::Path;

use super::node::{Mark, Node, Value};
use super::overlay::Layers;
use super::{EntryFiles, RegistryFile};
use crate::finding::Location;
use crate::model::EntryRef;

/// Longer paths have no place of their own: a file of long keys must not fill the memory.
const LONGEST: usize = 256;

/// The places of the fields of one entry.
#[derive(Clone, Debug)]
pub struct FieldPlaces {
    files: EntryFiles,
    marks: HashMap<String, Mark>,
}

impl FieldPlaces {
    /// Reads the files of an entry once more; what cannot be read has no fields.
    pub fn of(
        entry: &EntryRef,
        files: &EntryFiles,
        read: &dyn Fn(&Path) -> Option<String>,
    ) -> Self {
        let file = |path: &Path| {
            let text = read(path)?;
            Some(RegistryFile {
                path: path.to_string_lossy().into_owned(),
                content: Ok(text.into_bytes()),
            })
        };
        let layers = file(&files.base).map(|base| Layers {
            entry: entry.clone(),
            base,
            overlay: files.overlay.as_deref().and_then(file),
        });
        let mut marks = HashMap::new();
        if let Some(node) = layers.and_then(|layers| layers.merge(&mut Vec::new())) {
            collect(&node, "", &mut marks);
        }
        Self {
            files: files.clone(),
            marks,
        }
    }

    /// The place of a field such as `model.engine_params.seed` or `metrics[1]`.
    pub fn field(&self, field: &str) -> Option<Location> {
        self.marks.get(field).map(|mark| self.files.locate(*mark))
    }

    /// The place of the innermost field around one that is not there.
    pub fn around(&self, field: &str) -> Option<Location> {
        let mut path = field;
        loop {
            path = &path[..path.rfind(['.', '['])?];
            if let Some(place) = self.field(path) {
                return Some(place);
            }
        }
    }
}

fn collect(node: &Node, path: &str, marks: &mut HashMap<String, Mark>) {
    let mut add = |inner: String, mark: Mark, value: &Node| {
        if inner.len() <= LONGEST {
            collect(value, &inner, marks);
            marks.insert(inner, mark);
        }
    };
    match &node.value {
        Value::Mapping(entries) => {
            for (key, value) in entries {
                let dot = if path.is_empty() { "" } else { "." };
                add(format!("{path}{dot}{}", key.text), key.mark, value);
            }
        }
        Value::Sequence(items) => {
            for (index, item) in items.iter().enumerate() {
                add(format!("{path}[{index}]"), item.mark, item);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Kind;

    fn places(base: &str, overlay: Option<&str>) -> FieldPlaces {
        let files = EntryFiles {
            base: "q.yaml".into(),
            overlay: overlay.map(|_| "q.dev.yaml".into()),
        };
        let read = |path: &Path| {
            let text = if path == "q.yaml" {
                Some(base)
            } else {
                overlay
            };
            text.map(str::to_owned)
        };
        FieldPlaces::of(&EntryRef::new(Kind::Runs, "q"), &files, &read)
    }

    fn shown(place: Option<Location>) -> String {
        place.map_or_else(String::new, |place| {
            format!("{}:{}:{}", place.file.display(), place.line, place.column)
        })
    }

    #[test]
    fn fields_stand_where_they_are_written() {
        let base = "name: q\nmodel:\n  env:\n    a.b: 1\nmetrics: [x,\n  y]\n";
        let places = places(base, None);
        for (field, place) in [
            ("name", "q.yaml:1:1"),
            ("model", "q.yaml:2:1"),
            ("model.env.a.b", "q.yaml:4:5"),
            ("metrics[1]", "q.yaml:6:3"),
            ("model.name", ""),
        ] {
            assert_eq!(shown(places.field(field)), place, "{field}");
        }
        assert_eq!(shown(places.around("model.env.seed")), "q.yaml:3:3");
        assert_eq!(shown(places.around("metrics[5]")), "q.yaml:5:1");
        assert_eq!(shown(places.around("gone")), "");
    }

    #[test]
    fn an_overlay_holds_the_fields_that_it_replaces() {
        let places = places("name: q\nmodel: {a: 1}\n", Some("\nmodel: {b: 1}\n"));
        assert_eq!(shown(places.field("name")), "q.yaml:1:1");
        assert_eq!(shown(places.field("model.b")), "q.dev.yaml:2:9");
        assert_eq!(shown(places.field("model.a")), "");
    }

    #[test]
    fn what_cannot_be_read_has_no_fields() {
        for text in ["", "a: [", "- 1"] {
            assert_eq!(shown(places(text, None).field("a")), "");
        }
        let deep = format!("{}: 1", "k".repeat(300));
        assert!(places(&deep, None).marks.is_empty());
    }
}
