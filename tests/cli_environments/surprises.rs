//! What should not change between two locks, but did.

use crate::common::index_server::{File, IndexServer};
use crate::{Setting, source, wheel};

#[test]
fn other_bytes_under_the_same_name_are_told_when_they_are_taken() {
    let setting = Setting::chain();
    setting.lock(&[]).exits(0);
    let old = setting.project.distribution("helper==1.1");
    let filename = "helper-1.1-py3-none-any.whl";
    let other = |file: File| file.content(b"other bytes");
    setting.server.change(filename, other);
    // What is kept is not asked for, so there is nothing to be surprised at.
    setting
        .lock(&[])
        .exits(0)
        .says("nothing changed")
        .says_nothing_of("warning");

    let run = setting.lock(&["--upgrade"]).exits(0);
    run.says("warning[pypi-hash-changed]: distributions/helper==1.1")
        .says(&format!("`{filename}` has another SHA-256"))
        .says(old["files"][filename].as_str().unwrap());
    let new = setting.project.distribution("helper==1.1");
    assert_ne!(new["files"], old["files"]);
}

#[test]
fn another_index_at_the_same_version_is_told() {
    let mut setting = Setting::chain();
    setting.lock(&[]).exits(0);
    let other = IndexServer::start();
    other.add("app", "1.0", &[wheel(&["helper"])]);
    let elsewhere = format!("{}index: {}\n", source("app", "1.0"), other.url());
    setting.project.package("app", &elsewhere);
    let run = setting.lock(&[]).exits(0);
    run.says("warning[index-changed]: packages/app")
        .says("`app==1.0` now comes from another index")
        .says("the default index")
        .says(&other.url());
    setting.verifies();
    // Told once: now it is the index of the lock.
    setting
        .lock(&["--upgrade"])
        .exits(0)
        .says_nothing_of("index-changed");
}
