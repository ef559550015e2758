//! Which file was probably meant, where a revision does not have the one that was named.

use crate::registry::nearest;

/// The name of every lock ends so, unless somebody chose another.
const LOCK: &str = ".lock.json";

/// The file that was probably meant by `wanted`, a path from the top of the repository, by somebody
/// in the directory `prefix` (empty, or with a `/` at its end).
pub(super) fn near<'a>(wanted: &str, prefix: &str, files: &[&'a str]) -> Option<&'a str> {
    // Said as if paths started in the directory, which git does for `./` alone.
    let here = format!("{prefix}{}", wanted.trim_start_matches('/'));
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let there = |path: &str| files.iter().copied().find(|file| *file == path);
    let wanted_name = name(wanted);
    let moved = || {
        let same = files.iter().filter(|file| name(file) == wanted_name);
        same.min_by_key(|file| (!file.starts_with(prefix), file.len(), **file))
            .copied()
    };
    let only_lock = || {
        let mut locks = files.iter().filter(|file| file.ends_with(LOCK));
        let only = locks.next().filter(|_| locks.next().is_none());
        only.filter(|_| wanted.ends_with(LOCK)).copied()
    };
    // Without its ending.
    let begun = || {
        let beginning = format!("{wanted_name}.");
        let mut longer = files
            .iter()
            .filter(|file| name(file).starts_with(&beginning));
        let only = longer.next().filter(|_| longer.next().is_none());
        only.copied()
    };
    there(&here)
        .or_else(moved)
        .or_else(begun)
        .or_else(|| nearest(wanted, files.iter().copied()))
        .or_else(only_lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_found_by_place_by_name_and_by_likeness() {
        let files = ["README.md", "locks/a.lock.json", "old/deep/b.lock.json"];
        for (wanted, prefix, expected) in [
            ("a.lock.json", "locks/", Some("locks/a.lock.json")),
            ("/locks/a.lock.json", "", Some("locks/a.lock.json")),
            ("locks/c.lock.json", "", Some("locks/a.lock.json")),
            ("new/b.lock.json", "", Some("old/deep/b.lock.json")),
            ("lock/a.lock.json", "", Some("locks/a.lock.json")),
            ("readme.md", "", Some("README.md")),
            ("locks/a.lock", "", Some("locks/a.lock.json")),
            ("b", "", Some("old/deep/b.lock.json")),
            ("something/else.txt", "", None),
        ] {
            assert_eq!(near(wanted, prefix, &files), expected, "{wanted}");
        }
        let renamed = near("locks/quite-another.lock.json", "", &files[..2]);
        assert_eq!(renamed, Some("locks/a.lock.json"));
    }
}
