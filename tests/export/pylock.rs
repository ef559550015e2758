//! What a `pylock.toml` says, and when there is none.

use serde_json::json;

use super::sample::{BASE, DEMO, Setting};
use crate::common::index_server::{File, IndexServer};

const PYLOCK: [&str; 2] = ["--format", "pylock"];

#[test]
fn everything_has_an_address_and_a_hash() {
    let setting = Setting::sources();
    let run = setting.export(&PYLOCK).exits(0);
    insta::assert_snapshot!(setting.plain(&run.stdout), @r#"
    # Environment inference-x86_64-11111111 of the experiment exp: Python 3.11 on x86_64-manylinux_2_28.
    lock-version = "1.0"
    environments = ["python_version == '3.11' and implementation_name == 'cpython' and sys_platform == 'linux' and platform_machine == 'x86_64'"]
    requires-python = "==3.11.*"
    created-by = "vhb"

    [[packages]]
    name = "base"
    version = "2.0"
    requires-python = ">=3.8"
    sdist = { name = "base-2.0.tar.gz", url = "http://index/files/base-2.0.tar.gz", hashes = { sha256 = "fb48565bbb79001b0c49596df6bdf567f159a761e90e71482398d2db3b08745a" } }

    [[packages]]
    name = "demo"
    version = "1.0"
    dependencies = [
        { name = "base" },
    ]
    wheels = [
        { name = "demo-1.0-py3-none-any.whl", url = "http://index/files/demo-1.0-py3-none-any.whl", hashes = { sha256 = "b70449e81e69850c5aeb77873f5ecc9e5d97fb83a1c340d2f6d2879d9d045c5c" } },
    ]

    [[packages]]
    name = "mine"
    dependencies = [
        { name = "demo" },
    ]
    directory = { path = "packages/mine" }

    [[packages]]
    name = "plugin"
    vcs = { type = "git", url = "https://git.example/plugin.git", requested-revision = "v1", commit-id = "0123456789abcdef0123456789abcdef01234567", subdirectory = "python/plugin" }

    [tool.vhb]
    experiment = "exp"
    environment = "inference-x86_64-11111111"
    lock-sha256 = "<digest of the lock>"
    "#);
    let read: toml::Table = run.stdout.parse().unwrap();
    assert_eq!(read["packages"].as_array().unwrap().len(), 4);
}

#[test]
fn directories_are_named_from_where_the_file_lies() {
    let setting = Setting::sources();
    let into = ["-o", "out/deep/pylock.here.toml"];
    setting.export(&[&PYLOCK[..], &into].concat()).exits(0);
    let file = setting.project.root().join("out/deep/pylock.here.toml");
    let text = std::fs::read_to_string(file).unwrap();
    let line = "directory = { path = \"../../packages/mine\" }\n";
    assert!(text.contains(line), "{text}");
    let other = setting.export(&[&PYLOCK[..], &["-o", "lock.toml"]].concat());
    other.exits(2).says("pylock.toml");
}

#[test]
fn a_file_that_is_gone_or_changed_is_a_finding() {
    let setting = Setting::files();
    setting.server.remove(BASE);
    setting
        .server
        .change(DEMO, |file| file.content(b"other bytes"));
    let into = [&PYLOCK[..], &["-o", "pylock.toml"]].concat();
    let run = setting.export(&into).exits(1);
    let run = run.says("pypi-file-removed").says("pypi-hash-changed");
    run.says("distributions/base==2.0")
        .says("nothing was exported");
    assert!(!setting.project.root().join("pylock.toml").exists());
}

#[test]
fn an_index_that_does_not_answer_is_no_finding_of_a_change() {
    let setting = Setting::files();
    let run = setting.export(&[&PYLOCK[..], &["--offline"]].concat());
    run.exits(3).says("not-cached").says("nothing was exported");
}

#[test]
fn indexes_without_digests_are_held_to_their_bytes() {
    let setting = Setting::files();
    setting.server.with(|state| state.hashes = false);
    setting.export(&PYLOCK).exits(0);
    setting
        .server
        .change(DEMO, |file| file.content(b"other bytes"));
    setting.export(&PYLOCK).exits(1).says("pypi-hash-changed");
}

#[test]
fn what_a_package_of_another_index_requires_may_be_there_too() {
    let mut setting = Setting::files();
    let own = IndexServer::start();
    own.add("demo", "1.0", &[File::wheel()]);
    own.add("base", "2.0", &[File::sdist()]);
    setting.server.remove(BASE);
    setting.server.remove(DEMO);
    for part in ["source", "pin"] {
        setting.lock["packages"]["demo"][part]["index"] = json!(own.url());
    }
    setting.write();
    let run = setting.export(&PYLOCK).exits(0);
    let index = format!("index = \"{}\"", own.url());
    assert_eq!(run.stdout.matches(&index).count(), 2, "{}", run.stdout);
    assert!(run.stdout.contains(&own.file_url(BASE)), "{}", run.stdout);
}
