//! Where distributions come from, and what indexes leave out.

use crate::common::index_server::{File, Format, IndexServer, Stated};
use crate::{Setting, source, wheel};

#[test]
fn a_name_that_two_indexes_have_comes_from_the_one_that_its_entry_names() {
    let mut setting = Setting::new(&[("app", "1.0")]);
    let own = IndexServer::start();
    // Each index has what the other one is asked for, with other bytes.
    for (server, tag) in [(&own, "own"), (&setting.server, "default")] {
        let files = |requires: &[&str]| {
            let file = File::wheel_for(&format!("py3-none-any.{tag}"));
            [file.requires(requires).installable()]
        };
        server.add("torch", "2.5.1+cu121", &files(&["helper"]));
        server.add("helper", "1.0", &files(&[]));
    }
    setting.add("app", "1.0", &["torch==2.5.1"]);
    let torch = format!("{}index: {}\n", source("torch", "2.5.1+cu121"), own.url());
    setting.project.package("torch", &torch);
    setting.lock(&[]).exits(0);
    let held = setting.environment("inference")["distributions"].take();
    assert_eq!(
        held["torch==2.5.1+cu121"],
        "torch-2.5.1+cu121-py3-none-any.own.whl"
    );
    assert_eq!(held["helper==1.0"], "helper-1.0-py3-none-any.default.whl");
    setting.verifies();
    assert!(own.take_paths().iter().all(|path| path.contains("torch")));
}

#[test]
fn an_index_of_old_that_states_nothing_is_read_file_by_file() {
    let setting = Setting::new(&[("app", "1.0")]);
    setting.server.with(|state| {
        state.format = Format::Html;
        state.hashes = false;
    });
    let bare = |requires: &[&str]| [wheel(requires).stated(Stated::Nothing).without_metadata()];
    setting.server.add("app", "1.0", &bare(&["helper"]));
    setting.server.add("helper", "1.0", &bare(&[]));
    setting.lock(&[]).exits(0);
    assert_eq!(setting.held("inference"), ["app==1.0", "helper==1.0"]);
    let digest = setting.project.distribution("helper==1.0")["files"].take();
    assert_eq!(
        digest["helper-1.0-py3-none-any.whl"]
            .as_str()
            .unwrap()
            .len(),
        71
    );
    setting.verifies();
}

#[test]
fn a_yanked_root_is_locked_with_a_warning_and_a_yanked_newer_one_is_not_chosen() {
    let setting = Setting::new(&[("app", "1.0")]);
    setting
        .server
        .add("app", "1.0", &[wheel(&["helper"]).yanked("broken")]);
    setting.add("helper", "1.0", &[]);
    setting
        .server
        .add("helper", "1.1", &[wheel(&[]).yanked("")]);
    setting.lock(&[]).exits(0).says("warning[pypi-yanked]");
    assert_eq!(setting.held("inference"), ["app==1.0", "helper==1.0"]);
}
