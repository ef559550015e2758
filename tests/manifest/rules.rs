//! Which files count, and that `sha256sum` reads what is printed.

use std::io::Write as _;
use std::process::Stdio;

use vhb::model::Manifest;

use crate::Setting;

/// Names that only look as if they were special, a large file, an empty one.
fn setting() -> Setting {
    let setting = Setting::new(&[
        ("b/model.safetensors", &"weights".repeat(100_000)),
        ("b/empty", ""),
        (" leading space", "1"),
        ("back\\slash", "2"),
        ("*star", "3"),
        ("день/\u{1b}[31mred", "4"),
        ("a-b", "5"),
        ("a/b", "6"),
    ]);
    setting.link("../a/b", "b/link");
    setting
}

#[test]
fn sha256sum_finds_every_file_as_it_is_printed() {
    let setting = setting();
    let printed = setting.vhb(&["data"]);
    assert_eq!(printed.code, Some(0), "{printed:#?}");
    let mut sha256sum = setting.command("sha256sum");
    sha256sum.current_dir(setting.data());
    sha256sum.args(["-c", "--strict"]);
    sha256sum.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = sha256sum.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(printed.stdout.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    assert_eq!(said.lines().count(), 9, "{said}");
}

#[test]
fn the_digest_is_that_of_what_is_printed() {
    let setting = setting();
    let printed = setting.vhb(&["data"]);
    let manifest = Manifest::parse(&printed.stdout).unwrap();
    let expected = format!("{}: 9 files, 683.60 KiB\n", manifest.digest());
    assert_eq!(printed.stderr, expected);
    let written = setting.vhb(&["data", "-o", "out.sha256"]);
    assert_eq!((written.code, written.stdout.as_str()), (Some(0), ""));
    let file = setting.data().with_file_name("out.sha256");
    assert_eq!(std::fs::read_to_string(file).unwrap(), printed.stdout);
    let again = setting.vhb(&["data", "-o", "out.sha256"]);
    assert!(again.stderr.starts_with("nothing changed\n"), "{again:#?}");
}

#[test]
fn notes_and_caches_do_not_count_and_what_git_ignores_does() {
    let setting = Setting::new(&[
        (".git/config", ""),
        ("deep/.git", "gitdir: elsewhere"),
        (".cache/huggingface/download/a.metadata", ""),
        ("deep/.cache/huggingface/b", ""),
        ("__pycache__/a.pyc", ""),
        ("deep/b.pyc", ""),
        (".gitignore", "*.bin\n"),
        (".cache/other", ""),
        ("huggingface/a", ""),
        ("weights.bin", ""),
    ]);
    let init = setting.command("git").args(["init", "-q", "data"]).status();
    assert!(init.unwrap().success());
    let names = setting.names();
    let expected = [".cache/other", ".gitignore", "huggingface/a", "weights.bin"];
    assert_eq!(names, expected);
}

#[test]
fn links_are_followed_inside_the_directory() {
    let setting = Setting::new(&[("a/x", "1"), ("b/y", "2")]);
    setting.link("../b", "a/dir");
    setting.link("b/y", "file");
    assert_eq!(setting.names(), ["a/dir/y", "a/x", "b/y", "file"]);
}

#[test]
fn one_file_goes_by_its_own_name() {
    let setting = Setting::new(&[("deep/model.gguf", "abc")]);
    setting.link("deep/model.gguf", "other-name");
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    for (path, name) in [
        ("data/deep/model.gguf", "model.gguf"),
        ("data/other-name", "other-name"),
    ] {
        let printed = setting.vhb(&[path]);
        assert_eq!(printed.stdout, format!("{digest}  {name}\n"));
        assert!(printed.stderr.ends_with(": 1 file, 3 B\n"), "{printed:#?}");
    }
}
