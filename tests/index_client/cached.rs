//! Conditional requests, and answers without a connection.

use vhb::remote::RemoteError;

use crate::common::index_server::{Answer, File};
use crate::{Setting, ask, demo};

#[test]
fn unchanged_pages_come_from_the_cache() {
    let server = demo();
    let setting = Setting::new();
    let first = ask(&setting.online(), &server.url(), "demo").unwrap();
    let second = ask(&setting.online(), &server.url(), "demo").unwrap();
    assert_eq!(first, second);
    assert_eq!(server.statuses(), [200, 304]);

    server.add("demo", "2.0", &[File::wheel()]);
    let third = ask(&setting.online(), &server.url(), "demo").unwrap();
    assert_eq!(third.files.len(), 3);
    assert_eq!(server.statuses(), [200, 304, 200]);
}

#[test]
fn a_date_makes_no_request_conditional() {
    let server = demo();
    let setting = Setting::new();
    let since = "Sun, 06 Nov 1994 08:49:37 GMT";
    let page = Answer::body("text/html", b"<a href='demo-1.0.zip'>demo-1.0.zip</a>");
    server.with(|state| {
        let page = page.header("Last-Modified", since);
        state.answers = [page.clone(), page].into();
    });
    let first = ask(&setting.online(), &server.url(), "demo").unwrap();
    let second = ask(&setting.online(), &server.url(), "demo").unwrap();
    assert_eq!(first, second);
    let requests = server.requests();
    // A file that is replaced by an older one would pass as unchanged.
    assert!(!requests[1].headers.contains_key("if-modified-since"));
}

#[test]
fn a_damaged_cache_is_replaced() {
    let server = demo();
    let setting = Setting::new();
    let page = ask(&setting.online(), &server.url(), "demo").unwrap();
    let (path, whole) = setting.cached().remove(0);
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let error = ask(&setting.offline(), &server.url(), "demo").unwrap_err();
    assert!(matches!(error, RemoteError::NotCached(_)), "{error:?}");
    assert_eq!(ask(&setting.online(), &server.url(), "demo").unwrap(), page);
    assert_eq!(server.statuses(), [200, 200]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), whole);
}

#[test]
fn a_cache_that_cannot_be_written_costs_nothing_else() {
    let server = demo();
    let setting = Setting::new();
    let file = setting.cache.path().join("file");
    std::fs::write(&file, "not a directory").unwrap();
    let client = setting.client(|options| options.cache_dir = file);
    assert!(ask(&client, &server.url(), "demo").is_ok());
}

#[test]
fn offline_answers_come_from_the_cache_alone() {
    let server = demo();
    let setting = Setting::new();
    let page = ask(&setting.online(), &server.url(), "demo").unwrap();
    assert_eq!(
        ask(&setting.offline(), &server.url(), "demo").unwrap(),
        page
    );
    let error = ask(&setting.offline(), &server.url(), "other").unwrap_err();
    assert!(matches!(error, RemoteError::NotCached(_)), "{error:?}");
    let expected = format!("`other` on `{}` is not in the cache", server.url());
    assert_eq!(error.to_string(), expected);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn fresh_pages_are_used_unasked_only_by_those_who_want_it() {
    let server = demo();
    let setting = Setting::new();
    let lenient = || setting.client(|options| options.reuse_fresh = true);
    let control = |value: &str| {
        let value = value.to_owned();
        server.with(|state| state.cache_control = Some(value));
    };
    let ask = |client| ask(&client, &server.url(), "demo").unwrap().files.len();
    control("max-age=600, public");
    assert_eq!(ask(lenient()), 2);
    server.add("demo", "2.0", &[File::wheel()]);
    assert_eq!(ask(lenient()), 2);
    assert_eq!(server.statuses(), [200]);
    assert_eq!(ask(setting.online()), 3);
    assert_eq!(ask(lenient()), 3);
    assert_eq!(server.statuses(), [200, 200]);

    // What was received longer ago is asked for, and is as good as new where nothing changed.
    let (path, page) = setting.cached().remove(0);
    let (head, body) = page.split_once('\n').unwrap();
    let kept: serde_json::Value = serde_json::from_str(head).unwrap();
    let received = kept["fresh"]["received"].as_i64().unwrap();
    for shift in [-600, 60] {
        let mut other = kept.clone();
        other["fresh"]["received"] = (received + shift).into();
        std::fs::write(&path, format!("{other}\n{body}")).unwrap();
        assert_eq!(ask(lenient()), 3);
        assert_eq!(ask(lenient()), 3);
    }
    assert_eq!(server.statuses(), [200, 200, 304, 304]);

    // The last word of the server counts.
    control("max-age=600, no-cache");
    ask(setting.online());
    ask(lenient());
    assert_eq!(server.statuses()[4..], [304, 304]);
}
