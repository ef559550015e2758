//! Indexes with older pages: HTML only, and without digests.

use crate::Setting;
use crate::common::index_server::Format;

const WHEEL: &str = "demo-1.0.0-py3-none-any.whl";

#[test]
fn an_index_with_html_pages_gives_the_same_lock() {
    let setting = Setting::locked();
    let by_json = setting.project.lock_text();
    setting.server.with(|state| state.format = Format::Html);
    std::fs::remove_dir_all(setting.project.root().join("locks")).unwrap();
    setting.lock(&[]).exits(0);
    assert_eq!(setting.project.lock_text(), by_json);
    assert!(setting.verify(&[]).exits(0).report().codes().is_empty());

    setting
        .server
        .change(WHEEL, |file| file.content(b"other bytes"));
    setting
        .verify(&[])
        .exits(1)
        .report()
        .only("pypi-hash-changed");
}

#[test]
fn files_are_read_where_pages_state_no_digests() {
    let setting = Setting::locked();
    let by_digests = setting.project.lock_text();
    for format in [Format::Json, Format::Html] {
        setting.server.with(|state| {
            state.format = format;
            state.hashes = false;
        });
        std::fs::remove_dir_all(setting.project.root().join("locks")).unwrap();
        setting.project.clear_cache();
        setting.lock(&[]).exits(0);
        assert_eq!(setting.project.lock_text(), by_digests, "{format:?}");
        assert!(setting.verify(&[]).exits(0).report().codes().is_empty());
    }
    let files = |requests: Vec<crate::common::index_server::Request>| {
        let read = requests
            .into_iter()
            .filter(|request| request.path.starts_with("/files/"));
        read.map(|request| request.status).collect::<Vec<_>>()
    };
    // Two formats, two files, two commands: what a server says of its bytes is no proof.
    assert_eq!(files(setting.server.requests()), [200].repeat(8));

    setting
        .server
        .change(WHEEL, |file| file.content(b"other bytes"));
    let report = setting.verify(&[]).exits(1).report();
    let finding = report.only("pypi-hash-changed");
    assert!(
        finding["message"].as_str().unwrap().contains(WHEEL),
        "{finding}"
    );
}

#[test]
fn files_are_read_anew_where_the_server_knows_no_conditions() {
    let setting = Setting::demo(Some("1.0"));
    setting.server.with(|state| {
        state.hashes = false;
        state.etags = false;
    });
    setting.lock(&[]).exits(0);
    setting.verify(&[]).exits(0);
    setting
        .server
        .change(WHEEL, |file| file.content(b"other bytes"));
    setting
        .verify(&[])
        .exits(1)
        .report()
        .only("pypi-hash-changed");
}

#[test]
fn a_file_that_is_listed_but_not_there_is_gone() {
    let setting = Setting::demo(Some("1.0"));
    setting.server.with(|state| state.hashes = false);
    setting.lock(&[]).exits(0);
    let page = |state: &mut crate::common::index_server::State| {
        use crate::common::index_server::Answer;
        let text = format!("<a href=\"../../files/absent/{WHEEL}\">{WHEEL}</a>");
        state
            .answers
            .push_back(Answer::body("text/html", text.as_bytes()));
    };
    setting.server.with(page);
    let report = setting.verify(&[]).exits(1).report();
    // The source distribution is not on the page, the wheel is there in name only.
    assert_eq!(report.codes(), ["pypi-file-removed", "pypi-file-removed"]);
}
