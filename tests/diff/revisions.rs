//! Files by revision and path, from real repositories.

use std::path::Path;

use tempfile::TempDir;
use vhb::io::git::{BlobError, Revisions};

use crate::common::git_server::{Repo, git, isolated};

/// A repository with two commits; what is staged and what lies in the work tree differ from both.
struct Setting {
    directory: TempDir,
    repo: Repo,
}

impl Setting {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let repo = Repo::init(directory.path().join("project"), &[]);
        repo.commit_file("locks/a.lock.json", "one");
        repo.commit_file("locks/a.lock.json", "two");
        repo.write("locks/a.lock.json", "staged");
        repo.git(&["add", "."]);
        repo.write("locks/a.lock.json", "now");
        Self { directory, repo }
    }

    fn revisions(&self, below: &str) -> Revisions {
        around(&self.repo.path.join(below))
    }

    fn read(&self, below: &str, name: &str) -> String {
        read(&self.revisions(below), name)
    }

    fn fails(&self, below: &str, name: &str) -> BlobError {
        let name = name.parse().unwrap();
        self.revisions(below).blob(&name, 100).unwrap_err()
    }
}

fn around(directory: &Path) -> Revisions {
    let mut revisions = Revisions::around(directory);
    revisions.env = isolated();
    revisions
}

fn read(revisions: &Revisions, name: &str) -> String {
    let bytes = revisions.blob(&name.parse().unwrap(), 100);
    String::from_utf8(bytes.unwrap_or_else(|error| panic!("{name}: {error}"))).unwrap()
}

#[test]
fn revisions_stages_and_directories_are_those_of_git() {
    let setting = Setting::new();
    let id = setting.repo.id("HEAD~1");
    for (below, name, expected) in [
        ("", "HEAD:locks/a.lock.json", "two"),
        ("", "HEAD~1:locks/a.lock.json", "one"),
        ("", "main^:./locks/a.lock.json", "one"),
        ("locks", "main:./a.lock.json", "two"),
        ("locks", "main:../locks/a.lock.json", "two"),
        ("locks", "main:locks/a.lock.json", "two"),
        ("", ":locks/a.lock.json", "staged"),
        ("locks", ":./a.lock.json", "staged"),
        ("", ":0:locks/a.lock.json", "staged"),
        ("", &format!("{id}:locks/a.lock.json"), "one"),
        ("", &format!("{}:locks/a.lock.json", id.short()), "one"),
        (".git", "HEAD:locks/a.lock.json", "two"),
    ] {
        assert_eq!(setting.read(below, name), expected, "{below} {name}");
    }
    let file = setting.repo.path.join("locks/a.lock.json");
    for (below, name) in [
        ("", "HEAD:locks/a.lock.json"),
        ("locks", "HEAD:./a.lock.json"),
    ] {
        let there = setting.revisions(below);
        let there = there.in_work_tree(&name.parse().unwrap()).unwrap();
        assert_eq!(there.canonicalize().unwrap(), file.canonicalize().unwrap());
    }
}

