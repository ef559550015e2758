//! Which file was probably meant, where a revision does not have the one that was named.

use super::BlobName;
use crate::registry::nearest;

/// The name of every lock ends so, unless somebody chose another.
const LOCK: &str = ".lock.json";

/// The file that was probably meant by `wanted`, which is none of these, by somebody in the
/// directory `prefix` (empty, or with a `/` at its end). All begin at the top of the repository.
pub(super) fn near(wanted: &BlobName, prefix: &str, files: &[BlobName]) -> Option<BlobName> {
    let mut paths: Vec<_> = files.iter().map(BlobName::path).collect();
    paths.dedup();
    let path = match paths.iter().find(|path| **path == wanted.path()) {
        Some(path) => path,
        None => near_path(wanted.path(), prefix, &paths)?,
    };
    let there = files.iter().filter(|file| file.path() == path);
    // Where a merge stopped, ours before theirs, and before what both come from.
    let stages = ["0", "2", "3", "1"];
    let place = |file: &BlobName| stages.iter().position(|stage| file.stage() == Some(stage));
    let near = there.min_by_key(|file| (file.revision() != wanted.revision(), place(file)));
    near.cloned()
}

fn near_path<'a>(wanted: &str, prefix: &str, files: &[&'a str]) -> Option<&'a str> {
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
            assert_eq!(near_path(wanted, prefix, &files), expected, "{wanted}");
        }
        let renamed = near_path("locks/quite-another.lock.json", "", &files[..2]);
        assert_eq!(renamed, Some("locks/a.lock.json"));
    }
    #[test]
    fn a_stage_is_meant_that_is_there() {
        let name = |text: &str| text.parse::<BlobName>().unwrap();
        let staged = [":a", ":1:both", ":2:both", ":3:both", ":1:gone", ":3:gone"].map(name);
        for (wanted, expected) in [
            (":2:a", ":a"),
            (":both", ":2:both"),
            (":gone", ":3:gone"),
            (":2:gone", ":3:gone"),
            // The stage that was asked for goes first.
            (":3:x/both", ":3:both"),
            (":x/both", ":2:both"),
        ] {
            let near = near(&name(wanted), "", &staged);
            assert_eq!(near, Some(name(expected)), "{wanted}");
        }
    }
}
