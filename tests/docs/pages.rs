//! The pages of the documentation.

use std::path::{Path, PathBuf};

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The directory of the documentation.
pub(crate) fn docs() -> PathBuf {
    root().join("docs")
}

/// Every page of the repository that people read, by its path from the root.
pub(crate) fn all() -> Vec<PathBuf> {
    let mut pages: Vec<_> = ["README.md", "CHANGELOG.md", "example/README.md"]
        .map(PathBuf::from)
        .into();
    collect(Path::new("docs"), &mut pages);
    pages.sort();
    pages
}

fn collect(directory: &Path, pages: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(root().join(directory)).unwrap() {
        let entry = entry.unwrap();
        let path = directory.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            collect(&path, pages);
        } else if path.extension().is_some_and(|end| end == "md") {
            pages.push(path);
        }
    }
}

/// The text of a page.
pub(crate) fn read(page: &Path) -> String {
    std::fs::read_to_string(root().join(page)).unwrap()
}