#[test]
fn what_is_not_there_is_told_with_what_was_meant() {
    let setting = Setting::new();
    setting.repo.git(&["branch", "release"]);
    for (below, name, said, meant) in [
        (
            "",
            "HEAD:locks/b.lock.json",
            "there is no file `locks/b.lock.json` in `HEAD`",
            Some("HEAD:locks/a.lock.json"),
        ),
        (
            "locks",
            "HEAD:a.lock.json",
            "there is no file `a.lock.json` in `HEAD`",
            Some("HEAD:locks/a.lock.json"),
        ),
        (
            "locks",
            ":./b.lock.json",
            "there is no file `./b.lock.json` in the index",
            Some(":locks/a.lock.json"),
        ),
        (
            "",
            ":2:locks/a.lock.json",
            "there is no file `locks/a.lock.json` in stage 2 of the index",
            Some(":locks/a.lock.json"),
        ),
        // What git would answer of a file, and an option of the command that reads one.
        (
            "",
            "HEAD:locks/a.lock.json blob 5",
            "there is no file `locks/a.lock.json blob 5` in `HEAD`",
            None,
        ),
        (
            "",
            "--batch-all-objects blob 1 a:b",
            "the repository has no revision `--batch-all-objects blob 1 a`",
            None,
        ),
        ("", "HEAD:x", "there is no file `x` in `HEAD`", None),
        (
            "",
            "heda:x",
            "the repository has no revision `heda`",
            Some("HEAD"),
        ),
        (
            "",
            "releases:x",
            "the repository has no revision `releases`",
            Some("release"),
        ),
        (
            "",
            "--all:x",
            "the repository has no revision `--all`",
            None,
        ),
        (
            "",
            "HEAD~7:x",
            "the repository has no revision `HEAD~7`",
            None,
        ),
        ("", "HEAD:locks", "`HEAD:locks` is not a file", None),
    ] {
        let error = setting.fails(below, name);
        assert_eq!(error.to_string(), said, "{name}");
        let near = match error {
            BlobError::NoPath { near, .. } => near.map(|name| name.to_string()),
            BlobError::NoRevision { near, .. } => near,
            _ => None,
        };
        assert_eq!(near.as_deref(), meant, "{name}");
    }
    let outside = setting.fails("", "HEAD:../x");
    assert!(matches!(outside, BlobError::Outside), "{outside}");
}

/// In the index of a merge that stopped, a file has a stage for each side, and none of its own.
#[test]
fn where_a_merge_stopped_a_stage_is_meant_that_is_there() {
    let setting = Setting::new();
    let repo = &setting.repo;
    repo.git(&["reset", "-q", "--hard"]);
    repo.commit_file("locks/gone.lock.json", "one");
    repo.git(&["checkout", "-q", "-b", "theirs"]);
    repo.write("locks/gone.lock.json", "theirs");
    repo.commit_file("locks/a.lock.json", "theirs");
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["rm", "-q", "locks/gone.lock.json"]);
    repo.commit_file("locks/a.lock.json", "ours");
    repo.git(&["read-tree", "-m", "main~1", "main", "theirs"]);
    for (name, meant) in [
        (":locks/a.lock.json", ":2:locks/a.lock.json"),
        (":0:locks/a.lock.json", ":2:locks/a.lock.json"),
        (":./locks/a.lock.json", ":2:locks/a.lock.json"),
        (":3:a.lock.json", ":3:locks/a.lock.json"),
        (":locks/gone.lock.json", ":3:locks/gone.lock.json"),
        (":2:locks/gone.lock.json", ":3:locks/gone.lock.json"),
    ] {
        let BlobError::NoPath { near, .. } = setting.fails("", name) else {
            panic!("{name}");
        };
        let near = near.unwrap().to_string();
        assert_eq!(near, meant, "{name}");
        let side = if near.starts_with(":2") {
            "ours"
        } else {
            "theirs"
        };
        assert_eq!(setting.read("", &near), side, "{name}");
    }
}

#[test]
fn a_large_file_is_not_read() {
    let setting = Setting::new();
    setting.repo.commit_file("large", &"x".repeat(101));
    let error = setting.fails("", "HEAD:large");
    assert!(
        matches!(error, BlobError::TooLarge { size: 101, .. }),
        "{error}"
    );
}

