//! Places beside which other runs, or other people, left something.

use super::*;

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn make(path: &Path, text: &str) {
    fs::create_dir_all(path).unwrap();
    fs::write(path.join(MARKER), text).unwrap();
}

#[test]
fn what_is_given_up_leaves_nothing_behind() {
    let root = tempfile::tempdir().unwrap();
    let staged = Staged::begin(&root.path().join("a/b/env"), false, &[]).unwrap();
    make(&staged.path(), "half");
    assert_eq!(names(&root.path().join("a/b")).len(), 1);
    drop(staged);
    assert!(names(root.path()).is_empty());
}

#[test]
fn it_takes_an_empty_place_and_no_other() {
    let root = tempfile::tempdir().unwrap();
    let place = root.path().join("env");
    fs::create_dir(&place).unwrap();
    let staged = Staged::begin(&place, false, &[]).unwrap();
    make(&staged.path(), "new");
    staged.finish().unwrap();
    assert_eq!(fs::read_to_string(place.join(MARKER)).unwrap(), "new");
    assert_eq!(names(root.path()), ["env"]);

    let refused = Staged::begin(&place, false, &[]).unwrap_err();
    assert!(matches!(refused, StageError::NotEmpty(_)), "{refused}");
    fs::remove_file(place.join(MARKER)).unwrap();
    fs::write(place.join("thesis.tex"), "").unwrap();
    let refused = Staged::begin(&place, true, &[]).unwrap_err();
    assert!(matches!(refused, StageError::NotAnEnvironment(_)));
    let refused = Staged::begin(&place.join("thesis.tex"), true, &[]).unwrap_err();
    assert!(matches!(refused, StageError::NotADirectory(_)));
    assert_eq!(names(&place), ["thesis.tex"]);
}

#[test]
fn an_environment_is_replaced_only_where_nothing_is_lost() {
    let root = tempfile::tempdir().unwrap();
    let place = root.path().join("env");
    make(&place, "old");
    let staged = Staged::begin(&place, true, &[]).unwrap();
    drop(staged);
    assert_eq!(fs::read_to_string(place.join(MARKER)).unwrap(), "old");

    let kept = place.join("locks/a.lock.json");
    fs::create_dir(place.join("locks")).unwrap();
    fs::write(&kept, "").unwrap();
    let refused = Staged::begin(&place, true, &[kept]).unwrap_err();
    assert!(matches!(refused, StageError::Holds { .. }), "{refused}");
    #[cfg(unix)]
    {
        // A link is lost as well, though what it names is not.
        let link = place.join("link");
        std::os::unix::fs::symlink(root.path(), &link).unwrap();
        let refused = Staged::begin(&place, true, &[link]).unwrap_err();
        assert!(matches!(refused, StageError::Holds { .. }), "{refused}");
    }

    let staged = Staged::begin(&place, true, &[]).unwrap();
    make(&staged.path(), "new");
    staged.finish().unwrap();
    assert_eq!(fs::read_to_string(place.join(MARKER)).unwrap(), "new");
    assert_eq!(names(root.path()), ["env"]);
}

#[test]
fn an_environment_comes_back_where_the_new_one_cannot_take_its_place() {
    let root = tempfile::tempdir().unwrap();
    let place = root.path().join("env");
    make(&place, "old");
    let staged = Staged::begin(&place, true, &[]).unwrap();
    // Nothing was made.
    assert!(staged.finish().is_err());
    assert_eq!(fs::read_to_string(place.join(MARKER)).unwrap(), "old");
    assert_eq!(names(root.path()), ["env"]);
}

#[test]
fn what_killed_runs_left_is_healed_and_what_others_do_is_left_alone() {
    let root = tempfile::tempdir().unwrap();
    let place = root.path().join("env");
    let dead = root.path().join(".env.vhb-sync-abc123");
    make(&dead.join(REPLACED), "old");
    // The file `lock` may be gone, where a sweep was disturbed.
    let other = root.path().join(".env.vhb-sync-a.vhb-sync-abc123");
    make(&other.join(MADE), "");
    fs::write(other.join(LOCK), "").unwrap();
    let busy = Staged::begin(&root.path().join("busy"), false, &[]).unwrap();

    let staged = Staged::begin(&place, true, &[]).unwrap();
    let second = Staged::begin(&place, true, &[]).unwrap();
    assert!(!dead.exists() && other.exists());
    assert_eq!(fs::read_to_string(place.join(MARKER)).unwrap(), "old");
    make(&staged.path(), "new");
    staged.finish().unwrap();
    assert!(second.inside(LOCK).exists() && busy.inside(LOCK).exists());
}

#[cfg(unix)]
#[test]
fn links_that_others_planted_lead_nowhere() {
    use std::os::unix::fs::symlink;
    let root = tempfile::tempdir().unwrap();
    let theirs = root.path().join("theirs");
    make(&theirs.join(MADE), "theirs");
    fs::write(theirs.join(LOCK), "").unwrap();
    symlink(&theirs, root.path().join(".env.vhb-sync-link11")).unwrap();
    let planted = root.path().join(".env.vhb-sync-lock22");
    fs::create_dir(&planted).unwrap();
    symlink(theirs.join("new"), planted.join(LOCK)).unwrap();
    let moved = root.path().join(".env.vhb-sync-moved3");
    fs::create_dir(&moved).unwrap();
    symlink(&theirs, moved.join(REPLACED)).unwrap();

    drop(Staged::begin(&root.path().join("env"), false, &[]).unwrap());
    assert!(theirs.join(MADE).join(MARKER).is_file());
    assert!(!theirs.join("new").exists() && planted.exists());
    assert!(!moved.exists() && names(root.path()).iter().all(|name| name != "env"));
}
