//! Credentials of indexes reach uv, and nobody else.

use crate::common::index_server::{Answer, IndexServer};
use crate::{Setting, source, wheel};

const SECRET: &str = "s3cret-p4ss";

/// Nothing is given without the credentials.
fn close(server: &IndexServer) {
    let wanted = ("me".to_owned(), SECRET.to_owned());
    server.with(|state| state.basic = Some(wanted));
}

/// `own` of an index that its entry names with credentials requires `helper` of the default index,
/// whose credentials are in the environment.
fn setting() -> (Setting, IndexServer) {
    let mut setting = Setting::new(&[]);
    let own = IndexServer::start();
    own.add("own", "1.0", &[wheel(&["helper"])]);
    setting.add("helper", "1.0", &[]);
    close(&own);
    close(&setting.server);
    let address = own.url_with(&format!("me:{SECRET}"));
    let text = format!("{}index: \"{address}\"\n", source("own", "1.0"));
    setting.project.package("own", &text);
    let default = setting.server.url_with(&format!("me:{SECRET}"));
    setting.project.set("UV_DEFAULT_INDEX", default);
    (setting, own)
}

#[test]
fn indexes_that_want_credentials_get_them_from_uv_too() {
    let (setting, _own) = setting();
    setting.lock(&[]).exits(0).conceals(SECRET);
    assert_eq!(setting.held("inference"), ["helper==1.0", "own==1.0"]);
    setting.project.verify(&[]).exits(0).conceals(SECRET);
    setting.project.assert_unwritten(SECRET);
}

#[test]
fn a_default_index_with_credentials_may_be_a_flag() {
    let (mut setting, _own) = setting();
    let default = setting.server.url_with(&format!("me:{SECRET}"));
    setting.project.set("UV_DEFAULT_INDEX", "");
    setting
        .lock(&["--index-url", &default])
        .exits(0)
        .conceals(SECRET);
    setting.project.assert_unwritten(SECRET);
}

#[test]
fn a_conflict_shows_no_credentials() {
    let (setting, own) = setting();
    own.remove("own-1.0-py3-none-any.whl");
    own.add("own", "1.0", &[wheel(&["helper>=7"])]);
    let run = setting.lock(&[]).exits(1).conceals(SECRET);
    run.says("error[resolution-conflict]").says("helper>=7");
    assert!(!setting.project.is_locked());
}

#[test]
fn uv_that_gets_no_answer_shows_no_credentials() {
    let (mut setting, own) = setting();
    setting.project.set("UV_HTTP_RETRIES", "0");
    // vhb has the metadata from now on, uv has not: what fails, fails for uv.
    setting.lock(&[]).exits(0);
    for directory in ["locks", "sboms"] {
        std::fs::remove_dir_all(setting.project.root().join(directory)).unwrap();
    }
    std::fs::remove_dir_all(setting.project.cache_of_uv()).unwrap();
    let metadata = "/files/own-1.0-py3-none-any.whl.metadata".to_owned();
    own.with(|state| state.at.insert(metadata, Answer::status(500)));
    let run = setting.lock(&[]).exits(3).conceals(SECRET);
    run.says("warning[source-unreachable]")
        .says("own-1.0-py3-none-any.whl.metadata");

    setting
        .server
        .with(|state| state.basic = Some(("me".to_owned(), "other".to_owned())));
    let run = setting.lock(&[]).conceals(SECRET);
    assert_ne!(run.code, Some(0), "{run:?}");
    assert!(!setting.project.is_locked());
    setting.project.assert_unwritten(SECRET);
}
