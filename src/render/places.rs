//! Where findings are written, as seen from the root of the repository: in the registry files of
//! today, and in the lock.
//!
//! CI wants a line for everything. What a finding says of its place itself comes first; else drift
//! of a registry entry is placed at the field that differs, and everything else in the lock.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use super::ReadText;
use crate::finding::{Code, Finding, Location};
use crate::lock;
use crate::model::EntryRef;
use crate::registry::{FieldPlaces, Registry};

/// The subjects that are files beside a lock, which may be missing.
const BESIDE: [&str; 2] = ["lists", "sbom"];

/// A place in a file, as CI counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// From the root of the repository.
    pub(super) file: PathBuf,
    /// Counted from 1.
    pub(super) line: usize,
    /// Counted from 1, in characters.
    pub(super) column: usize,
    /// Behind the last character that is meant, in the same line, where that is known.
    pub(super) end: Option<usize>,
}

/// What the places of a report are found in.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    /// The project root from the root of the repository.
    pub project: &'a Path,
    /// The lock and its text, where there is one.
    pub lock: Option<(&'a Path, &'a str)>,
    /// The SBOM, where there is one.
    pub sbom: Option<&'a Path>,
    /// The registries of today.
    pub registry: Option<&'a Registry>,
    /// Reads a file by its path from the project root.
    pub read: ReadText<'a>,
}

impl Ground<'_> {
    /// The beginning of the lock, for readers that take nothing without a place.
    pub(super) fn lock_itself(&self) -> Option<Place> {
        let (file, _) = self.lock?;
        place(file, &Location::start_of(file), None)
    }
}

/// Finds places, reading each file once.
pub(super) struct Finder<'a> {
    ground: Ground<'a>,
    lock: Option<lock::Places>,
    entries: HashMap<EntryRef, FieldPlaces>,
    texts: HashMap<PathBuf, Option<String>>,
}

impl<'a> Finder<'a> {
    pub(super) fn new(ground: Ground<'a>) -> Self {
        Self {
            ground,
            lock: ground.lock.map(|(file, text)| lock::Places::of(file, text)),
            entries: HashMap::new(),
            texts: HashMap::new(),
        }
    }

    /// The places of a finding, the main one first; none where it is written nowhere.
    pub(super) fn places(&mut self, finding: &Finding) -> Vec<Place> {
        if let Some(location) = &finding.location {
            return self.in_project(location).into_iter().collect();
        }
        let Some(subject) = &finding.subject else {
            return Vec::new();
        };
        let in_registry = subject
            .parse()
            .ok()
            .and_then(|entry| self.in_registry(&entry, finding))
            .and_then(|location| self.in_project(&location));
        let in_sbom = self.ground.sbom.filter(|_| subject == "sbom");
        let in_sbom = in_sbom.and_then(|file| place(file, &Location::start_of(file), None));
        let is_entry = in_registry.is_some() || is_config(finding.code);
        let in_lock = self.in_lock(subject, is_entry, in_sbom.is_some());
        in_registry
            .into_iter()
            .chain(in_sbom)
            .chain(in_lock)
            .collect()
    }

    /// The field of a registry entry that is not what was locked.
    fn in_registry(&mut self, entry: &EntryRef, finding: &Finding) -> Option<Location> {
        let is_change = match finding.code {
            Code::ConfigChanged | Code::ConfigAdded => false,
            Code::LockWouldChange => true,
            // What went is written in the lock alone.
            _ => return None,
        };
        let files = self.ground.registry?.files(entry)?;
        let whole = Location::start_of(&files.base);
        let Some(field) = &finding.field else {
            return Some(whole);
        };
        let read = self.ground.read;
        let fields = self
            .entries
            .entry(entry.clone())
            .or_insert_with(|| FieldPlaces::of(entry, files, read));
        let around = fields.field(field).or_else(|| fields.around(field));
        // What is locked of a package has the same name as its entry, but other fields.
        around.or_else(|| (!is_change).then_some(whole))
    }

    fn in_lock(&self, subject: &str, is_entry: bool, in_sbom: bool) -> Option<Place> {
        let (file, text) = self.ground.lock?;
        let places = self.lock.as_ref()?;
        let location = if is_entry {
            places.entry(subject).unwrap_or(places.start())
        } else if in_sbom || BESIDE.contains(&subject) {
            places.start()
        } else {
            places.subject(subject)?
        };
        place(file, location, Some(text))
    }

    /// A location that is relative to the project root.
    fn in_project(&mut self, location: &Location) -> Option<Place> {
        let read = self.ground.read;
        let text = self
            .texts
            .entry(location.file.clone())
            .or_insert_with(|| read(&location.file));
        let file = self.ground.project.join(&location.file);
        place(&file, location, text.as_deref())
    }
}

fn is_config(code: Code) -> bool {
    matches!(
        code,
        Code::ConfigChanged | Code::ConfigAdded | Code::ConfigRemoved
    )
}

fn place(file: &Path, location: &Location, text: Option<&str>) -> Option<Place> {
    let meant = text.and_then(|text| text.get(location.span.clone()));
    // The span of a mapping reaches to the next key; its first line is what is meant.
    let first_line = meant.and_then(|meant| meant.lines().next());
    let length = first_line.map_or(0, |line| line.trim_end().chars().count());
    Some(Place {
        file: inside(file)?,
        line: location.line,
        column: location.column,
        end: (length > 0).then_some(location.column + length),
    })
}

/// A path without `.` and `..`; none where it leads out of the repository.
fn inside(path: &Path) -> Option<PathBuf> {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => out.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !out.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    (!out.as_os_str().is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lie_inside_of_the_repository() {
        let path = |text: &str| inside(Path::new(text)).map(|path| path.display().to_string());
        assert_eq!(path("a/./b/../c").as_deref(), Some("a/c"));
        for outside in ["", ".", "..", "a/../..", "a/../../b", "/a"] {
            assert_eq!(path(outside), None, "{outside}");
        }
    }

    #[test]
    fn the_first_line_of_what_is_meant_is_marked() {
        let text = "é: |\r\n  x\n";
        let location = |span| Location {
            span,
            column: 2,
            ..Location::start_of("a")
        };
        let end = |span| place(Path::new("a"), &location(span), Some(text)).and_then(|it| it.end);
        assert_eq!(end(0..text.len()), Some(6));
        // Nothing is meant, or the file is another one by now.
        for span in [0..0, 1..2, 90..99] {
            assert_eq!(end(span), None);
        }
    }
}
