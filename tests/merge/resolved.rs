//! What was resolved for the SBOM holds for the lock, whatever servers say in between.

use vhb::model::Sha256Digest;

use crate::common::project::Run;
use crate::resolving::forbidden;
use crate::setting::{LOCK, SBOM, Setting};

/// Calls the driver for a file as git does; gives what it was merged to.
fn merge(setting: &Setting, path: &str) -> (Run, String) {
    for (name, commit) in [("O", "main"), ("A", "b"), ("B", "a")] {
        setting.project.write(name, &setting.at(commit, path));
    }
    let run = setting
        .project
        .vhb(&["merge", "O", "A", "B", "--path", path]);
    let merged = std::fs::read_to_string(setting.project.root().join("A")).unwrap();
    (run, merged)
}

/// The index has another release, for whoever asks again.
fn moves_on(setting: &Setting) {
    setting.add("y", "1.5", &[]);
    std::fs::remove_dir_all(setting.project.cache_of_uv()).unwrap();
}

#[test]
fn the_lock_is_that_of_its_sbom_although_the_index_moved_on() {
    let setting = forbidden();
    let (run, sbom) = merge(&setting, SBOM);
    run.exits(0);
    moves_on(&setting);
    let (run, lock) = merge(&setting, LOCK);
    run.exits(0).says("the merged lock has `y==1.0`");
    let digest = Sha256Digest::of(lock.as_bytes()).hex();
    assert!(sbom.contains(&digest), "{lock}");

    // Another merge of the same locks is resolved anew.
    let (run, lock) = merge(&setting, LOCK);
    run.exits(0).says("the merged lock has `y==1.5`");
    assert!(!sbom.contains(&Sha256Digest::of(lock.as_bytes()).hex()));
}

#[test]
fn what_is_damaged_in_the_cache_is_resolved_again() {
    let setting = forbidden();
    let kept = setting.project.cache().join("merges");
    let (_, whole) = merge(&setting, LOCK);
    // A lock by itself cannot tell that the digest of a file is another one.
    let digest = "\"y-1.0-py3-none-any.whl\": \"sha256:";
    assert!(whole.contains(digest));
    let damages: [fn(&str, &str) -> String; 4] = [
        |_, _| String::new(),
        |text, _| text[..text.len() - 1].to_owned(),
        |text, _| text.replacen("sha256:", "sha256:0", 1),
        |text, digest| {
            let at = text.find(digest).unwrap() + digest.len();
            let other = if &text[at..=at] == "0" { "1" } else { "0" };
            format!("{}{other}{}", &text[..at], &text[at + 1..])
        },
    ];
    for damage in damages {
        merge(&setting, SBOM).0.exits(0);
        let [entry] = std::fs::read_dir(&kept)
            .unwrap()
            .map(Result::unwrap)
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        let text = std::fs::read_to_string(entry.path()).unwrap();
        std::fs::write(entry.path(), damage(&text, digest)).unwrap();
        let (run, lock) = merge(&setting, LOCK);
        run.exits(0);
        assert_eq!(lock, whole);
        assert_eq!(std::fs::read_dir(&kept).unwrap().count(), 0);
    }
}
