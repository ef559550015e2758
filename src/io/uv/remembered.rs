//! What former resolutions came to: the names in the closure of some roots, one file for each set
//! of roots and target in the cache. It only ever saves time; what is missing or damaged counts
//! as nothing.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use pep508_rs::PackageName;

use crate::model::Sha256Digest;
use crate::remote::{Chosen, EnvironmentWanted, RootFrom};

/// The closures that are remembered, in one directory.
#[derive(Debug)]
pub(super) struct Remembered {
    directory: PathBuf,
}

impl Remembered {
    pub(super) fn new(cache_dir: &Path) -> Self {
        Self {
            directory: cache_dir.join("closures"),
        }
    }

    pub(super) fn names(&self, wanted: &EnvironmentWanted<'_>) -> Vec<PackageName> {
        let text = fs_err::read_to_string(self.path(wanted)).unwrap_or_default();
        text.lines().filter_map(|line| line.parse().ok()).collect()
    }

    pub(super) fn keep(&self, wanted: &EnvironmentWanted<'_>, chosen: &[Chosen]) {
        let lines = chosen.iter().map(|chosen| format!("{}\n", chosen.name));
        // A full or read-only disk costs the next run some time, nothing more.
        let _ = write(&self.path(wanted), &lines.collect::<String>());
    }

    fn path(&self, wanted: &EnvironmentWanted<'_>) -> PathBuf {
        let mut text = wanted.target.to_string();
        for root in &wanted.roots {
            let _ = write!(text, "\n{}{:?}", root.name, root.extras);
            if let RootFrom::Release { version, .. } = &root.from {
                let _ = write!(text, "=={version}");
            }
        }
        self.directory.join(Sha256Digest::of(text.as_bytes()).hex())
    }
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let directory = path.parent().expect("the path was joined to a directory");
    fs_err::create_dir_all(directory)?;
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(text.as_bytes())?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Target;
    use crate::remote::{ChosenFrom, Root};

    #[test]
    fn names_come_back_for_the_same_roots_only() {
        let directory = tempfile::tempdir().unwrap();
        let remembered = Remembered::new(directory.path());
        let target = Target::default();
        let wanted = |version: &str| EnvironmentWanted {
            name: "inference-x86_64-12345678",
            target: &target,
            roots: vec![Root {
                name: "a".parse().unwrap(),
                extras: Vec::new(),
                from: RootFrom::Release {
                    version: version.parse().unwrap(),
                    index: None,
                },
            }],
            preferred: Vec::new(),
            may_build: true,
        };
        let chosen = ["a", "b"].map(|name| Chosen {
            name: name.parse().unwrap(),
            version: None,
            from: ChosenFrom::Release(Vec::new()),
        });
        assert!(remembered.names(&wanted("1")).is_empty());
        remembered.keep(&wanted("1"), &chosen);
        let names = remembered.names(&wanted("1"));
        assert_eq!(names, chosen.map(|chosen| chosen.name));
        assert!(remembered.names(&wanted("2")).is_empty());
    }
}
