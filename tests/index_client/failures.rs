//! Refusals, retries and time-outs.

use std::time::{Duration, Instant};

use vhb::io::index::Retries;
use vhb::remote::RemoteError;

use crate::common::index_server::Answer;
use crate::{Setting, ask, demo};

#[test]
fn missing_projects_are_told_from_a_missing_index() {
    let server = demo();
    let setting = Setting::new();
    for answer in [Answer::status(404), Answer::status(410)] {
        server.with(|state| state.answers.push_back(answer));
        let error = ask(&setting.online(), &server.url(), "nothing").unwrap_err();
        assert!(matches!(error, RemoteError::NotFound(_)), "{error:?}");
        let expected = format!("no project `nothing` on `{}`", server.url());
        assert_eq!(error.to_string(), expected);
    }
    let gone = server.url();
    drop(server);
    let error = ask(&setting.online(), &gone, "demo").unwrap_err();
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    assert!(error.to_string().contains("(4 attempts)"), "{error}");
}

#[test]
fn passing_failures_are_retried() {
    let server = demo();
    let setting = Setting::new();
    server.with(|state| {
        state.answers = [
            Answer::status(500),
            Answer::truncated("text/html", b"<a href='x'>"),
            Answer::body("application/json", b"{\"meta\": "),
        ]
        .into();
    });
    let page = ask(&setting.online(), &server.url(), "demo").unwrap();
    assert_eq!(page.files.len(), 2);
    assert_eq!(server.statuses(), [500, 200, 200, 200]);
}

#[test]
fn a_server_says_when_to_come_back() {
    let server = demo();
    let setting = Setting::new();
    let later = Answer::status(429).header("Retry-After", "1");
    server.with(|state| state.answers.push_back(later));
    let begun = Instant::now();
    ask(&setting.online(), &server.url(), "demo").unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert_eq!(server.statuses(), [429, 200]);

    let far = Answer::status(503).header("Retry-After", "Tue, 31 Dec 2999 23:59:59 GMT");
    server.with(|state| state.answers.push_back(far));
    // Far longer than all else takes, so that only the wait can explain it.
    let capped = setting.client(|options| {
        options.retries.longest_wait = Duration::from_secs(1);
    });
    let begun = Instant::now();
    ask(&capped, &server.url(), "demo").unwrap();
    let waited = begun.elapsed();
    assert!(waited >= Duration::from_secs(1), "{waited:?}");
    assert!(waited < Duration::from_secs(9), "{waited:?}");
}

#[test]
fn retries_end_and_say_how_often() {
    let server = demo();
    server.with(|state| state.always = Some(Answer::status(500)));
    let setting = Setting::new();
    let patient = setting.client(|options| {
        options.retries = Retries {
            count: 2,
            ..options.retries
        };
    });
    let error = ask(&patient, &server.url(), "demo").unwrap_err();
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    let text = error.to_string();
    assert!(
        text.contains("500") && text.contains("(3 attempts)"),
        "{text}"
    );
    assert_eq!(server.statuses(), [500; 3]);

    server.with(|state| state.always = Some(Answer::status(418)));
    let error = ask(&patient, &server.url(), "demo").unwrap_err();
    assert!(error.to_string().contains("418"), "{error}");
    assert_eq!(server.statuses().len(), 4, "no retry of other refusals");
}

#[test]
fn broken_bodies_are_never_kept() {
    let setting = Setting::new();
    for broken in [
        Answer::truncated(
            "text/html",
            b"<a href='demo-1.0.tar.gz'>demo-1.0.tar.gz</a>",
        ),
        Answer::body(
            "application/json",
            b"{\"meta\": {\"api-version\": \"1.0\"}, \"files\": [{",
        ),
        Answer::body("application/json", b"{\"error\": \"sorry\"}"),
        Answer::body("text/plain", b"hello"),
        Answer::body(
            "application/json",
            b"{\"meta\": {\"api-version\": \"2.0\"}}",
        ),
    ] {
        let server = demo();
        server.with(|state| state.always = Some(broken));
        let error = ask(&setting.online(), &server.url(), "demo").unwrap_err();
        assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
        assert!(setting.cached().is_empty(), "{error}");
    }
}

#[test]
fn silence_ends_with_the_time_out() {
    let server = demo();
    server.with(|state| state.always = Some(Answer::silence()));
    let setting = Setting::new();
    let hasty = setting.client(|options| {
        options.timeout = Duration::from_millis(200);
        options.retries.count = 1;
    });
    let begun = Instant::now();
    let error = ask(&hasty, &server.url(), "demo").unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    assert!(error.to_string().contains("timed out"), "{error}");
}

#[test]
fn redirects_without_an_end_are_given_up() {
    let server = demo();
    server.with(|state| state.always = Some(Answer::redirect("/simple/demo/")));
    let error = ask(&Setting::new().online(), &server.url(), "demo").unwrap_err();
    assert!(
        error.to_string().contains("more than 10 redirects"),
        "{error}"
    );
    assert_eq!(server.requests().len(), 11);
}

#[test]
fn forbidden_is_denied() {
    let server = demo();
    server.with(|state| state.always = Some(Answer::status(403)));
    let error = ask(&Setting::new().online(), &server.url(), "demo").unwrap_err();
    assert!(matches!(error, RemoteError::Denied(_)), "{error:?}");
    assert!(error.to_string().contains("403"), "{error}");
}