#[test]
fn elsewhere_without_git_and_without_a_work_tree() {
    let setting = Setting::new();
    let name = "HEAD:x".parse().unwrap();
    let mut elsewhere = around(setting.directory.path());
    // Nor in a repository that the temporary directory itself may lie in.
    let ceiling = setting.directory.path().parent().unwrap();
    let ceiling = ("GIT_CEILING_DIRECTORIES".into(), ceiling.into());
    elsewhere.env.push(ceiling);
    let error = elsewhere.blob(&name, 100).unwrap_err();
    assert!(matches!(error, BlobError::NoRepository), "{error}");

    let mut without = setting.revisions("");
    without.program = "no-such-git".into();
    let error = without.blob(&name, 100).unwrap_err();
    assert!(matches!(error, BlobError::NoGit(_)), "{error}");

    let bare = setting.directory.path().join("bare.git");
    let source = setting.repo.path.to_str().unwrap();
    setting
        .repo
        .git(&["clone", "-q", "--bare", source, bare.to_str().unwrap()]);
    let bare = around(&bare);
    assert_eq!(read(&bare, "main:locks/a.lock.json"), "two");
    let error = bare.in_work_tree(&name).unwrap_err();
    assert!(matches!(error, BlobError::NoWorkTree), "{error}");
}

/// As in a hook, where git says which repository and which index are meant.
#[test]
fn the_variables_of_hooks_are_heeded() {
    let setting = Setting::new();
    let index = setting.directory.path().join("index");
    std::fs::copy(setting.repo.path.join(".git/index"), &index).unwrap();
    setting.repo.git(&["reset", "-q"]);
    assert_eq!(setting.read("", ":locks/a.lock.json"), "two");
    let mut hook = setting.revisions("");
    hook.env.push(("GIT_INDEX_FILE".into(), index.into()));
    assert_eq!(read(&hook, ":locks/a.lock.json"), "staged");

    let mut elsewhere = around(setting.directory.path());
    let git_dir = setting.repo.path.join(".git");
    elsewhere.env.push(("GIT_DIR".into(), git_dir.into()));
    assert_eq!(read(&elsewhere, "HEAD:locks/a.lock.json"), "two");
}

#[test]
fn programs_of_the_configuration_are_not_run() {
    let setting = Setting::new();
    let trap = setting.directory.path().join("trap");
    let command = format!("touch '{}'; cat", trap.display());
    for key in [
        "diff.lock.textconv",
        "diff.lock.command",
        "diff.external",
        "filter.lock.smudge",
        "filter.lock.process",
        "core.fsmonitor",
        "core.pager",
        "pager.cat-file",
        "alias.cat-file",
    ] {
        setting.repo.git(&["config", key, &command]);
    }
    setting
        .repo
        .write(".git/info/attributes", "*.json diff=lock filter=lock\n");
    assert_eq!(setting.read("", "HEAD:locks/a.lock.json"), "two");
    assert_eq!(setting.read("", ":locks/a.lock.json"), "staged");
    setting.fails("", "HEAD:other");
    setting.fails("", ":other");
    assert!(!trap.exists(), "something was run");
    // The trap works: git itself goes into it.
    setting.repo.git(&["show", "HEAD"]);
    assert!(trap.exists(), "the trap does not work");
}

/// What a partial clone left out is told from what was never there, and nobody is asked for it.
#[test]
fn what_was_not_fetched_is_absent() {
    let setting = Setting::new();
    setting
        .repo
        .git(&["config", "uploadpack.allowFilter", "true"]);
    let source = format!("file://{}", setting.repo.path.display());
    let partial = setting.directory.path().join("partial");
    let clone = [
        "clone",
        "-q",
        "--no-checkout",
        "--filter=blob:none",
        &source,
    ];
    setting
        .repo
        .git(&[&clone[..], &[partial.to_str().unwrap()]].concat());
    let name = "HEAD:locks/a.lock.json".parse().unwrap();
    let error = around(&partial).blob(&name, 100).unwrap_err();
    assert!(matches!(error, BlobError::NotFetched(_)), "{error}");
    git(&partial, &["read-tree", "HEAD"]);
    for name in [":locks/a.lock.json", ":0:./locks/a.lock.json"] {
        let error = around(&partial).blob(&name.parse().unwrap(), 100);
        let error = error.unwrap_err();
        assert!(matches!(error, BlobError::NotFetched(_)), "{error}");
    }
}
